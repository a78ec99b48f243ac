import type { ComponentChildren } from "preact";
import type { TonightRow } from "@/web/store/cuts/tonight.ts";
import { centavos, formatPeso } from "@/shared/money/mod.ts";
import type { AppState } from "@/web/app/state.ts";
import type { RunRow } from "@/web/store/billing/runs.ts";
import { Banner } from "@/web/components/facts/Banner.tsx";
import { ActionForm, Button, LinkButton } from "@/web/components/form/Button.tsx";
import { type ListFrame, listHref } from "@/web/components/list/list_frame.ts";
import { ErrorSummary } from "@/web/components/form/ErrorSummary.tsx";
import { LiveRegion } from "@/web/components/frame/LiveRegion.tsx";
import { PageHeader } from "@/web/components/frame/PageHeader.tsx";
import { Pill } from "@/web/components/facts/Pill.tsx";
import { Tabs } from "@/web/components/frame/Tabs.tsx";
import { useT } from "@/web/components/i18n.ts";
import { formatCount, formatRelativeDay } from "@/web/format.ts";
import type { Translate } from "@/web/messages/mod.ts";
import { address, may, type PageMoment } from "@/web/app/frame/page_context.ts";
import { timeOf } from "@/web/app/words/page_words.ts";
import { BulkDone } from "@/web/app/list/BulkDone.tsx";
import { DoneMessage, type DoneNotice } from "./DoneMessage.tsx";
import type { TonightData, TonightView } from "./load_tonight.ts";
import { commonReason } from "./columns.tsx";
import { NoticeBanner } from "./NoticeBanner.tsx";
import { AwayBanner, CutsBanner, OutageBanner } from "./CutsBanner.tsx";
import { Reason } from "./Reason.tsx";
import { clockWords, dayWords, peopleWords, runState, whenWords } from "./words.ts";

/** What the page shows around its rows. */
export interface TonightPageData {
  moment: PageMoment;
  tonight: TonightData;
  frame: ListFrame;
  /** The rows of this page of the list. */
  rows: readonly TonightRow[];
}

interface TonightPageProps {
  data: TonightPageData;
  state: AppState;
  /** What the last action did. */
  done: DoneNotice | null;
  /** What is wrong with a row's form that was sent. */
  problems: Readonly<Record<string, string>>;
  table: ComponentChildren;
  fileButton: ComponentChildren;
}

const VIEWS: readonly TonightView[] = ["cut", "held", "excluded", "soon", "no_notice", "kept"];

/** Shown only where somebody is in it. */
const RARE: readonly TonightView[] = ["no_notice", "kept"];

/** Exactly who the next run will cut and why, and everything that may be done about it before. */
export function TonightPage({ data, state, done, problems, table, fileButton }: TonightPageProps) {
  const { moment, tonight } = data;
  const { t } = state;
  const reason = commonReason(t, data.rows);
  return (
    <>
      <LiveRegion id="tonight-head">
        <PageHeader
          title={titleOf(t, moment)}
          pills={tonight.run !== null && <RunPill data={data} />}
          lead={headline(t, data)}
          actions={
            <>
              {fileButton}
              <RunActions data={data} state={state} />
            </>
          }
        />
      </LiveRegion>
      <DoneMessage notice={done} />
      {done !== null && (
        <BulkDone query={{ done: done.done, n: done.changed, same: done.same, left: done.left }} />
      )}
      <ErrorSummary errors={problems} title={t("tonight.nobody_changed")} />
      <LiveRegion id="tonight-top">
        {tonight.isClockDoubted ? <ClockBanner /> : <BrakeBanner data={data} state={state} />}
        <CutsBanner data={data} />
        <OutageBanner data={data} state={state} />
        <NoticeBanner data={data} state={state} />
        {tonight.dueNow > 0 && <DueNowBanner count={tonight.dueNow} state={state} />}
        <Tabs
          label={t("tonight.parts")}
          tabs={VIEWS.filter((view) =>
            !RARE.includes(view) || tonight.counts[view] > 0 || tonight.filter.view === view
          )
            .map((view) => ({
              label: t(`tonight.view_${view}`),
              href: listHref(data.frame, { view: view === "cut" ? undefined : view }),
              count: tonight.counts[view],
              isCurrent: view === tonight.filter.view,
            }))}
        />
      </LiveRegion>
      <LiveRegion id="tonight-reason">
        {reason !== null && (
          <p>
            {t("tonight.all_for")} <b>{reason}</b>
          </p>
        )}
      </LiveRegion>
      {table}
      <LiveRegion id="tonight-away">
        <AwayBanner data={data} />
      </LiveRegion>
      <LiveRegion id="tonight-fees">
        {tonight.fees.count > 0 && (
          <p class="note">
            {t("tonight.fees_to_come", {
              n: tonight.fees.count,
              amount: formatPeso(tonight.fees.amountCentavos),
            })}
          </p>
        )}
      </LiveRegion>
      <p class="note">
        {t("tonight.read_again", { amount: formatPeso(centavos(moment.tenant.min_balance_centavos)) })}
      </p>
    </>
  );
}

