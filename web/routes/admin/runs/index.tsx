import { formatDate } from "@/shared/calendar/mod.ts";
import { centavos, formatCentavosPlain } from "@/shared/money/mod.ts";
import type { ListColumn } from "@/web/app/list/list_types.ts";
import { may } from "@/web/app/frame/page_context.ts";
import { define } from "@/web/app/state.ts";
import { LinkButton } from "@/web/components/form/Button.tsx";
import { EmptyState } from "@/web/components/facts/EmptyState.tsx";
import { type ListFrame, listHref } from "@/web/components/list/list_frame.ts";
import { Money } from "@/web/components/facts/Money.tsx";
import { Pill } from "@/web/components/facts/Pill.tsx";
import { formatCount } from "@/web/format.ts";
import type { Translate } from "@/web/messages/mod.ts";
import { runsQuery } from "@/web/route_table/tonight.ts";
import type { RunRow } from "@/web/store/billing/runs.ts";
import { countRuns, listRunPage } from "@/web/store/billing/runs_page.ts";
import { countCutStages, type CutCounts, type CutStage } from "@/web/store/cuts/cut_stages.ts";
import { runState } from "../tonight/(_parts)/words.ts";
import { cutWords } from "./(_parts)/cut_words.ts";
import { startedBy } from "./(_parts)/run_words.ts";

/** A run with what its cuts have become on the routers. */
type ListedRun = RunRow & { cuts: CutCounts | null };

const isCut = (run: RunRow) => run.kind === "cut" && run.changed > 0;

export const list = define.list({
  name: "runs",
  path: () => "/admin/runs",
  query: runsQuery,
  // Most nights nothing is due: those runs are kept, and shown when asked for.
  filter: ({ query }) => ({ kind: query.kind, withWork: query.days !== "all" }),
  count: (trx, filter) => countRuns(trx, filter),
  read: async (trx, filter, page) => {
    const runs = await listRunPage(trx, filter, page);
    const cuts = await countCutStages(trx, runs.rows.filter(isCut).map(({ id }) => id));
    return { ...runs, rows: runs.rows.map((run): ListedRun => ({ ...run, cuts: cuts.get(run.id) ?? null })) };
  },
  more: () => Promise.resolve(null),
  permission: "cut_run:read",
  summary: "Bill and cut runs, newest first",
  live: ["tonight"],
  title: ({ t }) => t("tables.list_runs"),
  lead: ({ t }) => t("tables.runs_lead"),
  back: ({ t }) => ({ href: "/admin/tonight", label: t("tonight.title") }),
  actions: ({ t, state }) =>
    may(state, "bill:read") && <LinkButton href="/admin/runs/next">{t("runs.next_link")}</LinkButton>,
  total: ({ counts }) => counts,
  sort: "-day",
  columns: ({ t }) => columnsFor(t),
  table: ({ t, frame, query }) => ({
    rowHref: (run) => `/admin/runs/${run.id}`,
    chips: chipsOf(t, frame, query.kind, query.days),
    noneMatch: query.days === undefined ? t("tables.runs_none_worked") : undefined,
    empty: <EmptyState icon="list" title={t("tables.runs_none")}>{t("tables.runs_none_hint")}</EmptyState>,
  }),
});

export default list.page;
export const { handler, route } = list;

function chipsOf(t: Translate, frame: ListFrame, kind: string | undefined, days: string | undefined) {
  const chip = (label: string, value: "cut" | "bill" | undefined) => ({
    label,
    href: listHref(frame, { kind: value }),
    isCurrent: kind === value,
  });
  return [
    chip(t("tables.all_rows"), undefined),
    chip(t("tables.cut_runs"), "cut"),
    chip(t("tables.bill_runs"), "bill"),
    {
      label: t("tables.idle_days"),
      href: listHref(frame, { days: days === undefined ? "all" : undefined }),
      isCurrent: days === "all",
    },
  ];
}

/** The same in the file, a number each. */
const CSV_STAGES = [
  ["off", "Off"],
  ["waiting", "Waiting for the router"],
  ["restored", "Restored since"],
  ["stuck", "Not made"],
  ["unmanaged", "Not managed any more"],
] as const satisfies readonly (readonly [CutStage, string])[];

function columnsFor(t: Translate): ListColumn<ListedRun>[] {
  return [
    {
      head: t("tables.day"),
      cell: (run) => formatDate(run.business_on, t.locale),
      csv: (run) => run.business_on.toString(),
      fit: true,
      sortBy: "-day",
    },
    {
      id: "kind",
      head: t("tables.run"),
      cell: (run) => t(run.kind === "cut" ? "tables.cut_run" : "tables.bill_run"),
      csv: (run) => t(run.kind === "cut" ? "tables.cut_run" : "tables.bill_run"),
      fit: true,
    },
    {
      id: "state",
      head: t("tables.state"),
      cell: (run) => {
        const { word, tone } = runState(t, run);
        return <Pill tone={tone}>{word}</Pill>;
      },
      csv: (run) => runState(t, run).word,
      phone: "corner",
    },
    {
      id: "listed",
      head: t("tables.listed"),
      kind: "number",
      cell: (run) => formatCount(run.total),
      csv: (run) => String(run.total),
    },
    {
      id: "changed",
      head: t("tables.cut_or_billed"),
      kind: "number",
      cell: (run) => formatCount(run.changed),
      csv: (run) => String(run.changed),
      sortBy: "-changed",
    },
    {
      // What was decided is not what was done: a router that does not answer has made none of its cuts.
      id: "on_routers",
      head: t("tonight.on_routers"),
      cell: (run) => run.cuts !== null && cutWords(t, run.cuts),
      phone: "full",
    },
    ...CSV_STAGES.map(([stage, csvHead]): ListColumn<ListedRun> => ({
      id: stage,
      head: csvHead,
      csvHead,
      csv: (run) => run.cuts === null ? "" : String(run.cuts[stage]),
    })),
    {
      id: "kept",
      head: t("tables.kept"),
      kind: "number",
      cell: (run) => formatCount(run.skipped),
      csv: (run) => String(run.skipped),
      minor: true,
      phone: "hide",
    },
    {
      id: "failed",
      head: t("tables.failed"),
      kind: "number",
      cell: (run) => formatCount(run.failed),
      csv: (run) => String(run.failed),
      minor: true,
      phone: "hide",
    },
    {
      id: "amount",
      head: t("tables.amount"),
      kind: "money",
      cell: (run) => <Money amount={centavos(run.amount_centavos)} />,
      csv: (run) => formatCentavosPlain(centavos(run.amount_centavos)),
      sortBy: "-amount",
    },
    {
      id: "by",
      head: t("tables.started_by"),
      cell: (run) => startedBy(t, run),
      csv: (run) => startedBy(t, run),
      minor: true,
      phone: "hide",
    },
  ];
}
