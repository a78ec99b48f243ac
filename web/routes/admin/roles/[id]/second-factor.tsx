import { found } from "@/web/app/frame/page_context.ts";
import { define } from "@/web/app/state.ts";
import { requireFactorForm } from "@/web/route_table/factors.ts";
import { idParams } from "@/web/route_table/fields.ts";
import { requireFactor } from "@/web/services/access/factors/require_factor.ts";
import { countHolders, findRoleRequires } from "@/web/store/access/role_factors.ts";
import { findRole } from "@/web/store/access/roles.ts";

const question = define.question({
  params: idParams,
  input: requireFactorForm,
  load: async (trx, { params: { id } }) => ({
    role: found(await findRole(trx, id)),
    isRequired: await findRoleRequires(trx, id),
    ...await countHolders(trx, id),
  }),
  permission: "staff:write",
  confirm: true,
  audit: "role.second_factor",
  summary: "Ask everybody who has a role for a second factor, or not any more",
  title: ({ t, loaded: { isRequired } }) => t(isRequired ? "factors.role_off" : "factors.role_on"),
  back: ({ loaded: { role: { id, name } } }) => ({ href: `/admin/roles/${id}`, label: name }),
  question: ({ t, loaded: { isRequired, role: { name } } }) =>
    isRequired ? t("factors.role_off_question", { name }) : t("factors.role_on_question", { name }),
  effect: ({ t, loaded: { isRequired, people, without } }) =>
    isRequired
      ? t("factors.role_off_effect", { count: people })
      : t("factors.role_on_effect", { count: without }),
  hidden: ({ loaded: { isRequired } }) => ({ required: isRequired ? "off" : "on" }),
  verb: ({ t, loaded: { isRequired } }) => t(isRequired ? "factors.role_off" : "factors.role_on"),
  submit: ({ required }, { call, loaded: { role } }) =>
    requireFactor(...call, { roleId: role.id, isRequired: required === "on" }),
  done: (_value, { input: { required }, loaded: { role } }) =>
    `/admin/roles/${role.id}?done=factor_${required}`,
});

export default question.page;
export const { handler, route } = question;
