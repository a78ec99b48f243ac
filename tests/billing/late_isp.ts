import { centavos } from "@/shared/money/mod.ts";
import { assertOk } from "@/tests/support/expect.ts";
import { type TestDatabase } from "@/tests/support/postgres.ts";
import { NO_OWN_RULES, type OwnRules } from "@/web/domain/billing/mod.ts";
import { agreeRules } from "@/web/services/billing/agree_rules.ts";
import { recordPayment } from "@/web/services/payments/record_payment.ts";
import { createIsp, type Isp, type IspOptions } from "./isp.ts";

export const call = (isp: Isp) => [isp.context, isp.tenantId, isp.actor] as const;

export const day = Temporal.PlainDate.from;

/** Bills of ₱1,000 of the 1st, due on the 8th; from the 12th a late one costs 5 %. */
export async function lateIsp(
  database: TestDatabase,
  options: IspOptions & { flatPesos?: number } = {},
): Promise<Isp> {
  const { flatPesos = 0, ...rest } = options;
  const isp = await createIsp(database, rest);
  await isp.run((trx) =>
    trx.updateTable("tenants").set({
      late_after_days: 3,
      ...(flatPesos === 0
        ? { late_fee_kind: "percent" as const, late_fee_bp: 500 }
        : { late_fee_kind: "flat" as const, late_fee_centavos: BigInt(flatPesos * 100) }),
    }).where("id", "=", isp.tenantId).execute()
  );
  return isp;
}

/** `pesos status` of each fee of a subscriber, oldest first; `paid` when nothing is left of it. */
export async function feesOf(isp: Isp, n: number): Promise<string[]> {
  const rows = await isp.run((trx) =>
    trx.selectFrom("bills").selectAll().where("tenant_id", "=", isp.tenantId).where("kind", "=", "late_fee")
      .where("subscriber_id", "=", isp.subscriberIds[n]!).orderBy("created_at").orderBy("number").execute()
  );
  return rows.map((row) => {
    const state = row.status === "issued" && row.paid_centavos === row.total_centavos ? "paid" : row.status;
    return `${Number(row.total_centavos) / 100} ${state}`;
  });
}

/** The oldest live bill of a subscriber that is no fee. */
export async function billOf(isp: Isp, n: number) {
  return await isp.run((trx) =>
    trx.selectFrom("bills").selectAll().where("tenant_id", "=", isp.tenantId)
      .where("subscription_id", "=", isp.subscriptionIds[n]!).where("status", "=", "issued")
      .where("kind", "<>", "late_fee").orderBy("period_start").executeTakeFirstOrThrow()
  );
}

/** Money that came in on a day and is recorded now. */
export async function payOn(isp: Isp, n: number, pesos: number, receivedOn: string) {
  return assertOk(
    await recordPayment(...call(isp), {
      subscriberId: isp.subscriberIds[n]!,
      amountCentavos: centavos(pesos * 100),
      method: "cash",
      receivedOn: day(receivedOn),
      idempotencyKey: `late-${crypto.randomUUID()}`,
    }),
  );
}

export async function balanceOf(isp: Isp, n: number): Promise<number> {
  const rows = await isp.run((trx) =>
    trx.selectFrom("bills").select(["total_centavos", "paid_centavos"]).where("tenant_id", "=", isp.tenantId)
      .where("subscriber_id", "=", isp.subscriberIds[n]!).where("status", "=", "issued").execute()
  );
  return rows.reduce((sum, row) => sum + Number(row.total_centavos - row.paid_centavos), 0) / 100;
}

export function agree(isp: Isp, n: number, rules: Partial<OwnRules>) {
  return agreeRules(...call(isp), {
    subscriptionId: isp.subscriptionIds[n]!,
    rules: { ...NO_OWN_RULES, ...rules },
    lockIn: null,
  });
}
