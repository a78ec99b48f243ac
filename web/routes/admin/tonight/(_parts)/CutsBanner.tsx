import { parseCoded } from "@/shared/codes/mod.ts";
import { formatDate } from "@/shared/calendar/mod.ts";
import { Banner } from "@/web/components/facts/Banner.tsx";
import { LinkButton } from "@/web/components/form/Button.tsx";
import { useT } from "@/web/components/i18n.ts";
import type { Translate } from "@/web/messages/mod.ts";
import { may } from "@/web/app/frame/page_context.ts";
import type { AppState } from "@/web/app/state.ts";
import type { RunRow } from "@/web/store/billing/runs.ts";
import type { CutCounts } from "@/web/store/cuts/cut_stages.ts";
import { cutWords } from "../../runs/(_parts)/cut_words.ts";
import type { TonightPageData } from "./TonightPage.tsx";
import { WaitingCuts, waitingWords } from "./WaitingCuts.tsx";
import { peopleWords } from "./words.ts";

/** What was decided told apart from what was done: how far the last run's cuts have come. */
export function CutsBanner({ data }: { data: TonightPageData }) {
  const t = useT();
  const { moment, tonight: { lastRun, lastCuts } } = data;
  // A run that cut nobody needs no room above the list.
  const isNews = lastRun !== null && lastRun.changed > 0 &&
    (lastRun.business_on.equals(moment.today) || (lastCuts !== null && lastCuts.waiting > 0));
  if (!isNews) return null;
  return (
    <Banner
      tone={lastCuts !== null && lastCuts.waiting > 0 ? "warn" : "info"}
      title={overWords(t, lastRun, lastCuts)}
      actions={<LinkButton href={`/admin/runs/${lastRun.id}`}>{t("tonight.over_link")}</LinkButton>}
    >
      {lastCuts !== null && lastCuts.waiting > 0 && waitingWords(t, moment)}
    </Banner>
  );
}

/** What will happen to those of the list whose router makes no cuts now. Below the list: each of its rows says so too. */
export function AwayBanner({ data: { moment, tonight: { preview } } }: { data: TonightPageData }) {
  const rows = preview.rows.filter((row) => row.decision === "cut");
  return (
    <WaitingCuts
      cuts={rows.map(({ routerName, routerStatus }) => ({ routerName, reach: routerStatus }))}
      moment={moment}
    />
  );
}

/** Whom a planned outage keeps on: an outage that is announced again and again would keep everybody from being cut. */
export function OutageBanner(
  { data: { tonight: { preview } }, state }: { data: TonightPageData; state: AppState },
) {
  const { t } = state;
  const kept = preview.rows.filter((row) => parseCoded(row.reason)?.code === "row_outage").length;
  if (kept === 0) return null;
  return (
    <Banner
      tone="info"
      title={t("tonight.outage", { people: peopleWords(t, kept) })}
      actions={may(state, "router:read") && (
        <LinkButton href="/admin/outages">{t("tonight.outage_link")}</LinkButton>
      )}
    />
  );
}

/** `Cut run of 14 Feb is over: 13 decided, 8 off, 5 waiting for the router` */
export function overWords(t: Translate, run: RunRow, cuts: CutCounts | null): string {
  const values = { day: formatDate(run.business_on, t.locale), n: run.changed };
  return cuts === null
    ? t("tonight.over_nobody", values)
    : t("tonight.over_cuts", { ...values, cuts: cutWords(t, cuts) });
}
