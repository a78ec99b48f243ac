import { found } from "@/web/app/frame/page_context.ts";
import { noFields } from "@/web/app/form/no_fields.ts";
import { define } from "@/web/app/state.ts";
import { idParams } from "@/web/route_table/fields.ts";
import { makeResetLink } from "@/web/services/access/reset_password.ts";
import { findMember } from "@/web/store/access/members.ts";
import { linkCookie } from "../(_parts)/link_cookie.ts";

const question = define.question({
  params: idParams,
  input: noFields,
  load: async (trx, { params: { id } }) => found(await findMember(trx, id)),
  permission: "staff:write",
  audit: "staff.password_link_made",
  summary: "Make a link by which somebody chooses a new password",
  title: ({ t }) => t("staff.password_link"),
  back: ({ loaded: { id, name } }) => ({ href: `/admin/staff/${id}`, label: name }),
  question: ({ t, loaded: { name } }) => t("staff.password_question", { name }),
  effect: ({ t, loaded: { name } }) => t("staff.password_effect", { name }),
  children: ({ t }) => <p class="note">{t("staff.password_note")}</p>,
  verb: ({ t }) => t("staff.password_verb"),
  submit: (_input, { call, loaded: { id } }) => makeResetLink(...call, { staffUserId: id }),
  done({ code, mail }, { ctx, state, loaded: { id } }) {
    const path = `/admin/staff/${id}`;
    const response = ctx.redirect(`${path}?done=link_${mail}`, 303);
    response.headers.append("set-cookie", linkCookie(state, path, code));
    return response;
  },
});

export default question.page;
export const { handler, route } = question;
