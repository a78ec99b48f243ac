import { parseCoded } from "@/shared/codes/mod.ts";
import { formatDate } from "@/shared/calendar/mod.ts";
import { Banner } from "@/web/components/facts/Banner.tsx";
import { LinkButton } from "@/web/components/form/Button.tsx";
import { useT } from "@/web/components/i18n.ts";
import type { Translate } from "@/web/messages/mod.ts";
import { may, type PageMoment } from "@/web/app/frame/page_context.ts";
import type { AppState } from "@/web/app/state.ts";
import { cutWindowEnd } from "@/web/domain/cuts/mod.ts";
import type { RunRow } from "@/web/store/billing/runs.ts";
import type { CutCounts } from "@/web/store/cuts/cut_stages.ts";
import { cutWords } from "../../runs/(_parts)/cut_words.ts";
import type { TonightPageData } from "./TonightPage.tsx";
import { clockWords, peopleWords } from "./words.ts";

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

/** What will happen to those of the list whose router does not answer. Below the list: each of its rows says so too. */
export function AwayBanner({ data: { moment, tonight: { preview } } }: { data: TonightPageData }) {
  const t = useT();
  const away = preview.rows.filter((row) => row.decision === "cut" && row.routerStatus !== "online").length;
  if (away === 0) return null;
  return (
    <Banner tone="info" title={t("tonight.away", { people: peopleWords(t, away) })}>
      {waitingWords(t, moment)}
    </Banner>
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

/** Until when a cut waits whose router does not answer; the rule is `whenToCut`. */
export function waitingWords(t: Translate, { tenant }: Pick<PageMoment, "tenant">): string {
  const from = Temporal.PlainTime.from(tenant.cut_time);
  return t("tonight.cuts_wait", { from: clockWords(from), to: clockWords(cutWindowEnd(from)) });
}
