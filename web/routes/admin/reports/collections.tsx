import type { z } from "zod";
import { formatDateShort, formatDayMonth } from "@/shared/calendar/mod.ts";
import { centavos, formatPeso } from "@/shared/money/mod.ts";
import { activeFilters } from "@/web/app/list/active.ts";
import { wholePage } from "@/web/app/list/define_list.tsx";
import { shownSpan, SPAN_NAMES, spanChips, SpanFields } from "@/web/app/list/span.tsx";
import { address, may } from "@/web/app/frame/page_context.ts";
import { type AppState, define } from "@/web/app/state.ts";
import { Bars } from "@/web/components/facts/Bars.tsx";
import { Card } from "@/web/components/facts/Card.tsx";
import { EmptyState } from "@/web/components/facts/EmptyState.tsx";
import { type ListFrame, listHref } from "@/web/components/list/list_frame.ts";
import type { Translate } from "@/web/messages/mod.ts";
import { PAYMENT_METHODS } from "@/web/route_table/payments.ts";
import { collectionsQuery } from "@/web/route_table/reports.ts";
import { COLLECTED_BY, type CollectedBy } from "@/web/domain/payments/mod.ts";
import {
  type CollectedRow,
  type CollectionFilter,
  listCollections,
  listCollectors,
} from "@/web/store/payments/collections.ts";
import { collectionColumns, monthWords } from "./(_parts)/collection_columns.tsx";
import { ReportTabs } from "./(_parts)/ReportTabs.tsx";
import {
  Choice,
  readScopeChoices,
  SCOPE_NAMES,
  type ScopeChoices,
  scopeOf,
  ScopeSelects,
  scopeWords,
} from "./(_parts)/scope.tsx";

/** A chart of more days than these has a bar for each month. */
const DAYS_CHARTED = 92;
/** A table of more days than these has a row for each month. */
const DAYS_LISTED = 366;

type Query = z.output<typeof collectionsQuery>;
type Choices = ScopeChoices & { collectors: readonly string[] };

export const list = define.list({
  name: "collections",
  path: () => "/admin/reports/collections",
  query: collectionsQuery,
  filter: ({ query, moment: { today } }): CollectionFilter => ({
    ...spanOf(query, today),
    method: query.method,
    staff: query.staff,
    withReversed: query.reversed === "yes",
    ...scopeOf(query),
  }),
  count: (trx, filter) => listCollections(trx, filter, daysOf(filter) > DAYS_CHARTED ? "month" : "day"),
  more: async (trx, { query, moment: { today } }): Promise<Choices> => ({
    ...await readScopeChoices(trx),
    collectors: await listCollectors(trx, spanOf(query, today)),
  }),
  read: async (trx, filter, _page, { query }) => {
    const by = shownBy(query, filter);
    const rows = await listCollections(trx, filter, by);
    return wholePage(by === "day" || by === "month" ? rows.toReversed() : mostFirst(rows));
  },
  permission: "report:read",
  summary: "Money received by day, month, method or person",
  live: ["money"],
  title: ({ t }) => t("reports.collections"),
  lead: ({ t, query, moment: { today } }) => {
    const { from, to } = spanOf(query, today);
    return t("account.span", { from: formatDateShort(from, t.locale), to: formatDateShort(to, t.locale) });
  },
  back: ({ t }) => ({ href: "/admin/reports", label: t("reports.title") }),
  above: ({ t, query, counts, moment: { today } }) => (
    <>
      <ReportTabs current="collections" />
      {counts.length > 0 && <Picture t={t} rows={counts} query={query} span={spanOf(query, today)} />}
    </>
  ),
  below: ({ t }) => <p class="note">{t("reports.collections_note")}</p>,
  total: ({ rows }) => rows.length,
  sort: "key",
  columns: ({ t, query, rows, moment: { today } }) =>
    collectionColumns(t, {
      by: shownBy(query, spanOf(query, today)),
      withReversed: query.reversed === "yes",
      // A file has every method, so that its columns are the same each month.
      methods: PAYMENT_METHODS.filter((method) =>
        rows.length === 0 || rows.some((row) => row.byMethod[method] !== undefined)
      ),
    }),
  fileName: ({ query, moment: { today } }) => {
    const { from, to } = spanOf(query, today);
    return `collections-${from}-${to}`;
  },
  table: ({ t, state, frame, query, more, moment: { today } }) => ({
    rowHref: (row) => paymentsHref(state, row, query, spanOf(query, today)),
    rowId: (row) => row.key,
    chips: [
      ...byChips(t, frame, query, spanOf(query, today)),
      ...spanChips(t, frame, spanOf(query, today), today),
      {
        label: t("reports.with_reversed"),
        href: listHref(frame, { reversed: query.reversed === "yes" ? undefined : "yes" }),
        isCurrent: query.reversed === "yes",
      },
    ],
    active: activeFilters(frame, {
      method: query.method && t("tables.by_method", { word: t(`words.method_${query.method}`) }),
      staff: query.staff && t("reports.by_staff", { name: query.staff }),
      from: query.from && t("tables.by_from", { day: formatDateShort(query.from, t.locale) }),
      to: query.to && t("tables.by_to", { day: formatDateShort(query.to, t.locale) }),
      ...scopeWords(t, query, more),
    }, ["by", "reversed", ...shownSpan(query, today)]),
    selects: [...SPAN_NAMES, ...SCOPE_NAMES, "method", "staff"],
    children: <Choices t={t} query={query} span={spanOf(query, today)} choices={more} />,
    noneMatch: t("reports.nothing_received_hint"),
    empty: (
      <EmptyState icon="cash" title={t("reports.nothing_received")}>
        {t("reports.nothing_received_hint")}
      </EmptyState>
    ),
  }),
});

