import { found } from "@/web/app/frame/page_context.ts";
import { define } from "@/web/app/state.ts";
import { EmptyState } from "@/web/components/facts/EmptyState.tsx";
import { idParams } from "@/web/route_table/fields.ts";
import { cutAgainForm } from "@/web/route_table/sites.ts";
import { answerRouter } from "@/web/services/network/answer_router.ts";
import { WEB_COMMANDS } from "@/web/services/network/commands/command_registry.ts";
import { findRouter } from "@/web/store/network/routers.ts";
import { questionOf } from "@/web/store/network/router_standing.ts";
import { answerWord } from "../(_parts)/answer_words.ts";

/** People are cut for it: it takes what a cut takes, and what an answer takes. */
const question = define.question({
  params: idParams,
  input: cutAgainForm,
  load: async (trx, { params }) => {
    const router = found(await findRouter(trx, params.id));
    const asked = questionOf(router);
    return { router, asked: asked?.kind === "changed_at_once" ? asked : null };
  },
  permission: "cut_run:run",
  also: [WEB_COMMANDS["router.answer"].permission],
  audit: "router.answered",
  summary: "Cut again on a router whoever is on there against the books",
  title: ({ t, loaded: { router } }) => t("network.cut_again_title", { name: router.name }),
  back: ({ loaded: { router } }) => ({ href: `/admin/routers/${router.id}`, label: router.name }),
  blocked: ({ t, loaded: { asked } }) =>
    asked === null ? <EmptyState icon="ok" title={t("network.answer_gone")} /> : null,
  hidden: ({ loaded: { asked } }) => ({ question: asked?.id ?? "" }),
  question: ({ t, loaded: { asked } }) => t("network.cut_again_question", { n: asked?.enabled ?? 0 }),
  tone: "danger",
  effect: ({ t, loaded: { asked } }) =>
    t("network.cut_again_effect", { n: asked?.enabled ?? 0, missing: asked?.missing ?? 0 }),
  verb: ({ t, loaded: { asked } }) => answerWord(t, "apply_books", asked?.enabled),
  children: ({ t }) => <p class="note">{t("network.cut_again_note")}</p>,
  submit: ({ question: questionId }, { call, loaded: { router } }) =>
    answerRouter(...call, { routerId: router.id, questionId, answer: "apply_books" }),
  done: ({ commandId }, { loaded: { router } }) => `/admin/routers/${router.id}?answer=${commandId}`,
});

export default question.page;
export const { handler, route } = question;
