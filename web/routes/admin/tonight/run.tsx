import { ok } from "@/shared/result.ts";
import { formatPeso } from "@/shared/money/mod.ts";
import { address, may } from "@/web/app/frame/page_context.ts";
import { type AppState, define } from "@/web/app/state.ts";
import { Banner } from "@/web/components/facts/Banner.tsx";
import { TextField } from "@/web/components/form/TextField.tsx";
import { LinkButton } from "@/web/components/form/Button.tsx";
import { EmptyState } from "@/web/components/facts/EmptyState.tsx";
import type { Translate } from "@/web/messages/mod.ts";
import { runNowForm, runQuery } from "@/web/route_table/tonight.ts";
import { askOrRun } from "@/web/services/approvals/ask_or_run.ts";
import { runCutNow } from "@/web/services/cuts/approve_cut_run.ts";
import { afterAsking, GateNote, gateVerb, loadGate } from "../approvals/(_parts)/gate.tsx";
import { readCutRun } from "./(_parts)/find_cut_run.ts";
import { overWords } from "./(_parts)/CutsBanner.tsx";
import { Reason } from "./(_parts)/Reason.tsx";
import type { RunEffect } from "./(_parts)/run_effect.ts";
import { dayWords, peopleWords } from "./(_parts)/words.ts";

const question = define.question({
  query: runQuery,
  input: runNowForm,
  load: async (trx, { query, moment, state }) => {
    const effect = await readCutRun(trx, moment, query.run);
    const gate = await loadGate(trx, { state, moment }, "cut_now", { count: effect.listed });
    return { ...effect, gate };
  },
  permission: "cut_run:run",
  audit: "cut_run.finished",
  summary: "Run the list that was shown",
  title: ({ t }) => t("tonight.run_now"),
  lead: ({ t, loaded: { run } }) => t("tonight.list_of", { day: dayWords(run.business_on, t.locale) }),
  back: ({ t }) => ({ href: "/admin/tonight", label: t("tonight.title") }),
  blocked: ({ t, state, loaded: effect }) => {
    const { run, cut } = effect;
    if (run.status === "awaiting_approval") return <WaitsForApproval effect={effect} state={state} />;
    const isOver = run.status === "done" || run.status === "failed";
    if (!isOver && cut > 0) return null;
    return (
      <EmptyState
        icon="ok"
        title={t(isOver ? "tonight.over" : "tonight.none_left")}
        actions={isOver
          ? <LinkButton href={`/admin/runs/${run.id}`}>{t("tonight.over_link")}</LinkButton>
          : <LinkButton href="/admin/tonight">{t("tonight.go")}</LinkButton>}
      >
        {isOver ? overWhy(t, effect) : t("tonight.none_left_why")}
      </EmptyState>
    );
  },
  hidden: ({ loaded: { run } }) => ({ run: run.id }),
  question: ({ t, loaded: { cut } }) => t("tonight.cut_question", { people: peopleWords(t, cut) }),
  tone: "danger",
  effect: ({ t, loaded }) => effectWords(t, loaded),
  verb: ({ t, loaded: { cut, gate } }) =>
    gateVerb(gate, t, t("tonight.cut_verb", { people: peopleWords(t, cut) })),
  labels: { reason: "tables.reason" },
  children: ({ t, field, loaded: { gate } }) => (
    <>
      <GateNote gate={gate} t={t} />
      <p class="note">{t("tonight.cut_note")}</p>
      {gate.way !== "run" && <TextField {...field("reason")} required />}
    </>
  ),
  submit: async ({ reason }, { call, loaded: { run, gate }, state: { t } }) => {
    if (run.status === "done") return { problems: { "": t("tonight.over_already") } };
    const input = { runId: run.id };
    if (gate.way !== "run") return await askOrRun(...call, { kind: "cut_now", input, reason });
    const ran = await runCutNow(...call, input);
    return ran.ok ? ok({ outcome: "done" as const, value: ran.value, requestId: null }) : ran;
  },
  done: (done, { state, loaded: { run } }) =>
    afterAsking(state, done, {
      done: () => address(`/admin/runs/${run.id}`, { done: "ran" }),
      cannotRead: "/admin/tonight",
    }),
});

export default question.page;
export const { handler, route } = question;

/** What the run that is over has done, where it has cut somebody. */
function overWhy(t: Translate, { run, cuts }: RunEffect): string {
  const why = t("tonight.over_why");
  return cuts === null ? why : `${overWords(t, run, cuts)}. ${why}`;
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
