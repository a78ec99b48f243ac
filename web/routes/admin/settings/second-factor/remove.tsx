import { requireSession } from "@/web/app/form/input.ts";
import { found } from "@/web/app/frame/page_context.ts";
import { noFields } from "@/web/app/form/no_fields.ts";
import { define } from "@/web/app/state.ts";
import { removeFactorQuery } from "@/web/route_table/factors.ts";
import { removeApp, removePasskey } from "@/web/services/access/factors/remove_factor.ts";
import { findFactors } from "@/web/store/access/factors.ts";
import { personIn } from "./(_parts)/person.ts";

const PATH = "/admin/settings/second-factor";

const question = define.question({
  query: removeFactorQuery,
  input: noFields,
  load: async (trx, { state, query: { what } }) => {
    const { appSince, passkeys } = await findFactors(trx, requireSession(state).staffUserId);
    if (what === "app") return found(appSince === null ? null : { what, name: "", left: passkeys.length });
    const passkey = found(passkeys.find(({ id }) => id === what) ?? null);
    return { what, name: passkey.name, left: passkeys.length - 1 + (appSince === null ? 0 : 1) };
  },
  permission: "signed_in",
  confirm: true,
  audit: "staff.factor_removed",
  summary: "Take one of one's own second factors away",
  title: ({ t, loaded: { what, name } }) =>
    what === "app" ? t("factors.app_remove") : t("factors.passkey_remove", { name }),
  back: ({ t }) => ({ href: PATH, label: t("factors.title") }),
  question: ({ t, loaded: { what, name } }) =>
    what === "app" ? t("factors.app_remove_question") : t("factors.passkey_remove_question", { name }),
  effect: ({ t, loaded: { left } }) => t("factors.remove_effect", { count: left }),
  tone: "danger",
  hidden: ({ loaded: { what } }) => ({ what }),
  verb: ({ t }) => t("factors.remove_verb"),
  submit: (_input, { call: [context, , actor], state, loaded: { what } }) => {
    const person = personIn(state);
    return what === "app"
      ? removeApp(context, actor, person)
      : removePasskey(context, actor, person, { passkeyId: what });
  },
  done: () => `${PATH}?done=removed`,
});

export default question.page;
export const { handler, route } = question;
