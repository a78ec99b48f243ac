import { add, type Centavos, centavos, subtract, sum, ZERO } from "@/shared/money/mod.ts";
import { askedFor } from "@/web/domain/billing/mod.ts";
import { listBillTaxes } from "@/web/store/billing/bills.ts";
import type { TenantTransaction } from "@/web/store/db/tenant_transaction.ts";

/** Days that are given back at their price. */
export interface PricedDays {
  /** That charged them. Null: they are to be billed again. */
  billId: string | null;
  pricedCentavos: Centavos;
}

/** What a memo gives back, and the bill that it gives back a part of. */
export interface GivenBack {
  /** Null: of no bill. */
  billId: string | null;
  /** With the VAT that came on top. */
  amountCentavos: Centavos;
}

/**
 * What days that are given back at their price come to, by the bill that sold them: with VAT, where it came on top of that
 * bill. A bill that memos have given back too much of already bears no more: those days come back without VAT and of no
 * bill, as there is no VAT left to give back.
 *
 * @param before what else is given back at the same time
 */
export async function backWithVat(
  trx: TenantTransaction,
  days: readonly PricedDays[],
  before: readonly GivenBack[] = [],
): Promise<GivenBack[]> {
  const priced = new Map<string | null, Centavos>();
  for (const { billId, pricedCentavos } of days) {
    priced.set(billId, add(priced.get(billId) ?? ZERO, pricedCentavos));
  }
  const bills = await listBillTaxes(trx, [...priced.keys()].filter((id) => id !== null));
  const back = new Map<string | null, Centavos>();
  for (const [id, amount] of priced) {
    const bill = bills.find((one) => one.id === id);
    const asked = bill === undefined
      ? ZERO
      : askedFor({ mode: bill.tax_mode, rateBp: bill.vat_rate_bp }, amount);
    const isBorne = bill !== undefined && asked + totalOf(before, id) <= bill.left_centavos;
    const on = isBorne ? id : null;
    back.set(on, add(back.get(on) ?? ZERO, isBorne ? asked : amount));
  }
  return [...back].map(([billId, amountCentavos]) => ({ billId, amountCentavos }))
    .filter((part) => part.amountCentavos > 0n);
}

function totalOf(parts: readonly GivenBack[], billId: string | null): Centavos {
  return sum(parts.filter((part) => part.billId === billId).map((part) => part.amountCentavos));
}

/** Divides what is given back in all over the days that give it: never more of any than it gives itself. */
export function shareBack(days: readonly PricedDays[], total: Centavos): PricedDays[] {
  let rest = total;
  return days.map(({ billId, pricedCentavos }) => {
    const own = pricedCentavos < rest ? pricedCentavos : rest;
    const share = own > 0n ? own : ZERO;
    rest = subtract(rest, share);
    return { billId, pricedCentavos: centavos(share) };
  });
}
