import { z } from "zod";
import { coded, formatCoded, says } from "@/shared/codes/mod.ts";
import { REASON_MAX } from "@/web/domain/access/limits.ts";
import { WHOLE_BASIS_POINTS } from "@/web/domain/billing/mod.ts";
import { OWN_PRICE_MAX, PLAN_MAX } from "@/web/domain/billing/limits.ts";
import {
  formPeso,
  formText,
  optionalDate,
  optionalPeso,
  optionalText,
  pageQuery,
  queryDate,
  queryId,
  queryPeso,
  queryText,
  queryWord,
  reasonText,
} from "./fields.ts";
import { listQuery } from "./lists.ts";

/** What a plan is called and costs, as its forms have it. */
export const planFieldsForm = {
  name: formText(PLAN_MAX.name).refine((text) => text !== "", says("type_name")),
  price: formPeso,
  profile: optionalText(PLAN_MAX.pppProfile),
  speed: optionalText(PLAN_MAX.speed),
};

const FROM = ["next", "day"] as const;

/** From when a new price counts: the next period of each connection, or a day. */
const priceDay = { from: z.enum(FROM).optional().catch("next"), on: optionalDate };

const hasItsDay = ({ from, on }: { from?: string | undefined; on: unknown }) => from !== "day" || on !== null;
const needsDay = { error: says("choose_date"), path: ["on"] };

export const planEditForm = z.object({ ...planFieldsForm, ...priceDay }).refine(hasItsDay, needsDay);

/** The version that was reviewed goes with what is saved. */
export const planPriceForm = z.object({
  ...planFieldsForm,
  ...priceDay,
  seen: z.string().max(2000),
  /** Where somebody else has to approve it. */
  reason: formText(REASON_MAX).optional().default(""),
})
  .refine(hasItsDay, needsDay);

/** A plan as it was typed, in an address: nothing is saved yet. */
const typedPlan = {
  name: queryText(PLAN_MAX.name),
  price: queryPeso,
  profile: queryText(PLAN_MAX.pppProfile),
  speed: queryText(PLAN_MAX.speed),
  from: queryWord(FROM),
  on: queryDate,
};
export const planEditQuery = z.object({ ...typedPlan, done: queryText(40) });
export const planPriceQuery = z.object({ ...typedPlan, ...listQuery, ...pageQuery });
export const onePlanPriceForm = z.object({ price: z.uuid() });

/** A percentage as a person types it, `12.5`, in hundredths; empty is null. */
export const optionalPercent = z.string().optional().transform((text, ctx) => {
  const typed = text?.trim().replace(/%$/, "").trim() ?? "";
  if (typed === "") return null;
  const found = /^(\d{1,3})(?:[.,](\d{1,2}))?$/.exec(typed);
  const basisPoints = found === null ? 0 : Number(found[1]) * 100 + Number((found[2] ?? "").padEnd(2, "0"));
  if (basisPoints >= 1 && basisPoints <= WHOLE_BASIS_POINTS) return basisPoints;
  ctx.addIssue({ code: "custom", message: formatCoded(coded("percent_out_of_range")) });
  return z.NEVER;
});

/** A whole number of periods; empty is null. */
const optionalPeriods = z.string().optional().transform((text, ctx) => {
  const typed = text?.trim() ?? "";
  if (typed === "") return null;
  const periods = /^\d{1,3}$/.test(typed) ? Number(typed) : 0;
  if (periods >= 1 && periods <= OWN_PRICE_MAX.periods) return periods;
  ctx.addIssue({
    code: "custom",
    message: formatCoded(coded("periods_out_of_range", { max: OWN_PRICE_MAX.periods })),
  });
  return z.NEVER;
});

/** What is agreed with a subscriber for one connection. */
export const ownPriceForm = z.object({
  connection: z.uuid(says("choose_connection")),
  kind: z.enum(["price", "amount_off", "percent_off"], says("choose_price_kind")),
  amount: optionalPeso,
  percent: optionalPercent,
  ...priceDay,
  end: z.enum(["none", "periods", "last"]).optional().catch("none"),
  periods: optionalPeriods,
  last: optionalDate,
  reason: reasonText,
}).refine(hasItsDay, needsDay)
  .refine(({ kind, amount }) => kind === "percent_off" || amount !== null, {
    error: says("enter_amount"),
    path: ["amount"],
  })
  .refine(({ kind, percent }) => kind !== "percent_off" || percent !== null, {
    error: says("type_percent"),
    path: ["percent"],
  })
  .refine(({ end, periods }) => end !== "periods" || periods !== null, {
    error: says("type_periods"),
    path: ["periods"],
  })
  .refine(({ end, last }) => end !== "last" || last !== null, { error: says("choose_date"), path: ["last"] });

const typedOnce = queryText(200);
/** An own price as it was typed, in an address: nothing is agreed yet. */
export const ownPriceQuery = z.object({
  connection: queryId,
  kind: typedOnce,
  amount: typedOnce,
  percent: typedOnce,
  from: typedOnce,
  on: typedOnce,
  end: typedOnce,
  periods: typedOnce,
  last: typedOnce,
  reason: typedOnce,
  done: queryText(40),
});
export const endOwnPriceQuery = z.object({ connection: queryId, price: queryId });
export const endOwnPriceForm = z.object({ connection: z.uuid(says("choose_connection")), price: z.uuid() });
