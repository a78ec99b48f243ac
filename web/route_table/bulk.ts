import { z } from "zod";
import type { RouteEntry } from "@/web/app/route_table.ts";
import { chosenRows } from "./lists.ts";
import { formText } from "./fields.ts";

/** An action on many rows: sent from a list it asks, sent from the question it acts. What it needs is checked there. */
export const bulkForm = z.object({
  ...chosenRows,
  list: z.enum(["subscribers", "tonight"]).catch("subscribers"),
  step: z.enum(["ask", "do"]).catch("ask"),
  key: z.uuid().optional().catch(undefined),
  seen: z.string().max(100).optional().default(""),
  until: formText(20).optional().default(""),
  on: formText(20).optional().default(""),
  reason: formText(1000).optional().default(""),
  plan: formText(40).optional().default(""),
});

export const bulkRoutes: readonly RouteEntry[] = [
  ...action("hold", "hold:write", "bulk.hold", "Hold many connections until a date"),
  ...action("end-hold", "hold:write", "bulk.end_hold", "End the holds of many connections"),
  ...action("exclude", "hold:write", "bulk.exclude", "Exclude many connections from one run"),
  ...action("plan", "subscriber:write", "bulk.change_plan", "Move many connections to another plan"),
];

function action(
  name: string,
  permission: RouteEntry["permission"],
  audit: string,
  summary: string,
): RouteEntry[] {
  const pattern = `/admin/bulk/${name}`;
  return [
    { method: "GET", pattern, permission, summary: "Leads back to the list" },
    { method: "POST", pattern, permission, input: bulkForm, audit, summary },
  ];
}
