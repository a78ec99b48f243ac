import { END_REASONS } from "@/shared/codes/kinds.ts";
import { says } from "@/shared/codes/mod.ts";
import { z } from "zod";
import { CONSENT_WAYS } from "@/shared/codes/privacy.ts";
import { formDate, formText, queryDate, queryId, queryText, queryWord } from "./fields.ts";
import { contactForm } from "./subscribers.ts";
import { REASON_MAX } from "@/web/domain/access/limits.ts";
import { PPP_NAME_MAX } from "@/web/domain/network/limits.ts";
import { beginsWhen, unitText } from "./prepaid.ts";

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
  /** Of a prepaid one: what is bought at once, such as `days-30`; else it waits for its first purchase. */
  buys: z.string().max(20).optional().catch(undefined),
  once: z.uuid().optional().catch(undefined),
};

/** A person with a first connection. */
export const newSubscriberForm = contactForm.extend({
  ...connectionFields,
  intent,
  accept,
  /** Empty: nobody asked them. */
  consent: z.enum(["", "given", "refused"]).optional().default(""),
  way: z.enum(CONSENT_WAYS).optional().default("paper"),
});

/** A plan that was chosen before, on the plans page. */
export const newSubscriberQuery = z.object({ plan: queryId, router: queryId });

/** Another connection of somebody who is there. */
export const newConnectionForm = z.object({ ...connectionFields, intent });

const connection = z.uuid(says("choose_connection"));
export const secretQuery = z.object({
  connection: queryId,
  done: queryText(40),
  /** What is bought first, carried to the page that buys. */
  unit: unitText.optional().catch(undefined),
  begins: beginsWhen.optional().catch(undefined),
});
export const secretForm = z.object({ connection, ppp: formText(PPP_NAME_MAX).optional() });
export const oneConnectionForm = z.object({ connection });
/** What was shown that it comes to; below zero: given back. */
const seenCentavos = z.string().regex(/^-?\d{1,15}$/).optional().catch(undefined)
  .transform((text) => BigInt(text ?? "0"));

export const planQuery = z.object({
  connection: queryId,
  plan: queryId,
  when: queryWord(["next", "today"]),
  keep: queryWord(["on"]),
});
export const planForm = z.object({
  connection,
  plan: z.uuid(says("choose_plan")),
  /** Its own price outlives the change. */
  keep: z.literal("on").optional().catch(undefined),
  when: z.enum(["next", "today"]).optional().catch("next"),
  net: seenCentavos,
});

export const endQuery = z.object({
  connection: queryId,
  last: queryDate,
  unused: queryWord(["credit", "no_credit"]),
});
export const endForm = z.object({
  connection,
  last: formDate,
  /** The company's way where nothing is chosen. */
  unused: z.enum(["credit", "no_credit"], says("not_offered")).optional(),
  why: z.union([z.literal(""), z.enum(END_REASONS)], says("not_offered")).optional()
    .transform((why) => why === undefined || why === "" ? null : why),
  /** What was shown that it does. */
  seen: z.string().max(40).optional().catch(undefined),
  /** Where it waits for an approval. */
  reason: formText(REASON_MAX).optional().default(""),
});
