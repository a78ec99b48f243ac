import { requireSession } from "@/web/app/form/input.ts";
import { clientOf, endedCookie } from "@/web/app/guard/session_cookie.ts";
import type { RouteEntries } from "@/web/app/route_table.ts";
import { define } from "@/web/app/state.ts";
import { signOut } from "@/web/services/access/sign_in.ts";

export const route: RouteEntries = {
  POST: { audience: "staff", permission: "signed_in", summary: "Sign out" },
};

export const handler = define.handlers({
  async POST(ctx) {
    const { services, security } = ctx.state;
    await signOut({ ...services, security }, requireSession(ctx.state), clientOf("staff", ctx));
    const response = ctx.redirect("/login?done=signed_out", 303);
    response.headers.append("set-cookie", endedCookie("staff", ctx.state.isHttps));
    return response;
  },
});
