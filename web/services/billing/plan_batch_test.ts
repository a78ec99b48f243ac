import assert from "node:assert/strict";
import { soaked } from "@/tests/support/soak.ts";
import fc from "fast-check";
import type { DueSubscription } from "@/web/store/billing/bill_run.ts";
import type { TenantRow } from "@/web/store/settings/tenants.ts";
import { BillPlanner, BoundError } from "./plan_batch.ts";

const AS_OF = Temporal.PlainDate.from("2026-06-01");

const tenant = {
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
} as TenantRow;

const anyDay = (from: string, days: number) =>
  fc.integer({ min: 0, max: days }).map((n) => Temporal.PlainDate.from(from).add({ days: n }).toString());

/** Few values of each, so that many are alike in part. */
const anySubscription: fc.Arbitrary<DueSubscription> = fc.record({
  id: fc.uuid(),
  subscriber_id: fc.uuid(),
  ppp_name: fc.constant("user"),
  anchor_day: fc.constantFrom(null, 1, 2, 31),
  bill_timing: fc.constantFrom("arrears" as const, "advance" as const),
  activated_on: anyDay("2026-02-20", 12),
  billed_through_on: fc.option(anyDay("2026-04-28", 5), { freq: 3 }),
  stopped_from_on: fc.constant(null),
  plan_name: fc.constantFrom("A", "B"),
  price_centavos: fc.constantFrom(100_000n, 99_900n),
  next_plan_on: fc.constant(null),
  next_plan_name: fc.constant(null),
  next_price_centavos: fc.constant(null),
});

function planOf(planner: BillPlanner, subscription: DueSubscription): unknown {
  try {
    const { subscription: _same, ...plan } = planner.plan(subscription, null);
    return plan;
  } catch (error) {
    if (error instanceof BoundError) return error.message;
    throw error;
  }
}

Deno.test("whoever shares a plan with others gets the same bills as on their own", () => {
  fc.assert(
    fc.property(fc.array(anySubscription, { minLength: 2, maxLength: 40 }), (subscriptions) => {
      const shared = new BillPlanner(tenant, AS_OF);
      for (const one of subscriptions) {
        assert.deepEqual(planOf(shared, one), planOf(new BillPlanner(tenant, AS_OF), one));
      }
    }),
    { numRuns: soaked(60, 3000) },
  );
});

Deno.test("a subscription that is off is billed until the limit, and says when its bills have stopped", () => {
  const planner = new BillPlanner({ ...tenant, lead_days: 0 }, AS_OF);
  const subscription: DueSubscription = {
    id: "1",
    subscriber_id: "1",
    ppp_name: "user",
    anchor_day: 1,
    bill_timing: "arrears",
    activated_on: "2026-01-01",
    billed_through_on: "2026-03-01",
    stopped_from_on: null,
    plan_name: "A",
    price_centavos: 100_000n,
    next_plan_on: null,
    next_plan_name: null,
    next_price_centavos: null,
  };
  const off = { live: [], suspended: [], isOff: true, unpaidBills: 1, billedLines: [] };
  const plan = planner.plan(subscription, off);
  assert.deepEqual(plan.bills.map((bill) => bill.period_start), ["2026-03-01"]);
  assert.equal(plan.isStopped, true);
  assert.deepEqual(plan.watermark, {
    billed_through_on: "2026-06-01",
    next_bill_on: "2026-07-01",
    stopped_from_on: "2026-04-01",
  });
  const later = planner.plan({ ...subscription, stopped_from_on: "2026-03-01" }, { ...off, unpaidBills: 0 });
  assert.deepEqual(
    [later.bills.length, later.isStopped],
    [0, false],
    "a void does not start its bills again",
  );
  const on = planner.plan(subscription, { ...off, isOff: false, unpaidBills: 9 });
  assert.equal(on.bills.length, 3, "whoever has service is billed");
});
