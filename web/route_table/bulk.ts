import { z } from "zod";
import { REASON_SENT_MAX } from "@/web/domain/access/limits.ts";
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
  // Its length is checked there too, so that a long one is refused at its field.
  reason: formText(REASON_SENT_MAX).optional().default(""),
  plan: formText(40).optional().default(""),
});
