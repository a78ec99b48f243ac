import { page } from "fresh";
import type { z } from "zod";
import { centavos, formatPeso, sum } from "@/shared/money/mod.ts";
import { readInput } from "@/web/app/input.ts";
import { define } from "@/web/app/state.ts";
import { LinkButton } from "@/web/components/Button.tsx";
import { CodeText } from "@/web/components/CopyBlock.tsx";
import { DataTable } from "@/web/components/DataTable.tsx";
import { DateText } from "@/web/components/DateText.tsx";
import { EmptyState } from "@/web/components/EmptyState.tsx";
import { FilterBar } from "@/web/components/FilterBar.tsx";
import { Money } from "@/web/components/Money.tsx";
import { PageHeader } from "@/web/components/PageHeader.tsx";
import { Pager } from "@/web/components/Pager.tsx";
import { BillPill } from "@/web/components/Pill.tsx";
import type { Column } from "@/web/components/table_columns.ts";
import { BILL_STATUS_WORDS, type BillStatus } from "@/web/domain/billing/mod.ts";
import { formatPlural } from "@/web/format.ts";
import { formatPeriod } from "@/shared/calendar/mod.ts";
import { billsQuery } from "@/web/route_table/bills.ts";
import type { BillListRow } from "@/web/store/bills.ts";
import { countBillsByStatus, listBillPage } from "@/web/store/bills_page.ts";
import { findSubscriber } from "@/web/store/subscribers.ts";
import { balanceOf, statusOf } from "../(_billing)/due_words.ts";
import { address, found, momentOf, readPage } from "../(_billing)/page_context.ts";

const PATH = "/admin/bills";
const ROWS = 50;
const CHIPS = ["due", "partly_paid", "grace", "overdue", "paid", "void"] as const;

type Query = z.infer<typeof billsQuery>;
type Counts = Awaited<ReturnType<typeof countBillsByStatus>>;

export default define.page<typeof handler>(function BillsPage({ data }) {
  const { query, rows, counts, subscriber, today, next, previous } = data;
  const isNarrowed = query.q !== undefined || query.status !== undefined;
  return (
    <>
      <PageHeader
        title={subscriber === null ? "Bills" : `Bills of ${subscriber.name}`}
        lead={owedWords(counts)}
        back={subscriber === null
          ? undefined
          : { href: `/admin/subscribers/${subscriber.id}`, label: subscriber.name }}
      />
      <DataTable
        caption="Bills, newest first"
        rows={rows}
        rowHref={(bill) => `${PATH}/${bill.id}`}
        columns={columnsFor(today)}
        toolbar={
          <FilterBar
            chips={[
              {
                label: "All",
                href: hrefOf(query, undefined),
                count: totalOf(counts),
                isCurrent: query.status === undefined,
              },
              ...CHIPS.map((status) => ({
                label: BILL_STATUS_WORDS[status],
                href: hrefOf(query, status),
                count: countOf(counts, status),
                isCurrent: query.status === status,
              })),
            ]}
            search={{
              action: PATH,
              label: "Bill number, name, account",
              value: query.q,
              keep: kept(query),
            }}
          />
        }
        empty={isNarrowed || totalOf(counts) > 0
          ? (
            <EmptyState
              icon="search"
              title="No bill matches"
              actions={
                <LinkButton href={address(PATH, { subscriber: query.subscriber })}>Reset filters</LinkButton>
              }
            />
          )
          : (
            <EmptyState icon="bill" title="No bills yet">
              The bill run of each night raises a bill for every period that has ended.
            </EmptyState>
          )}
        foot={rows.length > 0 && (
          <Pager
            summary={`${formatPlural(rows.length, "bill")} on this page`}
            previousHref={previous === null
              ? undefined
              : address(PATH, { ...narrowing(query), before: previous })}
            nextHref={next === null ? undefined : address(PATH, { ...narrowing(query), after: next })}
          />
        )}
      />
    </>
  );
});

export const handler = define.handlers({
  async GET(ctx) {
    ctx.state.title = "Bills";
    const query = readInput(ctx.state, billsQuery);
    const { today } = momentOf(ctx.state);
    const within = { subscriberId: query.subscriber, runId: query.run };
    const data = await readPage(ctx.state, async (trx) => ({
      ...await listBillPage(trx, { ...within, status: query.status, q: query.q }, today, {
        after: query.after,
        before: query.before,
        limit: ROWS,
      }),
      counts: await countBillsByStatus(trx, within, today),
      subscriber: query.subscriber === undefined ? null : found(await findSubscriber(trx, query.subscriber)),
    }));
    return page({ ...data, query, today });
  },
});

function columnsFor(today: Temporal.PlainDate): Column<BillListRow>[] {
  return [
    { head: "Number", cell: (bill) => <CodeText>{bill.number}</CodeText>, fit: true },
    { head: "Subscriber", cell: (bill) => bill.subscriber_name },
    { head: "Status", cell: (bill) => <BillPill state={statusOf(bill, today)} />, phone: "corner" },
    {
      head: "Period",
      cell: (bill) => formatPeriod(bill.period_start, bill.period_end),
      fit: true,
      minor: true,
    },
    { head: "Due", cell: (bill) => bill.due_on && <DateText short date={bill.due_on} />, fit: true },
    { head: "Total", kind: "money", cell: (bill) => <Money amount={centavos(bill.total_centavos)} /> },
    { head: "To pay", kind: "money", cell: (bill) => <Money amount={balanceOf(bill)} /> },
  ];
}

function owedWords(counts: Counts): string | undefined {
  if (totalOf(counts) === 0) return undefined;
  const owed = sum(counts.map((row) => centavos(row.owedCentavos)));
  const late = counts.filter((row) => row.status === "grace" || row.status === "overdue");
  const lateOwed = sum(late.map((row) => centavos(row.owedCentavos)));
  return `${formatPeso(owed)} to be paid, ${formatPeso(lateOwed)} of it past due.`;
}

function totalOf(counts: Counts): number {
  return counts.reduce((total, row) => total + row.count, 0);
}

function countOf(counts: Counts, status: BillStatus): number {
  return counts.find((row) => row.status === status)?.count ?? 0;
}

function narrowing({ status, q, subscriber, run }: Query) {
  return { status, q, subscriber, run };
}

function hrefOf(query: Query, status: string | undefined): string {
  return address(PATH, { ...narrowing(query), status });
}

function kept(query: Query): Record<string, string> {
  const { q: _q, ...rest } = narrowing(query);
  return Object.fromEntries(
    Object.entries(rest).filter((pair): pair is [string, NonNullable<Query["status"]>] =>
      pair[1] !== undefined
    ),
  );
}
