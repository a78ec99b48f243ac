import assert from "node:assert/strict";
import { soaked } from "@/tests/support/soak.ts";
import fc from "fast-check";
import type { DueSubscription } from "@/web/store/billing/bill_run.ts";
import type { TenantRow } from "@/web/store/settings/tenants.ts";
import { centavos } from "@/shared/money/mod.ts";
import type { OwnPrice, PricedPlan } from "@/web/domain/billing/mod.ts";
import { BillPlanner } from "./bill_planner.ts";
import { BoundError } from "./plan_bounds.ts";
import { NOTHING_KNOWN, type SubscriptionFacts } from "./subscription_plan.ts";

const AS_OF = Temporal.PlainDate.from("2026-06-01");

const AT = Temporal.Instant.from("2026-05-31T16:05:00Z");

const price = (pesos: number, agreedOn: string, fromOn: string | null = null) => ({
  agreedOn: Temporal.PlainDate.from(agreedOn),
  fromOn: fromOn === null ? null : Temporal.PlainDate.from(fromOn),
  priceCentavos: centavos(pesos * 100),
});

const plans = new Map<string, PricedPlan>([
  ["A", { name: "A", prices: [price(1000, "2026-01-01")] }],
  ["B", {
    name: "B",
    prices: [price(999, "2026-01-01"), price(1200, "2026-03-10"), price(900, "2026-03-12", "2026-05-10")],
  }],
  ["C", { name: "A", prices: [price(1000, "2026-01-01"), price(1500, "2026-05-01")] }],
]);

const planner = (settings: TenantRow) => new BillPlanner(settings, { asOf: AS_OF, at: AT }, plans);

const tenant = {
  tax_mode: "non_vat",
  vat_rate_bp: 1200,
  tax_from_on: null,
  cycle_anchor: "anniversary",
  cycle_day: 1,
  terms_days: 7,
  min_notice_days: 3,
  lead_days: 3,
  first_bill: "full",
  merge_stub_lt_days: 5,
  proration: "actual",
  suspended_policy: "charge",
  stop_after_unpaid_bills: 2,
  late_fee_kind: "percent",
  late_fee_centavos: 0n,
  late_fee_bp: 500,
  late_after_days: 5,
  reconnection_fee_centavos: 0n,
} as TenantRow;

const anyDay = (from: string, days: number) =>
  fc.integer({ min: 0, max: days }).map((n) => Temporal.PlainDate.from(from).add({ days: n }).toString());

/** Few values of each, so that many are alike in part. */
const anySubscription: fc.Arbitrary<DueSubscription> = fc.record({
  id: fc.uuid(),
  subscriber_id: fc.uuid(),
  ppp_name: fc.constant("user"),
  anchor_day: fc.constantFrom(null, 1, 2, 31),
  billing_mode: fc.constant("postpaid" as const),
  bill_timing: fc.constantFrom("arrears" as const, "advance" as const),
  activated_on: anyDay("2026-02-20", 12),
  billed_through_on: fc.option(anyDay("2026-04-28", 5), { freq: 3 }),
  stopped_from_on: fc.constant(null),
  stopped_at: fc.constant(null),
  plan_id: fc.constantFrom("A", "B", "C"),
  next_plan_on: fc.constant(null),
  next_plan_id: fc.constant(null),
  prepaid_from_on: fc.constant(null),
  ends_on: fc.option(anyDay("2026-05-20", 60), { freq: 3 }),
  own_terms_days: fc.option(fc.constantFrom(0, 21), { freq: 2 }),
  own_grace_days: fc.option(fc.constantFrom(0, 9), { freq: 2 }),
  own_first_bill: fc.option(fc.constantFrom("prorate" as const, "free" as const), { freq: 2 }),
  own_suspended_policy: fc.option(fc.constantFrom("charge" as const, "skip" as const), { freq: 2 }),
  own_stop_after_unpaid_bills: fc.option(fc.constantFrom(0, 1), { freq: 2 }),
  own_late_fee_kind: fc.option(fc.constant("flat" as const), { freq: 2 }),
  own_late_fee_centavos: fc.constantFrom(5000n, 7000n),
  own_late_fee_bp: fc.constant(null),
  own_late_after_days: fc.option(fc.constantFrom(0, 9), { freq: 2 }),
  own_reconnection_fee_centavos: fc.constant(null),
});

