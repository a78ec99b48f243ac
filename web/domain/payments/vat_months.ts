import { add, type Centavos, centavos, subtract, ZERO } from "@/shared/money/mod.ts";

/** Taxed sales of a month that were posted in one way; what takes back is below zero. */
export interface VatPosted {
  month: Temporal.PlainDate;
  posted: "billed" | "voided" | "memos" | "written_off";
  netCentavos: Centavos;
  vatCentavos: Centavos;
}

/** VAT of one month. */
export interface VatMonth {
  month: Temporal.PlainDate;
  /** Taxed sales without VAT, less what was taken back. */
  vatable: Centavos;
  vatBilled: Centavos;
  /** Taken back, each above zero. */
  vatVoided: Centavos;
  vatMemos: Centavos;
  vatWrittenOff: Centavos;
  /** Billed less what was taken back; below zero where more was. */
  vatOfMonth: Centavos;
  /** What the ledger owes at its end. */
  payable: Centavos;
}

/**
 * VAT by month, from sums of the ledger.
 *
 * @param payableNow VAT payable by all that is written; the months before are worked out backwards from it
 */
export function vatByMonth(
  sums: readonly VatPosted[],
  months: readonly Temporal.PlainDate[],
  payableNow: Centavos,
): VatMonth[] {
  const rows: VatMonth[] = [];
  let payable = payableNow;
  const newest = [...new Set([...months, ...sums.map(({ month }) => month)].map(String))].sort().reverse();
  for (const text of newest) {
    const own = sums.filter(({ month }) => String(month) === text);
    const vatOf = (posted: VatPosted["posted"]) =>
      total(own.filter((sum) => sum.posted === posted), "vatCentavos");
    const vatOfMonth = total(own, "vatCentavos");
    if (months.some((month) => String(month) === text)) {
      rows.unshift({
        month: Temporal.PlainDate.from(text),
        vatable: total(own, "netCentavos"),
        vatBilled: vatOf("billed"),
        vatVoided: subtract(ZERO, vatOf("voided")),
        vatMemos: subtract(ZERO, vatOf("memos")),
        vatWrittenOff: subtract(ZERO, vatOf("written_off")),
        vatOfMonth,
        payable,
      });
    }
    payable = subtract(payable, vatOfMonth);
  }
  return rows;
}

function total(sums: readonly VatPosted[], what: "netCentavos" | "vatCentavos"): Centavos {
  return centavos(sums.map((sum) => sum[what]).reduce(add, ZERO));
}
