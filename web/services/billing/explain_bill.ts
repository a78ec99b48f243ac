import { parseCoded } from "@/shared/codes/mod.ts";
import { centavos } from "@/shared/money/mod.ts";
import {
  type ExplainedLine,
  explainLine,
  type PeriodTerms,
  pricedOf,
  type StoredLine,
} from "@/web/domain/billing/mod.ts";
import type { BillDetail } from "@/web/store/billing/bills.ts";
import { type LineTermsRow, listLineTerms } from "@/web/store/billing/line_terms.ts";
import type { TenantTransaction } from "@/web/store/db/tenant_transaction.ts";
import { toOwnTerms } from "./own_prices.ts";

/** The lines of a bill in words, by their numbers. */
export async function explainBill(
  trx: TenantTransaction,
  bill: BillDetail,
  activatedOn: Temporal.PlainDate | null,
): Promise<ReadonlyMap<number, ExplainedLine>> {
  const terms = new Map((await listLineTerms(trx, bill.id)).map((row) => [row.line_no, row]));
  const lines = bill.lines.map((line) => ({
    no: line.line_no,
    line: toStored(bill, line, terms.get(line.line_no)),
  }));
  return new Map(lines.map(({ no, line }) => {
    const others = lines.filter((other) => other.no !== no).map((other) => other.line);
    return [no, explainLine(line, { activatedOn, others })];
  }));
}

function toStored(
  { tax_mode: mode }: BillDetail,
  line: BillDetail["lines"][number],
  row: LineTermsRow | undefined,
): StoredLine {
  const { period_start: periodStart, period_end: periodEnd } = line;
  return {
    description: parseCoded(line.description),
    periodStart,
    periodEnd,
    amountCentavos: pricedOf(mode, line.amount_centavos, line.vat_centavos),
    terms: row === undefined ? null : toTerms(row),
    corrected: row === undefined || row.corrected_centavos === null ? null : {
      number: row.corrected_number ?? "",
      description: parseCoded(row.corrected_description),
      periodStart,
      periodEnd,
      amountCentavos: centavos(row.corrected_centavos),
      alreadyCentavos: centavos(row.already_centavos),
    },
  };
}

function toTerms(row: LineTermsRow): PeriodTerms | null {
  if (row.plan_name === null) return null;
  const own = toOwnTerms(row);
  return {
    planName: row.plan_name,
    priceCentavos: centavos(row.price_centavos ?? 0n),
    anchorDay: row.anchor_day ?? 1,
    proration: row.proration ?? "actual",
    isChargedInFull: row.is_in_full === true,
    ...(own && { own }),
  };
}
