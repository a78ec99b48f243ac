import { StoredText } from "@/web/components/facts/StoredText.tsx";
import { centavos, formatPeso } from "@/shared/money/mod.ts";
import { Card } from "@/web/components/facts/Card.tsx";
import { FactList } from "@/web/components/facts/FactList.tsx";
import { useT } from "@/web/components/i18n.ts";
import type { Translate } from "@/web/messages/mod.ts";
import { Columns } from "@/web/components/frame/Layout.tsx";
import { formatCount } from "@/web/format.ts";
import type { RunDecision, RunRow } from "@/web/store/billing/runs.ts";
import { countStages, type CutEvidence } from "@/web/store/cuts/tonight_page.ts";
import { address, type PageMoment } from "@/web/app/frame/page_context.ts";
import { timeOf } from "@/web/app/words/page_words.ts";
import { cutWords } from "./cut_words.ts";
import { OUTCOMES, startedBy } from "./run_words.ts";

interface RunFactsProps {
  run: RunRow;
  outcomes: Partial<Record<RunDecision["outcome"], number>>;
  evidence: Map<string, CutEvidence>;
  moment: PageMoment;
}

/** What the run did in figures, each a link to its rows, and who answers for it. */
export function RunFacts({ run, outcomes, evidence, moment }: RunFactsProps) {
  const t = useT();
  const counted = OUTCOMES.filter((outcome) => (outcomes[outcome] ?? 0) > 0);
  return (
    <Columns
      even
      main={
        <Card
          title={run.kind === "bill"
            ? t("tonight.what_billed")
            : run.started_at === null
            ? t("tonight.what_listed")
            : t("tonight.what_decided")}
        >
          <FactList
            sum
            facts={[
              ...counted.map((outcome) => ({
                label: t(`words.outcome_${outcome}`),
                value: (
                  <a href={address(`/admin/runs/${run.id}`, { outcome })}>
                    {formatCount(outcomes[outcome] ?? 0)}
                  </a>
                ),
              })),
              ...(counted.length === 0 && run.changed > 0
                ? [{ label: t("tables.billed"), value: formatCount(run.changed) }]
                : []),
              ...(evidence.size === 0 ? [] : [{
                label: t("tonight.on_routers"),
                value: cutWords(t, countStages(evidence)),
                strong: true,
              }]),
              ...(run.kind === "cut" && run.started_at === null ? [] : [{
                label: run.kind === "cut" ? t("tonight.owed_by_cut") : t("tables.billed"),
                value: formatPeso(centavos(run.amount_centavos)),
                strong: true,
              }]),
            ]}
          />
        </Card>
      }
      side={
        <Card title={t("tonight.who_when")}>
          <FactList
            facts={[
              { label: t("tables.started_by"), value: startedBy(t, run) },
              ...(run.brake_reason === null
                ? []
                : [{ label: t("tonight.brake"), value: <StoredText text={run.brake_reason} /> }]),
              ...timesOf(t, run, moment),
            ]}
          />
        </Card>
      }
    />
  );
}

/** When it began and ended; on a moved clock only the business day is known, and the title says that. */
function timesOf(t: Translate, run: RunRow, moment: PageMoment) {
  const began = run.started_at && timeOf(run.started_at, run.business_on, moment, t.locale);
  const ended = run.finished_at && timeOf(run.finished_at, run.business_on, moment, t.locale);
  if (began === null && ended === null) return [];
  return [{ label: t("tonight.began"), value: began }, { label: t("tonight.ended"), value: ended }];
}
