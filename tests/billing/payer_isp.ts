import { uuidv7 } from "@/shared/ids.ts";
import { createIsp, type Isp, type IspOptions, todayOf } from "@/tests/billing/isp.ts";
import { createPrepaidIsp } from "@/tests/billing/prepaid_isp.ts";
import { createTestDatabase } from "@/tests/support/postgres.ts";
import { changePayer, type PayerRequest } from "@/web/services/billing/change_payer.ts";
import { voidBill } from "@/web/services/billing/void_bill.ts";
import { findSubscriberBalance } from "@/web/store/billing/ledger.ts";
import { getTenant } from "@/web/store/settings/tenants.ts";
import { listNeeds } from "@/web/store/live/needs_you.ts";
import { lockSubscription } from "@/web/store/subscribers/subscriptions.ts";
import { listTimeline } from "@/web/store/subscribers/timeline.ts";

export interface MoveOptions extends Partial<Omit<PayerRequest, "to" | "subscriptionId">> {
  /** Number of the subscriber who has it. @default the same as the connection's */
  from?: number;
}

/** Gives the connection with a number to the subscriber with a number. */
export function move(isp: Isp, n: number, to: number, { from = n, ...options }: MoveOptions = {}) {
  return changePayer(isp.context, isp.tenantId, isp.actor, {
    subscriptionId: isp.subscriptionIds[n]!,
    fromSubscriberId: isp.subscriberIds[from]!,
    to: { subscriberId: isp.subscriberIds[to]! },
    when: "today",
    unused: "keep",
    shownOn: todayOf(isp),
    once: uuidv7(isp.clock.now().epochMilliseconds),
    ...options,
  });
}

export async function world(options: IspOptions = {}, prepaid = false) {
  const database = await createTestDatabase();
  const isp = await (prepaid ? createPrepaidIsp : createIsp)(database, { subscribers: 3, ...options });
  return { isp, [Symbol.asyncDispose]: () => database[Symbol.asyncDispose]() };
}

/** Charged days of a connection: who was billed, for which days, how much. */
export const days = (isp: Isp, n = 0) =>
  isp.run(async (trx) => {
    const rows = await trx.selectFrom("charged_periods as p")
      .leftJoin("bills as b", (on) =>
        on.onRef("b.tenant_id", "=", "p.tenant_id").onRef("b.id", "=", "p.bill_id"))
      .select(["p.period_start", "p.period_end", "p.state", "p.why", "b.subscriber_id", "b.total_centavos"])
      .where("p.tenant_id", "=", isp.tenantId).where("p.subscription_id", "=", isp.subscriptionIds[n]!)
      .orderBy("p.period_start").execute();
    return rows.map((row) => {
      const who = row.subscriber_id === null
        ? row.why ?? row.state
        : `${isp.subscriberIds.indexOf(row.subscriber_id)} ${Number(row.total_centavos) / 100}`;
      return `${row.period_start.toString().slice(5)} ${row.period_end.toString().slice(5)} ${who}`;
    });
  });

/** Owed less credit, in pesos. */
export const owed = (isp: Isp, n: number) =>
  isp.run(async (trx) => {
    const { receivableCentavos, creditCentavos } = await findSubscriberBalance(trx, isp.subscriberIds[n]!);
    return Number(receivableCentavos - creditCentavos) / 100;
  });

export const payerOf = (isp: Isp, n = 0) =>
  isp.run(async (trx) => {
    const row = await lockSubscription(trx, isp.subscriptionIds[n]!);
    return isp.subscriberIds.indexOf(row!.subscriber_id);
  });

export const billsOf = (isp: Isp, n: number) =>
  isp.run((trx) =>
    trx.selectFrom("bills").select(["id", "number", "kind", "status", "total_centavos"])
      .where("tenant_id", "=", isp.tenantId).where("subscriber_id", "=", isp.subscriberIds[n]!)
      .where("subscription_id", "=", isp.subscriptionIds[0]!).orderBy("number").execute()
  );

export const voidIt = (isp: Isp, billId: string) =>
  voidBill(isp.context, isp.tenantId, isp.actor, { billId, reason: "wrong" });

export const wordsOf = (isp: Isp, n: number) =>
  isp.run(async (trx) =>
    (await listTimeline(trx, isp.subscriberIds[n]!, { limit: 50 })).rows.map((row) =>
      (JSON.parse(row.summary) as { code: string }).code
    )
  );

export const advance = (isp: Isp) =>
  isp.run((trx) =>
    trx.updateTable("subscriptions").set({ bill_timing: "advance", next_bill_on: todayOf(isp) })
      .where("tenant_id", "=", isp.tenantId).execute()
  );

export const waitsOnToday = (isp: Isp) =>
  isp.run(async (trx) => {
    const needs = await listNeeds(trx, await getTenant(trx), { today: todayOf(isp), now: isp.clock.now() });
    return needs.filter(({ kind }) => kind === "payer_waits").map(({ subject }) => subject);
  });

export const setThrough = (isp: Isp, n: number, on: string) =>
  isp.run((trx) =>
    trx.updateTable("subscriptions").set({ billed_through_on: Temporal.PlainDate.from(on) })
      .where("tenant_id", "=", isp.tenantId).where("id", "=", isp.subscriptionIds[n]!).execute()
  );
