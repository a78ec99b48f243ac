import { z } from "zod";
import { says } from "@/shared/codes/mod.ts";
import { CONTACT_MAX } from "@/web/domain/subscribers/limits.ts";
import { formDate, formText, queryId, queryText } from "./fields.ts";
import { contactForm } from "./subscribers.ts";

/** Somebody who is there, or a new person. */
const payer = z.union([z.literal("new"), z.uuid()]);

/** Whose connection it is about, who is looked for, and who was chosen. */
export const payerQuery = z.object({
  connection: queryId,
  to: payer.optional().catch(undefined),
  q: queryText(120),
});

/** A connection that goes to another subscriber; the fields of a person are of a new one. */
export const payerForm = contactForm.extend({
  name: formText(CONTACT_MAX.name).optional().default(""),
  connection: z.uuid(says("choose_connection")),
  to: payer,
  when: z.enum(["today", "next_boundary"], says("choose_date")),
  unused: z.enum(["keep", "credit"], says("not_offered")).optional().default("keep"),
  shown: formDate,
  once: z.uuid(),
  accept: z.literal("on").optional().catch(undefined),
});
