import { z } from "zod";
import type { RouteEntry } from "@/web/app/route_table.ts";
import { formPeso, formText, idParams, optionalText, queryText, queryWord } from "./fields.ts";
import { listQuery } from "./lists.ts";

export const plansQuery = z.object({
  show: queryWord(["all"]),
  sort: listQuery.sort,
  done: queryText(40),
});
export const planForm = z.object({
  name: formText(80).refine((text) => text !== "", "Type a name."),
  price: formPeso,
  profile: optionalText(80),
  speed: optionalText(40),
});

export const planRoutes: readonly RouteEntry[] = [
  {
    method: "GET",
    pattern: "/admin/plans",
    permission: "plan:read",
    input: plansQuery,
    summary: "Plans with their subscribers",
  },
  {
    method: "GET",
    pattern: "/admin/plans.csv",
    permission: "plan:read",
    input: plansQuery,
    summary: "The plans of the list as CSV",
  },
  { method: "GET", pattern: "/admin/plans/new", permission: "plan:write", summary: "Form for a new plan" },
  {
    method: "POST",
    pattern: "/admin/plans/new",
    permission: "plan:write",
    input: planForm,
    audit: "plan.created",
    summary: "Add a plan",
  },
  {
    method: "GET",
    pattern: "/admin/plans/:id/edit",
    permission: "plan:write",
    params: idParams,
    summary: "Form to change a plan",
  },
  {
    method: "POST",
    pattern: "/admin/plans/:id/edit",
    permission: "plan:write",
    params: idParams,
    input: planForm,
    audit: "plan.updated",
    summary: "Change a plan",
  },
  {
    method: "GET",
    pattern: "/admin/plans/:id/archive",
    permission: "plan:write",
    params: idParams,
    summary: "What archiving will do",
  },
  {
    method: "POST",
    pattern: "/admin/plans/:id/archive",
    permission: "plan:write",
    params: idParams,
    audit: "plan.archived",
    summary: "Archive a plan",
  },
];
