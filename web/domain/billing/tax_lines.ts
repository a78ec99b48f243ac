import {
  add,
  type Centavos,
  centavos,
  min,
  multiplyRounded,
  subtract,
  sum,
  ZERO,
} from "@/shared/money/mod.ts";
import { taxBill, type TaxedTotal, type TaxMode, VAT_RATE_BP } from "./tax.ts";

/** How bills of a day are taxed. */
export interface TaxTerms {
  /** Whether VAT is in the prices, on top of them, or not asked for. */
  mode: TaxMode;
  /** In basis points; without VAT it says nothing. */
  rateBp: number;
}

/** Of a company that is not registered for VAT, and of what comes from other books. */
export const NO_TAX: TaxTerms = { mode: "non_vat", rateBp: VAT_RATE_BP };

/** What a company has set: terms, and those that held before their first day. */
export interface TaxSetting extends TaxTerms {
  /** First day; null: always. */
  fromOn: Temporal.PlainDate | null;
  /** Until then. */
  before: TaxTerms;
}

/** A line as it is asked for, with the VAT in it. */
export interface TaxedLine {
  /** With VAT, whether the price had it or it came on top. */
  amountCentavos: Centavos;
  /** Of the amount. */
  vatCentavos: Centavos;
}

/** A bill with its tax: what its lines ask for sums to the total, their VAT to that of the bill. */
export interface TaxedBill extends TaxedSum {
  /** In the order of the lines as given. */
  lines: readonly TaxedLine[];
}

/** The terms of a day: a change holds from its first day, and bills that were issued before keep theirs. */
export function taxOn({ mode, rateBp, fromOn, before }: TaxSetting, day: Temporal.PlainDate): TaxTerms {
  return fromOn !== null && Temporal.PlainDate.compare(day, fromOn) < 0 ? before : { mode, rateBp };
}

/**
 * Taxes a bill (billing rule 15). The VAT is computed once, on the total; each line carries its own part, rounded down, and
 * the centavos that are left go to those that lost the most, so that a line can be paid whole.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { centavos } from "@/shared/money/mod.ts";
 * import { taxLines } from "@/web/domain/billing/mod.ts";
 * const bill = taxLines({ mode: "vat_exclusive", rateBp: 1200 }, [centavos(99999), centavos(1)]);
 * assert.deepEqual(bill.lines.map((line) => line.amountCentavos), [111999n, 1n]);
 * ```
 */
export function taxLines(terms: TaxTerms, priced: readonly Centavos[]): TaxedBill {
  const total = taxBill(terms.mode, priced, terms.rateBp);
  const vats = shareVat(terms, priced, total.vatCentavos);
  const isOnTop = terms.mode === "vat_exclusive";
  const lines = priced.map((amount, i): TaxedLine => {
    const vatCentavos = vats[i] ?? ZERO;
    return { amountCentavos: isOnTop ? add(amount, vatCentavos) : amount, vatCentavos };
  });
  return { ...terms, ...total, lines };
}

/** Prices as one bill would ask for them, before there is one. */
export interface TaxedSum extends TaxTerms, TaxedTotal {}

/** What a bill of prices comes to, with how much of it is VAT. */
export function taxedSum(terms: TaxTerms, ...priced: readonly Centavos[]): TaxedSum {
  return { ...terms, ...taxBill(terms.mode, priced, terms.rateBp) };
}

/** What prices come to with the VAT that comes on top of them, where it does. */
export function askedFor(terms: TaxTerms, ...priced: readonly Centavos[]): Centavos {
  return taxedSum(terms, ...priced).totalCentavos;
}

/** What an amount of a bill was before VAT came on top of it, where it did: as it was priced. */
export function pricedOf(mode: TaxMode, amountCentavos: bigint, vatCentavos: bigint): Centavos {
  return centavos(mode === "vat_exclusive" ? amountCentavos - vatCentavos : amountCentavos);
}

/** A bill whose VAT memos give back in parts. */
export interface TaxedSale {
  /** Of the bill, with VAT. */
  totalCentavos: Centavos;
  /** In it. */
  vatCentavos: Centavos;
  /** Given back of the bill so far, with VAT. */
  backCentavos: Centavos;
  /** Of the VAT so far. */
  vatBackCentavos: Centavos;
}

/**
 * What of a memo is VAT of its bill: so much that all memos together have the share of the VAT that they are of the total.
 * Whatever their sizes and whichever of them were voided, the whole bill given back is exactly its whole VAT.
 */
export function vatOfMemo(sale: TaxedSale, amountCentavos: Centavos): Centavos {
  const { totalCentavos: total, vatCentavos: vat, backCentavos, vatBackCentavos: before } = sale;
  if (vat === 0n) return ZERO;
  const back = min(add(backCentavos, amountCentavos), total);
  const even = multiplyRounded(vat, back, total);
  // Neither more than is left of the VAT, nor more than is left of what is without it.
  const least = centavos(back - subtract(total, vat));
  const most = min(vat, add(before, amountCentavos));
  const after = min(even > least ? even : least, most);
  return after > before ? subtract(after, before) : ZERO;
}

function shareVat(
  { mode, rateBp }: TaxTerms,
  priced: readonly Centavos[],
  vat: Centavos,
): Centavos[] {
  if (mode === "non_vat") return priced.map(() => ZERO);
  const whole = mode === "vat_exclusive" ? 10_000n : 10_000n + BigInt(rateBp);
  const parts = priced.map((amount, i) => {
    const exact = amount * BigInt(rateBp);
    const lost = ((exact % whole) + whole) % whole;
    return { i, floor: centavos((exact - lost) / whole), lost };
  });
  const left = Number(subtract(vat, sum(parts.map((part) => part.floor))));
  const rounded = new Set(
    parts.toSorted((a, b) => Number(b.lost - a.lost) || a.i - b.i).slice(0, left).map((part) => part.i),
  );
  return parts.map((part) => rounded.has(part.i) ? centavos(part.floor + 1n) : part.floor);
}
