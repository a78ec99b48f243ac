import { centavos, formatPeso } from "@/shared/money/mod.ts";
import { Card } from "@/web/components/Card.tsx";
import { FactList } from "@/web/components/FactList.tsx";
import { Columns } from "@/web/components/Layout.tsx";
import { formatCount, formatPlural } from "@/web/format.ts";
import type { RunDecision, RunRow } from "@/web/store/runs.ts";
import type { CutEvidence } from "@/web/store/tonight_page.ts";
import { address, type PageMoment } from "../../(_billing)/page_context.ts";
import { timeOf } from "../../(_billing)/words.ts";
import { readBackOf } from "./read_back.ts";
import { OUTCOME_WORDS, OUTCOMES, startedBy } from "./run_words.ts";

interface RunFactsProps {
  run: RunRow;
  outcomes: Partial<Record<RunDecision["outcome"], number>>;
  evidence: Map<string, CutEvidence>;
  moment: PageMoment;
}

/** What the run did in figures, each a link to its rows, and who answers for it. */
export function RunFacts({ run, outcomes, evidence, moment }: RunFactsProps) {
  const seen = countReadBacks(evidence);
  const counted = OUTCOMES.filter((outcome) => (outcomes[outcome] ?? 0) > 0);
  return (
    <Columns
      even
      main={
        <Card
          title={run.kind === "bill"
            ? "What it billed"
            : run.started_at === null
            ? "What is on the list"
            : "What it decided"}
        >
          <FactList
            sum
            facts={[
              ...counted.map((outcome) => ({
                label: OUTCOME_WORDS[outcome].word,
                value: (
                  <a href={address(`/admin/runs/${run.id}`, { outcome })}>
                    {formatCount(outcomes[outcome] ?? 0)}
                  </a>
                ),
              })),
              ...(counted.length === 0 && run.changed > 0
                ? [{ label: "Billed", value: formatCount(run.changed) }]
                : []),
              ...(run.kind === "cut" && run.started_at === null ? [] : [{
                label: run.kind === "cut" ? "Owed by those who were cut" : "Billed",
                value: formatPeso(centavos(run.amount_centavos)),
                strong: true,
              }]),
            ]}
          />
        </Card>
      }
      side={
        <Card title="Who and when">
          <FactList
            facts={[
              { label: "Started by", value: startedBy(run) },
              ...(run.brake_reason === null ? [] : [{ label: "Brake", value: run.brake_reason }]),
              ...timesOf(run, moment),
              ...(evidence.size === 0 ? [] : [{ label: "On the routers", value: seen }]),
            ]}
          />
        </Card>
      }
    />
  );
}

/** When it began and ended; on a moved clock only the business day is known, and the title says that. */
function timesOf(run: RunRow, moment: PageMoment) {
  const began = run.started_at && timeOf(run.started_at, run.business_on, moment);
  const ended = run.finished_at && timeOf(run.finished_at, run.business_on, moment);
  if (began === null && ended === null) return [];
  return [{ label: "Began", value: began }, { label: "Ended", value: ended }];
}

/** `7 Done, 1 Back on, 1 Unknown` */
function countReadBacks(evidence: Map<string, CutEvidence>): string {
  const counts = new Map<string, number>();
  for (const row of evidence.values()) {
    const { word } = readBackOf(row);
    counts.set(word, (counts.get(word) ?? 0) + 1);
  }
  return [...counts].map(([word, count]) => formatPlural(count, word, word)).join(", ");
}
