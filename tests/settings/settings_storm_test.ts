import assert from "node:assert/strict";
import { sql } from "kysely";
import { centavos } from "@/shared/money/mod.ts";
import { createTestDatabase } from "@/tests/support/postgres.ts";
import { soaked } from "@/tests/support/soak.ts";
import { uuidv7 } from "@/shared/ids.ts";
import type { BillingSettings } from "@/web/domain/settings/mod.ts";
import { addConnection } from "@/web/services/subscribers/add_connection.ts";
import { findBrokenAuditEntry } from "@/web/services/audit.ts";
import { cancelPlanChange, changePlan } from "@/web/services/billing/change_plan.ts";
import { reversePayment } from "@/web/services/payments/reverse_payment.ts";
import { saveBillingSettings } from "@/web/services/settings/save_billing_settings.ts";
import { resumeSubscription, suspendSubscription } from "@/web/services/cuts/suspend_subscription.ts";
import { voidBill } from "@/web/services/billing/void_bill.ts";
import { listBills } from "@/web/store/billing/bills_page.ts";
import { listPayments } from "@/web/store/payments/payments_page.ts";
import { billingSettingsOf, lastSave } from "@/web/store/settings/settings.ts";
import { getTenant } from "@/web/store/settings/tenants.ts";
import { assertBooksHold, createIsp, type Isp, liveUntil, pay, todayOf } from "../billing/isp.ts";

const SEEDS = [5, 6];
const STEPS = soaked(16, 240);

Deno.test("whatever the rules are changed to, and while runs are under way, the books hold and nothing is billed twice or parked", async () => {
  await using database = await createTestDatabase();
  for (const seed of SEEDS) {
    const random = mulberry32(seed);
    const isp = await createIsp(database, { subscribers: 5 });
    const plans = [isp.planId, await addPlan(isp)];
    await liveUntil(isp, "2026-01-20T10:00");
    const done: string[] = [];
    for (let step = 0; step < STEPS; step++) {
      const did = await Promise.all([act(isp, random, plans), act(isp, random, plans), days(isp, random)]);
      done.push(`${todayOf(isp)}: ${did.join(", ")}`);
      try {
        await assertBooksHold(isp);
        await assertNobodyParked(isp);
        await assertNoGap(isp);
      } catch (error) {
        throw new Error(`seed ${seed}, step ${step}:\n${done.slice(-12).join("\n")}`, { cause: error });
      }
    }
    assert.equal(await isp.run(findBrokenAuditEntry), null);
    assert.ok(isp.subscriptionIds.length > 5, "connections were added on the way");
  }
});

async function addPlan(isp: Isp): Promise<string> {
  const id = uuidv7(isp.clock.now().epochMilliseconds);
  await isp.run((trx) =>
    trx.insertInto("plans").values({
      tenant_id: trx.tenantId,
      id,
      name: "Fiber 200",
      price_centavos: 250_000n,
      ppp_profile: "200M",
    }).execute()
  );
  return id;
}

async function assertNobodyParked(isp: Isp): Promise<void> {
  const rows = await isp.run((trx) =>
    trx.selectFrom("system_log").select("message").where("event", "=", "bill_parked").execute()
  );
  assert.deepEqual(rows.map((row) => row.message), []);
}

/** A connection that was never off, and of which no bill was voided, has bills without a hole between them. */
async function assertNoGap(isp: Isp): Promise<void> {
  const { rows } = await isp.run((trx) =>
    sql<{ gap: string }>`
      select subscription_id || ' ' || previous_end || ' ' || period_start as gap from (
        select b.subscription_id, b.period_start, lag(b.period_end) over (partition by b.subscription_id
          order by b.period_start) as previous_end
        from bills b where b.tenant_id = ${trx.tenantId}
          and not exists (select from bills v where v.subscription_id = b.subscription_id and v.status = 'void')
          and not exists (select from block_reasons k where k.subscription_id = b.subscription_id)) tiles
      where previous_end <> period_start`.execute(trx)
  );
  assert.deepEqual(rows.map(({ gap }) => gap), []);
}

