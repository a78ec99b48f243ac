import { z } from "zod";
import type { RouteEntry } from "@/web/app/route_table.ts";
import { formText, idParams, queryId, queryText, queryWord } from "./fields.ts";
import { listQuery } from "./lists.ts";

const done = queryText(40);

export const sitesQuery = z.object({
  done,
  q: queryText(80),
  state: queryWord(["away", "drift"]),
  sort: listQuery.sort,
});
export const siteForm = z.object({
  name: formText(80).refine((text) => text !== "", "Type a name for the site."),
});
export const siteQuery = z.object({ done });

const routerFields = {
  name: formText(80).refine((text) => text !== "", "Type a name for the router."),
  host: formText(253).refine((text) => text !== "", "Type the router's address, for example 192.168.88.1."),
  port: z.string("Type the port once.").trim().regex(/^\d{1,6}$/, "The port is a number. RouterOS uses 8728.")
    .transform(Number),
  username: formText(100).refine((text) => text !== "", "Type the user that Linya signs in with."),
};

/** A password is taken as typed: a space may be part of it. */
const password = z.string("Type the password once.").max(200, "Shorten this to 200 characters.");

export const addRouterForm = z.object({
  ...routerFields,
  password: password.refine((text) => text !== "", "Type the password of that user."),
});
export const editRouterForm = z.object({
  ...routerFields,
  password: password.optional().transform((text) => text === "" ? undefined : text),
  replaced: z.string().optional().transform((text) => text !== undefined),
});

export const routerQuery = z.object({
  done,
  test: queryId,
  drift: queryWord([
    "missing",
    "enabled_by_hand",
    "disabled_by_hand",
    "profile",
    "held",
    "waiting_permit",
    "failed",
  ]),
  sort: listQuery.sort,
  per: listQuery.per,
  after: queryText(400),
  before: queryText(400),
});

/** `then=enrol` replaces the agent: the code for the next one is made at once. */
const then = queryWord(["enrol"]);
export const revokeQuery = z.object({ then });
export const revokeForm = z.object({ then, confirm: queryText(120) });

export const siteRoutes: readonly RouteEntry[] = [
  {
    method: "GET",
    pattern: "/admin/sites",
    permission: "site:read",
    input: sitesQuery,
    summary: "Sites with agents and routers",
  },
  {
    method: "GET",
    pattern: "/admin/sites.csv",
    permission: "site:read",
    input: sitesQuery,
    summary: "The filtered sites as CSV",
  },
  {
    method: "POST",
    pattern: "/admin/sites",
    permission: "site:write",
    input: siteForm,
    audit: "site.created",
    summary: "Add a site",
  },
  {
    method: "GET",
    pattern: "/admin/sites/:id",
    permission: "site:read",
    params: idParams,
    input: siteQuery,
    summary: "One site: its agent and its routers",
  },
  {
    method: "GET",
    pattern: "/admin/sites/:id/rename",
    permission: "site:write",
    params: idParams,
    summary: "Leads to the site",
  },
  {
    method: "POST",
    pattern: "/admin/sites/:id/rename",
    permission: "site:write",
    params: idParams,
    input: siteForm,
    audit: "site.renamed",
    summary: "Rename a site",
  },
  {
    method: "GET",
    pattern: "/admin/sites/:id/code",
    permission: "agent:enrol",
    params: idParams,
    summary: "Leads to the site",
  },
  {
    method: "POST",
    pattern: "/admin/sites/:id/code",
    permission: "agent:enrol",
    params: idParams,
    audit: "enrolment_code.created",
    summary: "Make a code that enrols an agent",
  },
  {
    method: "GET",
    pattern: "/admin/sites/:id/routers",
    permission: "router:write",
    params: idParams,
    summary: "Leads to the site",
  },
  {
    method: "POST",
    pattern: "/admin/sites/:id/routers",
    permission: "router:write",
    params: idParams,
    input: addRouterForm,
    audit: "router.added",
    summary: "Add a router and test it",
  },
  {
    method: "GET",
    pattern: "/admin/agents/:id/revoke",
    permission: "agent:revoke",
    params: idParams,
    input: revokeQuery,
    summary: "What revoking will do",
  },
  {
    method: "POST",
    pattern: "/admin/agents/:id/revoke",
    permission: "agent:revoke",
    params: idParams,
    input: revokeForm,
    audit: "agent.revoked",
    summary: "Revoke an agent",
  },
  {
    method: "GET",
    pattern: "/admin/routers/:id",
    permission: "router:read",
    params: idParams,
    input: routerQuery,
    summary: "One router: facts, drift, commands",
  },
  {
    method: "GET",
    pattern: "/admin/routers/:id/test",
    permission: "router:write",
    params: idParams,
    summary: "Leads to the router",
  },
  {
    method: "POST",
    pattern: "/admin/routers/:id/test",
    permission: "router:write",
    params: idParams,
    summary: "Test a router",
  },
  {
    method: "GET",
    pattern: "/admin/routers/:id/edit",
    permission: "router:write",
    params: idParams,
    summary: "Form to change a router",
  },
  {
    method: "POST",
    pattern: "/admin/routers/:id/edit",
    permission: "router:write",
    params: idParams,
    input: editRouterForm,
    audit: "router.updated",
    summary: "Change a router",
  },
  {
    method: "GET",
    pattern: "/admin/routers/:id/archive",
    permission: "router:write",
    params: idParams,
    summary: "What archiving will do",
  },
  {
    method: "POST",
    pattern: "/admin/routers/:id/archive",
    permission: "router:write",
    params: idParams,
    audit: "router.archived",
    summary: "Archive a router",
  },
];
