import { clientOf } from "@/web/app/guard/session_cookie.ts";
import { define } from "@/web/app/state.ts";
import { idParams } from "@/web/route_table/fields.ts";
import { endStaffSessionsForm } from "@/web/route_table/session.ts";
import { endStaffSessions } from "@/web/services/access/end_sessions.ts";

export const { handler, route } = define.action({
  params: idParams,
  input: endStaffSessionsForm,
  load: (_trx, { params }) => Promise.resolve(params),
  permission: "staff:write",
  audit: "staff.sessions_ended",
  summary: "End one session of somebody, or all of them",
  submit: ({ session: sessionId }, { ctx, state, call, loaded: { id } }) => {
    const [services, ...who] = call;
    return endStaffSessions({ ...services, security: state.security }, ...who, {
      staffUserId: id,
      sessionId,
      client: clientOf("staff", ctx),
    });
  },
  done: (_count, { loaded: { id } }) => `/admin/staff/${id}?done=sessions`,
});
