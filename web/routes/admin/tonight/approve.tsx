import { page } from "fresh";
import { formatPeso } from "@/shared/money/mod.ts";
import { readInput, requireSession } from "@/web/app/input.ts";
import { define } from "@/web/app/state.ts";
import { LinkButton } from "@/web/components/Button.tsx";
import { ConfirmPanel } from "@/web/components/ConfirmPanel.tsx";
import { EmptyState } from "@/web/components/EmptyState.tsx";
import { ErrorSummary } from "@/web/components/ErrorSummary.tsx";
import { PageHeader } from "@/web/components/PageHeader.tsx";
import { formatCount, formatPlural } from "@/web/format.ts";
import { runForm, runQuery } from "@/web/route_table/tonight.ts";
import { approveCutRun } from "@/web/services/approve_cut_run.ts";
import { countActiveConnections } from "@/web/store/runs.ts";
import { actorOf, address, momentOf, type PageMoment, readPage } from "../(_billing)/page_context.ts";
import { sentence } from "../(_billing)/words.ts";
import { findCutRun } from "./(_parts)/find_cut_run.ts";
import { backTo, throwIfAbsent } from "./(_parts)/row_action.ts";
import type { RunEffect } from "./(_parts)/run_effect.ts";
import { clockWords, dayWords, peopleWords } from "./(_parts)/words.ts";

interface ApproveData {
  effect: RunEffect;
  active: number;
  moment: PageMoment;
  problems: Record<string, string>;
}

export default define.page<typeof handler>(function ApprovePage({ data, state }) {
  const { effect, active, moment, problems } = data;
  const { run, cut, owed, routers } = effect;
  const share = active === 0 ? 100 : Math.round(cut * 100 / active);
  return (
    <>
      <PageHeader
        title="Approve a run"
        back={{ href: "/admin/tonight", label: "Tonight" }}
        lead={`The list of ${dayWords(run.business_on)}.`}
      />
      <ErrorSummary errors={problems} title="Nothing was approved" />
      {run.status === "awaiting_approval"
        ? (
          <ConfirmPanel
            title={`Let this run cut ${peopleWords(cut)}?`}
            effect={`It stopped by itself: ${sentence(run.brake_reason ?? "it would cut more than usual")} ` +
              `Approving cuts ${formatCount(cut)} of ${
                formatCount(active)
              } connected subscribers (${share}\u00a0%) on ` +
              `${formatPlural(routers, "router")}, ${whenOf(effect, moment)}. ${
                formatPeso(owed)
              } is owed by them.`}
            tone="danger"
            verb={`Approve, cut ${peopleWords(cut)}`}
            action="/admin/tonight/approve"
            csrfToken={state.csrfToken}
            values={{ run: run.id }}
            cancelHref="/admin/tonight"
            cancelLabel="Look at the list again"
          >
            <p class="note">
              Each row is read again in the moment it is cut. Payments, holds and exclusions until then are
              respected. Without approval nobody is cut.
            </p>
          </ConfirmPanel>
        )
        : (
          <EmptyState
            icon="ok"
            title="This run does not wait for approval"
            actions={<LinkButton href="/admin/tonight">Go to Tonight</LinkButton>}
          >
            {run.approved_by === null
              ? "It is over, or the brake let it pass."
              : `${run.approved_by} approved it.`}
          </EmptyState>
        )}
    </>
  );
});

function whenOf({ run }: RunEffect, { tenant, time, today }: PageMoment): string {
  if (run.trigger === "manual") return "as soon as somebody runs it";
  const at = Temporal.PlainTime.from(tenant.cut_time);
  const isLate = Temporal.PlainDate.compare(run.business_on, today) < 0 ||
    Temporal.PlainTime.compare(time, at) >= 0;
  return isLate ? "within a minute" : `at ${clockWords(at)}`;
}

export const handler = define.handlers({
  async GET(ctx) {
    ctx.state.title = "Approve a run";
    const { run } = readInput(ctx.state, runQuery);
    const active = await readPage(ctx.state, countActiveConnections);
    const effect = await findCutRun(ctx.state, run);
    return page<ApproveData>({ effect, active, moment: momentOf(ctx.state), problems: {} });
  },
  async POST(ctx) {
    ctx.state.title = "Approve a run";
    const { inputProblems } = ctx.state;
    const moment = momentOf(ctx.state);
    const active = await readPage(ctx.state, countActiveConnections);
    const refuse = async (runId: string | undefined, message: string) =>
      page<ApproveData>({
        effect: await findCutRun(ctx.state, runId),
        active,
        moment,
        problems: { "": message },
      }, {
        status: 422,
      });
    if (inputProblems !== null) return await refuse(undefined, Object.values(inputProblems).join(" "));
    const { run: runId } = readInput(ctx.state, runForm);
    const { run } = await findCutRun(ctx.state, runId);
    const { tenantId } = requireSession(ctx.state);
    const result = await approveCutRun(ctx.state.services, tenantId, actorOf(ctx.state), { runId });
    if (!result.ok) {
      throwIfAbsent(result.code);
      return await refuse(runId, `${sentence(result.message)} Somebody else decided first.`);
    }
    const next = run.trigger === "manual"
      ? address("/admin/tonight/run", { run: runId })
      : backTo({ view: "cut", siteId: undefined }, "approved");
    return ctx.redirect(next, 303);
  },
});
