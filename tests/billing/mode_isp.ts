import { createIsp, type Isp, todayOf } from "@/tests/billing/isp.ts";
import { UNITS } from "@/tests/billing/prepaid_isp.ts";
import { uuidv7 } from "@/shared/ids.ts";
import { createTestDatabase } from "@/tests/support/postgres.ts";
import { changeMode, type ModeRequest } from "@/web/services/billing/change_mode.ts";
import { listNeeds } from "@/web/store/live/needs_you.ts";
import { findSubscriberBalance } from "@/web/store/billing/ledger.ts";
import { getTenant } from "@/web/store/settings/tenants.ts";
import { updateNextPlan } from "@/web/store/billing/plan_changes.ts";
import { replacePrepaidUnits } from "@/web/store/billing/prepaid.ts";

export const change = (isp: Isp, n: number, to: ModeRequest["to"], when: ModeRequest["when"] = "today") =>
  changeMode(isp.context, isp.tenantId, isp.actor, { subscriptionId: isp.subscriptionIds[n]!, to, when });

/** Charged days of a connection: first, end, what became of them. */
export const periods = (isp: Isp, n = 0) =>
  isp.run(async (trx) => {
    const rows = await trx.selectFrom("charged_periods as p").leftJoin(
      "bills as b",
      (on) => on.onRef("b.tenant_id", "=", "p.tenant_id").onRef("b.id", "=", "p.bill_id"),
    ).select(["p.period_start", "p.period_end", "p.why", "b.kind", "b.total_centavos"])
      .where("p.tenant_id", "=", isp.tenantId).where("p.subscription_id", "=", isp.subscriptionIds[n]!)
      .orderBy("p.period_start").execute();
    return rows.map((row) =>
      `${row.period_start} ${row.period_end} ${row.why ?? `${row.kind} ${Number(row.total_centavos) / 100}`}`
    );
  });

/** Bills of a connection: state, amount, what of it is paid. */
export const billsOf = (isp: Isp, n = 0) =>
  isp.run(async (trx) => {
    const rows = await trx.selectFrom("bills").select(["status", "total_centavos", "paid_centavos"])
      .where("tenant_id", "=", trx.tenantId).where("subscription_id", "=", isp.subscriptionIds[n]!)
      .orderBy("number").execute();
    return rows.map((row) =>
      `${row.status === "void" ? "void " : ""}${Number(row.total_centavos) / 100} of ${
        Number(row.paid_centavos) / 100
      }`
    );
  });

export const mode = (isp: Isp, n = 0) =>
  isp.run((trx) =>
    trx.selectFrom("subscriptions").select(["billing_mode", "next_bill_on"]).where(
      "tenant_id",
      "=",
      isp.tenantId,
    )
      .where("id", "=", isp.subscriptionIds[n]!).executeTakeFirstOrThrow()
  );

export async function bothWays(start = "2026-01-20T08:00:00+08:00", subscribers = 2) {
  const database = await createTestDatabase();
  const isp = await createIsp(database, { start, subscribers });
  await isp.run((trx) => replacePrepaidUnits(trx, isp.planId, UNITS));
  return { isp, [Symbol.asyncDispose]: () => database[Symbol.asyncDispose]() };
}

/** Bills come seven days before their month. */
export async function inAdvance(start: string, subscribers = 2) {
  const world = await bothWays(start, subscribers);
  await world.isp.run(async (trx) => {
    await trx.updateTable("tenants").set({ lead_days: 7 }).where("id", "=", trx.tenantId).execute();
    await trx.updateTable("subscriptions").set({ bill_timing: "advance", next_bill_on: todayOf(world.isp) })
      .where("tenant_id", "=", trx.tenantId).execute();
  });
  return world;
}

/** Sets what no way through the product sets. */
export const setLine = (isp: Isp, n: number, fields: Record<string, unknown>) =>
  isp.run((trx) =>
    trx.updateTable("subscriptions").set(fields).where("tenant_id", "=", trx.tenantId)
      .where("id", "=", isp.subscriptionIds[n]!).execute()
  );

export const waits = (isp: Isp) =>
  isp.run(async (trx) => {
    const moment = { today: todayOf(isp), now: isp.clock.now() };
    const needs = await listNeeds(trx, await getTenant(trx), moment);
    return needs.filter(({ kind }) => kind === "mode_waits").map(({ subject }) => subject);
  });

export const logged = (isp: Isp) =>
  isp.run(async (trx) => {
    const rows = await trx.selectFrom("system_log").select("event").where("tenant_id", "=", trx.tenantId)
      .where("event", "in", ["mode_not_changed", "prepaid_not_renewed"]).orderBy("event").execute();
    return rows.map(({ event }) => event);
  });

/** A plan of ₱2,000 that a connection changes to on a day. */
export async function changePlanOn(isp: Isp, n: number, on: string): Promise<void> {
  const planId = uuidv7(isp.clock.now().epochMilliseconds);
  await isp.run(async (trx) => {
    await trx.insertInto("plans").values({
      tenant_id: trx.tenantId,
      id: planId,
      name: `Fiber 100 ${n}`,
      price_centavos: 200_000n,
      ppp_profile: "100M",
    }).execute();
    await replacePrepaidUnits(trx, planId, [{ unit: "days", count: 30, price_centavos: 90_000n }]);
    await updateNextPlan(trx, isp.subscriptionIds[n]!, { planId, on: Temporal.PlainDate.from(on) });
  });
}

export const owedBy = async (isp: Isp, n: number) => {
  const books = await isp.run((trx) => findSubscriberBalance(trx, isp.subscriberIds[n]!));
  return Number(books.receivableCentavos - books.creditCentavos) / 100;
};
