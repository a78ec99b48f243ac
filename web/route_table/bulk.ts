import { z } from "zod";
import { chosenRows } from "./lists.ts";

/** An action on many rows: sent from a list it asks, sent from the question it acts. Each has fields of its own. */
export const bulkForm = z.object({
  ...chosenRows,
  list: z.enum(["subscribers", "tonight", "decisions"]).catch("subscribers"),
  step: z.enum(["ask", "do"]).catch("ask"),
  key: z.uuid().optional().catch(undefined),
  seen: z.string().max(100).optional().default(""),
});
