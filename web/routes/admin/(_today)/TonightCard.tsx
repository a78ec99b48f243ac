import { formatDate } from "@/shared/calendar/mod.ts";
import { centavos, formatPeso } from "@/shared/money/mod.ts";
import { LinkButton } from "@/web/components/form/Button.tsx";
import { Card } from "@/web/components/facts/Card.tsx";
import { useT } from "@/web/components/i18n.ts";
import { FactList } from "@/web/components/facts/FactList.tsx";
import { Pill } from "@/web/components/facts/Pill.tsx";
import { formatCount } from "@/web/format.ts";
import type { TodayFigures } from "@/web/store/live/today.ts";
import { address, type PageMoment } from "@/web/app/frame/page_context.ts";
import { cutWords } from "../runs/(_parts)/cut_words.ts";
import { runState } from "../tonight/(_parts)/words.ts";
import { cutTime } from "./day_words.ts";

/** Sites with a line of their own; with more of them the list itself is the better place. */
const SITES_MAX = 5;

/** Who will be cut, for how much, when and where; every figure leads to its part of the list. */
export function TonightCard({ figures, moment }: { figures: TodayFigures; moment: PageMoment }) {
  const t = useT();
  const { tonight, needsYou } = figures;
  const isClockDoubted = needsYou.some(({ kind }) => kind === "clock_jump" || kind === "clock_gap");
  const { count, amountCentavos, sites, held, excluded, run, last } = tonight;
  const isStopped = run?.status === "awaiting_approval";
  const state = run === null ? null : runState(t, run);
  const aside = state !== null && <Pill tone={state.tone}>{state.word}</Pill>;
  const when = cutTime(tonight, moment, t);
  return (
    <Card
      title={t("today.tonight")}
      aside={aside}
      foot={
        <>
          <LinkButton kind={count > 0 ? "primary" : "default"} href="/admin/tonight">
            {t("today.tonight_look")}
          </LinkButton>
          <a href="/admin/runs?kind=cut">{t("today.tonight_earlier")}</a>
        </>
      }
    >
      {isClockDoubted
        ? <p>{t("tonight.clock_stopped")}.</p>
        : count === 0
        ? <p>{t("today.tonight_nobody", { when })}</p>
        : (
          <a class="figure" href="/admin/tonight">
            <b>{formatCount(count)}</b>
            <span>
              {t(isStopped ? "today.tonight_waits" : "today.tonight_cut", { n: count, when })}{" "}
              <strong class="money">{formatPeso(centavos(amountCentavos))}</strong> {t("today.past_grace")}
            </span>
          </a>
        )}
      <FactList
        sum
        facts={[
          ...(sites.length > 1 && sites.length <= SITES_MAX ? sites : []).map((site) => ({
            label: `${site.siteName}, ${formatPeso(centavos(site.amountCentavos))}`,
            value: (
              <a href={address("/admin/tonight", { site: site.siteId })}>
                {formatCount(site.count)}
              </a>
            ),
          })),
          {
            label: t("today.tonight_held"),
            value: <a href="/admin/tonight?view=held">{formatCount(held)}</a>,
          },
          ...(excluded > 0
            ? [{
              label: t("today.tonight_excluded"),
              value: <a href="/admin/tonight?view=excluded">{formatCount(excluded)}</a>,
            }]
            : []),
          ...(last === null ? [] : [{
            label: t("tonight.cut_run_of", { day: formatDate(last.run.business_on, t.locale) }),
            value: <a href={`/admin/runs/${last.run.id}`}>{cutWords(t, last.cuts)}</a>,
          }]),
        ]}
      />
    </Card>
  );
}
