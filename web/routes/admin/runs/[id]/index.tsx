import { formatDate } from "@/shared/calendar/mod.ts";
import type { z } from "zod";
import { activeFilters } from "@/web/app/list/active.ts";
import type { ListParts } from "@/web/app/list/list_types.ts";
import { address, found, may, type PageMoment } from "@/web/app/frame/page_context.ts";
import { type AppState, define } from "@/web/app/state.ts";
import { Banner } from "@/web/components/facts/Banner.tsx";
import { LinkButton } from "@/web/components/form/Button.tsx";
import { CodeText } from "@/web/components/facts/CopyBlock.tsx";
import { EmptyState } from "@/web/components/facts/EmptyState.tsx";
import { Flash } from "@/web/components/frame/Flash.tsx";
import { type ListFrame, listHref } from "@/web/components/list/list_frame.ts";
import { LiveRegion } from "@/web/components/frame/LiveRegion.tsx";
import { PageHeader } from "@/web/components/frame/PageHeader.tsx";
import { Pill } from "@/web/components/facts/Pill.tsx";
import { StoredText } from "@/web/components/facts/StoredText.tsx";
import type { Translate } from "@/web/messages/mod.ts";
import { idParams } from "@/web/route_table/fields.ts";
import { runPageQuery } from "@/web/route_table/tonight.ts";
import { countStillDue } from "@/web/store/billing/bill_preview.ts";
import type { TenantTransaction } from "@/web/store/db/tenant_transaction.ts";
import { countOutcomes, findRun, type RunRow } from "@/web/store/billing/runs.ts";
import { listRunRows } from "@/web/store/billing/runs_page.ts";
import { listCutEvidence } from "@/web/store/cuts/tonight_page.ts";
import { keysOfSubscriber } from "../../(_lists)/keys_of.ts";
import { Reason } from "../../tonight/(_parts)/Reason.tsx";
import { WaitingCuts } from "../../tonight/(_parts)/WaitingCuts.tsx";
import { runState } from "../../tonight/(_parts)/words.ts";
import { columnsFor, type RunEvidence } from "../(_parts)/row_columns.tsx";
import { OUTCOMES } from "../(_parts)/run_words.ts";
import { RunFacts } from "../(_parts)/RunFacts.tsx";
import { RunProgress } from "../(_parts)/RunProgress.tsx";

type Outcome = z.output<typeof runPageQuery>["outcome"];

export const list = define.list({
  name: "run_rows",
  path: ({ id }) => `/admin/runs/${id}`,
  filePath: ({ id }) => `/admin/runs/${id}/rows.csv`,
  params: idParams,
  query: runPageQuery,
  filter: ({ query: { outcome }, params: { id } }) => ({ id, outcome }),
  count: () => Promise.resolve(null),
  read: (trx, { id, outcome }, page) => listRunRows(trx, id, { outcome }, page),
  more: async (trx, { params: { id }, moment }): Promise<RunEvidence> => ({
    ...await readRun(trx, id),
    outcomes: await countOutcomes(trx, id),
    evidence: await listCutEvidence(trx, id, moment.now),
  }),
  permission: "cut_run:read",
  summary: "Evidence of one run, row by row",
  // The routers' answers are news of the network: they are what the rows wait for.
  live: ({ params: { id } }) => [`run:${id}`, "tonight", "network"],
  refreshSeconds: ({ more: { run } }) => run.status === "running" ? 5 : undefined,
  title: ({ t, more: { run } }) => titleOf(t, run),
  total: ({ query: { outcome }, more: { outcomes } }) =>
    outcome === undefined ? allOf(outcomes) : outcomes[outcome] ?? 0,
  sort: "position",
  columns: ({ t, more, moment }) => columnsFor(t, more, moment),
  fileOrder: ["Account", "Name", "PPPoE user", "Router", "Outcome", "Why", "Amount", "Cut on", "Decided at"],
  fileName: ({ more: { run } }) => `${run.kind}-run-${run.business_on}`,
  table: ({ t, state, frame, query: { outcome }, more: { run, outcomes } }) => ({
    caption: t("tables.run_rows"),
    rowHref: (row) => `/admin/subscribers/${row.subscriber_id}`,
    rowNote: (row) => <CodeText>{row.account_number}</CodeText>,
    rowId: (row) => row.subscription_id,
    rowKeys: (row) =>
      keysOfSubscriber(state, {
        subscriberId: row.subscriber_id,
        // Who is cut cannot be held any more.
        hold: row.outcome === "cut" ? null : row.subscription_id,
      }),
    chips: chipsOf(t, frame, outcome, outcomes),
    active: activeFilters(frame, {}, ["outcome"]),
    empty: (
      <EmptyState icon="ok" title={t("tables.run_empty")}>
        {t(run.kind === "cut" ? "tables.run_empty_cut" : "tables.run_empty_bill")}
      </EmptyState>
    ),
  }),
  page: ({ state, moment, more, query: { done } }, parts) => (
    <RunPage state={state} moment={moment} run={more} done={done} parts={parts} />
  ),
});

