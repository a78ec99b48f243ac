import { found } from "@/web/app/frame/page_context.ts";
import { readInput } from "@/web/app/form/input.ts";
import { define } from "@/web/app/state.ts";
import { mailPageQuery } from "@/web/route_table/demo.ts";
import type { RouteEntries } from "@/web/app/route_table.ts";
import { phonePage } from "./(_parts)/phone_page.ts";

/**
 * It has an origin of its own, runs nothing, loads nothing and sends nothing. Its links open beside it, and only a page of
 * ours may frame it.
 */
const SHUT_IN = [
  "sandbox allow-popups allow-popups-to-escape-sandbox",
  "default-src 'none'",
  "style-src 'unsafe-inline'",
  "img-src data:",
  "form-action 'none'",
  "base-uri 'none'",
  "frame-ancestors 'self'",
].join("; ");

/** The page of a mail as it was sent: foreign to us, so it is shut in. */
export const route: RouteEntries = {
  GET: {
    audience: "staff",
    permission: "demo:control",
    input: mailPageQuery,
    summary: "The page of a mail, to be framed by the Mailbox",
  },
};

export const handler = define.handlers({
  async GET(ctx) {
    const { mail: id, look = "light" } = readInput(ctx.state, mailPageQuery);
    const { html } = found(await found(ctx.state.demo).findMail(id));
    return new Response(phonePage(found(html), look), {
      headers: {
        "content-type": "text/html; charset=utf-8",
        "content-security-policy": SHUT_IN,
        "cross-origin-resource-policy": "same-origin",
        "referrer-policy": "no-referrer",
      },
    });
  },
});