function planOf(planner: BillPlanner, subscription: DueSubscription, own: readonly OwnPrice[] = []): unknown {
  try {
    const facts = own.length === 0 ? null : { ...NOTHING_KNOWN, own };
    const { subscription: _same, ...plan } = planner.plan(subscription, facts);
    return plan;
  } catch (error) {
    if (error instanceof BoundError) return error.message;
    throw error;
  }
}

Deno.test("whoever shares a plan with others gets the same bills as on their own", () => {
  fc.assert(
    fc.property(fc.array(anySubscription, { minLength: 2, maxLength: 40 }), (subscriptions) => {
      const shared = planner(tenant);
      for (const one of subscriptions) {
        assert.deepEqual(planOf(shared, one), planOf(planner(tenant), one));
      }
    }),
    { numRuns: soaked(60, 3000) },
  );
});

/** Few, so that several connections share one. */
const anyOwn: fc.Arbitrary<OwnPrice> = fc.constantFrom(
  ...["2025-12-01", "2026-02-10"].flatMap((from) =>
    [null, 2].flatMap((periods) =>
      (["any", "present"] as const).map((plan): OwnPrice => ({
        kind: "price",
        amountCentavos: centavos(55500),
        basisPoints: 0,
        fromOn: Temporal.PlainDate.from(from),
        lastOn: null,
        periods,
        isByDay: periods === null,
        plan,
      }))
    )
  ),
);

Deno.test("whoever shares an own price with others gets the same bills as on their own", () => {
  const one = fc.tuple(anySubscription, fc.array(anyOwn, { maxLength: 1 }));
  fc.assert(
    fc.property(fc.array(one, { minLength: 2, maxLength: 40 }), (all) => {
      const shared = planner(tenant);
      for (const [subscription, own] of all) {
        assert.deepEqual(planOf(shared, subscription, own), planOf(planner(tenant), subscription, own));
      }
    }),
    { numRuns: soaked(40, 3000) },
  );
});

const LINE: DueSubscription = {
  id: "1",
  subscriber_id: "1",
  ppp_name: "user",
  anchor_day: 1,
  billing_mode: "postpaid",
  bill_timing: "arrears",
  activated_on: "2026-01-01",
  billed_through_on: "2026-03-01",
  stopped_from_on: null,
  stopped_at: null,
  plan_id: "A",
  next_plan_on: null,
  next_plan_id: null,
  prepaid_from_on: null,
  ends_on: null,
  own_terms_days: null,
  own_grace_days: null,
  own_first_bill: null,
  own_suspended_policy: null,
  own_stop_after_unpaid_bills: null,
  own_late_fee_kind: null,
  own_late_fee_centavos: null,
  own_late_fee_bp: null,
  own_late_after_days: null,
  own_reconnection_fee_centavos: null,
};

const OFF: SubscriptionFacts = {
  isAheadOfItself: false,
  freed: [],
  suspended: [],
  isOff: true,
  unpaidBills: 1,
  billedLines: [],
  own: [],
  reconnections: [],
};

Deno.test("a connection that is off is billed until the limit, stands there, and says that its bills have stopped", () => {
  const plan = planner({ ...tenant, lead_days: 0 }).plan(LINE, OFF);
  assert.deepEqual(plan.bills.map((bill) => bill.period_start), ["2026-03-01"]);
  assert.equal(plan.isStopped, true);
  assert.deepEqual(plan.watermark, {
    billed_through_on: "2026-04-01",
    next_bill_on: "2026-07-01",
    stopped_from_on: "2026-04-01",
    stopped_at: AT.toString(),
  });
  const on = planner(tenant).plan(LINE, { ...OFF, isOff: false, unpaidBills: 9 });
  assert.equal(on.bills.length, 3, "whoever has service is billed");
});

