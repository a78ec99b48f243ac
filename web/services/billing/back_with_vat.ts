import type { Centavos } from "@/shared/money/mod.ts";
import { askedFor } from "@/web/domain/billing/mod.ts";
import { listBillTaxes } from "@/web/store/billing/bills.ts";
import type { TenantTransaction } from "@/web/store/db/tenant_transaction.ts";

/** What a memo gives back, and the bill that it gives back a part of. */
export interface GivenBack {
  /** Null: of several bills, or of none. */
  billId: string | null;
  /** With the VAT that came on top. */
  amountCentavos: Centavos;
}

/**
 * What days that are given back at their price come to on a memo: with VAT, where it came on top of the bill that sold
 * them. A memo gives back the VAT of one bill: where several sold them, of the first that was taxed and can bear it.
 *
 * @param soldOn bills that charged those days; null for what is to be billed again
 */
export async function backWithVat(
  trx: TenantTransaction,
  priced: Centavos,
  soldOn: readonly (string | null)[],
): Promise<GivenBack> {
  const ids = [...new Set(soldOn)].filter((id) => id !== null);
  const bills = await listBillTaxes(trx, ids);
  const terms = bills.map((bill) => ({ mode: bill.tax_mode, rateBp: bill.vat_rate_bp }));
  const [first] = terms;
  const amountCentavos = first === undefined ? priced : askedFor(first, priced);
  if (ids.length === 1 && !soldOn.includes(null)) return { billId: ids[0] ?? null, amountCentavos };
  const at = bills.findIndex((bill, i) =>
    bill.vat_centavos > 0n &&
    askedFor(terms[i] ?? { mode: "non_vat", rateBp: 0 }, priced) <= bill.left_centavos
  );
  const [bill, by] = [bills[at], terms[at]];
  return bill === undefined || by === undefined
    ? { billId: null, amountCentavos }
    : { billId: bill.id, amountCentavos: askedFor(by, priced) };
}
