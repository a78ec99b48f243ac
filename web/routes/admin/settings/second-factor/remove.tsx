import { err } from "@/shared/result.ts";
import { requireSession } from "@/web/app/form/input.ts";
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
    if (what === "app") return appSince === null ? null : { what, name: "", left: passkeys.length };
    const passkey = passkeys.find(({ id }) => id === what);
    return passkey === undefined
      ? null
      : { what: passkey.id, name: passkey.name, left: passkeys.length - 1 + (appSince === null ? 0 : 1) };
  },
  permission: "signed_in",
  confirm: true,
  audit: "staff.factor_removed",
  summary: "Take one of one's own second factors away",
  // Gone already, or never theirs: the page of what there is says so.
  leave: (loaded) => loaded === null ? PATH : null,
  title: ({ t, loaded }) =>
    loaded === null || loaded.what === "app"
      ? t("factors.app_remove")
      : t("factors.passkey_remove", { name: loaded.name }),
  back: ({ t }) => ({ href: PATH, label: t("factors.title") }),
  question: ({ t, loaded }) =>
    loaded === null || loaded.what === "app"
      ? t("factors.app_remove_question")
      : t("factors.passkey_remove_question", { name: loaded.name }),
  effect: ({ t, loaded }) => t("factors.remove_effect", { count: loaded?.left ?? 0 }),
  tone: "danger",
  hidden: ({ loaded }) => ({ what: loaded?.what ?? "" }),
  verb: ({ t }) => t("factors.remove_verb"),
  submit: async (_input, { call: [context, , actor], state, loaded }) => {
    if (loaded === null) return err("factor_gone");
    const person = personIn(state);
    const { what } = loaded;
    return await (what === "app"
      ? removeApp(context, actor, person)
      : removePasskey(context, actor, person, { passkeyId: what }));
  },
  done: () => `${PATH}?done=removed`,
});

export default question.page;
export const { handler, route } = question;
