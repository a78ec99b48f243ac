import type { z } from "zod";
import { activeFilters } from "@/web/app/list/active.ts";
import { SPAN_NAMES, SpanFields, spanWords } from "@/web/app/list/span.tsx";
import { found, may, type PageMoment } from "@/web/app/frame/page_context.ts";
import { define } from "@/web/app/state.ts";
import type { AppState } from "@/web/app/state.ts";
import { LinkButton } from "@/web/components/form/Button.tsx";
import { EmptyState } from "@/web/components/facts/EmptyState.tsx";
import { Flash } from "@/web/components/frame/Flash.tsx";
import { type ListFrame, listHref } from "@/web/components/list/list_frame.ts";
import { SECURITY_KINDS } from "@/web/domain/access/mod.ts";
import { formatCount, formatInstant } from "@/web/format.ts";
import { codesSaying } from "@/web/messages/find_codes.ts";
import type { Translate } from "@/web/messages/mod.ts";
import { LOG_LEVELS, LOG_SOURCES, logsQuery } from "@/web/route_table/logs.ts";
import {
  COUNTED_LINES,
  countSystemLines,
  listSystemLog,
  SEARCHED_LINES,
  type SystemLogFilter,
} from "@/web/store/access/system_log_page.ts";
import { findSubscriber } from "@/web/store/subscribers/subscribers.ts";
import { columnsFor } from "./(_parts)/columns.tsx";

const PATH = "/admin/logs";

type Query = z.infer<typeof logsQuery>;

export const list = define.list({
  name: "logs",
  path: () => PATH,
  query: logsQuery,
  filter: ({ query, state, moment, t }) => filterOf(query, { state, moment, t }),
  count: () => Promise.resolve(null),
  // Not among the counts, which are kept until the audit log grows: this log grows without it.
  more: async (trx, { query, state, moment, t }) => ({
    total: await countSystemLines(trx, filterOf(query, { state, moment, t })),
    subscriber: query.subscriber === undefined
      ? undefined
      : found(await findSubscriber(trx, query.subscriber)).name,
  }),
  read: (trx, filter, page) => listSystemLog(trx, filter, page),
  permission: "system_log:read",
  summary: "System Logs: what went wrong, and what else a person may look for",
  live: ["log"],
  title: ({ t }) => t("log.title"),
  lead: ({ t, moment }) => keptWords(t, moment),
  actions: ({ t, state }) =>
    may(state, "settings:write") && (
      <LinkButton href={`${PATH}/keep`} dialog>{t("log.keep_link")}</LinkButton>
    ),
  above: ({ t, query }) => <Flash done={query.done} messages={{ kept: t("log.done_kept") }} />,
  total: ({ more }) => Math.min(more.total, COUNTED_LINES),
  sort: "-time",
  columns: ({ t, moment }) => columnsFor(t, moment.zone),
  fileName: ({ moment }) => `system-log-${moment.today}`,
  table: ({ t, frame, query, more }) => ({
    isMore: more.total > COUNTED_LINES,
    chips: chipsOf(t, frame, query),
    active: activeFilters(frame, {
      q: t("tables.by_text", { text: query.q ?? "" }),
      source: query.source && t(`log.source_${query.source}`),
      subscriber: t("tables.by_subscriber", { name: more.subscriber ?? "?" }),
      ...spanWords(t, query),
    }, ["level"]),
    search: t("log.search"),
    selects: ["source", ...SPAN_NAMES],
    folds: true,
    children: (
      <>
        <select class="input input-short" name="source" aria-label={t("log.source")}>
          <option value="">{t("log.all_sources")}</option>
          {LOG_SOURCES.map((source) => (
            <option value={source} selected={query.source === source}>{t(`log.source_${source}`)}</option>
          ))}
        </select>
        <SpanFields span={query} />
      </>
    ),
    noneMatch: query.q === undefined
      ? undefined
      : t("log.none_match", { text: query.q, n: formatCount(SEARCHED_LINES) }),
    empty: <EmptyState icon="list" title={t("log.none")}>{t("log.none_hint")}</EmptyState>,
  }),
});

export default list.page;
export const { handler, route } = list;

/** The filter of an address; its days are those of the company. */
function filterOf(
  query: Query,
  { state, moment, t }: { state: AppState; moment: PageMoment; t: Translate },
): SystemLogFilter {
  const text = query.q?.trim().toLowerCase() ?? "";
  const startOf = (day: Temporal.PlainDate) => day.toZonedDateTime(moment.zone).toInstant();
  return {
    level: query.level,
    source: query.source,
    subscriberId: query.subscriber,
    since: query.from && startOf(query.from),
    until: query.to && startOf(query.to.add({ days: 1 })),
    search: text === "" ? undefined : {
      text,
      codes: codesSaying(t.locale, text),
      kinds: SECURITY_KINDS.filter((kind) => t(`security.kind_${kind}`).toLowerCase().includes(text)),
    },
    withSignIns: may(state, "security_log:read"),
  };
}

function chipsOf(t: Translate, frame: ListFrame, { level }: Query) {
  return [
    {
      label: t("tables.all_rows"),
      href: listHref(frame, { level: undefined }),
      isCurrent: level === undefined,
    },
    ...LOG_LEVELS.map((each) => ({
      label: t(`log.level_${each}`),
      href: listHref(frame, { level: each }),
      isCurrent: level === each,
    })),
  ];
}

/** `Kept for 180 days. Last cleaned up 26 Nov, 03:41.` */
function keptWords(t: Translate, { tenant, zone }: PageMoment): string {
  const kept = t("log.kept", { n: tenant.system_log_days });
  const cleaned = tenant.system_log_cleaned_at;
  return `${kept} ${
    cleaned === null ? t("log.never_cleaned") : t("log.cleaned", { at: formatInstant(cleaned, zone, t) })
  }`;
}
