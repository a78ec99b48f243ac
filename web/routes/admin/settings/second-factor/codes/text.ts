import { requireSession } from "@/web/app/form/input.ts";
import type { RouteEntries } from "@/web/app/route_table.ts";
import { define } from "@/web/app/state.ts";
import { CODES_PATH, readCodes } from "../(_parts)/codes_cookie.ts";

export const route: RouteEntries = {
  GET: {
    audience: "staff",
    permission: "signed_in",
    summary: "Recovery codes that were just made, as a text file",
  },
};

export const handler = define.handlers({
  GET(ctx) {
    const { state, req } = ctx;
    const codes = readCodes(state, req.headers);
    if (codes.length === 0) return ctx.redirect(CODES_PATH, 303);
    const lines = [state.t("factors.codes_file", { email: requireSession(state).email }), "", ...codes, ""];
    return new Response(lines.join("\r\n"), {
      headers: {
        "content-type": "text/plain; charset=utf-8",
        "content-disposition": 'attachment; filename="linya-recovery-codes.txt"',
      },
    });
  },
});
