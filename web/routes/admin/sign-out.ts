import { ok } from "@/shared/result.ts";
import { requireSession } from "@/web/app/form/input.ts";
import { noFields } from "@/web/app/form/no_fields.ts";
import { clientOf, endedCookie } from "@/web/app/guard/session_cookie.ts";
import { define } from "@/web/app/state.ts";
import { signOut } from "@/web/services/access/session.ts";

export const { handler, route } = define.action({
  input: noFields,
  permission: "signed_in",
  summary: "Sign out",
  async submit(_input, { ctx, state }) {
    const { services, security } = state;
    return ok(await signOut({ ...services, security }, requireSession(state), clientOf("staff", ctx)));
  },
  done(_value, { ctx, state }) {
    const response = ctx.redirect("/login?done=signed_out", 303);
    response.headers.append("set-cookie", endedCookie("staff", state.isHttps));
    return response;
  },
});