/** With the hour: `Tonight` is when the list is looked at, not when it is cut. */
export function titleOf(t: Translate, { tenant }: PageMoment): string {
  return t("tonight.title_at", { time: clockWords(Temporal.PlainTime.from(tenant.cut_time)) });
}

function headline(t: Translate, { moment, tonight }: TonightPageData) {
  const { preview, businessOn, active } = tonight;
  const at = Temporal.PlainTime.from(moment.tenant.cut_time);
  const when = whenWords(t, businessOn, at, moment.today);
  if (tonight.isClockDoubted) return `${t("tonight.clock_stopped")}.`;
  if (preview.counts.cut === 0) return t("tonight.nobody_cut", { when });
  const isStopped = tonight.run?.status === "awaiting_approval";
  return (
    <>
      <strong>
        {t("tables.shown", { shown: formatCount(preview.counts.cut), total: formatCount(active) })}
      </strong>
      {isStopped
        ? ` ${t("tonight.head_listed", { day: dayWords(businessOn, t.locale) })} `
        : ` ${t("tonight.head_cut", { when })} `}
      <strong class="money">{formatPeso(centavos(preview.cutCentavos))}</strong>
      {` ${t("tonight.head_grace")}`}
    </>
  );
}

function RunPill({ data: { tonight } }: { data: TonightPageData }) {
  const t = useT();
  if (tonight.run === null) return null;
  const { word, tone } = runState(t, tonight.run);
  return <Pill tone={tone} href={`/admin/runs/${tonight.run.id}`}>{word}</Pill>;
}

function RunActions({ data: { moment, tonight }, state }: { data: TonightPageData; state: AppState }) {
  const { run, lastRun, preview } = tonight;
  const { t } = state;
  const isReady = run !== null && (run.status === "planned" || run.status === "approved");
  return (
    <>
      {lastRun !== null && (
        <LinkButton icon="list" href={`/admin/runs/${lastRun.id}`}>
          {t("tonight.happened", { when: lastNight(t, lastRun, moment) })}
        </LinkButton>
      )}
      {may(state, "cut_run:run") && !tonight.isClockDoubted && preview.counts.cut > 0 &&
        run?.status !== "awaiting_approval" && (
          isReady
            ? (
              <LinkButton href={address("/admin/tonight/run", { run: run.id })} dialog>
                {t("tonight.run_now_link")}
              </LinkButton>
            )
            : (
              <Button type="button" disabledReason={notYet(t, tonight, moment)}>
                {t("tonight.run_now_link")}
              </Button>
            )
        )}
    </>
  );
}

