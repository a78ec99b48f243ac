import { z } from "zod";
import { centavos, parsePeso } from "@/shared/money/mod.ts";
import type { Result } from "@/shared/result.ts";
import type { TestDatabase } from "@/tests/support/postgres.ts";
import { changePlan } from "@/web/services/billing/change_plan.ts";
import { planVersion, updatePlan } from "@/web/services/billing/save_plan.ts";
import { voidBill } from "@/web/services/billing/void_bill.ts";
import { recordPayment } from "@/web/services/payments/record_payment.ts";
import { resumeSubscription, suspendSubscription } from "@/web/services/cuts/suspend_subscription.ts";
import { checkInvariants } from "@/web/store/billing/invariants.ts";
import { findPlan } from "@/web/store/billing/plans.ts";
import { createIsp, type Isp, liveUntil, offNow, todayOf } from "./isp.ts";

const peso = z.string().transform((text, context) => {
  const parsed = parsePeso(text);
  if (parsed.ok) return parsed.value;
  context.addIssue({ code: "custom", message: `"${text}" is no amount` });
  return z.NEVER;
});

const settings = z.strictObject({
  time_zone: z.string().optional(),
  timing: z.enum(["arrears", "advance"]).optional(),
  suspended_policy: z.enum(["charge", "skip"]).optional(),
  cycle_day: z.int().min(1).max(31).optional(),
  terms_days: z.int().optional(),
  grace_days: z.int().optional(),
  min_notice_days: z.int().optional(),
  lead_days: z.int().optional(),
  stop_after_unpaid_bills: z.int().optional(),
  first_bill: z.enum(["prorate", "full", "free", "stub_plus_full", "merge_stub_lt"]).optional(),
  merge_stub_lt_days: z.int().optional(),
  proration: z.enum(["actual", "days30"]).optional(),
});

const manual = z.enum(["admin", "abuse", "vacation"]);
const step = z.discriminatedUnion("do", [
  z.strictObject({ at: z.string(), do: z.literal("pay"), amount: peso, or_refused: z.boolean().optional() }),
  z.strictObject({
    at: z.string(),
    do: z.literal("void"),
    period_start: z.string(),
    or_refused: z.boolean().optional(),
  }),
  z.strictObject({
    at: z.string(),
    do: z.literal("suspend"),
    reason: manual,
    or_refused: z.boolean().optional(),
  }),
  z.strictObject({
    at: z.string(),
    do: z.literal("resume"),
    reason: manual,
    or_refused: z.boolean().optional(),
  }),
  z.strictObject({
    at: z.string(),
    do: z.literal("set_price"),
    plan: z.string(),
    price: peso,
    from: z.string().optional(),
    or_refused: z.boolean().optional(),
  }),
  z.strictObject({
    at: z.string(),
    do: z.literal("change_plan"),
    plan: z.string(),
    or_refused: z.boolean().optional(),
  }),
]);

/** A history of one connection: how it begins, what people do, and until when the days run. */
export const historyGiven = z.strictObject({
  settings: settings.default({}),
  plans: z.record(z.string(), peso),
  start: z.string(),
  plan: z.string(),
  runs_from: z.string().optional(),
  steps: z.array(step),
  until: z.string(),
});

export type History = z.infer<typeof historyGiven>;
type Step = z.infer<typeof step>;

/** How a history ends. Days are inclusive, amounts in pesos. */
export interface HistoryEnd {
  live_bills: { from: string; to: string; total: string }[];
  paid: string[];
  balance: string;
  service: "on" | "off";
  sum_of_live: string;
  first_bill_total: string;
  /** A step that may be refused was: what the case expects of its effect does not count. */
  isRefused: boolean;
}

/**
 * Plays a history through the real services: on every business day the bill run at 00:05 and the cut run at 09:00, before a
 * step of the same time.
 */
export async function playHistory(database: Pick<TestDatabase, "db">, history: History): Promise<HistoryEnd> {
  const price = history.plans[history.plan];
  if (price === undefined) {
    throw new Error(`Cannot play a history: it does not name its plan ${history.plan}`);
  }
  const zone = history.settings.time_zone ?? "Asia/Manila";
  const isp = await createIsp(database, {
    subscribers: 1,
    start: instantOf(history.start, zone).toString(),
    zone,
    priceCentavos: Number(price),
  });
  const planIds = await prepare(isp, history);
  if (history.runs_from !== undefined) isp.clock.set(instantOf(history.runs_from, zone));
  let isRefused = false;
  for (const one of history.steps) {
    await liveUntil(isp, one.at);
    const done = await act(isp, planIds, one);
    if (done.ok) continue;
    if (one.or_refused !== true) throw new Error(`Cannot play ${one.do} at ${one.at}: ${done.code}`);
    isRefused = true;
  }
  await liveUntil(isp, history.until);
  const broken = await isp.run(checkInvariants);
  if (broken.length > 0) {
    throw new Error(`Cannot end a history: its books are broken: ${JSON.stringify(broken)}`);
  }
  return { ...await endOf(isp), isRefused };
}

