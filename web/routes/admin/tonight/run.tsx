import { page } from "fresh";
import { formatPeso } from "@/shared/money/mod.ts";
import { readInput, requireSession } from "@/web/app/input.ts";
import { type AppState, define } from "@/web/app/state.ts";
import { Banner } from "@/web/components/Banner.tsx";
import { LinkButton } from "@/web/components/Button.tsx";
import { ConfirmPanel } from "@/web/components/ConfirmPanel.tsx";
import { EmptyState } from "@/web/components/EmptyState.tsx";
import { ErrorSummary } from "@/web/components/ErrorSummary.tsx";
import { PageHeader } from "@/web/components/PageHeader.tsx";
import { formatPlural } from "@/web/format.ts";
import { runForm, runQuery } from "@/web/route_table/tonight.ts";
import { runCutNow } from "@/web/services/approve_cut_run.ts";
import { actorOf, address, may, typed } from "../(_billing)/page_context.ts";
import { sentence } from "../(_billing)/words.ts";
import { findCutRun } from "./(_parts)/find_cut_run.ts";
import type { RunEffect } from "./(_parts)/run_effect.ts";
import { throwIfAbsent } from "./(_parts)/row_action.ts";
import { dayWords, peopleWords } from "./(_parts)/words.ts";

interface RunData {
  effect: RunEffect;
  problems: Record<string, string>;
}

const BACK = { href: "/admin/tonight", label: "Tonight" };

export default define.page<typeof handler>(function RunNowPage({ data: { effect, problems }, state }) {
  const { run, cut } = effect;
  return (
    <>
      <PageHeader title="Run now" back={BACK} lead={`The list of ${dayWords(run.business_on)}.`} />
      <ErrorSummary errors={problems} />
      <RunPanel effect={effect} state={state} key={cut} />
    </>
  );
});

function RunPanel({ effect, state }: { effect: RunEffect; state: AppState }) {
  const { run, cut } = effect;
  if (run.status === "awaiting_approval") return <WaitsForApproval effect={effect} state={state} />;
  if (run.status === "done" || run.status === "failed") {
    return (
      <EmptyState
        icon="ok"
        title="This run is over"
        actions={<LinkButton href={`/admin/runs/${run.id}`}>See what it did</LinkButton>}
      >
        Somebody ran it first, or its hour came.
      </EmptyState>
    );
  }
  if (cut === 0) {
    return (
      <EmptyState
        icon="ok"
        title="Nobody is left to cut"
        actions={<LinkButton href={BACK.href}>Go to Tonight</LinkButton>}
      >
        Everyone on this list has paid, is held or excluded by now.
      </EmptyState>
    );
  }
  return (
    <ConfirmPanel
      title={`Cut ${peopleWords(cut)} now?`}
      effect={effectWords(effect)}
      tone="danger"
      verb={`Cut ${peopleWords(cut)}`}
      action="/admin/tonight/run"
      csrfToken={state.csrfToken}
      values={{ run: run.id }}
      cancelHref={BACK.href}
    >
      <p class="note">
        Payments in the meantime are respected row by row. Whoever is cut comes back by itself the moment
        nothing past grace is owed.
      </p>
    </ConfirmPanel>
  );
}

/** `9 subscribers will be cut on 2 routers. ₱13,491.00 is owed by them.` */
function effectWords({ cut, routers, routersAway, owed, listed }: RunEffect): string {
  const kept = listed - cut;
  return `${peopleWords(cut)} will be cut on ${formatPlural(routers, "router")}. ${
    formatPeso(owed)
  } is owed by them.` +
    (kept > 0
      ? ` ${formatPlural(kept, "row")} of the list will be kept on: paid, held or excluded since.`
      : "") +
    (routersAway > 0
      ? ` ${
        formatPlural(routersAway, "router")
      } cannot be reached now: nobody goes offline there before it is back and asked again.`
      : "");
}

function WaitsForApproval({ effect, state }: { effect: RunEffect; state: AppState }) {
  return (
    <Banner
      tone="warn"
      title="This run waits for approval"
      actions={may(state, "cut_run:approve") && (
        <LinkButton kind="primary" href={address("/admin/tonight/approve", { run: effect.run.id })}>
          Approve…
        </LinkButton>
      )}
    >
      {sentence(effect.run.brake_reason ?? "It would cut more than usual")}{" "}
      Nobody is cut before the owner approves it.
    </Banner>
  );
}

export const handler = define.handlers({
  async GET(ctx) {
    ctx.state.title = "Run now";
    const { run } = readInput(ctx.state, runQuery);
    return page<RunData>({ effect: await findCutRun(ctx.state, run), problems: {} });
  },
  async POST(ctx) {
    ctx.state.title = "Run now";
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
      const problems = { "": "Nothing was done: this run is over already." };
      return page<RunData>({ effect: before, problems }, { status: 422 });
    }
    const { tenantId } = requireSession(ctx.state);
    const result = await runCutNow(ctx.state.services, tenantId, actorOf(ctx.state), { runId });
    if (result.ok) return ctx.redirect(address(`/admin/runs/${runId}`, { done: "ran" }), 303);
    throwIfAbsent(result.code);
    const effect = await findCutRun(ctx.state, runId);
    return page<RunData>({ effect, problems: { "": sentence(result.message) } }, { status: 422 });
  },
});
