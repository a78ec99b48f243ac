import { z } from "zod";
import { ownPath } from "@/web/app/own_path.ts";
import type { RouteEntry } from "@/web/app/route_table.ts";

/** Page of the admin to come back to. */
const back = z.string().transform((text) => ownPath(text) ?? "/admin").catch("/admin");

export const clockForm = z.object({ to: z.enum(["day", "bill_run", "cut_run", "week", "month"]), back });
export const routerForm = z.object({ router: z.string().max(80), plugged: z.enum(["yes", "no"]) });
export const agentForm = z.object({ site: z.string().max(80), action: z.enum(["kill", "start"]) });
export const demoQuery = z.object({ done: z.string().max(40).optional() });
/** The last day of the page. */
export const daysQuery = z.object({ until: z.iso.date().optional().catch(undefined) });
export const tourForm = z.object({
  action: z.enum(["start", "open", "next", "leave"]),
  step: z.enum(["tonight", "hold", "pay", "unplug", "travel", "books"]).optional(),
  back,
});

export const demoRoutes: readonly RouteEntry[] = [
  {
    method: "GET",
    pattern: "/admin/demo",
    permission: "demo:control",
    input: demoQuery,
    summary: "Cables and plugs of the demo",
  },
  {
    method: "GET",
    pattern: "/admin/demo/days",
    permission: "bill:read",
    input: daysQuery,
    summary: "What happened on each business day",
  },
  {
    method: "GET",
    pattern: "/admin/demo/tour",
    permission: "demo:control",
    summary: "The tour's steps and how far they are",
  },
  {
    method: "POST",
    pattern: "/admin/demo/tour",
    permission: "demo:control",
    input: tourForm,
    summary: "Start, go on with or leave the tour",
  },
  {
    method: "POST",
    pattern: "/admin/demo/clock",
    permission: "demo:control",
    input: clockForm,
    summary: "Move business time",
  },
  {
    method: "POST",
    pattern: "/admin/demo/router",
    permission: "demo:control",
    input: routerForm,
    summary: "Unplug a router",
  },
  {
    method: "POST",
    pattern: "/admin/demo/agent",
    permission: "demo:control",
    input: agentForm,
    summary: "Kill or start the agent of a site",
  },
];
