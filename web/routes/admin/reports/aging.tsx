import { formatDate, formatDateShort } from "@/shared/calendar/mod.ts";
import { centavos, formatCentavosPlain, formatPeso, subtract } from "@/shared/money/mod.ts";
import { activeFilters } from "@/web/app/list/active.ts";
import type { ListColumn } from "@/web/app/list/list_types.ts";
import { shortDay } from "@/web/app/words/page_words.ts";
import { define } from "@/web/app/state.ts";
import { AgingStrip } from "@/web/components/facts/AgingStrip.tsx";
import { Card } from "@/web/components/facts/Card.tsx";
import { CodeText } from "@/web/components/facts/CopyBlock.tsx";
import { EmptyState } from "@/web/components/facts/EmptyState.tsx";
import { Money } from "@/web/components/facts/Money.tsx";
import { type ListFrame, listHref } from "@/web/components/list/list_frame.ts";
import type { Translate } from "@/web/messages/mod.ts";
import { agingQuery } from "@/web/route_table/reports.ts";
import { AGES } from "@/web/domain/payments/mod.ts";
import {
  type AgingFilter,
  type AgingRow,
  type AgingTotals,
  listAging,
  sumAging,
} from "@/web/store/billing/aging.ts";
import { ReportTabs } from "./(_parts)/ReportTabs.tsx";
import {
  DayField,
  readScopeChoices,
  SCOPE_NAMES,
  scopeOf,
  ScopeSelects,
  scopeWords,
} from "./(_parts)/scope.tsx";

export const list = define.list({
  name: "aging",
  path: () => "/admin/reports/aging",
  query: agingQuery,
  filter: ({ query, moment: { today } }): AgingFilter => {
    const on = query.on ?? today;
    const isPast = Temporal.PlainDate.compare(on, today) < 0;
    return { on, isPast, age: query.age, ...scopeOf(query) };
  },
  count: (trx, filter) => sumAging(trx, filter),
  more: (trx) => readScopeChoices(trx),
  read: (trx, filter, page): ReturnType<typeof listAging> => listAging(trx, filter, page),
  permission: "report:read",
  summary: "Who owes how much for how long, as of any day",
  live: ["money"],
  title: ({ t }) => t("reports.aging"),
  lead: ({ t, query, moment }) =>
    t("reports.aging_as_of", { day: formatDate(query.on ?? moment.today, t.locale) }),
  back: ({ t }) => ({ href: "/admin/reports", label: t("reports.title") }),
  above: ({ t, frame, counts }) => (
    <>
      <ReportTabs current="aging" />
      {counts.subscribers.total > 0 && <Picture t={t} frame={frame} totals={counts} />}
    </>
  ),
  below: ({ t }) => <p class="note">{t("reports.aging_note")}</p>,
  total: ({ query: { age }, counts: { subscribers } }) => subscribers[age ?? "total"],
  sort: "-total",
  columns: ({ t, moment }) => columnsFor(t, moment.today),
  fileOrder: ["Account", "Subscriber"],
  fileName: ({ query, moment }) => `aging-${query.on ?? moment.today}`,
  table: ({ t, frame, query, counts: { subscribers }, more, moment }) => ({
    rowHref: (row) => `/admin/subscribers/${row.subscriber_id}/statement?on=${query.on ?? moment.today}`,
    rowNote: (row) => <CodeText>{row.account_number}</CodeText>,
    rowId: (row) => row.subscriber_id,
    chips: (["total", ...AGES] as const).map((age) => ({
      label: age === "total" ? t("tables.all_rows") : t(`reports.age_${age}`),
      href: listHref(frame, { age: age === "total" ? undefined : age }),
      count: subscribers[age],
      isCurrent: (query.age ?? "total") === age,
    })),
    active: activeFilters(frame, {
      on: query.on && t("reports.by_day", { day: formatDateShort(query.on, t.locale) }),
      ...scopeWords(t, query, more),
    }, ["age"]),
    selects: ["on", ...SCOPE_NAMES],
    children: (
      <>
        <DayField day={query.on} />
        <ScopeSelects query={query} choices={more} />
      </>
    ),
    noneMatch: t("reports.nobody_owes"),
    empty: <EmptyState icon="ok" title={t("reports.nothing_open")}>{t("reports.nobody_owes")}</EmptyState>,
  }),
});

export default list.page;
export const { handler, route } = list;

/** What is open, by age: one strip, the older the warmer. */
function Picture({ t, frame, totals }: { t: Translate; frame: ListFrame; totals: AgingTotals }) {
  const total = centavos(totals.amounts.total);
  const late = subtract(total, centavos(totals.amounts.current));
  return (
    <Card>
      <AgingStrip
        caption={t("reports.aging_caption", {
          n: totals.subscribers.total,
          total: formatPeso(total),
          late: formatPeso(late),
        })}
        head={t("reports.age")}
        counted={t("reports.subscribers")}
        buckets={AGES.map((age) => ({
          label: t(`reports.age_${age}`),
          amount: centavos(totals.amounts[age]),
          count: totals.subscribers[age],
          href: listHref(frame, { age }),
          ...(age === "current" && { isNotLate: true }),
        }))}
      />
    </Card>
  );
}

function columnsFor(t: Translate, today: Temporal.PlainDate): ListColumn<AgingRow>[] {
  return [
    { head: t("tables.subscriber"), cell: (row) => row.name, csv: (row) => row.name, sortBy: "name" },
    { head: t("tables.account"), csv: (row) => row.account_number },
    {
      id: "bills",
      head: t("reports.open_bills"),
      kind: "number",
      cell: (row) => String(row.bills),
      csv: (row) => String(row.bills),
      optional: true,
    },
    {
      id: "oldest",
      head: t("reports.oldest_due"),
      cell: (row) => shortDay(row.oldest_due_on, today, t.locale),
      csv: (row) => row.oldest_due_on.toString(),
      fit: true,
      sortBy: "oldest",
    },
    ...AGES.map((age): ListColumn<AgingRow> => ({
      id: age,
      head: t(`reports.age_${age}`),
      kind: "money",
      cell: (row) => row[age] !== 0n && <Money amount={centavos(row[age])} />,
      csv: (row) => formatCentavosPlain(centavos(row[age])),
    })),
    {
      id: "total",
      head: t("tables.total"),
      kind: "money",
      cell: (row) => (
        <b>
          <Money amount={centavos(row.total)} />
        </b>
      ),
      csv: (row) => formatCentavosPlain(centavos(row.total)),
      phone: "corner",
      sortBy: "-total",
    },
  ];
}
