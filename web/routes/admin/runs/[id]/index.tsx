import { StoredText } from "@/web/components/StoredText.tsx";
import { page } from "fresh";
import { formatDate } from "@/shared/calendar/mod.ts";
import { readInput, readParams } from "@/web/app/input.ts";
import { define } from "@/web/app/state.ts";
import { Banner } from "@/web/components/Banner.tsx";
import { LinkButton } from "@/web/components/Button.tsx";
import { listHref } from "@/web/components/list_frame.ts";
import { Flash } from "@/web/components/Flash.tsx";
import { LiveRegion } from "@/web/components/LiveRegion.tsx";
import { PageHeader } from "@/web/components/PageHeader.tsx";
import { Pill } from "@/web/components/Pill.tsx";
import type { Translate } from "@/web/messages/mod.ts";
import { idParams } from "@/web/route_table/fields.ts";
import { runPageQuery } from "@/web/route_table/tonight.ts";
import { countOutcomes, findRun, type RunRow } from "@/web/store/billing/runs.ts";
import { listRunRows } from "@/web/store/billing/runs_page.ts";
import { listCutEvidence } from "@/web/store/cuts/tonight_page.ts";
import { address, found, may, momentOf, readPage } from "@/web/app/page_context.ts";
import { pageOf, readFrame } from "@/web/app/list/frame.ts";
import { Reason } from "../../tonight/(_parts)/Reason.tsx";
import { keysOfSubscriber } from "../../(_lists)/keys_of.ts";
import { runState } from "../../tonight/(_parts)/words.ts";
import { RunFacts } from "../(_parts)/RunFacts.tsx";
import { RunProgress } from "../(_parts)/RunProgress.tsx";
import { RunRowsTable } from "../(_parts)/RunRowsTable.tsx";
import type { RouteEntries } from "@/web/app/route_table.ts";

export default define.page<typeof handler>(function RunPage({ data, state }) {
  const { run, moment } = data;
  const { t } = state;
  const { word, tone } = runState(t, run);
  const isCut = run.kind === "cut";
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
              {!isCut && run.changed > 0 && (
                <LinkButton href={address("/admin/bills", { run: run.id })}>
                  {t("payments.bills", { n: run.changed })}
                </LinkButton>
              )}
              <LinkButton
                icon="export"
                href={listHref({ ...data.frame, path: `/admin/runs/${run.id}/rows.csv` }, { per: undefined })}
              >
                CSV
              </LinkButton>
            </>
          }
        />
      </LiveRegion>
      <Flash done={data.done} messages={{ ran: t("tonight.run_ran") }} />
      <LiveRegion id="run">
        {run.status === "running" && <RunProgress run={run} />}
        {run.status === "awaiting_approval" && (
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
        )}
        {run.trigger === "manual" && (run.status === "planned" || run.status === "approved") &&
          may(state, "cut_run:run") && (
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
        )}
        <RunFacts run={run} outcomes={data.outcomes} evidence={data.evidence} moment={moment} />
      </LiveRegion>
      <RunRowsTable
        data={{
          ...data,
          // Who is cut cannot be held any more.
          keysOf: (row) =>
            keysOfSubscriber(state, {
              subscriberId: row.subscriber_id,
              hold: row.outcome === "cut" ? null : row.subscription_id,
            }),
        }}
      />
    </>
  );
});

export const route: RouteEntries = {
  GET: {
    audience: "staff",
    permission: "cut_run:read",
    params: idParams,
    input: runPageQuery,
    summary: "Evidence of one run, row by row",
  },
};

export const handler = define.handlers({
  async GET(ctx) {
    const { id } = readParams(ctx.state, idParams);
    const query = readInput(ctx.state, runPageQuery);
    const { outcome, done } = query;
    const moment = momentOf(ctx.state);
    const data = await readPage(ctx.state, async (trx) => ({
      run: found(await findRun(trx, id)),
      frame: await readFrame(trx, ctx.state, { name: "run_rows", path: `/admin/runs/${id}`, query }),
      outcomes: await countOutcomes(trx, id),
      list: await listRunRows(trx, id, { outcome }, pageOf(query)),
      evidence: await listCutEvidence(trx, id, moment.now),
    }));
    // The routers' answers are news of the network: they are what the rows wait for.
    ctx.state.live = [`run:${id}`, "tonight", "network"];
    if (data.run.status === "running") ctx.state.refreshSeconds = 5;
    ctx.state.title = titleOf(ctx.state.t, data.run);
    return page({ ...data, outcome, done, moment });
  },
});

function titleOf(t: Translate, run: RunRow): string {
  return t(run.kind === "cut" ? "tonight.cut_run_of" : "tonight.bill_run_of", {
    day: formatDate(run.business_on, t.locale),
  });
}