/** While a bill run goes on, also how many connections it has still to look at. */
async function readRun(trx: TenantTransaction, id: string): Promise<Pick<RunEvidence, "run" | "left">> {
  const run = found(await findRun(trx, id));
  const isUnderWay = run.kind === "bill" && run.status === "running";
  return { run, left: isUnderWay ? await countStillDue(trx, run) : 0 };
}

export default list.page;
export const { handler, route } = list;

interface RunPageProps {
  state: AppState;
  moment: PageMoment;
  run: RunEvidence;
  done: string | undefined;
  parts: ListParts;
}

function RunPage({ state, moment, run: { run, left, outcomes, evidence }, done, parts }: RunPageProps) {
  const { t } = state;
  const { word, tone } = runState(t, run);
  return (
    <>
      <LiveRegion id="run-head">
        <PageHeader
          title={titleOf(t, run)}
          pills={<Pill tone={tone}>{word}</Pill>}
          back={{ href: "/admin/runs", label: t("tables.list_runs") }}
          lead={run.error_message === null ? undefined : <StoredText text={run.error_message} isSentence />}
          actions={
            <>
              {run.kind === "bill" && run.changed > 0 && (
                <LinkButton href={address("/admin/bills", { run: run.id })}>
                  {t("payments.bills", { n: run.changed })}
                </LinkButton>
              )}
              {parts.fileButton}
            </>
          }
        />
      </LiveRegion>
      <Flash done={done} messages={{ ran: t("tonight.run_ran"), approved: t("runs.done_approved") }} />
      <LiveRegion id="run">
        {run.status === "running" && <RunProgress run={run} left={left} />}
        <WaitingBanner run={run} state={state} />
        <WaitingCuts
          cuts={[...evidence.values()].filter(({ stage }) => stage === "waiting")}
          moment={moment}
        />
        <RunFacts run={run} outcomes={outcomes} evidence={evidence} moment={moment} />
      </LiveRegion>
      {parts.table}
    </>
  );
}

function titleOf(t: Translate, run: RunRow): string {
  return t(run.kind === "cut" ? "tonight.cut_run_of" : "tonight.bill_run_of", {
    day: formatDate(run.business_on, t.locale),
  });
}

/** A run that waits for somebody to approve it, or to start it by hand. */
function WaitingBanner({ run, state }: { run: RunRow; state: AppState }) {
  const { t } = state;
  if (run.status === "awaiting_approval" && run.kind === "bill") {
    return (
      <Banner
        tone="warn"
        title={t("runs.waits_title")}
        actions={may(state, "bill_run:run") && (
          <LinkButton kind="primary" href={`/admin/runs/${run.id}/approve`} dialog>
            {t("runs.approve_link")}
          </LinkButton>
        )}
      >
        <Reason text={run.brake_reason} /> {t("runs.waits_why")}
      </Banner>
    );
  }
  if (run.status === "awaiting_approval") {
    return (
      <Banner
        tone="warn"
        title={t("tonight.waits_nobody")}
        actions={may(state, "cut_run:approve") && (
          <LinkButton kind="primary" href={address("/admin/tonight/approve", { run: run.id })} dialog>
            {t("tonight.approve_link")}
          </LinkButton>
        )}
      >
        <Reason text={run.brake_reason} />
      </Banner>
    );
  }
  const isReady = run.status === "planned" || run.status === "approved";
  if (run.trigger !== "manual" || !isReady || !may(state, "cut_run:run")) return null;
  return (
    <Banner
      tone="info"
      title={t("tonight.by_hand")}
      actions={
        <LinkButton href={address("/admin/tonight/run", { run: run.id })} dialog>
          {t("tonight.run_now_link")}
        </LinkButton>
      }
    >
      {t("tonight.by_hand_why")}
    </Banner>
  );
}

/** None while all rows have the same outcome. */
function chipsOf(t: Translate, frame: ListFrame, current: Outcome, outcomes: RunEvidence["outcomes"]) {
  if (current === undefined && Object.values(outcomes).filter((count) => count > 0).length < 2) return [];
  return [
    {
      label: t("tables.all_rows"),
      href: listHref(frame, { outcome: undefined }),
      count: allOf(outcomes),
      isCurrent: current === undefined,
    },
    ...OUTCOMES.filter((outcome) => (outcomes[outcome] ?? 0) > 0 || outcome === current).map((outcome) => ({
      label: t(`words.outcome_${outcome}`),
      href: listHref(frame, { outcome }),
      count: outcomes[outcome] ?? 0,
      isCurrent: outcome === current,
    })),
  ];
}

function allOf(outcomes: RunEvidence["outcomes"]): number {
  return Object.values(outcomes).reduce((sum, count) => sum + count, 0);
}