function lastNight(t: Translate, run: { business_on: Temporal.PlainDate }, { today }: PageMoment): string {
  if (run.business_on.equals(today)) return t("words.today");
  if (run.business_on.equals(today.subtract({ days: 1 }))) return t("words.yesterday");
  return t("tonight.on_day", { day: dayWords(run.business_on, t.locale) });
}

function notYet(t: Translate, { businessOn }: TonightData, { today }: PageMoment): string {
  return Temporal.PlainDate.compare(businessOn, today) > 0
    ? t("tonight.not_before", { day: dayWords(businessOn, t.locale) })
    : t("tonight.being_made");
}

function ClockBanner() {
  const t = useT();
  return (
    <Banner
      tone="bad"
      title={t("tonight.clock_stopped")}
      actions={<LinkButton kind="primary" href="/admin/clock">{t("tonight.clock_link")}</LinkButton>}
    >
      {t("clock.lead_stopped")}
    </Banner>
  );
}

/** Says that the run stopped, or that it will, and what approving means in numbers. */
function BrakeBanner({ data, state }: { data: TonightPageData; state: AppState }) {
  const { moment, tonight } = data;
  const { run, brake, preview, active } = tonight;
  const { t } = state;
  const share = active === 0 ? 100 : Math.round(preview.counts.cut * 100 / active);
  if (run?.status === "awaiting_approval") {
    const can = may(state, "cut_run:approve");
    return (
      <Banner
        tone="warn"
        title={t("tonight.waits_nobody")}
        actions={can && (
          <LinkButton kind="primary" href={address("/admin/tonight/approve", { run: run.id })} dialog>
            {t("tonight.approve_link")}
          </LinkButton>
        )}
      >
        <Reason text={run.brake_reason ?? brake.reason} /> {t("tonight.approving", {
          people: peopleWords(t, preview.counts.cut),
          share,
          when: approvedAt(t, moment, tonight),
        })}
        {!can && ` ${t("tonight.owner_can")}`}
      </Banner>
    );
  }
  if (run?.status === "approved") {
    return (
      <Banner
        tone="info"
        title={t("tonight.approved_by", { name: run.approved_by ?? t("tonight.the_owner") })}
      >
        <Reason text={run.brake_reason ?? brake.reason} /> {goesOn(t, run, data)}
      </Banner>
    );
  }
  if (!brake.trips || run?.status === "running") return null;
  return (
    <Banner tone="warn" title={t("tonight.will_stop")}>
      <Reason text={brake.reason} /> {t("tonight.will_stop_why")}
    </Banner>
  );
}

function approvedAt(t: Translate, { tenant, time, today }: PageMoment, { businessOn }: TonightData): string {
  const at = Temporal.PlainTime.from(tenant.cut_time);
  return Temporal.PlainTime.compare(time, at) >= 0
    ? t("tonight.within_minute")
    : t("tonight.day_at", { day: formatRelativeDay(businessOn, today, t), time: clockWords(at) });
}

function DueNowBanner({ count, state }: { count: number; state: AppState }) {
  const { t } = state;
  return (
    <Banner
      tone="info"
      title={t("tonight.due_now", { people: peopleWords(t, count) })}
      actions={may(state, "cut_run:run") && (
        <ActionForm action="/admin/tonight/list" csrfToken={state.csrfToken}>
          {t("tonight.due_now_look", { n: count })}
        </ActionForm>
      )}
    >
      {t("tonight.due_now_why")}
    </Banner>
  );
}

/** When the approved run goes on, and when it was approved where the time says something. */
function goesOn(
  t: Translate,
  { approved_at: approved }: RunRow,
  { moment, tonight }: TonightPageData,
): string {
  const at = approved === null ? null : timeOf(approved, moment.today, moment, t.locale);
  const when = approvedAt(t, moment, tonight);
  return at === null
    ? `${t("tonight.goes_on", { when })}.`
    : `${t("tonight.goes_on_approved", { when, at })}.`;
}
