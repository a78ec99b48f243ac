import { says } from "@/shared/codes/mod.ts";
import { z } from "zod";
import { formText, queryId, queryText } from "./fields.ts";
import { contactForm } from "./subscribers.ts";
import { PPP_NAME_MAX } from "@/web/domain/network/limits.ts";

const intent = z.enum(["save", "preview"]).optional().catch("save");

/** Ticked after the people who look the same were shown. */
const accept = z.literal("on").optional().catch(undefined);

const connectionFields = {
  plan: z.uuid(says("choose_plan")),
  router: z.uuid(says("choose_router")),
  ppp: formText(PPP_NAME_MAX).optional().default(""),
  secret: z.enum(["make", "link"], says("choose_secret")),
  activation: z.enum(["day", "first_session", "by_hand"], says("choose_activation")),
  billing: z.enum(["cycle", "anniversary", "prepaid"], says("choose_billing_day")),
  once: z.uuid().optional().catch(undefined),
};

/** A person with a first connection. */
export const newSubscriberForm = contactForm.extend({ ...connectionFields, intent, accept });

/** A plan that was chosen before, on the plans page. */
export const newSubscriberQuery = z.object({ plan: queryId, router: queryId });

/** Another connection of somebody who is there. */
export const newConnectionForm = z.object({ ...connectionFields, intent });

const connection = z.uuid(says("choose_connection"));
export const secretQuery = z.object({ connection: queryId, done: queryText(40) });
export const secretForm = z.object({ connection, ppp: formText(PPP_NAME_MAX).optional() });
export const oneConnectionForm = z.object({ connection });
export const planQuery = z.object({ connection: queryId, plan: queryId });
export const planForm = z.object({
  connection,
  plan: z.uuid(says("choose_plan")),
  /** Its own price outlives the change. */
  keep: z.literal("on").optional().catch(undefined),
});
