import { z } from "zod";
import type { RouteEntry } from "@/web/app/route_table.ts";
import { formText, idParams, queryId, queryText } from "./fields.ts";
import { connectionQuery, contactForm } from "./subscribers.ts";

const intent = z.enum(["save", "preview"]).optional().catch("save");

/** Ticked after the people who look the same were shown. */
const accept = z.literal("on").optional().catch(undefined);

const connectionFields = {
  plan: z.uuid("Choose a plan."),
  router: z.uuid("Choose a router."),
  ppp: formText(60).optional().default(""),
  secret: z.enum(["make", "link"], "Choose where the secret comes from."),
  activation: z.enum(["day", "first_session", "by_hand"], "Choose when it begins."),
  billing: z.enum(["cycle", "anniversary"], "Choose the billing day."),
  once: z.uuid().optional().catch(undefined),
};

/** A person with a first connection. */
export const newSubscriberForm = contactForm.extend({ ...connectionFields, intent, accept });

/** A plan that was chosen before, on the plans page. */
export const newSubscriberQuery = z.object({ plan: queryId, router: queryId });

/** Another connection of somebody who is there. */
export const newConnectionForm = z.object({ ...connectionFields, intent });

const connection = z.uuid("Choose a connection.");
export const secretQuery = z.object({ connection: queryId, done: queryText(40) });
export const secretForm = z.object({ connection, ppp: formText(60).optional() });
export const oneConnectionForm = z.object({ connection });
export const planQuery = z.object({ connection: queryId, plan: queryId });
export const planForm = z.object({ connection, plan: z.uuid("Choose a plan.") });

const write = { permission: "subscriber:write", params: idParams } as const;

export const newSubscriberRoutes: readonly RouteEntry[] = [
  {
    method: "GET",
    pattern: "/admin/subscribers/new",
    permission: "subscriber:write",
    input: newSubscriberQuery,
    summary: "Form for a new subscriber",
  },
  {
    method: "POST",
    pattern: "/admin/subscribers/new",
    permission: "subscriber:write",
    input: newSubscriberForm,
    audit: "subscriber.added",
    summary: "Add a subscriber with a connection, or preview the first bill",
  },
  {
    ...write,
    method: "GET",
    pattern: "/admin/subscribers/:id/connection",
    input: newSubscriberQuery,
    summary: "Form for another connection",
  },
  {
    ...write,
    method: "POST",
    pattern: "/admin/subscribers/:id/connection",
    input: newConnectionForm,
    audit: "subscription.added",
    summary: "Add a connection, or preview its first bill",
  },
  {
    ...write,
    method: "GET",
    pattern: "/admin/subscribers/:id/secret",
    input: secretQuery,
    summary: "How far a PPP secret has come, with its password once",
  },
  {
    ...write,
    method: "POST",
    pattern: "/admin/subscribers/:id/secret",
    input: secretForm,
    audit: "subscription.secret_sent",
    summary: "Make the PPP secret, or give it a new password",
  },
  {
    ...write,
    method: "POST",
    pattern: "/admin/subscribers/:id/secret/cancel",
    input: oneConnectionForm,
    audit: "subscription.secret_withdrawn",
    summary: "Take a PPP secret back that is on its way",
  },
  {
    ...write,
    method: "POST",
    pattern: "/admin/subscribers/:id/secret/link",
    input: oneConnectionForm,
    audit: "subscription.secret_linked",
    summary: "Use the PPP secret that is on the router",
  },
  {
    ...write,
    method: "POST",
    pattern: "/admin/subscribers/:id/activate",
    input: oneConnectionForm,
    audit: "subscription.activated",
    summary: "End Pending install by hand",
  },
  {
    ...write,
    method: "GET",
    pattern: "/admin/subscribers/:id/remove",
    input: connectionQuery,
    summary: "What taking a connection away will do",
  },
  {
    ...write,
    method: "POST",
    pattern: "/admin/subscribers/:id/remove",
    input: oneConnectionForm,
    audit: "subscription.removed",
    summary: "Take away a connection that has no bill",
  },
  {
    ...write,
    method: "GET",
    pattern: "/admin/subscribers/:id/plan",
    input: planQuery,
    summary: "Choose a plan for the next cycle, with its effect",
  },
  {
    ...write,
    method: "POST",
    pattern: "/admin/subscribers/:id/plan",
    input: planForm,
    audit: "subscription.plan_change_planned",
    summary: "Change the plan from the next cycle on",
  },
  {
    ...write,
    method: "POST",
    pattern: "/admin/subscribers/:id/plan/cancel",
    input: oneConnectionForm,
    audit: "subscription.plan_change_cancelled",
    summary: "Cancel a plan change that has not come yet",
  },
];
