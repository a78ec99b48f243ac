import { noFields } from "@/web/app/form/no_fields.ts";
import { define } from "@/web/app/state.ts";
import { idParams } from "@/web/route_table/fields.ts";
import { renewStaffInvite } from "@/web/services/access/invite_staff.ts";
import { linkCookie } from "../../(_parts)/link_cookie.ts";

export const { handler, route } = define.action({
  params: idParams,
  input: noFields,
  load: (_trx, { params }) => Promise.resolve(params),
  permission: "staff:write",
  audit: "staff_invite.renewed",
  summary: "Give an invitation another link and more time",
  submit: (_input, { call, loaded: { id } }) => renewStaffInvite(...call, { inviteId: id }),
  done({ inviteId, code, mail }, { ctx, state }) {
    const path = `/admin/staff/invites/${inviteId}`;
    const response = ctx.redirect(`${path}?done=${mail}`, 303);
    response.headers.append("set-cookie", linkCookie(state, path, code));
    return response;
  },
});