async function prepare(isp: Isp, history: History): Promise<Map<string, string>> {
  const { timing, time_zone: _of_the_isp, ...columns } = history.settings;
  const set = { ...columns, ...(timing !== undefined && { bill_timing: timing }) };
  const planIds = new Map([[history.plan, isp.planId]]);
  await isp.run(async (trx) => {
    if (Object.keys(set).length > 0) {
      await trx.updateTable("tenants").set(set).where("id", "=", isp.tenantId).execute();
    }
    await trx.updateTable("plans").set({ name: history.plan }).where("id", "=", isp.planId).execute();
    for (const [name, price] of Object.entries(history.plans)) {
      if (name === history.plan) continue;
      const id = crypto.randomUUID();
      planIds.set(name, id);
      const values = { tenant_id: isp.tenantId, id, name, price_centavos: price, ppp_profile: null };
      await trx.insertInto("plans").values(values).execute();
    }
    const start = Temporal.PlainDate.from(history.start);
    await trx.updateTable("subscriptions").set({
      bill_timing: timing ?? "arrears",
      anchor_day: history.settings.cycle_day ?? 1,
      next_bill_on: start,
    }).where("tenant_id", "=", isp.tenantId).execute();
  });
  return planIds;
}

function instantOf(local: string, zone: string): Temporal.Instant {
  return Temporal.PlainDateTime.from(local).toZonedDateTime(zone).toInstant();
}

async function act(
  isp: Isp,
  planIds: ReadonlyMap<string, string>,
  one: Step,
): Promise<Result<unknown, string>> {
  const call = [isp.context, isp.tenantId, isp.actor] as const;
  const subscriptionId = isp.subscriptionIds[0]!;
  switch (one.do) {
    case "pay":
      return await recordPayment(...call, {
        subscriberId: isp.subscriberIds[0]!,
        amountCentavos: one.amount,
        method: "cash",
        receivedOn: todayOf(isp),
        idempotencyKey: `history-${crypto.randomUUID()}`,
      });
    case "void":
      return await voidBill(...call, { billId: await liveBillAt(isp, one.period_start), reason: "History" });
    case "suspend":
      return await suspendSubscription(...call, { subscriptionId, reason: one.reason, note: "History" });
    case "resume":
      return await resumeSubscription(...call, { subscriptionId, reason: one.reason });
    case "change_plan":
      return await changePlan(...call, { subscriptionId, planId: idOf(planIds, one.plan) });
    case "set_price":
      return await setPrice(isp, idOf(planIds, one.plan), one);
  }
}

async function setPrice(isp: Isp, planId: string, one: Extract<Step, { do: "set_price" }>) {
  const plan = await isp.run((trx) => findPlan(trx, planId));
  if (plan === null) throw new Error(`Cannot set a price: there is no plan ${one.plan}`);
  return await updatePlan(isp.context, isp.tenantId, isp.actor, {
    planId,
    seen: planVersion(plan),
    name: plan.name,
    priceCentavos: one.price,
    pppProfile: plan.ppp_profile,
    speed: plan.speed,
    priceFromOn: one.from === undefined ? null : Temporal.PlainDate.from(one.from),
  });
}

function idOf(planIds: ReadonlyMap<string, string>, name: string): string {
  const id = planIds.get(name);
  if (id === undefined) throw new Error(`Cannot play a history: it has no plan ${name}`);
  return id;
}

async function liveBillAt(isp: Isp, periodStart: string): Promise<string> {
  const bill = await isp.run((trx) =>
    trx.selectFrom("bills").select("id").where("tenant_id", "=", isp.tenantId)
      .where("period_start", "=", Temporal.PlainDate.from(periodStart)).where("status", "=", "issued")
      .executeTakeFirst()
  );
  if (bill === undefined) throw new Error(`Cannot void: no live bill begins on ${periodStart}`);
  return bill.id;
}

async function endOf(isp: Isp): Promise<Omit<HistoryEnd, "isRefused">> {
  const bills = await isp.run((trx) =>
    trx.selectFrom("bills").select(["period_start", "period_end", "total_centavos", "paid_centavos"])
      .where("tenant_id", "=", isp.tenantId).where("status", "=", "issued").orderBy("period_start").execute()
  );
  const total = (of: (bill: typeof bills[number]) => bigint) =>
    pesos(bills.reduce((all, bill) => all + of(bill), 0n));
  const [first] = bills;
  return {
    live_bills: bills.map((bill) => ({
      from: bill.period_start.toString(),
      to: bill.period_end.subtract({ days: 1 }).toString(),
      total: pesos(bill.total_centavos),
    })),
    paid: bills.filter((bill) => bill.paid_centavos === bill.total_centavos).map((bill) =>
      bill.period_start.toString()
    ),
    balance: total((bill) => bill.total_centavos - bill.paid_centavos),
    service: (await offNow(isp)).length > 0 ? "off" : "on",
    sum_of_live: total((bill) => bill.total_centavos),
    first_bill_total: first === undefined ? "0.00" : pesos(first.total_centavos),
  };
}

function pesos(amount: bigint): string {
  return `${centavos(amount) / 100n}.${String(amount % 100n).padStart(2, "0")}`;
}
