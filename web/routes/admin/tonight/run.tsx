import { page } from "fresh";
import { refusalText } from "@/web/app/refusal_text.ts";
import { formatPeso } from "@/shared/money/mod.ts";
import { readInput, requireSession } from "@/web/app/input.ts";
import { type AppState, define } from "@/web/app/state.ts";
import { Banner } from "@/web/components/Banner.tsx";
import { LinkButton } from "@/web/components/Button.tsx";
import { ConfirmPanel } from "@/web/components/ConfirmPanel.tsx";
import { EmptyState } from "@/web/components/EmptyState.tsx";
import { ErrorSummary } from "@/web/components/ErrorSummary.tsx";
import { PageHeader } from "@/web/components/PageHeader.tsx";
import type { Translate } from "@/web/messages/mod.ts";
import { runForm, runQuery } from "@/web/route_table/tonight.ts";
import { runCutNow } from "@/web/services/cuts/approve_cut_run.ts";
import { actorOf, address, may, typed } from "@/web/app/page_context.ts";
import { findCutRun } from "./(_parts)/find_cut_run.ts";
import type { RunEffect } from "./(_parts)/run_effect.ts";
import { Reason } from "./(_parts)/Reason.tsx";
import { throwIfAbsent } from "./(_parts)/row_action.ts";
import { dayWords, peopleWords } from "./(_parts)/words.ts";
import type { RouteEntries } from "@/web/app/route_table.ts";

interface RunData {
  effect: RunEffect;
  problems: Record<string, string>;
}

const BACK_HREF = "/admin/tonight";

export default define.page<typeof handler>(function RunNowPage({ data: { effect, problems }, state }) {
  const { run, cut } = effect;
  const { t } = state;
  return (
    <>
      <PageHeader
        title={t("tonight.run_now")}
        back={{ href: BACK_HREF, label: t("tonight.title") }}
        lead={t("tonight.list_of", { day: dayWords(run.business_on, t.locale) })}
      />
      <ErrorSummary errors={problems} />
      <RunPanel effect={effect} state={state} key={cut} />
    </>
  );
});

function RunPanel({ effect, state }: { effect: RunEffect; state: AppState }) {
  const { run, cut } = effect;
  const { t } = state;
  if (run.status === "awaiting_approval") return <WaitsForApproval effect={effect} state={state} />;
  if (run.status === "done" || run.status === "failed") {
    return (
      <EmptyState
        icon="ok"
        title={t("tonight.over")}
        actions={<LinkButton href={`/admin/runs/${run.id}`}>{t("tonight.over_link")}</LinkButton>}
      >
        {t("tonight.over_why")}
      </EmptyState>
    );
  }
  if (cut === 0) {
    return (
      <EmptyState
        icon="ok"
        title={t("tonight.none_left")}
        actions={<LinkButton href={BACK_HREF}>{t("tonight.go")}</LinkButton>}
      >
        {t("tonight.none_left_why")}
      </EmptyState>
    );
  }
  const people = peopleWords(t, cut);
  return (
    <ConfirmPanel
      title={t("tonight.cut_question", { people })}
      effect={effectWords(t, effect)}
      tone="danger"
      verb={t("tonight.cut_verb", { people })}
      action="/admin/tonight/run"
      csrfToken={state.csrfToken}
      values={{ run: run.id }}
      cancelHref={BACK_HREF}
    >
      <p class="note">
        {t("tonight.cut_note")}
      </p>
    </ConfirmPanel>
  );
}

/** `9 subscribers will be cut on 2 routers. ₱13,491.00 is owed by them.` */
function effectWords(t: Translate, { cut, routers, routersAway, owed, listed }: RunEffect): string {
  const kept = listed - cut;
  return [
    t("tonight.cut_effect", {
      people: peopleWords(t, cut),
      routers: t("tonight.routers", { n: routers }),
      owed: formatPeso(owed),
    }),
    ...(kept > 0 ? [t("tonight.cut_kept", { rows: t("tonight.rows", { n: kept }) })] : []),
    ...(routersAway > 0
      ? [t("tonight.cut_away", { routers: t("tonight.routers", { n: routersAway }) })]
      : []),
  ].join(" ");
}

function WaitsForApproval({ effect, state }: { effect: RunEffect; state: AppState }) {
  const { t } = state;
  return (
    <Banner
      tone="warn"
      title={t("tonight.waits")}
      actions={may(state, "cut_run:approve") && (
        <LinkButton kind="primary" href={address("/admin/tonight/approve", { run: effect.run.id })} dialog>
          {t("tonight.approve_link")}
        </LinkButton>
      )}
    >
      <Reason text={effect.run.brake_reason} /> {t("tonight.waits_why")}
    </Banner>
  );
}

export const route: RouteEntries = {
  GET: {
    audience: "staff",
    permission: "cut_run:run",
    input: runQuery,
    summary: "What running a list now will do",
  },
  POST: {
    audience: "staff",
    permission: "cut_run:run",
    input: runForm,
    audit: "cut_run.finished",
    summary: "Run the list that was shown",
  },
};

export const handler = define.handlers({
  async GET(ctx) {
    ctx.state.title = ctx.state.t("tonight.run_now");
    const { run } = readInput(ctx.state, runQuery);
    return page<RunData>({ effect: await findCutRun(ctx.state, run), problems: {} });
  },
  async POST(ctx) {
    ctx.state.title = ctx.state.t("tonight.run_now");
    const { inputProblems } = ctx.state;
    if (inputProblems !== null) {
      const effect = await findCutRun(ctx.state, undefined);
      return page<RunData>({ effect, problems: { "": Object.values(inputProblems).join(" ") } }, {
        status: 422,
      });
    }
    const { run: runId } = readInput(ctx.state, runForm);
    const before = await findCutRun(ctx.state, typed(ctx.state, "run"));
    if (before.run.status === "done") {
      const problems = { "": ctx.state.t("tonight.over_already") };
      return page<RunData>({ effect: before, problems }, { status: 422 });
    }
    const { tenantId } = requireSession(ctx.state);
    const result = await runCutNow(ctx.state.services, tenantId, actorOf(ctx.state), { runId });
    if (result.ok) return ctx.redirect(address(`/admin/runs/${runId}`, { done: "ran" }), 303);
    throwIfAbsent(result.code);
    const effect = await findCutRun(ctx.state, runId);
    return page<RunData>({ effect, problems: { "": refusalText(ctx.state, result) } }, { status: 422 });
  },
});
