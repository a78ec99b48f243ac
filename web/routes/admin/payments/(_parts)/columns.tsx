import { centavos } from "@/shared/money/mod.ts";
import { CodeText } from "@/web/components/CopyBlock.tsx";
import { DateText } from "@/web/components/DateText.tsx";
import { Money } from "@/web/components/Money.tsx";
import { Pill } from "@/web/components/Pill.tsx";
import type { Column } from "@/web/components/table_columns.ts";
import type { Translate } from "@/web/messages/mod.ts";
import type { PaymentListRow } from "@/web/store/payments/payments.ts";
import { shortDay } from "@/web/app/page_words.ts";

/** The columns of the list of payments. */
export function columnsFor(t: Translate, today: Temporal.PlainDate): Column<PaymentListRow>[] {
  return [
    {
      head: t("tables.number"),
      cell: (payment) => <CodeText>{payment.number}</CodeText>,
      fit: true,
      sortBy: "number",
    },
    {
      id: "subscriber",
      head: t("tables.subscriber"),
      cell: (payment) => <span class="clip">{payment.subscriber_name}</span>,
      phone: "line",
    },
    {
      id: "account",
      head: t("tables.account"),
      cell: (payment) => <CodeText>{payment.account_number}</CodeText>,
      fit: true,
      optional: true,
    },
    {
      id: "received",
      head: t("tables.received"),
      cell: (payment) => shortDay(payment.received_on, today, t.locale),
      fit: true,
      sortBy: "-received",
    },
    {
      id: "recorded",
      head: t("tables.recorded"),
      cell: (payment) => <DateText short date={payment.recorded_on} />,
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
    },
    {
      id: "amount",
      head: t("tables.amount"),
      kind: "money",
      cell: (payment) => <Money amount={centavos(payment.amount_centavos)} />,
      sortBy: "-amount",
    },
    {
      id: "on_bills",
      head: t("tables.on_bills"),
      kind: "money",
      cell: (payment) => <Money amount={centavos(payment.applied_centavos)} />,
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
      phone: "corner",
    },
    {
      id: "by",
      head: t("tables.recorded_by"),
      cell: (payment) => payment.recorded_by,
      fit: true,
      minor: true,
      phone: "hide",
    },
  ];
}
