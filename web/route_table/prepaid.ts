import { z } from "zod";
import { says } from "@/shared/codes/mod.ts";
import { PAYMENT_MAX } from "@/web/domain/payments/limits.ts";
import { PREPAID_DAYS, PREPAID_MAX } from "@/web/domain/billing/limits.ts";
import { formDate, formText, optionalPeso, queryId } from "./fields.ts";
import { METHODS } from "./payments.ts";

const connection = z.uuid(says("choose_connection"));
const confirmation = z.string().max(500).optional();
/** What is bought, such as `days-30` or `months-1`. */
export const unitText = z.string().regex(/^(days|months)-([1-9]|[12]\d|3[01])$/);
/** When the days of a first purchase begin: at once, when its secret is on the router, or with the first session. */
export const beginsWhen = z.enum(["day", "first_session"], says("choose_activation"));
const quantity = z.coerce.number().int().min(1).max(PREPAID_MAX.quantity);

/** What is to be bought, in the address. */
export const buyQuery = z.object({
  connection: queryId,
  unit: unitText.optional().catch(undefined),
  quantity: quantity.optional().catch(undefined),
  begins: beginsWhen.optional().catch(undefined),
});

/** The purchase as it was shown, and the money that comes with it. */
export const buyForm = z.object({
  connection,
  unit: unitText,
  quantity,
  once: z.uuid(),
  from: formDate,
  shown: z.string().regex(/^\d{1,9}$/).transform(Number).optional().catch(undefined),
  amount: optionalPeso,
  begins: beginsWhen.optional().catch("day").default("day"),
  method: z.enum(METHODS, says("choose_method")),
  reference: formText(PAYMENT_MAX.reference).optional().default(""),
  confirm_large: confirmation,
  confirm_reference: confirmation,
  confirm_paid: confirmation,
});

/** How a connection shall pay, and from when on. */
export const modeForm = z.object({
  connection,
  to: z.enum(["prepaid", "postpaid"]),
  when: z.enum(["today", "next_boundary"], says("choose_date")),
  unused: z.enum(["coverage", "credit"], says("not_offered")).optional(),
});

export const renewalForm = z.object({ connection, renews: z.enum(["yes", "no"]) });

const tick = z.literal("on").optional().catch(undefined);

/** What a plan sells: each number of days with a price of its own or without, and up to how many months. */
export const unitsForm = z.object({
  ...Object.fromEntries(PREPAID_DAYS.map((days) => [`sell_${days}`, tick])) as Record<SellField, typeof tick>,
  ...Object.fromEntries(PREPAID_DAYS.map((days) => [`price_${days}`, optionalPeso])) as Record<
    PriceField,
    typeof optionalPeso
  >,
  months: z.coerce.number().int().min(0).max(PREPAID_MAX.months),
});

type Days = (typeof PREPAID_DAYS)[number];
type SellField = `sell_${Days}`;
type PriceField = `price_${Days}`;

/** The unit of a text like `days-7`. */
export function readUnit(text: string): { unit: "days" | "months"; count: number } {
  const [unit, count] = text.split("-");
  return { unit: unit === "months" ? "months" : "days", count: Number(count) };
}
