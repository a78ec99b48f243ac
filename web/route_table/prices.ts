import { z } from "zod";
import { says } from "@/shared/codes/mod.ts";
import { PLAN_MAX } from "@/web/domain/billing/limits.ts";
import {
  formPeso,
  formText,
  optionalDate,
  optionalText,
  pageQuery,
  queryDate,
  queryPeso,
  queryText,
  queryWord,
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
export const planPriceForm = z.object({ ...planFieldsForm, ...priceDay, seen: z.string().max(2000) })
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
