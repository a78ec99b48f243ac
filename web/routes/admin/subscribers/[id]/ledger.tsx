import { centavos } from "@/shared/money/mod.ts";
import { activeFilters } from "@/web/app/list/active.ts";
import { asWritten, shownSpan, SPAN_NAMES, spanChips, SpanFields, spanWords } from "@/web/app/list/span.tsx";
import { found, may } from "@/web/app/frame/page_context.ts";
import { define } from "@/web/app/state.ts";
import { LinkButton } from "@/web/components/form/Button.tsx";
import { EmptyState } from "@/web/components/facts/EmptyState.tsx";
import { SumStrip } from "@/web/components/facts/SumStrip.tsx";
import { type ListFrame, listHref } from "@/web/components/list/list_frame.ts";
import type { Translate } from "@/web/messages/mod.ts";
import { idParams } from "@/web/route_table/fields.ts";
import { ledgerQuery, LINE_KINDS } from "@/web/route_table/subscribers.ts";
import {
  type AccountLineFilter,
  type AccountLineRow,
  type AccountSpan,
  listAccountLines,
  sumAccountLines,
} from "@/web/store/billing/account_lines.ts";
import { findSubscriber } from "@/web/store/subscribers/subscribers.ts";
import { hrefOfLine, ledgerColumns } from "../(_parts)/ledger_columns.tsx";
import { SubscriberTabs } from "../(_parts)/SubscriberTabs.tsx";

export const list = define.list({
  name: "ledger",
  path: ({ id }) => `/admin/subscribers/${id}/ledger`,
  params: idParams,
  query: ledgerQuery,
  filter: ({ query: { from, to, kind }, params: { id }, moment: { today } }): AccountLineFilter => ({
    subscriberId: id,
    from,
    to: asWritten(to, today),
    kind,
  }),
  count: (trx, filter) => sumAccountLines(trx, filter),
  more: async (trx, { params: { id } }) => ({ subscriber: found(await findSubscriber(trx, id)) }),
  read: (trx, filter, page): ReturnType<typeof listAccountLines> => listAccountLines(trx, filter, page),
  subscriber: ({ params }) => params.id,
  permission: "bill:read",
  summary: "The ledger of a subscriber with its running balance",
  live: ({ params: { id } }) => [`subscriber:${id}`],
  title: ({ t, more: { subscriber } }) => t("account.ledger_of", { name: subscriber.name }),
  lead: ({ t }) => t("account.ledger_lead"),
  back: ({ more: { subscriber } }) => ({
    href: `/admin/subscribers/${subscriber.id}`,
    label: subscriber.name,
  }),
  actions: ({ t, state, params: { id } }) =>
    may(state, "payment:post") && (
      <LinkButton kind="primary" icon="cash" href={`/admin/payments/new?subscriber=${id}`}>
        {t("tables.sub_post_payment")}
      </LinkButton>
    ),
  above: ({ t, counts, more: { subscriber } }) => (
    <>
      <SubscriberTabs subscriber={subscriber} current="ledger" />
      <LedgerSums t={t} span={counts} />
    </>
  ),
  total: ({ query: { kind }, counts: { counts } }) => kind === undefined ? allOf(counts) : counts[kind],
  sort: "-date",
  columns: ({ t, moment }) => ledgerColumns(t, moment.today),
  fileOrder: ["Date", "What", "Kind", "Number", "Charge", "Payment", "Credit", "Balance"],
  fileName: ({ more: { subscriber }, moment }) => `ledger-${subscriber.account_number}-${moment.today}`,
  table: ({ t, frame, query, moment: { today }, counts: { counts } }) => ({
    caption: t("subscribers.account_caption"),
    rowHref: (row: AccountLineRow) => hrefOfLine(row),
    rowId: (row) => row.id,
    chips: [...kindChips(t, frame, query.kind, counts), ...spanChips(t, frame, query, today)],
    active: activeFilters(frame, spanWords(t, query), ["kind", ...shownSpan(query, today)]),
    selects: SPAN_NAMES,
    children: <SpanFields span={query} />,
    noneMatch: t("account.none_in_span"),
    empty: (
      <EmptyState icon="list" title={t("subscribers.account_none")}>
        {t("subscribers.account_none_hint")}
      </EmptyState>
    ),
  }),
});

export default list.page;
export const { handler, route } = list;

/** What the shown days did to the account. */
function LedgerSums({ t, span }: { t: Translate; span: AccountSpan }) {
  return (
    <SumStrip
      parts={[
        { label: t("account.opening"), amount: centavos(span.openingCentavos), isBalance: true },
        { label: t("account.kind_charge"), amount: centavos(span.chargesCentavos), sign: "+" },
        { label: t("account.kind_payment"), amount: centavos(span.paymentsCentavos), sign: "−" },
        { label: t("account.kind_credit"), amount: centavos(span.creditsCentavos), sign: "−" },
        { label: t("account.closing"), amount: centavos(span.closingCentavos), sign: "=", isBalance: true },
      ]}
    />
  );
}

function kindChips(
  t: Translate,
  frame: ListFrame,
  current: AccountLineFilter["kind"],
  counts: AccountSpan["counts"],
) {
  return [
    {
      label: t("tables.all_rows"),
      href: listHref(frame, { kind: undefined }),
      count: allOf(counts),
      isCurrent: current === undefined,
    },
    ...LINE_KINDS.map((kind) => ({
      label: t(`account.kind_${kind}`),
      href: listHref(frame, { kind }),
      count: counts[kind],
      isCurrent: kind === current,
    })),
  ];
}

function allOf(counts: AccountSpan["counts"]): number {
  return LINE_KINDS.reduce((total, kind) => total + counts[kind], 0);
}
