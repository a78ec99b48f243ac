import { z } from "zod";
import { pageQuery, queryDate, queryId, queryText, queryWord, reasonText } from "./fields.ts";
import { listQuery } from "./lists.ts";

export const billsQuery = z.object({
  status: queryWord(["due", "partly_paid", "grace", "overdue", "paid", "void"]),
  q: queryText(120),
  subscriber: queryId,
  run: queryId,
  plan: queryId,
  site: queryId,
  on: queryDate,
  from: queryDate,
  to: queryDate,
  live: queryWord(["yes"]),
  ...listQuery,
  ...pageQuery,
});
export const billQuery = z.object({ done: queryText(40) });
/** Whether the periods of the bill are billed again; a form that does not say leaves it at that. */
export const AFTER_VOID = ["bill_again", "never"] as const;
export const voidForm = z.object({ reason: reasonText, periods: z.enum(AFTER_VOID).catch("bill_again") });
