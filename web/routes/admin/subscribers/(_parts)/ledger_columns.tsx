import { centavos, formatCentavosPlain } from "@/shared/money/mod.ts";
import type { ListColumn } from "@/web/app/list/list_types.ts";
import { shortDay } from "@/web/app/words/page_words.ts";
import { CodeText } from "@/web/components/facts/CopyBlock.tsx";
import { Money } from "@/web/components/facts/Money.tsx";
import { StoredText } from "@/web/components/facts/StoredText.tsx";
import { storedText } from "@/web/messages/coded_text.ts";
import type { Translate } from "@/web/messages/mod.ts";
import type { AccountLineRow } from "@/web/store/billing/account_lines.ts";

/** The columns of a subscriber's ledger, on the page and in the file. */
export function ledgerColumns(t: Translate, today: Temporal.PlainDate): ListColumn<AccountLineRow>[] {
  return [
    {
      head: t("subscribers.what"),
      cell: (row) => <StoredText text={row.description} />,
      csv: (row) => storedText(t, row.description),
    },
    {
      id: "date",
      head: t("subscribers.date"),
      cell: (row) => shortDay(row.counted_on, today, t.locale),
      csv: (row) => row.counted_on.toString(),
      fit: true,
      sortBy: "-date",
    },
    { head: "Kind", csv: (row) => t(`account.kind_${row.line_kind}`) },
    {
      id: "number",
      head: t("tables.number"),
      cell: (row) => numberOf(row) && <CodeText>{numberOf(row)}</CodeText>,
      csv: numberOf,
      fit: true,
      optional: true,
    },
    {
      id: "charge",
      head: t("subscribers.charge"),
      kind: "money",
      cell: (row) => row.line_kind === "charge" && <Money amount={centavos(row.amount_centavos)} />,
      csv: (row) => row.line_kind === "charge" ? formatCentavosPlain(centavos(row.amount_centavos)) : "",
    },
    {
      id: "paid",
      head: t("subscribers.payment_credit"),
      kind: "money",
      cell: (row) => row.line_kind !== "charge" && <Money amount={centavos(-row.amount_centavos)} />,
    },
    { head: "Payment", csv: (row) => plainOf(row, "payment") },
    { head: "Credit", csv: (row) => plainOf(row, "credit") },
    {
      id: "balance",
      head: t("tables.balance"),
      kind: "money",
      phone: "corner",
      cell: (row) => <Money amount={centavos(row.balance_centavos)} balance />,
      csv: (row) => formatCentavosPlain(centavos(row.balance_centavos)),
    },
    {
      id: "by",
      head: t("tables.recorded_by"),
      cell: (row) => row.actor,
      csv: (row) => row.actor,
      fit: true,
      optional: true,
    },
  ];
}

/** The page of what a line is about. */
export function hrefOfLine(
  row: Pick<AccountLineRow, "source_id" | "source_kind" | "bill_id" | "refund_id">,
): string | undefined {
  if (row.source_kind === "payment") return `/admin/payments/${row.source_id}`;
  if (row.source_kind === "memo") return `/admin/memos/${row.source_id}`;
  if (row.refund_id !== null) return `/admin/refunds/${row.refund_id}`;
  return row.bill_id === null ? undefined : `/admin/bills/${row.bill_id}`;
}

function numberOf(row: AccountLineRow): string {
  return row.source_number ?? row.bill_number ?? row.refund_number ?? "";
}

function plainOf(row: AccountLineRow, kind: AccountLineRow["line_kind"]): string {
  return row.line_kind === kind ? formatCentavosPlain(centavos(-row.amount_centavos)) : "";
}
