import { page } from "fresh";
import { formatDate } from "@/shared/calendar/mod.ts";
import { centavos } from "@/shared/money/mod.ts";
import { readInput } from "@/web/app/input.ts";
import { define } from "@/web/app/state.ts";
import { LinkButton } from "@/web/components/Button.tsx";
import { DataTable } from "@/web/components/DataTable.tsx";
import { EmptyState } from "@/web/components/EmptyState.tsx";
import { FilterBar } from "@/web/components/FilterBar.tsx";
import { LiveRegion } from "@/web/components/LiveRegion.tsx";
import { Money } from "@/web/components/Money.tsx";
import { PageHeader } from "@/web/components/PageHeader.tsx";
import { Pill } from "@/web/components/Pill.tsx";
import type { Column } from "@/web/components/table_columns.ts";
import { formatCount } from "@/web/format.ts";
import { runsQuery } from "@/web/route_table/tonight.ts";
import { listRuns, type RunRow } from "@/web/store/runs.ts";
import { address, readPage } from "../(_billing)/page_context.ts";
import { runState } from "../tonight/(_parts)/words.ts";
import { startedBy } from "./(_parts)/run_words.ts";

const PATH = "/admin/runs";
const ROWS_MAX = 200;

export default define.page<typeof handler>(function RunsPage({ data: { runs, kind, days } }) {
  return (
    <>
      <PageHeader
        title="Runs"
        back={{ href: "/admin/tonight", label: "Tonight" }}
        lead="What each bill run and each cut run did, newest first. Open one for the evidence row by row."
      />
      <LiveRegion id="runs" isList>
        <DataTable
          caption="Runs, newest first"
          rows={runs}
          rowHref={(run) => `${PATH}/${run.id}`}
          columns={COLUMNS}
          toolbar={
            <FilterBar
              chips={[
                { label: "All", href: address(PATH, { days }), isCurrent: kind === undefined },
                { label: "Cut runs", href: address(PATH, { kind: "cut", days }), isCurrent: kind === "cut" },
                {
                  label: "Bill runs",
                  href: address(PATH, { kind: "bill", days }),
                  isCurrent: kind === "bill",
                },
                {
                  label: "Days without work too",
                  href: address(PATH, { kind, days: days === undefined ? "all" : undefined }),
                  isCurrent: days === "all",
                },
              ]}
            />
          }
          empty={
            <EmptyState
              icon="list"
              title="No run yet"
              actions={kind !== undefined && <LinkButton href={PATH}>Show all runs</LinkButton>}
            >
              Bills are issued and the list of Tonight is made every night after 00:05.
            </EmptyState>
          }
        />
      </LiveRegion>
      <p class="note">{`Only the newest ${ROWS_MAX} runs are listed.`}</p>
    </>
  );
});

export const handler = define.handlers({
  async GET(ctx) {
    ctx.state.title = "Runs";
    ctx.state.live = ["tonight"];
    const { kind, days } = readInput(ctx.state, runsQuery);
    const runs = await readPage(
      ctx.state,
      (trx) => listRuns(trx, kind === undefined ? {} : { kind }, ROWS_MAX),
    );
    return page({ runs: days === "all" ? runs : runs.filter(hasWork), kind, days });
  },
});

/** Most nights nothing is due: those runs are kept, and shown when asked for. */
function hasWork(run: RunRow): boolean {
  return run.total > 0 || run.changed > 0 || run.failed > 0 || run.status !== "done";
}

const COLUMNS: Column<RunRow>[] = [
  { head: "Day", cell: (run) => formatDate(run.business_on), fit: true },
  { head: "Run", cell: (run) => run.kind === "cut" ? "Cut run" : "Bill run", fit: true },
  {
    head: "State",
    cell: (run) => {
      const { word, tone } = runState(run);
      return <Pill tone={tone}>{word}</Pill>;
    },
    phone: "corner",
  },
  { head: "Listed", kind: "number", cell: (run) => formatCount(run.total) },
  { head: "Cut or billed", kind: "number", cell: (run) => formatCount(run.changed) },
  { head: "Kept", kind: "number", cell: (run) => formatCount(run.skipped), minor: true },
  { head: "Failed", kind: "number", cell: (run) => formatCount(run.failed), minor: true, phone: "hide" },
  { head: "Amount", kind: "money", cell: (run) => <Money amount={centavos(run.amount_centavos)} /> },
  { head: "Started by", cell: startedBy, minor: true },
];
