import { assertOk } from "@/tests/support/expect.ts";
import type { TaxMode } from "@/web/domain/billing/mod.ts";
import { saveTax } from "@/web/services/settings/save_tax.ts";
import { lastSave } from "@/web/store/settings/settings.ts";
import { getTenant } from "@/web/store/settings/tenants.ts";
import { type Isp, todayOf } from "./isp.ts";

/** Has bills of a provider taxed from a day on, today unless another is named. */
export async function setTax(
  isp: Isp,
  mode: TaxMode,
  { from, rateBp = 1200 }: { from?: string; rateBp?: number } = {},
): Promise<void> {
  const tenant = await isp.run(getTenant);
  assertOk(
    await saveTax(isp.context, isp.tenantId, isp.actor, {
      revision: lastSave(tenant, "tax")?.revision ?? 0,
      mode,
      rateBp,
      fromOn: from === undefined ? todayOf(isp) : Temporal.PlainDate.from(from),
      tin: "123456789",
      registeredName: "Ilaya Net Services",
      isEffectSeen: true,
    }),
  );
}

/** What is on an account of the books; what is owed to somebody is below zero. */
export async function balanceOn(isp: Isp, account: string): Promise<bigint> {
  const rows = await isp.run((trx) =>
    trx.selectFrom("ledger_entries").select("amount_centavos").where("tenant_id", "=", isp.tenantId)
      .where("account", "=", account).execute()
  );
  return rows.reduce((total, row) => total + row.amount_centavos, 0n);
}

/** A bill with its tax: `number mode vatable + vat = total`. */
export async function taxedBills(isp: Isp, n: number): Promise<string[]> {
  const rows = await isp.run((trx) =>
    trx.selectFrom("bills").select([
      "kind",
      "issued_on",
      "tax_mode",
      "vatable_centavos",
      "vat_centavos",
      "total_centavos",
    ]).where("tenant_id", "=", isp.tenantId).where("subscriber_id", "=", isp.subscriberIds[n]!)
      .orderBy("issued_on").orderBy("id").execute()
  );
  return rows.map((row) =>
    `${row.kind} ${row.issued_on} ${row.tax_mode} ${row.vatable_centavos} + ${row.vat_centavos} = ${row.total_centavos}`
  );
}

/** From the third day after the due date a late bill costs 5 %; coming back after a cut costs ₱100. */
export async function switchFeesOn(isp: Isp): Promise<void> {
  await isp.run((trx) =>
    trx.updateTable("tenants").set({
      late_after_days: 3,
      late_fee_kind: "percent",
      late_fee_bp: 500,
      reconnection_fee_centavos: 10_000n,
    }).where("id", "=", isp.tenantId).execute()
  );
}
