import { ok } from "@/shared/result.ts";
import { requireSession } from "@/web/app/form/input.ts";
import { noFields } from "@/web/app/form/no_fields.ts";
import { clientOf } from "@/web/app/guard/session_cookie.ts";
import { define } from "@/web/app/state.ts";
import { endOtherSessions } from "@/web/services/access/end_sessions.ts";

export const { handler, route } = define.action({
  input: noFields,
  permission: "signed_in",
  summary: "End all of one's own sessions but this one",
  submit: async (_input, { ctx, state }) => {
    const { services, security } = state;
    const own = requireSession(state);
    return ok(await endOtherSessions({ ...services, security }, own, clientOf("staff", ctx)));
  },
  done: () => "/admin/settings/sessions?done=others",
});
