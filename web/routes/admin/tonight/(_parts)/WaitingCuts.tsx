import { Banner } from "@/web/components/facts/Banner.tsx";
import { useT } from "@/web/components/i18n.ts";
import { compareSorted } from "@/shared/text/mod.ts";
import type { Translate } from "@/web/messages/mod.ts";
import type { PageMoment } from "@/web/app/frame/page_context.ts";
import { cutWindowEnd } from "@/web/domain/cuts/mod.ts";
import type { RouterReach } from "@/web/store/cuts/router_reach.ts";
import { clockWords, peopleWords } from "./words.ts";

/** Why cuts wait, each with what is said of it. A router that is away is away, whoever found that out. */
const WHY = [
  { word: "away", of: ["unknown", "unreachable"] },
  { word: "asks", of: ["asks"] },
  { word: "uplink_down", of: ["uplink_down"] },
] as const satisfies readonly { word: string; of: readonly RouterReach[] }[];

interface WaitingCutsProps {
  /** Cuts that are not made yet, each with its router. */
  cuts: readonly { routerName: string; reach: RouterReach }[];
  moment: Pick<PageMoment, "tenant">;
}

/** Which routers make no cuts now and why, with how many people that is; nothing while all of them do. */
export function WaitingCuts({ cuts, moment }: WaitingCutsProps) {
  const t = useT();
  const groups = WHY.map(({ word, of }) => ({
    word,
    waiting: cuts.filter(({ reach }) => of.some((one) => one === reach)),
  })).filter(({ waiting }) => waiting.length > 0);
  return (
    <>
      {groups.map(({ word, waiting }, at) => {
        const routers = [...new Set(waiting.map(({ routerName }) => routerName))].sort(compareSorted);
        const title = t(`tonight.waits_${word}`, {
          people: peopleWords(t, waiting.length),
          routers: routers.join(", "),
        });
        return (
          <Banner key={word} tone={word === "away" ? "info" : "warn"} title={title}>
            {at === groups.length - 1 && waitingWords(t, moment)}
          </Banner>
        );
      })}
    </>
  );
}

/** Until when a cut waits; the rule is `whenToCut`. */
export function waitingWords(t: Translate, { tenant }: Pick<PageMoment, "tenant">): string {
  const from = Temporal.PlainTime.from(tenant.cut_time);
  return t("tonight.cuts_wait", { from: clockWords(from), to: clockWords(cutWindowEnd(from)) });
}
