import { centavos, formatPeso } from "@/shared/money/mod.ts";
import type { AppState } from "@/web/app/state.ts";
import type { RunRow } from "@/web/store/runs.ts";
import { Banner } from "@/web/components/Banner.tsx";
import { ActionForm, Button, LinkButton } from "@/web/components/Button.tsx";
import { type ListFrame, listHref } from "@/web/components/list_frame.ts";
import { ErrorSummary } from "@/web/components/ErrorSummary.tsx";
import { LiveRegion } from "@/web/components/LiveRegion.tsx";
import { PageHeader } from "@/web/components/PageHeader.tsx";
import { Pill } from "@/web/components/Pill.tsx";
import { Tabs } from "@/web/components/Tabs.tsx";
import { formatCount, formatPlural, formatRelativeDay } from "@/web/format.ts";
import { address, may, type PageMoment } from "../../(_billing)/page_context.ts";
import { timeOf } from "../../(_billing)/words.ts";
import { BulkDone } from "../../(_lists)/BulkDone.tsx";
import { DoneMessage, type DoneNotice } from "./DoneMessage.tsx";
import type { TonightData, TonightView } from "./load_tonight.ts";
import { TonightTable } from "./TonightTable.tsx";
import { clockWords, dayWords, peopleWords, runState, whenWords } from "./words.ts";

/** The page as a handler hands it over; a refused form comes with its problems and what was typed. */
export interface TonightPageData {
  moment: PageMoment;
  tonight: TonightData;
  frame: ListFrame;
  done: DoneNotice | null;
  problems: Record<string, string>;
}

const VIEW_WORDS: Record<TonightView, string> = {
  cut: "To cut",
  held: "Held",
  excluded: "Excluded",
  soon: "Next 7 days",
  kept: "Never cut",
};

/** Exactly who the next run will cut and why, and everything that may be done about it before. */
export function TonightPage({ data, state }: { data: TonightPageData; state: AppState }) {
  const { moment, tonight, problems } = data;
  return (
    <>
      <LiveRegion id="tonight-head">
        <PageHeader
          title="Tonight"
          pills={tonight.run !== null && <RunPill data={data} />}
          lead={headline(data)}
          actions={<RunActions data={data} state={state} />}
        />
      </LiveRegion>
      <DoneMessage notice={data.done} />
      {data.done !== null && (
        <BulkDone
          query={{ done: data.done.done, n: data.done.changed, same: data.done.same, left: data.done.left }}
        />
      )}
      <ErrorSummary errors={problems} title="Nobody was changed. Check these fields:" />
      <LiveRegion id="tonight-top">
        <BrakeBanner data={data} state={state} />
        {tonight.dueNow > 0 && <DueNowBanner count={tonight.dueNow} state={state} />}
        <Tabs
          label="Parts of the list"
          tabs={(Object.keys(VIEW_WORDS) as TonightView[])
            .filter((view) => view !== "kept" || tonight.counts.kept > 0 || tonight.filter.view === "kept")
            .map((view) => ({
              label: VIEW_WORDS[view],
              href: listHref(data.frame, { view: view === "cut" ? undefined : view }),
              count: tonight.counts[view],
              isCurrent: view === tonight.filter.view,
            }))}
        />
      </LiveRegion>
      <TonightTable data={data} state={state} />
      <p class="note">
        {`Each row is read again in the moment it is cut: whoever has paid by then stays on. ` +
          `Bills past due and grace of at least ${
            formatPeso(centavos(moment.tenant.min_balance_centavos))
          } count.`}
      </p>
    </>
  );
}

function headline({ moment, tonight }: TonightPageData) {
  const { preview, businessOn, active } = tonight;
  const at = Temporal.PlainTime.from(moment.tenant.cut_time);
  const when = whenWords(businessOn, at, moment.today);
  if (preview.counts.cut === 0) return `Nobody will be cut ${when}.`;
  const isStopped = tonight.run?.status === "awaiting_approval";
  return (
    <>
      <strong>{`${formatCount(preview.counts.cut)} of ${formatCount(active)}`}</strong>
      {isStopped
        ? ` connected subscribers are on the list of ${dayWords(businessOn)}. They owe `
        : ` connected subscribers will be cut ${when}. They owe `}
      <strong class="money">{formatPeso(centavos(preview.cutCentavos))}</strong>
      {" past grace."}
    </>
  );
}

