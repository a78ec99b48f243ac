import { centavos, formatCentavosPlain } from "@/shared/money/mod.ts";
import type { ListColumn } from "@/web/app/list/list_types.ts";
import type { PageMoment } from "@/web/app/frame/page_context.ts";
import { timeOf } from "@/web/app/words/page_words.ts";
import { ReadAge } from "@/web/components/facts/CommandStatus.tsx";
import { CodeText } from "@/web/components/facts/CopyBlock.tsx";
import { useT } from "@/web/components/i18n.ts";
import { Money } from "@/web/components/facts/Money.tsx";
import { Pill } from "@/web/components/facts/Pill.tsx";
import { StoredText } from "@/web/components/facts/StoredText.tsx";
import { storedText } from "@/web/messages/coded_text.ts";
import type { Translate } from "@/web/messages/mod.ts";
import type { RunDecision, RunRow } from "@/web/store/billing/runs.ts";
import type { RunDecisionRow } from "@/web/store/billing/runs_page.ts";
import type { CutEvidence } from "@/web/store/cuts/tonight_page.ts";
import { readBackOf } from "./read_back.ts";
import { OUTCOME_TONES } from "./run_words.ts";

/** A run, how many rows had which outcome, and what the routers say of those that it cut. */
export interface RunEvidence {
  run: RunRow;
  /** Connections that a bill run under way has still to look at. */
  left: number;
  outcomes: Partial<Record<RunDecision["outcome"], number>>;
  evidence: Map<string, CutEvidence>;
}

type RowColumn = ListColumn<RunDecisionRow>;

/** What was decided about each row, why, and what the router says. Bills have nothing to do with a router. */
export function columnsFor(
  t: Translate,
  { run, evidence }: RunEvidence,
  moment: PageMoment,
): RowColumn[] {
  const isCut = run.kind === "cut";
  return [
    {
      head: t("tables.subscriber"),
      cell: (row) => row.name,
      csvHead: "Name",
      csv: (row) => row.name,
      sortBy: "name",
    },
    { head: "Account", csv: (row) => row.account_number },
    { head: "PPPoE user", csv: (row) => row.ppp_name },
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
      csvHead: "Outcome",
      csv: (row) => t(`words.outcome_${row.outcome}`),
      phone: "corner",
    },
    {
      id: "why",
      head: t("tables.why"),
      cell: (row) => <StoredText text={row.reason} />,
      csvHead: "Why",
      csv: (row) => storedText(t, row.reason),
      phone: "full",
    },
    {
      id: "amount",
      head: t(isCut ? "tables.past_grace" : "tables.billed"),
      kind: "money",
      sortBy: "-amount",
      cell: (row) => <Money amount={centavos(row.balance_centavos)} />,
      csvHead: "Amount",
      csv: (row) => formatCentavosPlain(centavos(row.balance_centavos)),
    },
    { head: "Cut on", csv: (row) => row.cut_on?.toString() ?? "" },
    { head: "Decided at", csv: (row) => row.decided_at?.toString({ smallestUnit: "second" }) ?? "" },
    {
      id: "router",
      head: t("tables.router"),
      ...(isCut && { cell: (row) => <RouterCell row={row} /> }),
      csvHead: "Router",
      csv: (row) => row.router_name,
    },
    ...readBackColumns(t, evidence, moment, isCut && evidence.size > 0),
  ];
}

function RouterCell({ row }: { row: RunDecisionRow }) {
  return (
    <>
      {row.router_name}
      <div class="note">
        <CodeText>{row.ppp_name}</CodeText>
      </div>
    </>
  );
}

/** On the page one column where there is anything to read back, in the file always two. */
function readBackColumns(
  t: Translate,
  evidence: Map<string, CutEvidence>,
  moment: PageMoment,
  isShown: boolean,
): RowColumn[] {
  const readBack = (row: RunDecisionRow) => {
    const seen = evidence.get(row.subscription_id);
    return seen === undefined ? null : readBackOf(t, seen);
  };
  return [
    {
      id: "read_back",
      head: t("tables.read_back"),
      phone: "full",
      ...(isShown && {
        cell: (row) => <ReadBackCell evidence={evidence.get(row.subscription_id)} moment={moment} />,
      }),
      csvHead: "Read back",
      csv: (row) => readBack(row)?.word ?? "",
    },
    { head: "Read back detail", csv: (row) => readBack(row)?.detail ?? "" },
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
