import { page } from "fresh";
import { refusalText } from "@/web/app/refusal_text.ts";
import { formatPeso } from "@/shared/money/mod.ts";
import { readInput, requireSession } from "@/web/app/input.ts";
import { define } from "@/web/app/state.ts";
import { LinkButton } from "@/web/components/Button.tsx";
import { ConfirmPanel } from "@/web/components/ConfirmPanel.tsx";
import { EmptyState } from "@/web/components/EmptyState.tsx";
import { ErrorSummary } from "@/web/components/ErrorSummary.tsx";
import { PageHeader } from "@/web/components/PageHeader.tsx";
import { formatCount, sentence } from "@/web/format.ts";
import type { Translate } from "@/web/messages/mod.ts";
import { runForm, runQuery } from "@/web/route_table/tonight.ts";
import { approveCutRun } from "@/web/services/cuts/approve_cut_run.ts";
import { countActiveConnections } from "@/web/store/billing/runs.ts";
import { actorOf, address, momentOf, type PageMoment, readPage } from "@/web/app/page_context.ts";
import { findCutRun } from "./(_parts)/find_cut_run.ts";
import { backTo, throwIfAbsent } from "./(_parts)/row_action.ts";
import type { RunEffect } from "./(_parts)/run_effect.ts";
import { clockWords, dayWords, peopleWords } from "./(_parts)/words.ts";
import type { RouteEntries } from "@/web/app/route_table.ts";

interface ApproveData {
  effect: RunEffect;
  active: number;
  moment: PageMoment;
  problems: Record<string, string>;
}

export default define.page<typeof handler>(function ApprovePage({ data, state }) {
  const { effect, active, moment, problems } = data;
  const { t } = state;
  const { run, cut, owed, routers } = effect;
  const share = active === 0 ? 100 : Math.round(cut * 100 / active);
  const people = peopleWords(t, cut);
  return (
    <>
      <PageHeader
        title={t("tonight.approve_title")}
        back={{ href: "/admin/tonight", label: t("tonight.title") }}
        lead={t("tonight.list_of", { day: dayWords(run.business_on, t.locale) })}
      />
      <ErrorSummary errors={problems} title={t("tonight.approve_nothing")} />
      {run.status === "awaiting_approval"
        ? (
          <ConfirmPanel
            title={t("tonight.approve_question", { people })}
            effect={[
              t("tonight.approve_stopped", {
                reason: sentence(run.brake_reason ?? t("tonight.unusual_inline")),
              }),
              t("tonight.approve_effect", {
                cut: formatCount(cut),
                active: formatCount(active),
                share,
                routers: t("tonight.routers", { n: routers }),
                when: whenOf(t, effect, moment),
                owed: formatPeso(owed),
              }),
            ].join(" ")}
            tone="danger"
            verb={t("tonight.approve_verb", { people })}
            action="/admin/tonight/approve"
            csrfToken={state.csrfToken}
            values={{ run: run.id }}
            cancelHref="/admin/tonight"
            cancelLabel={t("tonight.approve_again")}
          >
            <p class="note">
              {t("tonight.approve_note")}
            </p>
          </ConfirmPanel>
        )
        : (
          <EmptyState
            icon="ok"
            title={t("tonight.approve_not")}
            actions={<LinkButton href="/admin/tonight">{t("tonight.go")}</LinkButton>}
          >
            {run.approved_by === null
              ? t("tonight.approve_over")
              : t("tonight.approve_by", { name: run.approved_by })}
          </EmptyState>
        )}
    </>
  );
});

function whenOf(t: Translate, { run }: RunEffect, { tenant, time, today }: PageMoment): string {
  if (run.trigger === "manual") return t("tonight.when_asked");
  const at = Temporal.PlainTime.from(tenant.cut_time);
  const isLate = Temporal.PlainDate.compare(run.business_on, today) < 0 ||
    Temporal.PlainTime.compare(time, at) >= 0;
  return isLate ? t("tonight.within_minute") : t("tonight.at", { time: clockWords(at) });
}

export const route: RouteEntries = {
  GET: {
    audience: "staff",
    permission: "cut_run:approve",
    input: runQuery,
    summary: "What approving a stopped run means",
  },
  POST: {
    audience: "staff",
    permission: "cut_run:approve",
    input: runForm,
    audit: "cut_run.approved",
    summary: "Approve a run that the brake has stopped",
  },
};

export const handler = define.handlers({
  async GET(ctx) {
    ctx.state.title = ctx.state.t("tonight.approve_title");
    const { run } = readInput(ctx.state, runQuery);
    const active = await readPage(ctx.state, countActiveConnections);
    const effect = await findCutRun(ctx.state, run);
    return page<ApproveData>({ effect, active, moment: momentOf(ctx.state), problems: {} });
  },
  async POST(ctx) {
    ctx.state.title = ctx.state.t("tonight.approve_title");
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
      return await refuse(
        runId,
        `${refusalText(ctx.state, result)} ${ctx.state.t("tonight.somebody_decided")}`,
      );
    }
    const next = run.trigger === "manual"
      ? address("/admin/tonight/run", { run: runId })
      : backTo({ view: "cut", siteId: undefined }, "approved");
    return ctx.redirect(next, 303);
  },
});
