import { formatDate, formatPeriod } from "@/shared/calendar/mod.ts";
import { type Centavos, centavos, formatPeso, ZERO } from "@/shared/money/mod.ts";
import { type Fact, FactList } from "@/web/components/FactList.tsx";
import { useT } from "@/web/components/i18n.ts";
import type { Translate } from "@/web/messages/mod.ts";
import PrintButton from "@/web/islands/PrintButton.tsx";
import type { PaymentListRow } from "@/web/store/payments/payments.ts";
import type { PaymentShareRow } from "@/web/store/payments/payments_page.ts";

interface ReceiptProps {
  payment: PaymentListRow;
  shares: readonly PaymentShareRow[];
  credit: Centavos;
  /** Null when nothing was tendered. */
  change: Centavos | null;
  /** Name of the ISP. */
  tenant: string;
}

/** What the payer takes home; the only thing of its page that is printed. */
export function Receipt({ payment, shares, credit, change, tenant }: ReceiptProps) {
  const t = useT();
  return (
    <section class="card receipt">
      <div class="card-head">
        <div>
          <h2>{t("payments.receipt")}</h2>
          <div class="note">{tenant}</div>
        </div>
        <span class="no-print">
          <PrintButton label={t("payments.print")} />
        </span>
      </div>
      <div class="card-body stack">
        <FactList
          sum
          facts={[
            { label: t("tables.number"), value: payment.number },
            { label: t("payments.received_on"), value: formatDate(payment.received_on, t.locale) },
            { label: t("payments.from"), value: `${payment.subscriber_name}, ${payment.account_number}` },
            { label: t("tables.method"), value: methodOf(t, payment) },
          ]}
        />
        <FactList
          sum
          facts={[...factsOf(t, shares), ...moneyOf(t, payment, credit, change)]}
        />
        <div class="note">
          {payment.status === "reversed" && (
            <p>
              <b>{t("payments.reversed_why", { reason: payment.reverse_reason ?? "" })}</b>
            </p>
          )}
          <p>{t("payments.recorded_by", { name: payment.recorded_by })}</p>
        </div>
      </div>
    </section>
  );
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
