import { requireSession } from "@/web/app/form/input.ts";
import { clientOf } from "@/web/app/guard/session_cookie.ts";
import { define } from "@/web/app/state.ts";
import { endSessionForm } from "@/web/route_table/session.ts";
import { endOwnSession } from "@/web/services/access/end_sessions.ts";

export const { handler, route } = define.action({
  input: endSessionForm,
  permission: "signed_in",
  summary: "End one of one's own sessions",
  submit: ({ session: sessionId, company }, { ctx, state }) => {
    const { services, security } = state;
    return endOwnSession(
      { ...services, security },
      requireSession(state),
      { tenantId: company, sessionId },
      clientOf("staff", ctx),
    );
  },
  done: () => "/admin/settings/sessions?done=ended",
});
