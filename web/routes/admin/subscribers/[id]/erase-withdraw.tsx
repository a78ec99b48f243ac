import { noFields } from "@/web/app/form/no_fields.ts";
import { define } from "@/web/app/state.ts";
import { idParams } from "@/web/route_table/fields.ts";
import { withdrawErasureRequest } from "@/web/services/privacy/erase_subscriber.ts";
import { loadErasure } from "../(_parts)/erasure.ts";

const question = define.question({
  params: idParams,
  input: noFields,
  load: (trx, { params: { id } }) => loadErasure(trx, id),
  permission: "privacy:erase",
  audit: "subscriber.erasure_withdrawn",
  summary: "Take the request to erase a person back",
  title: ({ t }) => t("privacy.withdraw"),
  back: ({ t, loaded: { person } }) => ({
    href: `/admin/subscribers/${person.id}/privacy`,
    label: t("privacy.title_of", { name: person.name }),
  }),
  question: ({ t }) => t("privacy.withdraw_question"),
  effect: ({ t }) => t("privacy.withdraw_effect"),
  verb: ({ t }) => t("privacy.withdraw"),
  submit: (_input, { call, loaded }) => withdrawErasureRequest(...call, { subscriberId: loaded.person.id }),
  done: (_value, { loaded }) => `/admin/subscribers/${loaded.person.id}/privacy?done=withdrawn`,
});

export default question.page;
export const { handler, route } = question;
