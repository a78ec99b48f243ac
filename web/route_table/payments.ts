import { z } from "zod";
import { says } from "@/shared/codes/mod.ts";
import type { MessageKey } from "@/web/messages/mod.ts";
import {
  formDate,
  formPeso,
  formText,
  optionalPeso,
  pageQuery,
  queryDate,
  queryId,
  queryText,
  queryWord,
  reasonText,
} from "./fields.ts";
import { listQuery } from "./lists.ts";
import { PAYMENT_MAX } from "@/web/domain/payments/limits.ts";

export const METHODS = ["cash", "gcash", "maya", "bank", "check", "other"] as const;

/** Money, and what settles a bill beside it: a tax certificate. */
export const PAYMENT_METHODS = [...METHODS, "withholding_2307"] as const;

export const paymentsQuery = z.object({
  method: queryWord(PAYMENT_METHODS),
  status: queryWord(["posted", "reversed"]),
  subscriber: queryId,
  on: queryDate,
  from: queryDate,
  to: queryDate,
  q: queryText(120),
  ...listQuery,
  ...pageQuery,
});
export const newPaymentQuery = z.object({
  subscriber: queryId,
  bill: queryId,
  q: queryText(120),
  method: queryWord(PAYMENT_METHODS),
});
export const paymentQuery = z.object({ done: queryText(40) });
export const reverseForm = z.object({ reason: reasonText });

export const openingForm = z.object({
  side: z.enum(["owed", "credit"], says("choose_side")),
  amount: formPeso,
  asOf: formDate,
});

/** An empty bill means that the oldest due one is paid first. */
const optionalId = z.union([z.literal(""), z.uuid()]).optional().transform((id) => id || null);
/** The value that a person has confirmed; a confirmation does not count for another value. */
const confirmation = z.string().max(500).optional();

/** The payment form; what needs the books is checked by the use case. */
export const paymentForm = z.object({
  intent: z.enum(["post", "preview"]).catch("post"),
  key: formText(200),
  subscriber: z.uuid(says("choose_subscriber")),
  bill: optionalId,
  amount: formPeso,
  tendered: optionalPeso,
  method: z.enum(PAYMENT_METHODS, says("choose_method")),
  received: formDate,
  reference: formText(PAYMENT_MAX.reference).optional().default(""),
  note: formText(PAYMENT_MAX.note).optional().default(""),
  confirm_large: confirmation,
  confirm_reference: confirmation,
  confirm_date: confirmation,
  confirm_paid: confirmation,
  confirm_target: confirmation,
  shown: z.string().regex(/^\d{1,9}$/).transform(Number).optional().catch(undefined),
}).refine(({ method, tendered }) => method === "cash" || tendered === null, {
  error: "payments.only_cash" satisfies MessageKey,
  path: ["tendered"],
});
