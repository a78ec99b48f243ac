import { centavos, formatCentavosPlain } from "@/shared/money/mod.ts";
import type { ListColumn } from "@/web/app/list/list_types.ts";
import { shortDay } from "@/web/app/words/page_words.ts";
import { CodeText } from "@/web/components/facts/CopyBlock.tsx";
import { Money } from "@/web/components/facts/Money.tsx";
import { Pill } from "@/web/components/facts/Pill.tsx";
import { StoredText } from "@/web/components/facts/StoredText.tsx";
import type { Translate } from "@/web/messages/mod.ts";
import type { MemoListRow } from "@/web/store/payments/memos.ts";

/** The columns of the list of credit memos, on the page and in the file. */
export function columnsFor(t: Translate, today: Temporal.PlainDate): ListColumn<MemoListRow>[] {
  return [
    {
      head: t("tables.number"),
      cell: (memo) => <CodeText>{memo.number}</CodeText>,
      csv: (memo) => memo.number,
      fit: true,
      sortBy: "number",
    },
    {
      id: "subscriber",
      head: t("tables.subscriber"),
      cell: (memo) => <span class="clip">{memo.subscriber_name}</span>,
      csv: (memo) => memo.subscriber_name,
      phone: "line",
    },
    {
      id: "account",
      head: t("tables.account"),
      cell: (memo) => <CodeText>{memo.account_number}</CodeText>,
      csv: (memo) => memo.account_number,
      fit: true,
      optional: true,
    },
    {
      id: "given",
      head: t("corrections.given_on"),
      cell: (memo) => shortDay(memo.issued_on, today, t.locale),
      csv: (memo) => memo.issued_on.toString(),
      fit: true,
      sortBy: "-issued",
    },
    {
      id: "kind",
      head: t("tables.why"),
      cell: (memo) => t(`corrections.kind_${memo.kind}`),
      csv: (memo) => t(`corrections.kind_${memo.kind}`),
      fit: true,
      phone: "line",
    },
    {
      id: "reason",
      head: t("tables.reason"),
      cell: (memo) => (
        <span class="clip">
          <StoredText text={memo.reason} />
        </span>
      ),
      csv: (memo) => memo.reason,
      minor: true,
      phone: "hide",
    },
    {
      id: "bill",
      head: t("tables.bill"),
      cell: (memo) => memo.bill_number && <CodeText>{memo.bill_number}</CodeText>,
      csv: (memo) => memo.bill_number ?? "",
      fit: true,
      optional: true,
    },
    {
      id: "amount",
      head: t("tables.amount"),
      kind: "money",
      cell: (memo) => <Money amount={centavos(memo.amount_centavos)} />,
      csv: (memo) => formatCentavosPlain(centavos(memo.amount_centavos)),
      sortBy: "-amount",
    },
    {
      id: "on_bills",
      head: t("tables.on_bills"),
      kind: "money",
      cell: (memo) => <Money amount={centavos(memo.applied_centavos)} />,
      csv: (memo) => formatCentavosPlain(centavos(memo.applied_centavos)),
      minor: true,
      phone: "hide",
    },
    {
      id: "status",
      head: t("tables.status"),
      cell: (memo) =>
        memo.voided_at === null
          ? <Pill tone="ok">{t("corrections.live")}</Pill>
          : <Pill tone="mute">{t("corrections.voided")}</Pill>,
      csv: (memo) => t(memo.voided_at === null ? "corrections.live" : "corrections.voided"),
      phone: "corner",
    },
    {
      id: "by",
      head: t("tables.recorded_by"),
      cell: (memo) => memo.recorded_by,
      csv: (memo) => memo.recorded_by,
      fit: true,
      optional: true,
    },
  ];
}
