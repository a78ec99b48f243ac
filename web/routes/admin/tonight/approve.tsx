import { storedText } from "@/web/messages/coded_text.ts";
import { formatPeso } from "@/shared/money/mod.ts";
import { address, type PageMoment } from "@/web/app/frame/page_context.ts";
import { refusalText } from "@/web/app/errors/refusal_text.ts";
import { define } from "@/web/app/state.ts";
import { LinkButton } from "@/web/components/form/Button.tsx";
import { EmptyState } from "@/web/components/facts/EmptyState.tsx";
import { formatCount, sentence } from "@/web/format.ts";
import type { Translate } from "@/web/messages/mod.ts";
import { runForm, runQuery } from "@/web/route_table/tonight.ts";
import { approveCutRun } from "@/web/services/cuts/approve_cut_run.ts";
import { countActiveConnections } from "@/web/store/billing/runs.ts";
import { readCutRun } from "./(_parts)/find_cut_run.ts";
import { overWords } from "./(_parts)/CutsBanner.tsx";
import { backTo } from "./(_parts)/row_action.ts";
import type { RunEffect } from "./(_parts)/run_effect.ts";
import { clockWords, dayWords, peopleWords } from "./(_parts)/words.ts";

const question = define.question({
  query: runQuery,
  input: runForm,
  load: async (trx, { query, moment }) => {
    const active = await countActiveConnections(trx);
    const effect = await readCutRun(trx, moment, query.run);
    return { ...effect, active, share: active === 0 ? 100 : Math.round(effect.cut * 100 / active) };
  },
  permission: "cut_run:approve",
  audit: "cut_run.approved",
  summary: "Approve a run that the brake has stopped",
  refused: "tonight.approve_nothing",
  title: ({ t }) => t("tonight.approve_title"),
  lead: ({ t, loaded: { run } }) => t("tonight.list_of", { day: dayWords(run.business_on, t.locale) }),
  back: ({ t }) => ({ href: "/admin/tonight", label: t("tonight.title") }),
  backLabel: ({ t }) => t("tonight.approve_again"),
  blocked: ({ t, loaded: { run, cuts } }) =>
    run.status === "awaiting_approval" ? null : (
      <EmptyState
        icon="ok"
        title={t("tonight.approve_not")}
        actions={isOver(run)
          ? <LinkButton href={`/admin/runs/${run.id}`}>{t("tonight.over_link")}</LinkButton>
          : <LinkButton href="/admin/tonight">{t("tonight.go")}</LinkButton>}
      >
        {run.approved_by === null
          ? t("tonight.approve_over")
          : t("tonight.approve_by", { name: run.approved_by })}
        {run.status === "done" && ` ${overWords(t, run, cuts)}.`}
      </EmptyState>
    ),
  hidden: ({ loaded: { run } }) => ({ run: run.id }),
  question: ({ t, loaded: { cut } }) => t("tonight.approve_question", { people: peopleWords(t, cut) }),
  tone: "danger",
  effect: ({ t, moment, loaded }) =>
    [
      t("tonight.approve_stopped", {
        reason: sentence(
          loaded.run.brake_reason === null
            ? t("tonight.unusual_inline")
            : storedText(t, loaded.run.brake_reason),
        ),
      }),
      t("tonight.approve_effect", {
        cut: formatCount(loaded.cut),
        active: formatCount(loaded.active),
        share: loaded.share,
        routers: t("tonight.routers", { n: loaded.routers }),
        when: whenOf(t, loaded, moment),
        owed: formatPeso(loaded.owed),
      }),
    ].join(" "),
  verb: ({ t, loaded: { cut } }) => t("tonight.approve_verb", { people: peopleWords(t, cut) }),
  children: ({ t }) => <p class="note">{t("tonight.approve_note")}</p>,
  submit: async (_input, { call, loaded: { run }, state }) => {
    const result = await approveCutRun(...call, { runId: run.id });
    if (result.ok) return result;
    return { problems: { "": `${refusalText(state, result)} ${state.t("tonight.somebody_decided")}` } };
  },
  done: (_value, { loaded: { run } }) =>
    run.trigger === "manual"
      ? address("/admin/tonight/run", { run: run.id })
      : backTo({ view: "cut", siteId: undefined }, "approved"),
});

export default question.page;
export const { handler, route } = question;

function isOver({ status }: RunEffect["run"]): boolean {
  return status === "done" || status === "failed";
}

function whenOf(t: Translate, { run }: RunEffect, { tenant, time, today }: PageMoment): string {
  if (run.trigger === "manual") return t("tonight.when_asked");
  const at = Temporal.PlainTime.from(tenant.cut_time);
  const isLate = Temporal.PlainDate.compare(run.business_on, today) < 0 ||
    Temporal.PlainTime.compare(time, at) >= 0;
  return isLate ? t("tonight.within_minute") : t("tonight.at", { time: clockWords(at) });
}
