import { accountOfKey, type RouterQuestion } from "@/shared/protocol/mod.ts";
import type { AppState } from "@/web/app/state.ts";
import { actorText } from "@/web/app/words/actor_words.ts";
import { may } from "@/web/app/frame/page_context.ts";
import { Banner } from "@/web/components/facts/Banner.tsx";
import { PppUser } from "@/web/components/facts/PppUser.tsx";
import { StoredText } from "@/web/components/facts/StoredText.tsx";
import { ActionForm, LinkButton } from "@/web/components/form/Button.tsx";
import type { Translate } from "@/web/messages/mod.ts";
import { standingAnswer } from "@/web/services/network/answer_router.ts";
import { answerWord, outcomeOf } from "./answer_words.ts";
import type { RouterPageView } from "./load_router.ts";

interface QuestionProps {
  view: RouterPageView;
  state: AppState;
}

/** What the agent asks, with its answers, until the agent says that it asks no more. */
export function QuestionBanner({ view, state }: QuestionProps) {
  const { question, answer, now } = view;
  const { t } = state;
  if (question === null && view.router.question !== null) {
    return <Banner tone="warn" title={t("network.asks_other")}>{t("network.asks_other_what")}</Banner>;
  }
  if (question === null) return <AnsweredBanner view={view} t={t} />;
  const standing = standingAnswer(answer, now);
  return (
    <Banner
      tone="warn"
      title={t(`network.asks_${question.kind}`)}
      actions={standing === null ? <Answers question={question} view={view} state={state} /> : undefined}
    >
      <p>
        {t(`network.asks_${question.kind}_what`, valuesOf(t, question))}
        {isRestoring(view) && ` ${t("network.asks_restores")}`}
      </p>
      <Examples question={question} t={t} />
      {standing !== null && (
        <p>
          {t(standing.isOnWay ? "network.answer_on_way" : "network.answer_taken", {
            by: actorText(t, standing.command.requested_by),
            answer: answerWord(t, standing.answer, question.enabled),
          })} {standing.isOnWay && view.agent !== "online" && t("network.answer_waits")}
        </p>
      )}
      {standing === null && answer !== null && (
        <p>
          {t("network.answer_failed")}{" "}
          {answer.error_message !== null && <StoredText text={answer.error_message} isSentence />}
        </p>
      )}
      {standing === null && view.agent !== "online" && <p>{t("network.answer_waits")}</p>}
    </Banner>
  );
}

/** Whether somebody who pays now is let on there: not by a router that is away, nor by one that may be another. */
function isRestoring({ question, router, agent }: RouterPageView): boolean {
  return question?.kind === "changed_at_once" && router.status === "online" && agent === "online";
}

/** The buttons of those who may press them; to the others it says who may. */
function Answers({ question, view: { router }, state }: QuestionProps & { question: RouterQuestion }) {
  const { t, csrfToken } = state;
  const path = `/admin/routers/${router.id}`;
  if (!may(state, "router:write")) return <span class="note">{t("network.answer_who")}</span>;
  if (question.kind === "identity_changed") {
    return (
      <>
        <ActionForm
          small
          action={`${path}/answer`}
          csrfToken={csrfToken}
          values={{ question: question.id, answer: "same_router" }}
        >
          {t("network.answer_same_router")}
        </ActionForm>
        <LinkButton small kind="quiet" href={`${path}/edit`}>{t("network.answer_other_router")}</LinkButton>
      </>
    );
  }
  return (
    <>
      <ActionForm
        small
        action={`${path}/answer`}
        csrfToken={csrfToken}
        values={{ question: question.id, answer: "leave" }}
      >
        {answerWord(t, "leave", question.enabled)}
      </ActionForm>
      {may(state, "cut_run:run")
        ? (
          <LinkButton small kind="danger" dialog href={`${path}/cut-again`}>
            {answerWord(t, "apply_books", question.enabled)}
          </LinkButton>
        )
        : <span class="note">{t("network.answer_who_cuts")}</span>}
    </>
  );
}

/** What became of the answer that was given just now, of a question that is not asked any more. */
function AnsweredBanner({ view: { answered }, t }: { view: RouterPageView; t: Translate }) {
  if (answered === null) return null;
  const outcome = outcomeOf(answered);
  if (outcome === "taken") return <Banner tone="ok" live>{t("network.answer_done")}</Banner>;
  if (outcome === "gone") {
    return <Banner tone="info" live title={t("network.answer_gone")}>{t("network.answer_gone_what")}</Banner>;
  }
  return null;
}

function Examples({ question, t }: { question: RouterQuestion; t: Translate }) {
  if (question.examples.length === 0) return null;
  return (
    <p class="wrap">
      {t("network.asks_examples")} {question.examples.map((key, at) => (
        <>
          {at > 0 && ", "}
          <PppUser {...accountOfKey(key)} />
        </>
      ))}
    </p>
  );
}

function valuesOf(t: Translate, { known, found, of, enabled, missing }: RouterQuestion) {
  const unnamed = t("network.asks_unnamed");
  return { known: known ?? unnamed, found: found ?? unnamed, of, enabled, missing };
}
