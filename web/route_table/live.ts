import { z } from "zod";
import type { RouteEntry } from "@/web/app/route_table.ts";
import { queryText } from "./fields.ts";

export const eventsQuery = z.object({
  /** Separated by commas; those that the person may not hear are left out. */
  topics: queryText(2_000),
  /** The last position that the page knows; `Last-Event-ID` comes before it. */
  after: queryText(60),
});

export const liveRoutes: readonly RouteEntry[] = [
  {
    method: "GET",
    pattern: "/admin/events",
    permission: "signed_in",
    input: eventsQuery,
    summary: "News for an open page, as an event stream; each topic asks for its own permission",
  },
];
