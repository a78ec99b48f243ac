import { StoredText } from "@/web/components/StoredText.tsx";
import { centavos } from "@/shared/money/mod.ts";
import { ReadAge } from "@/web/components/CommandStatus.tsx";
import { CodeText } from "@/web/components/CopyBlock.tsx";
import { EmptyState } from "@/web/components/EmptyState.tsx";
import { useT } from "@/web/components/i18n.ts";
import { type ListFrame, listHref } from "@/web/components/list_frame.ts";
import { ListTable } from "@/web/components/ListTable.tsx";
import { Money } from "@/web/components/Money.tsx";
import type { SubjectKeys } from "@/web/components/subject_keys.ts";
import { Pill } from "@/web/components/Pill.tsx";
import type { Column } from "@/web/components/table_columns.ts";
import type { Translate } from "@/web/messages/mod.ts";
import type { Page } from "@/web/store/db/keyset.ts";
import type { RunDecision, RunRow } from "@/web/store/billing/runs.ts";
import type { RunDecisionRow } from "@/web/store/billing/runs_page.ts";
import type { CutEvidence } from "@/web/store/cuts/tonight_page.ts";
import type { PageMoment } from "@/web/app/page_context.ts";
import { activeFilters } from "@/web/app/list/active.ts";
import { timeOf } from "@/web/app/page_words.ts";
import { readBackOf } from "./read_back.ts";
import { OUTCOME_TONES, OUTCOMES } from "./run_words.ts";

interface RunRowsData {
  run: RunRow;
  frame: ListFrame;
  outcomes: Partial<Record<RunDecision["outcome"], number>>;
  list: Page<RunDecisionRow>;
  evidence: Map<string, CutEvidence>;
  outcome: RunDecision["outcome"] | undefined;
  moment: PageMoment;
  keysOf: (row: RunDecisionRow) => SubjectKeys;
}

/** The evidence of a run: what was decided about each row, why, and what the router says. */
export function RunRowsTable({ data }: { data: RunRowsData }) {
  const { run, frame, outcomes, list, outcome } = data;
  const t = useT();
  const all = Object.values(outcomes).reduce((sum, count) => sum + count, 0);
  return (
    <ListTable
      frame={frame}
      caption={t("tables.run_rows")}
      rows={list.rows}
      rowHref={(row) => `/admin/subscribers/${row.subscriber_id}`}
      rowNote={(row) => <CodeText>{row.account_number}</CodeText>}
      rowId={(row) => row.subscription_id}
      rowKeys={data.keysOf}
      columns={columnsFor(t, data)}
      next={list.next}
      previous={list.previous}
      total={outcome === undefined ? all : outcomes[outcome] ?? 0}
      sort="position"
      chips={[
        {
          label: t("tables.all_rows"),
          href: listHref(frame, { outcome: undefined }),
          count: all,
          isCurrent: outcome === undefined,
        },
        ...OUTCOMES.filter((one) => (outcomes[one] ?? 0) > 0 || one === outcome).map((one) => ({
          label: t(`words.outcome_${one}`),
          href: listHref(frame, { outcome: one }),
          count: outcomes[one] ?? 0,
          isCurrent: one === outcome,
        })),
      ]}
      active={activeFilters(frame, {}, ["outcome"])}
      empty={
        <EmptyState icon="ok" title={t("tables.run_empty")}>
          {t(run.kind === "cut" ? "tables.run_empty_cut" : "tables.run_empty_bill")}
        </EmptyState>
      }
    />
  );
}

function columnsFor(t: Translate, { run, evidence, moment }: RunRowsData): Column<RunDecisionRow>[] {
  const columns: Column<RunDecisionRow>[] = [
    { head: t("tables.subscriber"), cell: (row) => row.name, sortBy: "name" },
    {
      id: "outcome",
      head: t("tables.outcome"),
      cell: (row) => (
        <>
          <Pill tone={OUTCOME_TONES[row.outcome]}>{t(`words.outcome_${row.outcome}`)}</Pill>
          <div class="note nowrap">
            {row.decided_at !== null
              ? timeOf(row.decided_at, run.business_on, moment, t.locale)
              : row.outcome !== "listed" && t("tonight.when_listed")}
          </div>
        </>
      ),
      phone: "corner",
    },
    { id: "why", head: t("tables.why"), cell: (row) => <StoredText text={row.reason} />, phone: "full" },
    {
      id: "amount",
      head: t(run.kind === "cut" ? "tables.past_grace" : "tables.billed"),
      kind: "money",
      sortBy: "-amount",
      cell: (row) => <Money amount={centavos(row.balance_centavos)} />,
    },
  ];
  if (run.kind === "bill") return columns;
  return [
    ...columns,
    {
      id: "router",
      head: t("tables.router"),
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
      id: "read_back",
      head: t("tables.read_back"),
      phone: "full" as const,
      cell: (row: RunDecisionRow) => (
        <ReadBackCell evidence={evidence.get(row.subscription_id)} moment={moment} />
      ),
    }]),
  ];
}

function ReadBackCell({ evidence, moment }: { evidence: CutEvidence | undefined; moment: PageMoment }) {
  const t = useT();
  if (evidence === undefined) return null;
  const { word, tone, detail, readAt } = readBackOf(t, evidence);
  return (
    <>
      <Pill tone={tone}>{word}</Pill>
      <div class="note">
        {detail} {readAt && <ReadAge at={readAt} now={moment.now} timeZone={moment.zone} />}
      </div>
    </>
  );
}