Deno.test("while bills have stopped, what was voided is billed again and nothing else", () => {
  const stopped = {
    ...LINE,
    billed_through_on: "2026-04-01",
    stopped_from_on: "2026-04-01",
    stopped_at: "2026-05-01T00:05:00Z",
  };
  const terms = {
    planName: "Old",
    priceCentavos: centavos(70_000),
    anchorDay: 1,
    proration: "actual",
  } as const;
  const freed = [{
    freedBillId: "void",
    periodStart: Temporal.PlainDate.from("2026-02-01"),
    periodEnd: Temporal.PlainDate.from("2026-03-01"),
    terms: { ...terms, isChargedInFull: false },
    firstBilledOn: Temporal.PlainDate.from("2026-03-01"),
    suspended: [],
    creditedCentavos: centavos(0),
  }];
  const plan = planner(tenant).plan(stopped, { ...OFF, freed, unpaidBills: 0 });
  assert.deepEqual(plan.bills.map((bill) => [bill.period_start, bill.total_centavos, bill.due_on]), [
    ["2026-02-01", "70000", "2026-06-04"],
  ]);
  assert.deepEqual([plan.isStopped, plan.watermark.stopped_from_on, plan.watermark.billed_through_on], [
    false,
    "2026-04-01",
    "2026-04-01",
  ]);
});

Deno.test("a void bill in advance that took off suspended days of the period before takes them off again, once", () => {
  const day = Temporal.PlainDate.from;
  const terms = {
    planName: "A",
    priceCentavos: centavos(100_000),
    anchorDay: 1,
    isChargedInFull: false,
  } as const;
  const suspended = [{ start: day("2026-04-11"), end: day("2026-04-21") }];
  const april = {
    periodStart: day("2026-04-01"),
    periodEnd: day("2026-05-01"),
    amountCentavos: centavos(90_000),
    issuedOn: day("2026-04-01"),
    creditedCentavos: centavos(0),
  };
  const may = {
    freedBillId: "void",
    periodStart: day("2026-05-01"),
    periodEnd: day("2026-06-01"),
    terms: { ...terms, proration: "actual" as const },
    firstBilledOn: day("2026-05-01"),
    suspended,
    creditedCentavos: centavos(0),
  };
  const facts = { ...OFF, isOff: false, freed: [may], suspended, billedLines: [april] };
  const line = { ...LINE, bill_timing: "advance" as const, billed_through_on: "2026-06-01" };
  const totals = (one: DueSubscription, more: Partial<SubscriptionFacts> = {}) =>
    planner({ ...tenant, lead_days: 0 }).plan(one, { ...facts, ...more }).bills
      .map((bill) => `${bill.period_start} ${bill.total_centavos}`);
  assert.deepEqual(totals(line), ["2026-05-01 70000", "2026-06-01 100000"]);
  assert.deepEqual(
    totals(line, { billedLines: [{ ...april, creditedCentavos: centavos(30_000) }] }),
    ["2026-05-01 100000", "2026-06-01 100000"],
    "another bill has it",
  );
  assert.deepEqual(
    totals(line, { freed: [{ ...may, payerId: "before" }] }),
    ["2026-05-01 100000", "2026-06-01 70000"],
    "for who pays now",
  );
  assert.deepEqual(
    totals({ ...line, billing_mode: "prepaid" }),
    ["2026-05-01 100000"],
    "given back at the change",
  );
});

Deno.test("one whose periods go beyond the day up to which it is billed is left to a person", () => {
  assert.throws(() => planner(tenant).plan(LINE, { ...OFF, isAheadOfItself: true }), BoundError);
});

Deno.test("days that no bill will have are named: a free first stub, and months that were suspended to the last day", () => {
  const begun = { ...LINE, activated_on: "2026-04-10", billed_through_on: null };
  const free = planner({ ...tenant, first_bill: "free" }).plan(begun, null);
  assert.deepEqual(free.never.map((row) => [row.period_start, row.period_end, row.why]), [
    ["2026-04-10", "2026-05-01", "free"],
  ]);
  const april = {
    start: Temporal.PlainDate.from("2026-03-15"),
    end: Temporal.PlainDate.from("2026-05-20"),
  };
  const away = planner(tenant).plan(LINE, { ...OFF, isOff: false, suspended: [april] });
  assert.deepEqual(away.bills.map((bill) => bill.period_start), ["2026-03-01", "2026-05-01"]);
  assert.deepEqual(away.never.map((row) => [row.period_start, row.period_end, row.why]), [
    ["2026-04-01", "2026-05-01", "suspended"],
  ]);
});
