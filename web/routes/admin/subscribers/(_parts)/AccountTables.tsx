import { centavos } from "@/shared/money/mod.ts";
import { CodeText } from "@/web/components/facts/CopyBlock.tsx";
import { DateText } from "@/web/components/facts/DateText.tsx";
import { DataTable } from "@/web/components/list/DataTable.tsx";
import { EmptyState } from "@/web/components/facts/EmptyState.tsx";
import { useT } from "@/web/components/i18n.ts";
import { Money } from "@/web/components/facts/Money.tsx";
import { StoredText } from "@/web/components/facts/StoredText.tsx";
import { Pager } from "@/web/components/list/Pager.tsx";
import { BillPill } from "@/web/components/facts/Pill.tsx";
import type { SubjectKeys } from "@/web/components/list/subject_keys.ts";
import { formatPeriod } from "@/shared/calendar/mod.ts";
import type { BillListRow } from "@/web/store/billing/bills.ts";
import type { Page } from "@/web/store/db/keyset.ts";
import type { AccountLineRow } from "@/web/store/billing/account_lines.ts";
import { balanceOf, statusOf } from "@/web/app/words/due_words.ts";
import { shortDay } from "@/web/app/words/page_words.ts";
import { TitledTable } from "@/web/components/list/TitledTable.tsx";
import { hrefOfLine } from "./ledger_columns.tsx";

/** The open bills: what is to be paid. The account has them all. */
export function BillsTable(
  { bills, today, subscriberId, isSeveral, keysOf }: {
    bills: readonly BillListRow[];
    today: Temporal.PlainDate;
    subscriberId: string;
    /** Says of each bill which connection it is for. */
    isSeveral: boolean;
    keysOf: (bill: BillListRow) => SubjectKeys;
  },
) {
  const t = useT();
  return (
    <TitledTable
      title={t(bills.length > 0 ? "payments.open_bills" : "tables.list_bills")}
      aside={bills.length > 0 && (
        <a href={`/admin/bills?subscriber=${subscriberId}`}>{t("subscribers.all_bills")}</a>
      )}
    >
      <DataTable
        caption={t("tables.list_bills")}
        rows={bills}
        rowHref={(bill) => `/admin/bills/${bill.id}`}
        rowKeys={keysOf}
        empty={
          <EmptyState icon="bill" title={t("tables.bills_none")}>
            {t("subscribers.bills_none")}
          </EmptyState>
        }
        columns={[
          {
            head: t("tables.number"),
            cell: (bill) => <CodeText>{bill.number ?? t("words.bill_draft")}</CodeText>,
            fit: true,
          },
          ...(isSeveral
            ? [{
              head: t("subscribers.connection"),
              cell: (bill: BillListRow) => bill.ppp_name && <CodeText>{bill.ppp_name}</CodeText>,
            }]
            : []),
          {
            head: t("tables.status"),
            cell: (bill) => <BillPill state={statusOf(bill, today)} />,
            phone: "corner",
          },
          {
            head: t("tables.period"),
            cell: (bill) => formatPeriod(bill.period_start, bill.period_end, t.locale),
            minor: true,
          },
          {
            head: t("tables.due"),
            cell: (bill) => bill.due_on && <DateText short date={bill.due_on} />,
            fit: true,
          },
          {
            head: t("tables.total"),
            kind: "money",
            cell: (bill) => <Money amount={centavos(bill.total_centavos)} />,
          },
          { head: t("tables.to_pay"), kind: "money", cell: (bill) => <Money amount={balanceOf(bill)} /> },
        ]}
      />
    </TitledTable>
  );
}

/** The account with its running balance, newest first. */
export function LedgerTable(
  { subscriberId, today, ledger, olderHref, newestHref }: {
    subscriberId: string;
    today: Temporal.PlainDate;
    ledger: Page<AccountLineRow>;
    olderHref: string | undefined;
    newestHref: string | undefined;
  },
) {
  const t = useT();
  return (
    <TitledTable
      title={t("subscribers.account")}
      aside={<a href={`/admin/subscribers/${subscriberId}/ledger`}>{t("account.whole_ledger")}</a>}
    >
      <DataTable
        caption={t("subscribers.account_caption")}
        rows={ledger.rows}
        rowHref={hrefOfLine}
        empty={
          <EmptyState icon="list" title={t("subscribers.account_none")}>
            {t("subscribers.account_none_hint")}
          </EmptyState>
        }
        foot={(olderHref !== undefined || newestHref !== undefined) && (
          <Pager summary={t("subscribers.newest_first")} previousHref={newestHref} nextHref={olderHref} />
        )}
        columns={[
          { head: t("subscribers.what"), cell: (row) => <StoredText text={row.description} /> },
          {
            head: t("subscribers.date"),
            cell: (row) => shortDay(row.counted_on, today, t.locale),
            fit: true,
          },
          {
            head: t("subscribers.charge"),
            kind: "money",
            cell: (row) => row.line_kind === "charge" && <Money amount={centavos(row.amount_centavos)} />,
          },
          {
            head: t("subscribers.payment_credit"),
            kind: "money",
            cell: (row) => row.line_kind !== "charge" && <Money amount={centavos(-row.amount_centavos)} />,
          },
          {
            head: t("tables.balance"),
            kind: "money",
            phone: "corner",
            cell: (row) => <Money amount={centavos(row.balance_centavos)} balance />,
          },
        ]}
      />
    </TitledTable>
  );
}
