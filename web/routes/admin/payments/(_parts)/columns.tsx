import { centavos, formatCentavosPlain } from "@/shared/money/mod.ts";
import { CodeText } from "@/web/components/facts/CopyBlock.tsx";
import { DateText } from "@/web/components/facts/DateText.tsx";
import { Money } from "@/web/components/facts/Money.tsx";
import { Pill } from "@/web/components/facts/Pill.tsx";
import type { ListColumn } from "@/web/app/list/list_types.ts";
import type { Translate } from "@/web/messages/mod.ts";
import type { PaymentListRow } from "@/web/store/payments/payments.ts";
import { shortDay } from "@/web/app/words/page_words.ts";

/** The columns of the list of payments, on the page and in the file. */
export function columnsFor(t: Translate, today: Temporal.PlainDate): ListColumn<PaymentListRow>[] {
  return [
    {
      head: t("tables.number"),
      cell: (payment) => <CodeText>{payment.number}</CodeText>,
      csv: (payment) => payment.number,
      fit: true,
      sortBy: "number",
    },
    {
      id: "subscriber",
      head: t("tables.subscriber"),
      cell: (payment) => <span class="clip">{payment.subscriber_name}</span>,
      csv: (payment) => payment.subscriber_name,
      phone: "line",
    },
    {
      id: "account",
      head: t("tables.account"),
      cell: (payment) => <CodeText>{payment.account_number}</CodeText>,
      csv: (payment) => payment.account_number,
      fit: true,
      optional: true,
    },
    {
      id: "received",
      head: t("tables.received"),
      cell: (payment) => shortDay(payment.received_on, today, t.locale),
      csv: (payment) => payment.received_on.toString(),
      fit: true,
      sortBy: "-received",
    },
    {
      id: "recorded",
      head: t("tables.recorded"),
      cell: (payment) => <DateText short date={payment.recorded_on} />,
      csv: (payment) => payment.recorded_on.toString(),
      fit: true,
      optional: true,
      sortBy: "-recorded",
    },
    {
      id: "method",
      head: t("tables.method"),
      cell: (payment) => (
        <>
          {t(`words.method_${payment.method}`)}{" "}
          {payment.reference && <CodeText>{payment.reference}</CodeText>}
        </>
      ),
      csv: (payment) => t(`words.method_${payment.method}`),
      phone: "line",
    },
    { head: t("tables.reference"), csvHead: "Reference", csv: (payment) => payment.reference ?? "" },
    {
      id: "amount",
      head: t("tables.amount"),
      kind: "money",
      cell: (payment) => <Money amount={centavos(payment.amount_centavos)} />,
      csv: (payment) => formatCentavosPlain(centavos(payment.amount_centavos)),
      sortBy: "-amount",
    },
    {
      id: "on_bills",
      head: t("tables.on_bills"),
      kind: "money",
      cell: (payment) => <Money amount={centavos(payment.applied_centavos)} />,
      csv: (payment) => formatCentavosPlain(centavos(payment.applied_centavos)),
      minor: true,
      phone: "hide",
    },
    {
      id: "status",
      head: t("tables.status"),
      cell: (payment) =>
        payment.status === "posted"
          ? <Pill tone="ok">{t("tables.posted")}</Pill>
          : <Pill tone="mute">{t("tables.reversed")}</Pill>,
      csv: (payment) => t(payment.status === "posted" ? "tables.posted" : "tables.reversed"),
      phone: "corner",
    },
    {
      id: "by",
      head: t("tables.recorded_by"),
      cell: (payment) => payment.recorded_by,
      csv: (payment) => payment.recorded_by,
      fit: true,
      minor: true,
      phone: "hide",
    },
    { head: t("payments.note"), csvHead: "Note", csv: (payment) => payment.note ?? "" },
  ];
}
