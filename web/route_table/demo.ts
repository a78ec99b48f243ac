import { z } from "zod";
import { ownPath } from "@/web/app/own_path.ts";
import type { RouteEntry } from "@/web/app/route_table.ts";

/** Page of the admin to come back to. */
const back = z.string().transform((text) => ownPath(text) ?? "/admin").catch("/admin");

export const clockForm = z.object({ to: z.enum(["day", "bill_run", "cut_run"]), back });
export const routerForm = z.object({ router: z.string().max(80), plugged: z.enum(["yes", "no"]) });
export const agentForm = z.object({ action: z.enum(["kill", "start"]) });
export const demoQuery = z.object({ done: z.string().max(40).optional() });

export const demoRoutes: readonly RouteEntry[] = [
  {
    method: "GET",
    pattern: "/admin/demo",
    permission: "demo:control",
    input: demoQuery,
    summary: "Cables and plugs of the demo",
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
    summary: "Kill or start the agent",
  },
];
