import { requireSession } from "@/web/app/input.ts";
import { endedCookie } from "@/web/app/session_cookie.ts";
import { define } from "@/web/app/state.ts";
import { signOut } from "@/web/services/access/sign_in.ts";
import type { RouteEntries } from "@/web/app/route_table.ts";

export const route: RouteEntries = {
  POST: { permission: "signed_in", summary: "Sign out" },
};

export const handler = define.handlers({
  async POST(ctx) {
    await signOut(ctx.state.services, requireSession(ctx.state));
    const response = ctx.redirect("/login?done=signed_out", 303);
    response.headers.append("set-cookie", endedCookie(ctx.state.isHttps));
    return response;
  },
});
