import { storedText } from "@/web/messages/coded_text.ts";
import { formatDate, formatPeriod } from "@/shared/calendar/mod.ts";
import { type Centavos, centavos, formatPeso, ZERO } from "@/shared/money/mod.ts";
import { CompanyBlock } from "@/web/components/facts/CompanyBlock.tsx";
import { type Fact, FactList } from "@/web/components/facts/FactList.tsx";
import { useT } from "@/web/components/i18n.ts";
import type { Translate } from "@/web/messages/mod.ts";
import PrintButton from "@/web/islands/PrintButton.tsx";
import type { PaymentListRow } from "@/web/store/payments/payments.ts";
import type { PageMoment } from "@/web/app/frame/page_context.ts";
import { timeOf } from "@/web/app/words/page_words.ts";
import type { SourceRefundRow } from "@/web/store/payments/refunds.ts";
import type { PaymentShareRow } from "@/web/store/payments/payments_page.ts";

interface ReceiptProps {
  payment: PaymentListRow;
  shares: readonly PaymentShareRow[];
  credit: Centavos;
  /** What of it was paid back. */
  refunds: readonly SourceRefundRow[];
  /** Null when nothing was tendered. */
  change: Centavos | null;
  /** What the payer owed right after it; null when it is reversed. */
  balanceAfter: Centavos | null;
  /** When the company's logo was put there; null without one. */
  logoAt: Temporal.Instant | null;
  moment: PageMoment;
}

/** What the payer takes home; the only thing of its page that is printed. */
export function Receipt(
  { payment, shares, credit, refunds, change, balanceAfter, logoAt, moment }: ReceiptProps,
) {
  const t = useT();
  return (
    <section class="card receipt">
      <div class="card-head">
        <CompanyBlock company={moment.tenant} logoAt={logoAt} />
        <span class="no-print">
          <PrintButton label={t("payments.print")} />
        </span>
      </div>
      <div class="card-body stack">
        <h2>{t("payments.receipt")}</h2>
        <FactList
          sum
          facts={[
            { label: t("tables.number"), value: payment.number },
            { label: t("payments.received_on"), value: formatDate(payment.received_on, t.locale) },
            { label: t("tables.recorded"), value: recordedAt(t, payment, moment) },
            { label: t("payments.from"), value: `${payment.subscriber_name}, ${payment.account_number}` },
            { label: t("tables.method"), value: methodOf(t, payment) },
          ]}
        />
        <FactList
          sum
          facts={[
            ...factsOf(t, shares),
            ...refunds.map((refund) => ({
              label: (
                <a href={`/admin/refunds/${refund.refund_id}`}>
                  {t("corrections.one_refund", { number: refund.number })}
                </a>
              ),
              value: formatPeso(centavos(refund.amount_centavos)),
            })),
            ...moneyOf(t, payment, credit, change),
            ...balanceOf(t, balanceAfter),
          ]}
        />
        <div class="note">
          {payment.status === "reversed" && (
            <p>
              <b>{t("payments.reversed_why", { reason: storedText(t, payment.reverse_reason ?? "") })}</b>
            </p>
          )}
          <p>{t("payments.recorded_by", { name: payment.recorded_by })}</p>
        </div>
        <div class="signatures">
          <div>{t("payments.signed_by_payer")}</div>
          <div>{t("payments.signed_by_cashier")}</div>
        </div>
      </div>
    </section>
  );
}

function recordedAt(t: Translate, payment: PaymentListRow, moment: PageMoment): string {
  const day = formatDate(payment.recorded_on, t.locale);
  const time = timeOf(payment.recorded_at, payment.recorded_on, moment, t.locale);
  return time === null ? day : `${day}, ${time}`;
}

function balanceOf(t: Translate, balance: Centavos | null): Fact[] {
  if (balance === null) return [];
  const label = t(balance < ZERO ? "payments.credit_after" : "payments.balance_after");
  return [{ label, value: formatPeso(balance < ZERO ? centavos(-balance) : balance) }];
}

function factsOf(t: Translate, shares: readonly PaymentShareRow[]): Fact[] {
  return shares.map((share) => ({
    label: `${share.bill_number}, ${formatPeriod(share.period_start, share.period_end, t.locale)}${
      share.released_at === null ? "" : ` ${t("payments.taken_back")}`
    }`,
    value: formatPeso(centavos(share.amount_centavos)),
  }));
}

function moneyOf(
  t: Translate,
  payment: PaymentListRow,
  credit: Centavos,
  change: Centavos | null,
): Fact[] {
  const facts: Fact[] = [];
  if (credit > ZERO) facts.push({ label: t("payments.credit_next"), value: formatPeso(credit) });
  facts.push({
    label: t("tables.amount"),
    value: formatPeso(centavos(payment.amount_centavos)),
    strong: true,
  });
  if (change !== null && payment.tendered_centavos !== null) {
    facts.push({ label: t("payments.tendered"), value: formatPeso(centavos(payment.tendered_centavos)) });
    facts.push({ label: t("payments.change"), value: formatPeso(change), strong: true });
  }
  return facts;
}

function methodOf(t: Translate, { method, reference }: PaymentListRow): string {
  const word = t(`words.method_${method}`);
  return reference === null ? word : `${word}, ${reference}`;
}
