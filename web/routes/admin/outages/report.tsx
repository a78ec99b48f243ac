import { formatDateShort } from "@/shared/calendar/mod.ts";
import { businessInstant, found } from "@/web/app/frame/page_context.ts";
import { SPAN_NAMES, spanChips, SpanFields } from "@/web/app/list/span.tsx";
import type { ListColumn } from "@/web/app/list/list_types.ts";
import { define } from "@/web/app/state.ts";
import { Card } from "@/web/components/facts/Card.tsx";
import { CodeText } from "@/web/components/facts/CopyBlock.tsx";
import { EmptyState } from "@/web/components/facts/EmptyState.tsx";
import { FactList } from "@/web/components/facts/FactList.tsx";
import { formatInstant } from "@/web/format.ts";
import type { Translate } from "@/web/messages/mod.ts";
import { outageReportQuery } from "@/web/route_table/outages.ts";
import {
  listOutageHistory,
  listOutageReport,
  type OutageReportFilter,
  type OutageReportRow,
  sumOutageReport,
} from "@/web/store/billing/outage_report.ts";
import { findOutage, type OutageListRow } from "@/web/store/billing/outages.ts";
import { OutageHistory } from "./(_parts)/OutageHistory.tsx";
import { noticeWords, placeWords } from "./(_parts)/outage_words.ts";

const PATH = "/admin/outages/report";

export const list = define.list({
  name: "outage_report",
  path: () => PATH,
  query: outageReportQuery,
  filter: ({ query, moment }): OutageReportFilter => {
    const { today, zone } = moment;
    const now = businessInstant(moment);
    const { from, to } = spanOf(query, today);
    const end = to.add({ days: 1 }).toZonedDateTime(zone).toInstant();
    return {
      outageId: query.outage,
      from: query.outage === undefined ? from.toZonedDateTime(zone).toInstant() : FIRST,
      to: query.outage === undefined && Temporal.Instant.compare(end, now) < 0 ? end : now,
    };
  },
  count: (trx, filter) => sumOutageReport(trx, filter),
  more: async (trx, { query: { outage } }) =>
    outage === undefined ? null : {
      outage: found(await findOutage(trx, outage)),
      history: await listOutageHistory(trx, outage),
    },
  read: (trx, filter, page) => listOutageReport(trx, filter, page),
  permission: "router:read",
  summary: "Minutes without service, subscriber by subscriber, of an outage or of a stretch of days",
  live: ["money"],
  title: ({ t, more }) =>
    more === null ? t("outages.report") : t("outages.report_of", { cause: more.outage.cause }),
  lead: ({ t, counts, query, moment: { today } }) => {
    const { from, to } = spanOf(query, today);
    const all = { n: counts.connections, hours: Number(counts.minutes / 60n) };
    return query.outage !== undefined ? t("outages.report_lead_one", all) : t("outages.report_lead", {
      ...all,
      outages: counts.outages,
      from: formatDateShort(from, t.locale),
      to: formatDateShort(to, t.locale),
    });
  },
  back: ({ t }) => ({ href: "/admin/outages", label: t("outages.list") }),
  above: ({ t, more, moment: { zone } }) =>
    more !== null && (
      <Card title={t("outages.facts")}>
        <FactList facts={factsOf(t, more.outage, zone)} wide />
      </Card>
    ),
  below: ({ t, more, moment: { zone } }) => (
    <>
      {more !== null && <OutageHistory rows={more.history} zone={zone} />}
      <p class="note">{t("outages.report_note")}</p>
    </>
  ),
  total: ({ counts }) => counts.connections,
  sort: "name",
  columns: ({ t, more, moment: { zone } }) => [
    ...(more === null ? [] : outageColumns(more.outage, zone)),
    ...minuteColumns(t),
  ],
  fileName: ({ query, moment: { today } }) => {
    const { from, to } = spanOf(query, today);
    return query.outage === undefined ? `outages-${from}-${to}` : `outage-${query.outage}`;
  },
  table: ({ t, frame, query, moment: { today } }) => ({
    rowHref: (row) => `/admin/subscribers/${row.subscriber_id}`,
    rowId: (row) => row.subscription_id,
    chips: query.outage === undefined ? spanChips(t, frame, spanOf(query, today), today) : [],
    ...(query.outage === undefined && {
      selects: [...SPAN_NAMES],
      children: <SpanFields span={spanOf(query, today)} />,
    }),
    noneMatch: t("outages.report_none"),
    empty: <EmptyState icon="router" title={t("outages.report_none")}>{t("outages.none_hint")}</EmptyState>,
  }),
});

