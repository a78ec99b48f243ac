import { centavos } from "@/shared/money/mod.ts";
import { CodeText } from "@/web/components/CopyBlock.tsx";
import { DateText } from "@/web/components/DateText.tsx";
import { DataTable } from "@/web/components/DataTable.tsx";
import { EmptyState } from "@/web/components/EmptyState.tsx";
import { useT } from "@/web/components/i18n.ts";
import { Money } from "@/web/components/Money.tsx";
import { Pager } from "@/web/components/Pager.tsx";
import { BillPill } from "@/web/components/Pill.tsx";
import { formatPeriod } from "@/shared/calendar/mod.ts";
import type { BillListRow } from "@/web/store/bills.ts";
import type { Page } from "@/web/store/keyset.ts";
import type { StatementRow } from "@/web/store/ledger.ts";
import { balanceOf, statusOf } from "../../(_billing)/due_words.ts";
import { TitledTable } from "../../(_billing)/TitledTable.tsx";

/** Open bills and the newest others. */
export function BillsTable(
  { bills, today, subscriberId, isSeveral }: {
    bills: readonly BillListRow[];
    today: Temporal.PlainDate;
    subscriberId: string;
    /** Says of each bill which connection it is for. */
    isSeveral: boolean;
  },
) {
  const t = useT();
  return (
    <TitledTable
      title="Bills"
      aside={bills.length > 0 && <a href={`/admin/bills?subscriber=${subscriberId}`}>All bills</a>}
    >
      <DataTable
        caption="Bills"
        rows={bills}
        rowHref={(bill) => `/admin/bills/${bill.id}`}
        empty={
          <EmptyState icon="bill" title="No bills yet">
            The bill run makes the first one when the period has ended.
          </EmptyState>
        }
        columns={[
          { head: "Number", cell: (bill) => <CodeText>{bill.number ?? "Draft"}</CodeText>, fit: true },
          ...(isSeveral
            ? [{
              head: t("subscribers.connection"),
              cell: (bill: BillListRow) => <CodeText>{bill.ppp_name}</CodeText>,
            }]
            : []),
          { head: "Status", cell: (bill) => <BillPill state={statusOf(bill, today)} />, phone: "corner" },
          { head: "Period", cell: (bill) => formatPeriod(bill.period_start, bill.period_end), minor: true },
          { head: "Due", cell: (bill) => bill.due_on && <DateText short date={bill.due_on} />, fit: true },
          { head: "Total", kind: "money", cell: (bill) => <Money amount={centavos(bill.total_centavos)} /> },
          { head: "To pay", kind: "money", cell: (bill) => <Money amount={balanceOf(bill)} /> },
        ]}
      />
    </TitledTable>
  );
}

/** The account with its running balance, newest first. */
export function LedgerTable(
  { ledger, olderHref, newestHref }: {
    ledger: Page<StatementRow>;
    olderHref: string | undefined;
    newestHref: string | undefined;
  },
) {
  return (
    <TitledTable title="Account">
      <DataTable
        caption="Account, newest first"
        rows={ledger.rows}
        rowHref={hrefOf}
        empty={
          <EmptyState icon="list" title="Nothing on the account yet">
            Bills and payments appear here with the balance after each.
          </EmptyState>
        }
        foot={(olderHref !== undefined || newestHref !== undefined) && (
          <Pager summary="Newest first" previousHref={newestHref} nextHref={olderHref} />
        )}
        columns={[
          { head: "What", cell: (row) => row.description },
          { head: "Date", cell: (row) => <DateText short date={row.business_on} />, fit: true },
          {
            head: "Charge",
            kind: "money",
            cell: (row) => row.amount_centavos > 0n ? <Money amount={centavos(row.amount_centavos)} /> : "",
          },
          {
            head: "Payment or credit",
            kind: "money",
            cell: (row) => row.amount_centavos < 0n ? <Money amount={centavos(-row.amount_centavos)} /> : "",
          },
          {
            head: "Balance",
            kind: "money",
            phone: "corner",
            cell: (row) => <Money amount={centavos(row.balance_centavos)} balance />,
          },
        ]}
      />
    </TitledTable>
  );
}

function hrefOf(row: StatementRow): string {
  if (row.payment_id !== null) return `/admin/payments/${row.payment_id}`;
  return `/admin/bills/${row.bill_id}`;
}
