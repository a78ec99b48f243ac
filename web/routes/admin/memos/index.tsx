import { formatDateShort } from "@/shared/calendar/mod.ts";
import { centavos, formatPeso } from "@/shared/money/mod.ts";
import { activeFilters } from "@/web/app/list/active.ts";
import { found } from "@/web/app/frame/page_context.ts";
import { define } from "@/web/app/state.ts";
import { EmptyState } from "@/web/components/facts/EmptyState.tsx";
import { listHref } from "@/web/components/list/list_frame.ts";
import { MEMO_KINDS, memosQuery } from "@/web/route_table/corrections.ts";
import { countMemos, listMemos, type MemoFilter } from "@/web/store/payments/memos_page.ts";
import { findSubscriber } from "@/web/store/subscribers/subscribers.ts";
import { columnsFor } from "./(_parts)/columns.tsx";

const PATH = "/admin/memos";

export const list = define.list({
  name: "memos",
  path: () => PATH,
  query: memosQuery,
  filter: ({ query: { subscriber, kind, status, from, to, q } }): MemoFilter => ({
    subscriberId: subscriber,
    kind,
    status,
    from,
    to,
    q,
  }),
  ticked: (ids) => ({ ids }),
  count: (trx, filter) => countMemos(trx, filter),
  read: (trx, filter, page) => listMemos(trx, filter, page),
  more: async (trx, { query }) => ({
    subscriber: query.subscriber === undefined ? null : found(await findSubscriber(trx, query.subscriber)),
  }),
  permission: "bill:read",
  summary: "Credit memos and write-offs, newest first",
  live: ["money"],
  title: ({ t }) => t("tables.list_memos"),
  lead: ({ t, counts }) =>
    counts.count === 0
      ? undefined
      : t("corrections.memos_sum", { amount: formatPeso(centavos(counts.liveCentavos)) }),
  back: ({ t, more: { subscriber } }) =>
    subscriber === null
      ? { href: "/admin/payments", label: t("tables.list_payments") }
      : { href: `/admin/subscribers/${subscriber.id}`, label: subscriber.name },
  total: ({ counts }) => counts.count,
  sort: "-issued",
  columns: ({ t, moment }) => columnsFor(t, moment.today),
  fileOrder: ["Number", "Account", "Subscriber"],
  table: ({ t, frame, query, more: { subscriber } }) => ({
    rowHref: (memo) => `${PATH}/${memo.id}`,
    chips: [
      {
        label: t("tables.all_rows"),
        href: listHref(frame, { kind: undefined, status: undefined }),
        isCurrent: query.kind === undefined && query.status === undefined,
      },
      ...MEMO_KINDS.map((kind) => ({
        label: t(`corrections.kind_${kind}`),
        href: listHref(frame, { kind: query.kind === kind ? undefined : kind }),
        isCurrent: query.kind === kind,
      })),
      {
        label: t("corrections.voided"),
        href: listHref(frame, { status: query.status === "voided" ? undefined : "voided" }),
        isCurrent: query.status === "voided",
      },
    ],
    active: activeFilters(frame, {
      q: t("tables.by_text", { text: query.q ?? "" }),
      subscriber: t("tables.by_subscriber", { name: subscriber?.name ?? "?" }),
      from: query.from && t("tables.by_from", { day: formatDateShort(query.from, t.locale) }),
      to: query.to && t("tables.by_to", { day: formatDateShort(query.to, t.locale) }),
      status: query.status && t("tables.by_status", { word: t(`corrections.${query.status}`) }),
    }, ["kind", ...(query.status === "voided" ? ["status"] : [])]),
    search: t("corrections.search"),
    noneMatch: query.q === undefined ? undefined : t("tables.none_match_text", { text: query.q }),
    empty: (
      <EmptyState icon="bill" title={t("corrections.memos_none")}>
        {t("corrections.memos_none_note")}
      </EmptyState>
    ),
    select: {
      value: (memo) => memo.id,
      label: (memo) => t("tables.select_row", { name: memo.number }),
    },
    bulk: [{ label: t("tables.bulk_csv"), action: `${PATH}.csv`, icon: "export" }],
  }),
});

export default list.page;
export const { handler, route } = list;
