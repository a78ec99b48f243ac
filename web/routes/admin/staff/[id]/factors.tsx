import { found } from "@/web/app/frame/page_context.ts";
import { noFields } from "@/web/app/form/no_fields.ts";
import { define } from "@/web/app/state.ts";
import { idParams } from "@/web/route_table/fields.ts";
import { resetFactors } from "@/web/services/access/factors/reset_factors.ts";
import { findMember } from "@/web/store/access/members.ts";

const question = define.question({
  params: idParams,
  input: noFields,
  load: async (trx, { params: { id } }) => found(await findMember(trx, id)),
  permission: "staff:write",
  confirm: true,
  audit: "staff.factors_reset",
  summary: "Take all second factors of somebody away who has lost them",
  title: ({ t }) => t("factors.reset"),
  back: ({ loaded: { id, name } }) => ({ href: `/admin/staff/${id}`, label: name }),
  question: ({ t, loaded: { name } }) => t("factors.reset_question", { name }),
  effect: ({ t, loaded: { name } }) => t("factors.reset_effect", { name }),
  tone: "danger",
  children: ({ t }) => <p class="note">{t("factors.reset_note")}</p>,
  verb: ({ t }) => t("factors.reset_verb"),
  submit: (_input, { call, loaded: { id } }) => resetFactors(...call, { staffUserId: id }),
  done: (_value, { loaded: { id } }) => `/admin/staff/${id}?done=factors`,
});

export default question.page;
export const { handler, route } = question;