export default list.page;
export const { handler, route } = list;

interface Span {
  from: Temporal.PlainDate;
  to: Temporal.PlainDate;
}

/** This month until today, unless the address says otherwise. */
function spanOf(query: Pick<Query, "from" | "to">, today: Temporal.PlainDate): Span {
  const to = query.to ?? (query.from !== undefined && isAfter(query.from, today) ? query.from : today);
  const { from = to.with({ day: 1 }) } = query;
  return isAfter(from, to) ? { from: to, to } : { from, to };
}

function shownBy({ by = "day" }: Pick<Query, "by">, span: Span): CollectedBy {
  return by === "day" && daysOf(span) > DAYS_LISTED ? "month" : by;
}

function Picture(
  { t, rows, query, span }: { t: Translate; rows: readonly CollectedRow[]; query: Query; span: Span },
) {
  const received = sumOf(rows, (row) => row.receivedCentavos);
  const reversed = sumOf(rows, (row) => row.reversedCentavos);
  const withReversed = query.reversed === "yes";
  const values = {
    n: rows.reduce((total, row) => total + row.count, 0),
    received: formatPeso(centavos(received)),
    reversed: formatPeso(centavos(reversed)),
    net: formatPeso(centavos(received - reversed)),
  };
  return (
    <Card>
      <Bars
        caption={t(withReversed ? "reports.collected_net_caption" : "reports.collected_caption", values)}
        head={t("reports.by_day_head")}
        series={[
          { name: t("reports.received"), total: values.received },
          ...(withReversed ? [{ name: t("reports.reversed"), total: values.reversed }] : []),
        ]}
        points={keysOf(span, rows).map((key) => {
          const row = rows.find((one) => one.key === key);
          const values = [row?.receivedCentavos ?? 0n, row?.reversedCentavos ?? 0n].map(Number);
          const day = Temporal.PlainDate.from(key);
          return {
            label: daysOf(span) > DAYS_CHARTED ? monthWords(day, t.locale) : formatDayMonth(day, t.locale),
            values: withReversed ? values : values.slice(0, 1),
          };
        })}
        format={(value) => formatPeso(centavos(BigInt(Math.round(value))))}
      />
    </Card>
  );
}

function Choices(
  { t, query, span, choices }: { t: Translate; query: Query; span: Span; choices: Choices },
) {
  return (
    <>
      <SpanFields span={span} />
      <Choice
        name="method"
        label={t("tables.method")}
        all={t("reports.all_methods")}
        rows={PAYMENT_METHODS.map((method) => ({ id: method, name: t(`words.method_${method}`) }))}
        value={query.method}
      />
      {choices.collectors.length > 1 && (
        <Choice
          name="staff"
          label={t("tables.recorded_by")}
          all={t("reports.all_staff")}
          rows={choices.collectors.map((name) => ({ id: name, name }))}
          value={query.staff}
        />
      )}
      <ScopeSelects query={query} choices={choices} />
    </>
  );
}

function byChips(t: Translate, frame: ListFrame, query: Query, span: Span) {
  const current = shownBy(query, span);
  return COLLECTED_BY.map((by) => ({
    label: t(`reports.per_${by}`),
    href: listHref(frame, { by: by === "day" ? undefined : by }),
    isCurrent: by === current,
  }));
}

/** The payments that a row counts, where the list of payments has the same filter. */
function paymentsHref(state: AppState, row: CollectedRow, query: Query, span: Span): string | undefined {
  const by = shownBy(query, span);
  const isNarrower = query.staff !== undefined || query.site !== undefined || query.plan !== undefined;
  if (!may(state, "payment:read") || isNarrower || by === "staff") return undefined;
  const days = by === "day"
    ? { on: row.key }
    : by === "month"
    ? monthWithin(Temporal.PlainDate.from(row.key), span)
    : { from: span.from.toString(), to: span.to.toString() };
  return address("/admin/payments", {
    ...days,
    method: by === "method" ? row.key : query.method,
    status: query.reversed === "yes" ? undefined : "posted",
  });
}

function monthWithin(first: Temporal.PlainDate, { from, to }: Span) {
  const last = first.with({ day: first.daysInMonth });
  return {
    from: String(isAfter(from, first) ? from : first),
    to: String(isAfter(last, to) ? to : last),
  };
}

/** Each day of the chart; or the first of each month with money and of those between, however long the span is. */
function keysOf(span: Span, rows: readonly CollectedRow[]): string[] {
  const isByMonth = daysOf(span) > DAYS_CHARTED;
  const months = rows.map((row) => Temporal.PlainDate.from(row.key));
  const first = isByMonth ? months[0] ?? span.to : span.from;
  const last = isByMonth ? months.at(-1) ?? span.to : span.to;
  const keys: string[] = [];
  for (let day = first; !isAfter(day, last); day = day.add(isByMonth ? { months: 1 } : { days: 1 })) {
    keys.push(String(day));
  }
  return keys;
}

function daysOf({ from, to }: Span): number {
  return from.until(to, { largestUnit: "days" }).days + 1;
}

function mostFirst(rows: readonly CollectedRow[]): CollectedRow[] {
  return rows.toSorted((a, b) => Number(b.receivedCentavos - a.receivedCentavos));
}

function sumOf(rows: readonly CollectedRow[], read: (row: CollectedRow) => bigint): bigint {
  return rows.reduce((total, row) => total + read(row), 0n);
}

function isAfter(a: Temporal.PlainDate, b: Temporal.PlainDate): boolean {
  return Temporal.PlainDate.compare(a, b) > 0;
}
