import { centavos, formatCentavosPlain } from "@/shared/money/mod.ts";
import type { ListColumn } from "@/web/app/list/list_types.ts";
import { shortDay } from "@/web/app/words/page_words.ts";
import { CodeText } from "@/web/components/facts/CopyBlock.tsx";
import { Money } from "@/web/components/facts/Money.tsx";
import { Pill } from "@/web/components/facts/Pill.tsx";
import { StoredText } from "@/web/components/facts/StoredText.tsx";
import type { Translate } from "@/web/messages/mod.ts";
import type { RefundListRow } from "@/web/store/payments/refunds.ts";

/** The columns of the list of refunds, on the page and in the file. */
export function columnsFor(t: Translate, today: Temporal.PlainDate): ListColumn<RefundListRow>[] {
  return [
    {
      head: t("tables.number"),
      cell: (refund) => <CodeText>{refund.number}</CodeText>,
      csv: (refund) => refund.number,
      fit: true,
      sortBy: "number",
    },
    {
      id: "subscriber",
      head: t("tables.subscriber"),
      cell: (refund) => <span class="clip">{refund.subscriber_name}</span>,
      csv: (refund) => refund.subscriber_name,
      phone: "line",
    },
    {
      id: "account",
      head: t("tables.account"),
      cell: (refund) => <CodeText>{refund.account_number}</CodeText>,
      csv: (refund) => refund.account_number,
      fit: true,
      optional: true,
    },
    {
      id: "paid",
      head: t("corrections.paid_on"),
      cell: (refund) => shortDay(refund.paid_on, today, t.locale),
      csv: (refund) => refund.paid_on.toString(),
      fit: true,
      sortBy: "-paid",
    },
    {
      id: "method",
      head: t("corrections.paid_by"),
      cell: (refund) => (
        <>
          {t(`words.method_${refund.method}`)} {refund.reference && <CodeText>{refund.reference}</CodeText>}
        </>
      ),
      csv: (refund) => t(`words.method_${refund.method}`),
      phone: "line",
    },
    { head: t("tables.reference"), csvHead: "Reference", csv: (refund) => refund.reference ?? "" },
    {
      id: "reason",
      head: t("tables.reason"),
      cell: (refund) => (
        <span class="clip">
          <StoredText text={refund.reason} />
        </span>
      ),
      csv: (refund) => refund.reason,
      minor: true,
      phone: "hide",
    },
    {
      id: "amount",
      head: t("tables.amount"),
      kind: "money",
      cell: (refund) => <Money amount={centavos(refund.amount_centavos)} />,
      csv: (refund) => formatCentavosPlain(centavos(refund.amount_centavos)),
      sortBy: "-amount",
    },
    {
      id: "status",
      head: t("tables.status"),
      cell: (refund) =>
        refund.reversed_at === null
          ? <Pill tone="ok">{t("corrections.paid_out")}</Pill>
          : <Pill tone="mute">{t("tables.reversed")}</Pill>,
      csv: (refund) => t(refund.reversed_at === null ? "corrections.paid_out" : "tables.reversed"),
      phone: "corner",
    },
    {
      id: "by",
      head: t("tables.recorded_by"),
      cell: (refund) => refund.recorded_by,
      csv: (refund) => refund.recorded_by,
      fit: true,
      optional: true,
    },
  ];
}
