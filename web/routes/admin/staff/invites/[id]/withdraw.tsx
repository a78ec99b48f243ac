import { found } from "@/web/app/frame/page_context.ts";
import { noFields } from "@/web/app/form/no_fields.ts";
import { define } from "@/web/app/state.ts";
import { idParams } from "@/web/route_table/fields.ts";
import { withdrawStaffInvite } from "@/web/services/access/invite_staff.ts";
import { findOpenInvite } from "@/web/store/access/invites.ts";

const question = define.question({
  params: idParams,
  input: noFields,
  load: async (trx, { params: { id } }) => found(await findOpenInvite(trx, id)),
  permission: "staff:write",
  audit: "staff_invite.withdrawn",
  confirm: true,
  summary: "Withdraw an invitation",
  title: ({ t }) => t("staff.withdraw_verb"),
  back: ({ t, loaded: { id, name } }) => ({
    href: `/admin/staff/invites/${id}`,
    label: t("staff.invite_of", { name }),
  }),
  question: ({ t, loaded: { name } }) => t("staff.withdraw_question", { name }),
  effect: ({ t }) => t("staff.withdraw_effect"),
  tone: "danger",
  verb: ({ t }) => t("staff.withdraw_verb"),
  submit: (_input, { call, loaded: { id } }) => withdrawStaffInvite(...call, { inviteId: id }),
  done: () => "/admin/staff?done=withdrawn",
});

export default question.page;
export const { handler, route } = question;
