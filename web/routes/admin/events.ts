import { readInput, requireSession } from "@/web/app/form/input.ts";
import { define } from "@/web/app/state.ts";
import { eventsQuery } from "@/web/route_table/live.ts";
import { heardTopics, parseTopics } from "@/web/services/live/topics.ts";
import { sitesOfAnyPage } from "@/web/domain/access/mod.ts";
import { findSessionAccess } from "@/web/services/access/session.ts";
import type { RouteEntries } from "@/web/app/route_table.ts";

const HEADERS = {
  "content-type": "text/event-stream; charset=utf-8",
  // A proxy that gathers or compresses a stream holds the news back.
  "cache-control": "no-store, no-transform",
  "x-accel-buffering": "no",
};

export const route: RouteEntries = {
  GET: {
    audience: "staff",
    permission: "signed_in",
    input: eventsQuery,
    summary: "News for an open page, as an event stream; each topic asks for its own permission",
  },
};

export const handler = define.handlers({
  GET(ctx) {
    if (ctx.req.method === "HEAD") return new Response(null, { headers: HEADERS });
    const { clientIp, liveHub, services } = ctx.state;
    const session = requireSession(ctx.state);
    const { topics, after } = readInput(ctx.state, eventsQuery);
    const wanted = parseTopics(topics ?? "");
    const heard = heardTopics(wanted, session.permissions);
    const opened = liveHub?.open({
      ...session,
      address: clientIp,
      topics: heard,
      after: ctx.req.headers.get("last-event-id") ?? after ?? null,
      async isStillAllowed() {
        const access = await findSessionAccess(services, session);
        if (access === null || heardTopics(wanted, access.permissions).length !== heard.length) return false;
        // Who is limited to other sites now opens the stream again, and is asked about each topic.
        return String(sitesOfAnyPage(access)) === String(session.siteIds ?? null);
      },
    });
    if (opened?.ok) return new Response(opened.value, { headers: HEADERS });
    // The page then asks again every few seconds instead of listening.
    const status = opened?.code === "too_many" ? 429 : 503;
    return new Response("No stream now.", { status, headers: { "retry-after": "30" } });
  },
});