function RunPill({ data: { tonight } }: { data: TonightPageData }) {
  if (tonight.run === null) return null;
  const { word, tone } = runState(tonight.run);
  return <Pill tone={tone} href={`/admin/runs/${tonight.run.id}`}>{word}</Pill>;
}

function RunActions({ data: { moment, tonight }, state }: { data: TonightPageData; state: AppState }) {
  const { run, lastRun, preview } = tonight;
  const isReady = run !== null && (run.status === "planned" || run.status === "approved");
  return (
    <>
      {lastRun !== null && (
        <LinkButton icon="list" href={`/admin/runs/${lastRun.id}`}>
          {`What happened ${lastNight(lastRun, moment)}`}
        </LinkButton>
      )}
      {may(state, "cut_run:run") && preview.counts.cut > 0 && run?.status !== "awaiting_approval" && (
        isReady
          ? <LinkButton href={address("/admin/tonight/run", { run: run.id })}>Run now…</LinkButton>
          : <Button type="button" disabledReason={notYet(tonight, moment)}>Run now…</Button>
      )}
    </>
  );
}

function lastNight(run: { business_on: Temporal.PlainDate }, { today }: PageMoment): string {
  if (run.business_on.equals(today)) return "today";
  if (run.business_on.equals(today.subtract({ days: 1 }))) return "yesterday";
  return `on ${dayWords(run.business_on)}`;
}

function notYet({ businessOn }: TonightData, { today }: PageMoment): string {
  return Temporal.PlainDate.compare(businessOn, today) > 0
    ? `Nobody on this list may be cut before ${dayWords(businessOn)}`
    : "The list of today is being made: open this page again in a minute";
}

/** Says that the run stopped, or that it will, and what approving means in numbers. */
function BrakeBanner({ data: { moment, tonight }, state }: { data: TonightPageData; state: AppState }) {
  const { run, brake, preview, active } = tonight;
  const share = active === 0 ? 100 : Math.round(preview.counts.cut * 100 / active);
  if (run?.status === "awaiting_approval") {
    const can = may(state, "cut_run:approve");
    return (
      <Banner
        tone="warn"
        title="This run waits for approval: nobody is cut before that"
        actions={can && (
          <LinkButton kind="primary" href={address("/admin/tonight/approve", { run: run.id })}>
            Approve…
          </LinkButton>
        )}
      >
        {`${sentence(run.brake_reason ?? brake.reason)} Approving cuts ${peopleWords(preview.counts.cut)}, ` +
          `${share}\u00a0% of those connected, ${approvedAt(moment, tonight)}.` +
          (can ? "" : " The owner can approve it.")}
      </Banner>
    );
  }
  if (run?.status === "approved") {
    return (
      <Banner tone="info" title={`Approved by ${run.approved_by ?? "the owner"}`}>
        {`${sentence(run.brake_reason ?? brake.reason)} The run goes on ${approvedAt(moment, tonight)}` +
          approvedWhen(run, moment)}
      </Banner>
    );
  }
  if (!brake.trips || run?.status === "running") return null;
  return (
    <Banner tone="warn" title="This run will stop and wait for approval">
      {`${sentence(brake.reason)} Nobody is cut until the owner approves the list.`}
    </Banner>
  );
}

function approvedAt({ tenant, time, today }: PageMoment, { businessOn }: TonightData): string {
  const at = Temporal.PlainTime.from(tenant.cut_time);
  return Temporal.PlainTime.compare(time, at) >= 0
    ? "within a minute"
    : `${formatRelativeDay(businessOn, today)} at ${clockWords(at)}`;
}

function DueNowBanner({ count, state }: { count: number; state: AppState }) {
  return (
    <Banner
      tone="info"
      title={`${peopleWords(count)} may be cut already today`}
      actions={may(state, "cut_run:run") && (
        <ActionForm action="/admin/tonight/list" csrfToken={state.csrfToken}>
          {`Look at ${formatPlural(count, "row")}…`}
        </ActionForm>
      )}
    >
      Today's run is over. What came up after it is cut by the next run, or now if you ask for it.
    </Banner>
  );
}

function sentence(text: string): string {
  return text === "" || text.endsWith(".") ? text : `${text}.`;
}

/** `; approved at 08:10.` where the time says something. */
function approvedWhen({ approved_at: at }: RunRow, moment: PageMoment): string {
  const words = at === null ? null : timeOf(at, moment.today, moment);
  return words === null ? "." : `; approved at ${words}.`;
}
