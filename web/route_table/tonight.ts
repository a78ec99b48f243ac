import { z } from "zod";
import type { RouteEntry } from "@/web/app/route_table.ts";
import { formDate, idParams, pageQuery, queryId, queryText, queryWord, reasonText } from "./fields.ts";
import { bulkCounts, listQuery } from "./lists.ts";

/** Parts of the Tonight page. */
export const TONIGHT_VIEWS = ["cut", "held", "excluded", "soon", "kept"] as const;

export const tonightQuery = z.object({
  view: queryWord(TONIGHT_VIEWS),
  site: queryId,
  q: queryText(120),
  ...listQuery,
  ...pageQuery,
  ...bulkCounts,
});

/** The list that an action was taken on, to come back to it. */
const place = { view: queryWord(TONIGHT_VIEWS), site: queryId };

export const holdRowForm = z.object({ until: formDate, reason: reasonText });
export const excludeRowForm = z.object({ on: formDate, reason: reasonText });
export const includeRowForm = z.object({ on: formDate, ...place });
export const endHoldRowForm = z.object({ ...place });
export const moreTimeForm = z.object({
  days: z.enum(["3", "7"], "Choose 3 or 7 days.").transform(Number),
  /** The run that the page showed, and the hold that it showed for the row. */
  on: formDate,
  held: z.literal("").or(formDate).optional().transform((date) =>
    date === "" || date === undefined ? null : date
  ),
  ...place,
});

export const runQuery = z.object({ run: queryId });
export const runForm = z.object({ run: z.uuid("Open Tonight again: the list is missing.") });

export const runsQuery = z.object({
  kind: queryWord(["bill", "cut"]),
  days: queryWord(["all"]),
  ...listQuery,
  ...pageQuery,
});
export const runPageQuery = z.object({
  outcome: queryWord([
    "listed",
    "cut",
    "paid",
    "held",
    "excluded",
    "exempt",
    "not_due",
    "below_minimum",
    "already_cut",
    "billed",
    "failed",
  ]),
  ...listQuery,
  ...pageQuery,
});

export const tonightRoutes: readonly RouteEntry[] = [
  {
    method: "GET",
    pattern: "/admin/tonight",
    permission: "cut_run:read",
    input: tonightQuery,
    summary: "Who the next run will cut, and who not",
  },
  {
    method: "GET",
    pattern: "/admin/tonight.csv",
    permission: "cut_run:read",
    input: tonightQuery,
    summary: "The rows of a part of Tonight as CSV",
  },
  ...rowForm("hold", holdRowForm, "subscription.held", "Hold a connection until a date"),
  ...rowForm("exclude", excludeRowForm, "subscription.excluded", "Exclude a connection from one run"),
  ...rowAction("more-time", moreTimeForm, "subscription.hold_extended", "Give a connection 3 or 7 more days"),
  ...rowAction("end-hold", endHoldRowForm, "subscription.hold_ended", "End a hold"),
  ...rowAction("include", includeRowForm, "subscription.included", "Include a connection again"),
  {
    method: "POST",
    pattern: "/admin/tonight/list",
    permission: "cut_run:run",
    summary: "Make a list of who may be cut now, after the day's run",
  },
  {
    method: "GET",
    pattern: "/admin/tonight/run",
    permission: "cut_run:run",
    input: runQuery,
    summary: "What running a list now will do",
  },
  {
    method: "POST",
    pattern: "/admin/tonight/run",
    permission: "cut_run:run",
    input: runForm,
    audit: "cut_run.finished",
    summary: "Run the list that was shown",
  },
  {
    method: "GET",
    pattern: "/admin/tonight/approve",
    permission: "cut_run:approve",
    input: runQuery,
    summary: "What approving a stopped run means",
  },
  {
    method: "POST",
    pattern: "/admin/tonight/approve",
    permission: "cut_run:approve",
    input: runForm,
    audit: "cut_run.approved",
    summary: "Approve a run that the brake has stopped",
  },
  {
    method: "GET",
    pattern: "/admin/runs",
    permission: "cut_run:read",
    input: runsQuery,
    summary: "Bill and cut runs, newest first",
  },
  {
    method: "GET",
    pattern: "/admin/runs.csv",
    permission: "cut_run:read",
    input: runsQuery,
    summary: "The filtered runs as CSV",
  },
  {
    method: "GET",
    pattern: "/admin/runs/:id",
    permission: "cut_run:read",
    params: idParams,
    input: runPageQuery,
    summary: "Evidence of one run, row by row",
  },
  {
    method: "GET",
    pattern: "/admin/runs/:id/rows.csv",
    permission: "cut_run:read",
    params: idParams,
    input: runPageQuery,
    summary: "The filtered rows of a run as CSV",
  },
];

function rowForm(name: string, input: z.ZodType, audit: string, summary: string): RouteEntry[] {
  const pattern = `/admin/tonight/:id/${name}`;
  return [
    {
      method: "GET",
      pattern,
      permission: "hold:write",
      params: idParams,
      summary: `Form: ${summary.toLowerCase()}`,
    },
    { method: "POST", pattern, permission: "hold:write", params: idParams, input, audit, summary },
  ];
}

/** A button on a row; its address opened as a page leads back to the list. */
function rowAction(name: string, input: z.ZodType, audit: string, summary: string): RouteEntry[] {
  const pattern = `/admin/tonight/:id/${name}`;
  return [
    { method: "GET", pattern, permission: "hold:write", params: idParams, summary: "Leads back to Tonight" },
    { method: "POST", pattern, permission: "hold:write", params: idParams, input, audit, summary },
  ];
}
