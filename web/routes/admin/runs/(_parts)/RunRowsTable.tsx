import { centavos } from "@/shared/money/mod.ts";
import { ReadAge } from "@/web/components/CommandStatus.tsx";
import { CodeText } from "@/web/components/CopyBlock.tsx";
import { DataTable } from "@/web/components/DataTable.tsx";
import { EmptyState } from "@/web/components/EmptyState.tsx";
import { LinkButton } from "@/web/components/Button.tsx";
import { FilterBar } from "@/web/components/FilterBar.tsx";
import { Money } from "@/web/components/Money.tsx";
import { Pager } from "@/web/components/Pager.tsx";
import { Pill } from "@/web/components/Pill.tsx";
import type { Column } from "@/web/components/table_columns.ts";
import { formatPlural } from "@/web/format.ts";
import type { Page } from "@/web/store/keyset.ts";
import type { RunDecision, RunDecisionRow, RunRow } from "@/web/store/runs.ts";
import type { CutEvidence } from "@/web/store/tonight_page.ts";
import { address, type PageMoment } from "../../(_billing)/page_context.ts";
import { timeOf } from "../../(_billing)/words.ts";
import { readBackOf } from "./read_back.ts";
import { OUTCOME_WORDS, OUTCOMES } from "./run_words.ts";

interface RunRowsData {
  run: RunRow;
  outcomes: Partial<Record<RunDecision["outcome"], number>>;
  list: Page<RunDecisionRow>;
  evidence: Map<string, CutEvidence>;
  outcome: RunDecision["outcome"] | undefined;
  moment: PageMoment;
}

/** The evidence of a run: what was decided about each row, why, and what the router says. */
export function RunRowsTable({ data }: { data: RunRowsData }) {
  const { run, outcomes, list, outcome } = data;
  const path = `/admin/runs/${run.id}`;
  const total = Object.values(outcomes).reduce((sum, count) => sum + count, 0);
  return (
    <DataTable
      caption="Rows of the run"
      rows={list.rows}
      rowHref={(row) => `/admin/subscribers/${row.subscriber_id}`}
      rowNote={(row) => <CodeText>{row.account_number}</CodeText>}
      columns={columnsFor(data)}
      toolbar={total > 0 && (
        <FilterBar
          chips={[
            { label: "All", href: path, count: total, isCurrent: outcome === undefined },
            ...OUTCOMES.filter((one) => (outcomes[one] ?? 0) > 0 || one === outcome).map((one) => ({
              label: OUTCOME_WORDS[one].word,
              href: address(path, { outcome: one }),
              count: outcomes[one] ?? 0,
              isCurrent: one === outcome,
            })),
          ]}
        />
      )}
      empty={
        <EmptyState
          icon="list"
          title={total > 0 ? "No row matches" : "This run had no rows"}
          actions={total > 0 && <LinkButton href={path}>Show all rows</LinkButton>}
        >
          {total === 0 &&
            (run.kind === "cut" ? "Nobody had debt past grace that day." : "No period ended that day.")}
        </EmptyState>
      }
      foot={list.rows.length > 0 && (list.next !== null || list.previous !== null) && (
        <Pager
          summary={`${formatPlural(list.rows.length, "row")} on this page`}
          previousHref={list.previous === null
            ? undefined
            : address(path, { outcome, before: list.previous })}
          nextHref={list.next === null ? undefined : address(path, { outcome, after: list.next })}
        />
      )}
    />
  );
}

function columnsFor({ run, evidence, moment }: RunRowsData): Column<RunDecisionRow>[] {
  const columns: Column<RunDecisionRow>[] = [
    { head: "Subscriber", cell: (row) => row.name },
    {
      head: "Outcome",
      cell: (row) => (
        <>
          <Pill tone={OUTCOME_WORDS[row.outcome].tone}>{OUTCOME_WORDS[row.outcome].word}</Pill>
          <div class="note nowrap">
            {row.decided_at !== null
              ? timeOf(row.decided_at, run.business_on, moment)
              : row.outcome !== "listed" && "when listed"}
          </div>
        </>
      ),
      phone: "corner",
    },
    { head: "Why", cell: (row) => row.reason, phone: "full" },
    {
      head: run.kind === "cut" ? "Past grace" : "Billed",
      kind: "money",
      cell: (row) => <Money amount={centavos(row.balance_centavos)} />,
    },
  ];
  if (run.kind === "bill") return columns;
  return [
    ...columns,
    {
      head: "Router",
      cell: (row) => (
        <>
          {row.router_name}
          <div class="note">
            <CodeText>{row.ppp_name}</CodeText>
          </div>
        </>
      ),
    },
    ...(evidence.size === 0 ? [] : [{
      head: "Read back",
      phone: "full" as const,
      cell: (row: RunDecisionRow) => (
        <ReadBackCell evidence={evidence.get(row.subscription_id)} moment={moment} />
      ),
    }]),
  ];
}

function ReadBackCell({ evidence, moment }: { evidence: CutEvidence | undefined; moment: PageMoment }) {
  if (evidence === undefined) return null;
  const { word, tone, detail, readAt } = readBackOf(evidence);
  return (
    <>
      <Pill tone={tone}>{word}</Pill>
      <div class="note">
        {detail} {readAt && <ReadAge at={readAt} now={moment.now} timeZone={moment.zone} />}
      </div>
    </>
  );
}
