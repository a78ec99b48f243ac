import { found } from "@/web/app/frame/page_context.ts";
import { noFields } from "@/web/app/form/no_fields.ts";
import { define } from "@/web/app/state.ts";
import { idParams } from "@/web/route_table/fields.ts";
import { removeRole } from "@/web/services/access/save_role.ts";
import { findRole } from "@/web/store/access/roles.ts";

const question = define.question({
  params: idParams,
  input: noFields,
  load: async (trx, { params: { id } }) => found(await findRole(trx, id)),
  permission: "staff:write",
  audit: "role.deleted",
  confirm: true,
  summary: "Delete a role that nobody has",
  title: ({ t }) => t("staff.delete_role"),
  back: ({ loaded: role }) => ({ href: `/admin/roles/${role.id}`, label: role.name }),
  question: ({ t, loaded: { name } }) => t("staff.delete_question", { name }),
  effect: ({ t }) => t("staff.delete_effect"),
  tone: "danger",
  verb: ({ t }) => t("staff.delete_verb"),
  submit: (_input, { call, loaded: { id } }) => removeRole(...call, { roleId: id }),
  done: () => "/admin/roles?done=deleted",
});

export default question.page;
export const { handler, route } = question;
