import { parseCoded } from "@/shared/codes/mod.ts";
import { centavos, ZERO } from "@/shared/money/mod.ts";
import {
  explainCorrections,
  type ExplainedLine,
  explainLine,
  type GivenBackOf,
  type LineCorrections,
  type PeriodTerms,
  pricedOf,
  type StoredLine,
} from "@/web/domain/billing/mod.ts";
import { disputedOfLines } from "@/web/domain/payments/mod.ts";
import type { BillDetail } from "@/web/store/billing/bills.ts";
import { listMemoShares, type MemoShareRow } from "@/web/store/billing/line_corrections.ts";
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
  const corrections = correctionsOf(bill, await listMemoShares(trx, bill.id));
  return new Map(lines.map(({ no, line }) => {
    const others = lines.filter((other) => other.no !== no).map((other) => other.line);
    const { why, sum } = explainLine(line, { activatedOn, others });
    return [no, { why: [...why, ...explainCorrections(corrections(no))], sum }];
  }));
}

/** What became of each line since it was billed. What memos gave of a bill that was paid already is said once. */
function correctionsOf(bill: BillDetail, memos: readonly MemoShareRow[]) {
  const toGiven = ({ number, kind }: MemoShareRow, amount: bigint): GivenBackOf => ({
    number,
    isWriteOff: kind === "write_off",
    amountCentavos: centavos(amount),
  });
  const elsewhere = [...Map.groupBy(memos, (memo) => memo.number).values()].flatMap((rows) => {
    const [memo] = rows;
    const here = rows.reduce((total, row) => total + row.paid_centavos, 0n);
    return memo === undefined || memo.amount_centavos <= here
      ? []
      : [toGiven(memo, memo.amount_centavos - here)];
  });
  const open = bill.lines.filter((line) => line.amount_centavos > line.settled_centavos).map((line) => ({
    lineNo: line.line_no,
    kind: line.kind,
    periodStart: line.period_start,
    openCentavos: centavos(line.amount_centavos - line.settled_centavos),
  }));
  const disputed = disputedOfLines(open, centavos(bill.status === "issued" ? bill.disputed_centavos : 0n));
  const first = bill.lines[0]?.line_no;
  return (no: number): LineCorrections => ({
    given: memos.filter((memo) => memo.line_no === no).map((memo) => toGiven(memo, memo.paid_centavos)),
    elsewhere: no === first ? elsewhere : [],
    disputedCentavos: disputed.get(no) ?? ZERO,
  });
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
