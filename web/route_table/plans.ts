import { z } from "zod";
import { formPeso, formText, optionalText, queryText, queryWord } from "./fields.ts";
import { listQuery } from "./lists.ts";
import { PLAN_MAX } from "@/web/domain/billing/limits.ts";

export const plansQuery = z.object({
  show: queryWord(["all"]),
  sort: listQuery.sort,
  done: queryText(40),
});
export const planForm = z.object({
  name: formText(PLAN_MAX.name).refine((text) => text !== "", "Type a name."),
  price: formPeso,
  profile: optionalText(PLAN_MAX.pppProfile),
  speed: optionalText(PLAN_MAX.speed),
});
