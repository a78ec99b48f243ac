import { parseCoded } from "@/shared/codes/mod.ts";
import { StoredText } from "@/web/components/facts/StoredText.tsx";
import { centavos, formatPeso } from "@/shared/money/mod.ts";
import { type Fact } from "@/web/components/facts/FactList.tsx";
import { useT } from "@/web/components/i18n.ts";
import { Money } from "@/web/components/facts/Money.tsx";
import { formatPeriod } from "@/shared/calendar/mod.ts";
import { taxFacts } from "@/web/app/words/tax_words.tsx";
import { type ExplainedLine, formatBasisPoints, type LineSum, pricedOf } from "@/web/domain/billing/mod.ts";
import { codedText } from "@/web/messages/coded_text.ts";
import { type BillDetail } from "@/web/store/billing/bills.ts";
import type { Translate } from "@/web/messages/mod.ts";
import { balanceOf } from "@/web/app/words/due_words.ts";

/** What a bill is made of, its tax, and what of it is paid. */
export function billLineFacts(
  t: Translate,
  bill: BillDetail,
  explained: ReadonlyMap<number, ExplainedLine>,
): Fact[] {
  const priced = (line: BillDetail["lines"][number]) =>
    pricedOf(bill.tax_mode, line.amount_centavos, line.vat_centavos);
  const lines = bill.lines.map((line) => ({
    label: (
      <>
        {lineWords(t, line)}
        <Explanation of={explained.get(line.line_no)} amountCentavos={priced(line)} />
      </>
    ),
    value: <Money amount={priced(line)} />,
  }));
  return [
    ...lines,
    ...taxFacts(t, {
      mode: bill.tax_mode,
      rateBp: bill.vat_rate_bp,
      vatableCentavos: centavos(bill.vatable_centavos),
      vatCentavos: centavos(bill.vat_centavos),
    }),
    { label: t("tables.total"), value: <Money amount={centavos(bill.total_centavos)} />, strong: true },
    { label: t("bills.paid"), value: <Money amount={centavos(bill.paid_centavos)} /> },
    { label: t("tables.to_pay"), value: <Money amount={balanceOf(bill)} />, strong: true },
  ];
}

/** What a line is for. Lines of earlier versions are English, and the oldest leave their period out. */
function lineWords(t: Translate, { description, period_start, period_end }: BillDetail["lines"][number]) {
  if (parseCoded(description) !== null || description.includes("–")) return <StoredText text={description} />;
  return `${description}, ${formatPeriod(period_start, period_end, t.locale)}`;
}

/** Why a line is there, and its arithmetic. */
function Explanation(
  { of, amountCentavos }: { of: ExplainedLine | undefined; amountCentavos: bigint },
) {
  const t = useT();
  if (of === undefined || of.why.length === 0) return null;
  return (
    <div class="note">
      {of.why.map((coded) => codedText(t, coded)).join(" ")}
      {of.sum !== null && (of.sum.days !== null || of.sum.basisPoints !== null) && (
        <div>{sumWords(of.sum)} = {formatPeso(centavos(amountCentavos))}</div>
      )}
    </div>
  );
}

/** `₱999.99 × 87.5% × 22 ÷ 31` */
function sumWords({ baseCentavos, basisPoints, days, lessCentavos, isTakenOff }: LineSum): string {
  const kept = basisPoints === null ? "" : ` × ${formatBasisPoints(basisPoints)}%`;
  const part = days === null ? "" : ` × ${days.count} ÷ ${days.of}`;
  const less = lessCentavos === null ? "" : ` − ${formatPeso(lessCentavos)}`;
  const sum = `${formatPeso(baseCentavos)}${kept}${part}${less}`;
  return isTakenOff ? `−(${sum})` : sum;
}
