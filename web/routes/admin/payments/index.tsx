import { page } from "fresh";
import type { z } from "zod";
import { formatDate } from "@/shared/calendar/mod.ts";
import { centavos } from "@/shared/money/mod.ts";
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
import { Pill } from "@/web/components/Pill.tsx";
import type { Column } from "@/web/components/table_columns.ts";
import { formatPlural } from "@/web/format.ts";
import { METHODS, paymentsQuery } from "@/web/route_table/payments.ts";
import { listPayments, type PaymentListRow } from "@/web/store/payments.ts";
import { findSubscriber } from "@/web/store/subscribers.ts";
import { address, found, may, momentOf, readPage } from "../(_billing)/page_context.ts";
import { METHOD_WORDS } from "../(_billing)/words.ts";

const PATH = "/admin/payments";
const ROWS = 50;

type Query = z.infer<typeof paymentsQuery>;

export default define.page<typeof handler>(function PaymentsPage({ data, state }) {
  const { query, rows, subscriber, today, next, previous } = data;
  const post = subscriber === null ? `${PATH}/new` : `${PATH}/new?subscriber=${subscriber.id}`;
  const isNarrowed = [query.method, query.status, query.on].some((value) => value !== undefined);
  return (
    <>
      <PageHeader
        title={subscriber === null ? "Payments" : `Payments of ${subscriber.name}`}
        lead={query.on === undefined
          ? undefined
          : `Recorded on ${formatDate(Temporal.PlainDate.from(query.on))}.`}
        back={subscriber === null
          ? undefined
          : { href: `/admin/subscribers/${subscriber.id}`, label: subscriber.name }}
        actions={may(state, "payment:post") && (
          <LinkButton kind="primary" icon="cash" href={post}>Post payment</LinkButton>
        )}
      />
      <DataTable
        caption="Payments, newest first"
        rows={rows}
        rowHref={(payment) => `${PATH}/${payment.id}`}
        columns={COLUMNS}
        toolbar={<FilterBar chips={chipsOf(query, today)} />}
        empty={isNarrowed
          ? (
            <EmptyState
              icon="search"
              title="No payment matches"
              actions={
                <LinkButton href={address(PATH, { subscriber: query.subscriber })}>Reset filters</LinkButton>
              }
            />
          )
          : (
            <EmptyState
              icon="cash"
              title="No payments yet"
              actions={may(state, "payment:post") && (
                <LinkButton kind="primary" icon="cash" href={post}>Post payment</LinkButton>
              )}
            >
              Every payment appears here with its receipt number.
            </EmptyState>
          )}
        foot={rows.length > 0 && (
          <Pager
            summary={`${formatPlural(rows.length, "payment")} on this page`}
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
    ctx.state.title = "Payments";
    const query = readInput(ctx.state, paymentsQuery);
    const { today } = momentOf(ctx.state);
    const filter = {
      subscriberId: query.subscriber,
      method: query.method,
      status: query.status,
      recordedOn: query.on === undefined ? undefined : Temporal.PlainDate.from(query.on),
    };
    const data = await readPage(ctx.state, async (trx) => ({
      ...await listPayments(trx, filter, { after: query.after, before: query.before, limit: ROWS }),
      subscriber: query.subscriber === undefined ? null : found(await findSubscriber(trx, query.subscriber)),
    }));
    return page({ ...data, query, today });
  },
});

const COLUMNS: Column<PaymentListRow>[] = [
  { head: "Number", cell: (payment) => <CodeText>{payment.number}</CodeText>, fit: true },
  { head: "Subscriber", cell: (payment) => payment.subscriber_name },
  { head: "Received", cell: (payment) => <DateText short date={payment.received_on} />, fit: true },
  {
    head: "Method",
    cell: (payment) => (
      <>
        {METHOD_WORDS[payment.method]}
        {payment.reference && (
          <>
            <CodeText>{payment.reference}</CodeText>
          </>
        )}
      </>
    ),
  },
  { head: "Amount", kind: "money", cell: (payment) => <Money amount={centavos(payment.amount_centavos)} /> },
  {
    head: "On bills",
    kind: "money",
    cell: (payment) => <Money amount={centavos(payment.applied_centavos)} />,
    minor: true,
    phone: "hide",
  },
  {
    head: "Status",
    cell: (payment) =>
      payment.status === "posted" ? <Pill tone="ok">Posted</Pill> : <Pill tone="mute">Reversed</Pill>,
    phone: "corner",
  },
  { head: "Recorded by", cell: (payment) => payment.recorded_by, fit: true, minor: true, phone: "hide" },
];

function chipsOf(query: Query, today: Temporal.PlainDate) {
  const isAll = query.method === undefined && query.status === undefined && query.on === undefined;
  const base = { subscriber: query.subscriber };
  return [
    { label: "All", href: address(PATH, base), isCurrent: isAll },
    {
      label: "Today",
      href: address(PATH, { ...base, on: today.toString() }),
      isCurrent: query.on === today.toString(),
    },
    ...METHODS.map((method) => ({
      label: METHOD_WORDS[method],
      href: address(PATH, { ...base, on: query.on, method }),
      isCurrent: query.method === method,
    })),
    {
      label: "Reversed",
      href: address(PATH, { ...base, status: "reversed" }),
      isCurrent: query.status === "reversed",
    },
  ];
}

function narrowing({ method, status, subscriber, on }: Query) {
  return { method, status, subscriber, on };
}
