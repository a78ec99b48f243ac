import { centavos, formatPeso } from "@/shared/money/mod.ts";
import { LinkButton } from "@/web/components/Button.tsx";
import { Card } from "@/web/components/Card.tsx";
import { Pill } from "@/web/components/Pill.tsx";
import { formatCount } from "@/web/format.ts";
import type { TodayFigures } from "@/web/store/today.ts";
import type { PageMoment } from "../(_billing)/page_context.ts";
import { dayWords, runState, whenWords } from "../tonight/(_parts)/words.ts";

/** `9 will be cut tomorrow, Tue 24 Nov, 09:00 · ₱13,491.00`, with the way to the list. */
export function TonightCard({ figures, moment }: { figures: TodayFigures; moment: PageMoment }) {
  const { count, amountCentavos, businessOn, at, run } = figures.tonight;
  const when = whenWords(businessOn, at, moment.today);
  const isStopped = run?.status === "awaiting_approval";
  const state = run === null ? null : runState(run);
  return (
    <Card
      title="Tonight"
      aside={state !== null && <Pill tone={state.tone}>{state.word}</Pill>}
      foot={
        <>
          <LinkButton kind={count > 0 ? "primary" : "default"} href="/admin/tonight">
            Look at the list
          </LinkButton>
          <a href="/admin/runs?kind=cut">Earlier runs</a>
        </>
      }
    >
      <p>
        {count === 0 ? `Nobody will be cut ${when}.` : (
          <>
            <strong>{`${formatCount(count)} ${isStopped ? "wait for approval" : "will be cut"}`}</strong>
            {isStopped ? `, the list of ${dayWords(businessOn)} · ` : ` ${when} · `}
            <strong class="money">{formatPeso(centavos(amountCentavos))}</strong>
          </>
        )}
      </p>
    </Card>
  );
}
