import type { z } from "zod";
import { formatDateShort } from "@/shared/calendar/mod.ts";
import { centavos, formatPeso } from "@/shared/money/mod.ts";
import { activeFilters } from "@/web/app/list/active.ts";
import { BulkDone } from "@/web/app/list/BulkDone.tsx";
import { found, may } from "@/web/app/frame/page_context.ts";
import { type AppState, define } from "@/web/app/state.ts";
import { LinkButton } from "@/web/components/form/Button.tsx";
import { EmptyState } from "@/web/components/facts/EmptyState.tsx";
import { type ListFrame, listHref } from "@/web/components/list/list_frame.ts";
import type { Translate } from "@/web/messages/mod.ts";
import { PAYMENT_METHODS, paymentsQuery } from "@/web/route_table/payments.ts";
import { countPayments, listPayments, type PaymentFilter } from "@/web/store/payments/payments_page.ts";
import { findSubscriber } from "@/web/store/subscribers/subscribers.ts";
import { columnsFor } from "./(_parts)/columns.tsx";
import { filterOf } from "./(_parts)/filter.ts";

const PATH = "/admin/payments";

type Query = z.infer<typeof paymentsQuery>;

export const list = define.list({
  name: "payments",
  path: () => PATH,
  query: paymentsQuery,
  filter: ({ query }): PaymentFilter => filterOf(query),
  ticked: (ids) => ({ ids }),
  count: (trx, filter) => countPayments(trx, filter),
  read: (trx, filter, page) => listPayments(trx, filter, page),
  more: async (trx, { query }) => ({
    subscriber: query.subscriber === undefined ? null : found(await findSubscriber(trx, query.subscriber)),
  }),
  permission: "payment:read",
  summary: "Payments, newest first",
  live: ["money"],
  title: ({ t, more: { subscriber } }) =>
    subscriber === null ? t("tables.list_payments") : t("tables.payments_of", { name: subscriber.name }),
  lead: ({ t, counts }) =>
    counts.count === 0
      ? undefined
      : t("tables.payments_sum", { amount: formatPeso(centavos(counts.postedCentavos)) }),
  back: ({ more: { subscriber } }) =>
    subscriber === null ? undefined : { href: `/admin/subscribers/${subscriber.id}`, label: subscriber.name },
  actions: ({ t, state, more: { subscriber } }) => (
    <>
      {may(state, "bill:read") && <LinkButton href="/admin/memos">{t("tables.list_memos")}</LinkButton>}
      <LinkButton href="/admin/refunds">{t("tables.list_refunds")}</LinkButton>
      <PostButton state={state} payer={subscriber?.id ?? null} />
    </>
  ),
  above: ({ query }) => <BulkDone query={query} />,
  total: ({ counts }) => counts.count,
  sort: "-recorded",
  columns: ({ t, moment }) => columnsFor(t, moment.today),
  fileOrder: ["Number", "Account", "Subscriber"],
  table: ({ t, state, frame, query, moment: { today }, more: { subscriber } }) => ({
    rowHref: (payment) => `${PATH}/${payment.id}`,
    rowKeys: (payment) => ({
      p: may(state, "payment:post") && `${PATH}/new?subscriber=${payment.subscriber_id}`,
    }),
    chips: chipsOf(t, frame, query, today),
    active: activeFilters(frame, {
      q: t("tables.by_text", { text: query.q ?? "" }),
      subscriber: t("tables.by_subscriber", { name: subscriber?.name ?? "?" }),
      on: query.on && t("tables.by_recorded", { day: formatDateShort(query.on, t.locale) }),
      from: query.from && t("tables.by_from", { day: formatDateShort(query.from, t.locale) }),
      to: query.to && t("tables.by_to", { day: formatDateShort(query.to, t.locale) }),
      method: query.method && t("tables.by_method", { word: t(`words.method_${query.method}`) }),
      status: query.status &&
        t("tables.by_status", {
          word: t(query.status === "posted" ? "tables.posted" : "tables.reversed"),
        }),
    }, shownByChips(query, today)),
    search: t("tables.payments_search"),
    noneMatch: query.q === undefined ? undefined : t("tables.none_match_text", { text: query.q }),
    empty: (
      <EmptyState
        icon="cash"
        title={t("tables.payments_none")}
        actions={<PostButton state={state} payer={subscriber?.id ?? null} />}
      >
        {t("tables.payments_none_hint")}
      </EmptyState>
    ),
    select: {
      value: (payment) => payment.id,
      label: (payment) => t("tables.select_row", { name: payment.number }),
    },
    bulk: [{ label: t("tables.bulk_csv"), action: `${PATH}.csv`, icon: "export" }],
  }),
});

export default list.page;
export const { handler, route } = list;

function PostButton({ state, payer }: { state: AppState; payer: string | null }) {
  if (!may(state, "payment:post")) return null;
  const href = payer === null ? `${PATH}/new` : `${PATH}/new?subscriber=${payer}`;
  return <LinkButton kind="primary" icon="cash" href={href}>{state.t("tables.sub_post_payment")}</LinkButton>;
}

/** A day, a method and reversed or not: three questions, each with its own chips. */
function chipsOf(t: Translate, frame: ListFrame, query: Query, today: Temporal.PlainDate) {
  const day = today.toString();
  const isToday = frame.query.on === day;
  return [
    {
      label: t("tables.all_rows"),
      href: listHref(frame, { on: undefined, method: undefined, status: undefined }),
      isCurrent: query.method === undefined && query.status === undefined && query.on === undefined,
    },
    {
      label: t("tables.today"),
      href: listHref(frame, { on: isToday ? undefined : day }),
      isCurrent: isToday,
    },
    ...PAYMENT_METHODS.map((method) => ({
      label: t(`words.method_${method}`),
      href: listHref(frame, { method: query.method === method ? undefined : method }),
      isCurrent: query.method === method,
    })),
    {
      label: t("tables.reversed"),
      href: listHref(frame, { status: query.status === "reversed" ? undefined : "reversed" }),
      isCurrent: query.status === "reversed",
    },
  ];
}

/** Names in the address that a current chip stands for. */
function shownByChips(query: Query, today: Temporal.PlainDate): string[] {
  return [
    "method",
    ...(query.status === "reversed" ? ["status"] : []),
    ...(query.on?.equals(today) === true ? ["on"] : []),
  ];
}
