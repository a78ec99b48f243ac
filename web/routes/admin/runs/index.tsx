import { page } from "fresh";
import { formatDate } from "@/shared/calendar/mod.ts";
import { centavos } from "@/shared/money/mod.ts";
import { readInput } from "@/web/app/input.ts";
import { define } from "@/web/app/state.ts";
import { LinkButton } from "@/web/components/Button.tsx";
import { EmptyState } from "@/web/components/EmptyState.tsx";
import { type ListFrame, listHref } from "@/web/components/list_frame.ts";
import { ListTable } from "@/web/components/ListTable.tsx";
import { Money } from "@/web/components/Money.tsx";
import { PageHeader } from "@/web/components/PageHeader.tsx";
import { Pill } from "@/web/components/Pill.tsx";
import type { Column } from "@/web/components/table_columns.ts";
import { formatCount } from "@/web/format.ts";
import type { Translate } from "@/web/messages/mod.ts";
import { runsQuery } from "@/web/route_table/tonight.ts";
import type { RunRow } from "@/web/store/billing/runs.ts";
import { countRuns, listRunPage } from "@/web/store/billing/runs_page.ts";
import { readPage } from "@/web/app/page_context.ts";
import { pageOf, readFrame } from "../(_lists)/frame.ts";
import { runState } from "../tonight/(_parts)/words.ts";
import { startedBy } from "./(_parts)/run_words.ts";
import type { RouteEntries } from "@/web/app/route_table.ts";

const PATH = "/admin/runs";

export default define.page<typeof handler>(function RunsPage({ data, state }) {
  const { frame, query } = data;
  const { t } = state;
  return (
    <>
      <PageHeader
        title={t("tables.list_runs")}
        back={{ href: "/admin/tonight", label: t("tonight.title") }}
        lead={t("tables.runs_lead")}
        actions={
          <LinkButton icon="export" href={listHref({ ...frame, path: `${PATH}.csv` }, { per: undefined })}>
            CSV
          </LinkButton>
        }
      />
      <ListTable
        frame={frame}
        caption={t("tables.list_runs")}
        columns={columnsFor(t)}
        rows={data.rows}
        rowHref={(run) => `${PATH}/${run.id}`}
        next={data.next}
        previous={data.previous}
        total={data.total}
        sort="-day"
        chips={chipsOf(t, frame, query.kind, query.days)}
        noneMatch={query.days === undefined ? t("tables.runs_none_worked") : undefined}
        empty={
          <EmptyState icon="list" title={t("tables.runs_none")}>{t("tables.runs_none_hint")}</EmptyState>
        }
      />
    </>
  );
});

export const route: RouteEntries = {
  GET: {
    audience: "staff",
    permission: "cut_run:read",
    input: runsQuery,
    summary: "Bill and cut runs, newest first",
  },
};

export const handler = define.handlers({
  async GET(ctx) {
    const { state } = ctx;
    state.title = state.t("tables.list_runs");
    state.live = ["tonight"];
    const query = readInput(state, runsQuery);
    // Most nights nothing is due: those runs are kept, and shown when asked for.
    const filter = { kind: query.kind, withWork: query.days !== "all" };
    const data = await readPage(state, async (trx) => ({
      frame: await readFrame(trx, state, { name: "runs", path: PATH, query }),
      ...await listRunPage(trx, filter, pageOf(query)),
      total: await countRuns(trx, filter),
    }));
    return page({ ...data, query });
  },
});

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

function columnsFor(t: Translate): Column<RunRow>[] {
  return [
    {
      head: t("tables.day"),
      cell: (run) => formatDate(run.business_on, t.locale),
      fit: true,
      sortBy: "-day",
    },
    {
      id: "kind",
      head: t("tables.run"),
      cell: (run) => t(run.kind === "cut" ? "tables.cut_run" : "tables.bill_run"),
      fit: true,
    },
    {
      id: "state",
      head: t("tables.state"),
      cell: (run) => {
        const { word, tone } = runState(t, run);
        return <Pill tone={tone}>{word}</Pill>;
      },
      phone: "corner",
    },
    { id: "listed", head: t("tables.listed"), kind: "number", cell: (run) => formatCount(run.total) },
    {
      id: "changed",
      head: t("tables.cut_or_billed"),
      kind: "number",
      cell: (run) => formatCount(run.changed),
      sortBy: "-changed",
    },
    {
      id: "kept",
      head: t("tables.kept"),
      kind: "number",
      cell: (run) => formatCount(run.skipped),
      minor: true,
      phone: "hide",
    },
    {
      id: "failed",
      head: t("tables.failed"),
      kind: "number",
      cell: (run) => formatCount(run.failed),
      minor: true,
      phone: "hide",
    },
    {
      id: "amount",
      head: t("tables.amount"),
      kind: "money",
      cell: (run) => <Money amount={centavos(run.amount_centavos)} />,
      sortBy: "-amount",
    },
    { id: "by", head: t("tables.started_by"), cell: (run) => startedBy(t, run), minor: true, phone: "hide" },
  ];
}
