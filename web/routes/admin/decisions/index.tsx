import { formatPeriod } from "@/shared/calendar/mod.ts";
import { holdsText } from "@/shared/text/mod.ts";
import { may } from "@/web/app/frame/page_context.ts";
import { activeFilters } from "@/web/app/list/active.ts";
import { BulkDone } from "@/web/app/list/BulkDone.tsx";
import type { ListColumn } from "@/web/app/list/list_types.ts";
import { pageOfRows } from "@/web/app/list/page_of_rows.ts";
import { define } from "@/web/app/state.ts";
import { CodeText } from "@/web/components/facts/CopyBlock.tsx";
import { EmptyState } from "@/web/components/facts/EmptyState.tsx";
import { Pill } from "@/web/components/facts/Pill.tsx";
import { StoredText } from "@/web/components/facts/StoredText.tsx";
import { type ListFrame, listHref } from "@/web/components/list/list_frame.ts";
import { storedText } from "@/web/messages/coded_text.ts";
import type { Translate } from "@/web/messages/mod.ts";
import { DECISION_KINDS, decisionsQuery } from "@/web/route_table/decisions.ts";
import { type DecisionRow, listDecisions } from "@/web/store/billing/parked_bills.ts";

type Kind = (typeof DECISION_KINDS)[number];

export const list = define.list({
  name: "decisions",
  path: () => "/admin/decisions",
  query: decisionsQuery,
  filter: ({ query: { kind, q } }) => ({ kind, q }),
  count: () => Promise.resolve(null),
  more: (trx) => listDecisions(trx),
  read: (_trx, { kind, q = "" }, page, { more }) => {
    const rows = more.filter((row) =>
      (kind === undefined || isOf(row, kind)) &&
      [row.name, row.account_number, row.ppp_name].some((text) => holdsText(text, q))
    );
    return Promise.resolve(pageOfRows(rows, (row) => row.subscription_id, page));
  },
  permission: "bill:read",
  summary: "Connections whose bills need a decision",
  live: ["money"],
  title: ({ t }) => t("runs.decisions_title"),
  lead: ({ t }) => t("runs.decisions_lead"),
  back: ({ t }) => ({ href: "/admin/runs/next", label: t("runs.next_title") }),
  above: ({ query }) => <BulkDone query={query} />,
  total: ({ more, query: { kind } }) => more.filter((row) => kind === undefined || isOf(row, kind)).length,
  sort: "name",
  columns: ({ t }) => columnsFor(t),
  table: ({ t, state, frame, more, query: { q } }) => ({
    rowHref: (row) => `/admin/decisions/${row.subscription_id}`,
    rowNote: (row) => <CodeText>{row.account_number}</CodeText>,
    chips: chipsOf(t, frame, more),
    active: activeFilters(frame, { q: t("tables.by_text", { text: q ?? "" }) }, ["kind"]),
    search: t("tables.tonight_search"),
    empty: (
      <EmptyState icon="ok" title={t("runs.decisions_none")}>{t("runs.decisions_none_hint")}</EmptyState>
    ),
    select: {
      value: (row) => row.unexplained.length === 0 ? null : row.subscription_id,
      label: (row) => t("tables.select_row", { name: row.name }),
    },
    bulk: may(state, "bill_run:run")
      ? [
        { label: t("runs.bulk_never"), action: "/admin/bulk/never-bill" },
        { label: t("runs.bulk_bill"), action: "/admin/bulk/bill-days" },
      ]
      : [],
  }),
});

export default list.page;
export const { handler, route } = list;

function isOf(row: DecisionRow, kind: Kind): boolean {
  return kind === "parked" ? row.reason !== null : row.unexplained.length > 0;
}

function columnsFor(t: Translate): ListColumn<DecisionRow>[] {
  const days = ({ unexplained }: DecisionRow) =>
    unexplained.map(({ start, end }) =>
      formatPeriod(Temporal.PlainDate.from(start), Temporal.PlainDate.from(end), t.locale)
    ).join(", ");
  return [
    { head: t("tables.subscriber"), cell: (row) => row.name, csvHead: "Name", csv: (row) => row.name },
    { head: t("tables.account"), csv: (row) => row.account_number },
    { head: t("tables.user"), csv: (row) => row.ppp_name },
    {
      id: "plan",
      head: t("tables.plan"),
      cell: (row) => row.plan_name,
      csv: (row) => row.plan_name,
      minor: true,
    },
    {
      id: "kind",
      head: t("runs.decide"),
      cell: (row) => (
        <span class="cluster">
          {DECISION_KINDS.filter((kind) => isOf(row, kind)).map((kind) => (
            <Pill key={kind} tone={kind === "parked" ? "bad" : "warn"}>{t(`runs.kind_${kind}`)}</Pill>
          ))}
        </span>
      ),
      csv: (row) =>
        DECISION_KINDS.filter((kind) => isOf(row, kind)).map((kind) => t(`runs.kind_${kind}`)).join(", "),
      phone: "line",
    },
    {
      id: "why",
      head: t("tables.why"),
      cell: (row) => row.reason === null ? days(row) : <StoredText text={row.reason} />,
      csv: (row) => row.reason === null ? "" : storedText(t, row.reason),
      phone: "full",
    },
    { head: t("runs.days_nothing"), csv: days },
  ];
}

function chipsOf(t: Translate, frame: ListFrame, rows: readonly DecisionRow[]) {
  const chip = (label: string, kind: Kind | undefined, count: number) => ({
    label,
    href: listHref(frame, { kind }),
    count,
    isCurrent: frame.query.kind === kind,
  });
  return [
    chip(t("tables.all_rows"), undefined, rows.length),
    ...DECISION_KINDS.map((kind) =>
      chip(t(`runs.kind_${kind}`), kind, rows.filter((row) => isOf(row, kind)).length)
    ),
  ];
}
