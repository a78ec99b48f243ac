import { z } from "zod";
import type { MessageKey } from "@/web/messages/mod.ts";
import { optionalPeso, pageQuery, queryDate, queryId, queryText, queryWord, reasonText } from "./fields.ts";
import { listQuery } from "./lists.ts";

export const billsQuery = z.object({
  status: queryWord(["due", "partly_paid", "disputed", "grace", "overdue", "paid", "void"]),
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
export const disputeForm = z.object({ amount: optionalPeso, reason: reasonText });
export const decideForm = z.object({
  decision: z.enum(["upheld", "rejected", "withdrawn"], "bills.choose_decision" satisfies MessageKey),
  reason: reasonText,
});
export const disputesQuery = z.object({
  state: queryWord(["open", "late", "over"]),
  subscriber: queryId,
  ...listQuery,
  ...pageQuery,
});
/** Whether the periods of the bill are billed again; a form that does not say leaves it at that. */
export const AFTER_VOID = ["bill_again", "never"] as const;
export const voidForm = z.object({ reason: reasonText, periods: z.enum(AFTER_VOID).catch("bill_again") });
