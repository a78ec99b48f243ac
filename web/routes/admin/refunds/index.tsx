import { formatDateShort } from "@/shared/calendar/mod.ts";
import { centavos, formatPeso } from "@/shared/money/mod.ts";
import { activeFilters } from "@/web/app/list/active.ts";
import { found } from "@/web/app/frame/page_context.ts";
import { define } from "@/web/app/state.ts";
import { EmptyState } from "@/web/components/facts/EmptyState.tsx";
import { listHref } from "@/web/components/list/list_frame.ts";
import { refundsQuery } from "@/web/route_table/corrections.ts";
import { METHODS } from "@/web/route_table/payments.ts";
import { countRefunds, listRefunds, type RefundFilter } from "@/web/store/payments/refunds_page.ts";
import { findSubscriber } from "@/web/store/subscribers/subscribers.ts";
import { columnsFor } from "./(_parts)/columns.tsx";

const PATH = "/admin/refunds";

export const list = define.list({
  name: "refunds",
  path: () => PATH,
  query: refundsQuery,
  filter: ({ query: { subscriber, method, status, from, to, q } }): RefundFilter => ({
    subscriberId: subscriber,
    method,
    status,
    from,
    to,
    q,
  }),
  ticked: (ids) => ({ ids }),
  count: (trx, filter) => countRefunds(trx, filter),
  read: (trx, filter, page) => listRefunds(trx, filter, page),
  more: async (trx, { query }) => ({
    subscriber: query.subscriber === undefined ? null : found(await findSubscriber(trx, query.subscriber)),
  }),
  permission: "payment:read",
  summary: "Refunds, newest first",
  live: ["money"],
  title: ({ t }) => t("tables.list_refunds"),
  lead: ({ t, counts }) =>
    counts.count === 0
      ? undefined
      : t("corrections.refunds_sum", { amount: formatPeso(centavos(counts.liveCentavos)) }),
  back: ({ t, more: { subscriber } }) =>
    subscriber === null
      ? { href: "/admin/payments", label: t("tables.list_payments") }
      : { href: `/admin/subscribers/${subscriber.id}`, label: subscriber.name },
  total: ({ counts }) => counts.count,
  sort: "-paid",
  columns: ({ t, moment }) => columnsFor(t, moment.today),
  fileOrder: ["Number", "Account", "Subscriber"],
  table: ({ t, frame, query, more: { subscriber } }) => ({
    rowHref: (refund) => `${PATH}/${refund.id}`,
    chips: [
      {
        label: t("tables.all_rows"),
        href: listHref(frame, { method: undefined, status: undefined }),
        isCurrent: query.method === undefined && query.status === undefined,
      },
      ...METHODS.map((method) => ({
        label: t(`words.method_${method}`),
        href: listHref(frame, { method: query.method === method ? undefined : method }),
        isCurrent: query.method === method,
      })),
      {
        label: t("tables.reversed"),
        href: listHref(frame, { status: query.status === "reversed" ? undefined : "reversed" }),
        isCurrent: query.status === "reversed",
      },
    ],
    active: activeFilters(frame, {
      q: t("tables.by_text", { text: query.q ?? "" }),
      subscriber: t("tables.by_subscriber", { name: subscriber?.name ?? "?" }),
      from: query.from && t("tables.by_from", { day: formatDateShort(query.from, t.locale) }),
      to: query.to && t("tables.by_to", { day: formatDateShort(query.to, t.locale) }),
      status: query.status &&
        t("tables.by_status", {
          word: t(query.status === "live" ? "corrections.paid_out" : "tables.reversed"),
        }),
    }, ["method", ...(query.status === "reversed" ? ["status"] : [])]),
    search: t("corrections.search"),
    noneMatch: query.q === undefined ? undefined : t("tables.none_match_text", { text: query.q }),
    empty: (
      <EmptyState icon="cash" title={t("corrections.refunds_none")}>
        {t("corrections.refunds_none_note")}
      </EmptyState>
    ),
    select: {
      value: (refund) => refund.id,
      label: (refund) => t("tables.select_row", { name: refund.number }),
    },
    bulk: [{ label: t("tables.bulk_csv"), action: `${PATH}.csv`, icon: "export" }],
  }),
});

export default list.page;
export const { handler, route } = list;
