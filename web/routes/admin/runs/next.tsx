import { formatPeso } from "@/shared/money/mod.ts";
import { beginSentence } from "@/shared/text/mod.ts";
import type { ListParts } from "@/web/app/list/list_types.ts";
import { activeFilters } from "@/web/app/list/active.ts";
import { pageOfRows } from "@/web/app/list/page_of_rows.ts";
import { may, type PageMoment } from "@/web/app/frame/page_context.ts";
import { type AppState, define } from "@/web/app/state.ts";
import { CodeText } from "@/web/components/facts/CopyBlock.tsx";
import { EmptyState } from "@/web/components/facts/EmptyState.tsx";
import { LinkButton } from "@/web/components/form/Button.tsx";
import { Flash } from "@/web/components/frame/Flash.tsx";
import { LiveRegion } from "@/web/components/frame/LiveRegion.tsx";
import { PageHeader } from "@/web/components/frame/PageHeader.tsx";
import { Tabs } from "@/web/components/frame/Tabs.tsx";
import { type ListFrame, listHref } from "@/web/components/list/list_frame.ts";
import { BILL_ANOMALIES } from "@/web/domain/billing/mod.ts";
import type { Translate } from "@/web/messages/mod.ts";
import { nextRunQuery } from "@/web/route_table/tonight.ts";
import { BILL_TIME } from "@/web/services/billing/run_due_days.ts";
import { dayWords, whenWords } from "../tonight/(_parts)/words.ts";
import { loadNextRun, type NextRun } from "./(_parts)/load_next_run.ts";
import { columnsFor } from "./(_parts)/next_run_columns.tsx";
import { NextRunFigures } from "./(_parts)/NextRunFigures.tsx";

export const list = define.list({
  name: "next_run",
  path: () => "/admin/runs/next",
  query: nextRunQuery,
  filter: ({ query }) => query,
  count: () => Promise.resolve(null),
  // All bills are planned at once: figures and rows come from one reading.
  more: (trx, { moment, query }) => loadNextRun(trx, moment, query),
  read: (_trx, _filter, page, { more: { rows } }) =>
    Promise.resolve(pageOfRows(rows, (row) => row.key, page)),
  permission: "bill:read",
  summary: "What a bill run to come would issue, and what is odd about it",
  live: ["money"],
  title: ({ t }) => t("runs.next_title"),
  total: ({ more: { rows } }) => rows.length,
  sort: "look",
  columns: ({ t, moment }) => columnsFor(t, moment.today),
  fileName: ({ more: { preview } }) => `bills-to-come-${preview?.businessOn ?? "none"}`,
  table: ({ t, frame, query: { q }, more: { preview } }) => ({
    caption: t("runs.next_title"),
    rowHref: (row) => `/admin/subscribers/${row.subscriberId}`,
    rowNote: (row) => <CodeText>{row.accountNumber}</CodeText>,
    rowId: (row) => row.key,
    chips: preview === null ? undefined : chipsOf(t, frame, preview),
    active: activeFilters(frame, { q: t("tables.by_text", { text: q ?? "" }) }, ["show", "on"]),
    search: t("tables.tonight_search"),
    empty: <EmptyState icon="ok" title={t("runs.next_none")}>{t("runs.next_none_hint")}</EmptyState>,
  }),
  page: ({ state, moment, frame, more, query: { done } }, parts) => (
    <NextRunPage state={state} moment={moment} frame={frame} next={more} done={done} parts={parts} />
  ),
});

export default list.page;
export const { handler, route } = list;

interface NextRunPageProps {
  state: AppState;
  moment: PageMoment;
  frame: ListFrame;
  next: NextRun;
  done: string | undefined;
  parts: ListParts;
}

function NextRunPage(
  { state, moment, frame, next: { preview, days, fees, decisions }, done, parts }: NextRunPageProps,
) {
  const { t } = state;
  return (
    <>
      <LiveRegion id="next-run-head">
        <PageHeader
          title={t("runs.next_title")}
          back={{ href: "/admin/runs", label: t("tables.list_runs") }}
          lead={preview === null ? t("runs.next_none") : (
            <>
              {`${beginSentence(whenWords(t, preview.businessOn, BILL_TIME, moment.today))}: `}
              <strong>{t("runs.bills_of", { n: preview.bills })}</strong>
              {", "}
              <strong class="money">{formatPeso(preview.amountCentavos)}</strong>
              {fees.count > 0 && (
                <>
                  {", "}
                  {t("runs.and_fees", { n: fees.count, amount: formatPeso(fees.amountCentavos) })}
                </>
              )}
            </>
          )}
          actions={
            <>
              {may(state, "settings:write") && (
                <LinkButton href="/admin/runs/approval">
                  {t("runs.approval_link", { approval: moment.tenant.bill_approval })}
                </LinkButton>
              )}
              {decisions > 0 && (
                <LinkButton href="/admin/decisions">{t("runs.decisions_link", { n: decisions })}</LinkButton>
              )}
              {parts.fileButton}
            </>
          }
        />
      </LiveRegion>
      <Flash done={done} messages={{ approval_set: t("runs.approval_set") }} />
      <LiveRegion id="next-run">
        {preview !== null && days.length > 1 && (
          <Tabs
            label={t("runs.days")}
            tabs={days.map(({ day, connections }, i) => ({
              label: dayWords(day, t.locale),
              href: listHref(frame, { on: i === 0 ? undefined : day.toString(), show: undefined }),
              count: connections,
              isCurrent: day.equals(preview.businessOn),
            }))}
          />
        )}
        {preview !== null && <NextRunFigures preview={preview} frame={frame} />}
      </LiveRegion>
      {parts.table}
      <p class="note">{t("runs.next_note")}</p>
    </>
  );
}

function chipsOf(t: Translate, frame: ListFrame, preview: NonNullable<NextRun["preview"]>) {
  const chip = (label: string, show: string | undefined, count: number) => ({
    label,
    href: listHref(frame, { show }),
    count,
    isCurrent: frame.query.show === show,
  });
  return [
    chip(t("tables.all_rows"), undefined, preview.rows.length),
    chip(t("runs.unusual"), "unusual", preview.unusual),
    ...BILL_ANOMALIES.filter((one) => preview.counts[one] > 0 || frame.query.show === one)
      .map((one) => chip(t(`runs.anomaly_${one}`), one, preview.counts[one])),
  ];
}