export default list.page;
export const { handler, route } = list;

/** Before anything that is recorded. */
const FIRST = Temporal.Instant.fromEpochMilliseconds(0);

/** This month so far, where the address names no days. */
function spanOf(
  { from, to }: { from?: Temporal.PlainDate | undefined; to?: Temporal.PlainDate | undefined },
  today: Temporal.PlainDate,
) {
  return { from: from ?? (to ?? today).with({ day: 1 }), to: to ?? today };
}

function factsOf(t: Translate, outage: OutageListRow, zone: string) {
  const at = (instant: Temporal.Instant) => formatInstant(instant, zone, t);
  return [
    { label: t("outages.from_on"), value: at(outage.from_at) },
    { label: t("outages.to_on"), value: outage.to_at === null ? t("outages.lasts") : at(outage.to_at) },
    { label: t("outages.cause"), value: outage.cause },
    { label: t("outages.kind"), value: t(`outages.kind_${outage.kind}`) },
    ...(outage.announced_at === null ? [] : [{ label: t("outages.notice"), value: noticeWords(t, outage) }]),
    { label: t("outages.scope"), value: placeWords(t, outage) },
    { label: t("outages.connections"), value: String(outage.connections) },
  ];
}

/** A file holds the outage beside each subscriber, so that it stands for itself. */
function outageColumns(outage: OutageListRow, zone: string): ListColumn<OutageReportRow>[] {
  const at = (instant: Temporal.Instant | null) =>
    instant?.toZonedDateTimeISO(zone).toString({ smallestUnit: "minute", timeZoneName: "never" }) ?? "";
  const place = outage.site_name ?? outage.router_name ?? outage.scope;
  const facts: [string, string][] = [
    ["Began", at(outage.from_at)],
    ["Ended", at(outage.to_at)],
    ["Cause", outage.cause],
    ["Kind", outage.kind],
    ["Place", place],
    ["Subscribers", String(outage.connections)],
    ["Announced", at(outage.announced_at)],
    ["Taken back", outage.take_back_reason ?? ""],
  ];
  return facts.map(([head, value]) => ({ head, csv: () => value }));
}

function minuteColumns(t: Translate): ListColumn<OutageReportRow>[] {
  const minutes = (
    id: "minutes" | "fault_minutes" | "planned_minutes" | "force_majeure_minutes",
    head: string,
    csvHead: string,
  ): ListColumn<OutageReportRow> => ({
    id,
    head,
    csvHead,
    kind: "number",
    cell: (row) =>
      row[id] === 0
        ? ""
        : t("outages.minutes_value", { hours: Math.floor(row[id] / 60), minutes: row[id] % 60 }),
    csv: (row) => String(row[id]),
    minor: id !== "minutes",
  });
  return [
    {
      id: "subscriber",
      head: t("tables.subscriber"),
      cell: (row) => <span class="clip">{row.name}</span>,
      csv: (row) => row.name,
      sortBy: "name",
      phone: "line",
    },
    { head: t("tables.account"), csv: (row) => row.account_number },
    {
      id: "ppp",
      head: t("outages.connection"),
      cell: (row) => <CodeText>{row.ppp_name}</CodeText>,
      csv: (row) => row.ppp_name,
    },
    {
      id: "outages",
      head: t("outages.list"),
      kind: "number",
      cell: (row) => String(row.outages),
      csv: (row) => String(row.outages),
      minor: true,
    },
    minutes("minutes", t("outages.minutes"), "Minutes without service"),
    minutes("fault_minutes", t("outages.kind_fault"), "Fault minutes"),
    minutes("planned_minutes", t("outages.kind_scheduled"), "Planned minutes"),
    minutes("force_majeure_minutes", t("outages.kind_force_majeure"), "Force majeure minutes"),
  ];
}