async function days(isp: Isp, random: () => number): Promise<string> {
  const count = 1 + Math.floor(random() * 9);
  const here = isp.clock.now().toZonedDateTimeISO("Asia/Manila").add({ days: count });
  await liveUntil(isp, here.toPlainDateTime().toString());
  return `${count} days`;
}

async function act(isp: Isp, random: () => number, plans: string[]): Promise<string> {
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!;
  const { context, tenantId, actor } = isp;
  const subscriptionId = pick(isp.subscriptionIds);
  const dice = random();
  const say = (what: string, result: { ok: boolean; code?: string }) =>
    result.ok ? what : `${what} (${result.code})`;
  if (dice < 0.25) {
    const tenant = await isp.run((trx) => getTenant(trx));
    const timing = pick(["arrears", "advance"] as const);
    const change: Partial<BillingSettings> = {
      cycleAnchor: pick(["fixed", "anniversary"] as const),
      cycleDay: pick([1, 5, 15, 28, 29, 30, 31]),
      timing,
      leadDays: timing === "arrears" ? 0 : pick([0, 3, 10, 28]),
      termsDays: pick([0, 7, 30]),
      graceDays: pick([0, 5, 30]),
      endCredit: pick(["credit", "no_credit"] as const),
      suspendedPolicy: pick(["charge", "skip"] as const),
      stopAfterUnpaidBills: pick([0, 1, 2]),
      firstBill: timing === "arrears"
        ? pick(["prorate", "full", "free", "merge_stub_lt"] as const)
        : pick(["prorate", "full", "free", "stub_plus_full"] as const),
      mergeStubLtDays: 10,
      proration: pick(["actual", "days30"] as const),
      minBalanceCentavos: centavos(100),
    };
    const result = await saveBillingSettings(context, tenantId, actor, {
      revision: lastSave(tenant, "billing")?.revision ?? 0,
      settings: { ...billingSettingsOf(tenant), ...change },
    });
    return say(
      `settings ${JSON.stringify(change, (_k, v) => typeof v === "bigint" ? String(v) : v)}`,
      result,
    );
  }
  if (dice < 0.35) {
    const result = await addConnection(context, tenantId, actor, {
      subscriberId: pick(isp.subscriberIds),
      planId: pick(plans),
      routerId: pick(isp.routerIds),
      pppName: `u${crypto.randomUUID()}`,
      secret: "link",
      activation: "day",
      billingDay: pick(["cycle", "anniversary"] as const),
    });
    if (result.ok) isp.subscriptionIds.push(result.value.subscriptionId);
    return say("add", result);
  }
  if (dice < 0.5) {
    return say("plan", await changePlan(context, tenantId, actor, { subscriptionId, planId: pick(plans) }));
  }
  if (dice < 0.55) {
    return say("cancel plan", await cancelPlanChange(context, tenantId, actor, { subscriptionId }));
  }
  if (dice < 0.7) {
    await pay(isp, Math.floor(random() * 5), pick([1, 250, 999.99, 1000, 2300]));
    return "pay";
  }
  if (dice < 0.75) {
    const { rows } = await isp.run((trx) => listPayments(trx, { status: "posted" }, { limit: 50 }));
    if (rows.length === 0) return "";
    return say(
      "reverse",
      await reversePayment(context, tenantId, actor, { paymentId: pick(rows).id, reason: "x" }),
    );
  }
  if (dice < 0.82) {
    const { rows } = await isp.run((trx) => listBills(trx, {}, { limit: 50 }));
    if (rows.length === 0) return "";
    const bill = pick(rows);
    const result = await voidBill(context, tenantId, actor, { billId: bill.id, reason: "x" });
    return say(`void ${JSON.stringify(bill, (_k, v) => typeof v === "bigint" ? String(v) : v)}`, result);
  }
  const reason = pick(["admin", "vacation", "abuse"] as const);
  return dice < 0.91
    ? say(
      `suspend ${subscriptionId}`,
      await suspendSubscription(context, tenantId, actor, { subscriptionId, reason, note: "x" }),
    )
    : say(
      `resume ${subscriptionId}`,
      await resumeSubscription(context, tenantId, actor, { subscriptionId, reason }),
    );
}

function mulberry32(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}
