import { z } from "zod";
import { says } from "@/shared/codes/mod.ts";
import { CHARGE_MAX, PAYMENT_MAX } from "@/web/domain/payments/limits.ts";
import {
  formPeso,
  formText,
  pageQuery,
  queryDate,
  queryId,
  queryText,
  queryWord,
  reasonText,
} from "./fields.ts";
import { listQuery } from "./lists.ts";
import { METHODS } from "./payments.ts";

/** Why a credit memo is given; a write-off has a page of its own. */
export const MEMO_REASONS = ["goodwill", "outage", "correction", "other"] as const;
export const MEMO_KINDS = [...MEMO_REASONS, "write_off"] as const;
export const CHARGE_KINDS = ["one_time", "debit_memo"] as const;

export const memosQuery = z.object({
  kind: queryWord(MEMO_KINDS),
  status: queryWord(["live", "voided"]),
  subscriber: queryId,
  from: queryDate,
  to: queryDate,
  q: queryText(120),
  ...listQuery,
  ...pageQuery,
});
export const refundsQuery = z.object({
  method: queryWord(METHODS),
  status: queryWord(["live", "reversed"]),
  subscriber: queryId,
  from: queryDate,
  to: queryDate,
  q: queryText(120),
  ...listQuery,
  ...pageQuery,
});
/** What happened just before, on the page of a memo or a refund. */
export const correctionQuery = z.object({ done: queryText(40) });
export const takeBackForm = z.object({ reason: reasonText });

const intent = z.enum(["post", "preview"]).catch("post");
const key = formText(200);
const optionalId = z.union([z.literal(""), z.uuid()]).optional().transform((id) => id || null);

/** A credit memo is asked for by a bill, or for a subscriber. */
export const newMemoQuery = z.object({ bill: queryId });
export const memoForm = z.object({
  intent,
  key,
  kind: z.enum(MEMO_REASONS, says("choose_why")),
  amount: formPeso,
  bill: optionalId,
  reason: reasonText,
});
/** The rest of the bill as it was shown: when it is another one meanwhile, it is asked again. */
export const writeOffForm = z.object({ key, amount: formPeso, reason: reasonText });
export const chargeForm = z.object({
  intent,
  key: z.uuid(says("fill_in_once")),
  kind: z.enum(CHARGE_KINDS, says("choose_why")),
  what: formText(CHARGE_MAX.what).refine((text) => text !== "", says("charge_what_required")),
  amount: formPeso,
  connection: optionalId,
});
export const refundForm = z.object({
  intent,
  key,
  amount: formPeso,
  method: z.enum(METHODS, says("choose_method")),
  reference: formText(PAYMENT_MAX.reference).optional().default(""),
  reason: reasonText,
});
export const birInvoiceForm = z.object({ invoice: formText(CHARGE_MAX.birInvoiceNo).optional().default("") });
