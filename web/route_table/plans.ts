import { z } from "zod";
import { formPeso, formText, optionalText, queryText, queryWord } from "./fields.ts";
import { listQuery } from "./lists.ts";

export const plansQuery = z.object({
  show: queryWord(["all"]),
  sort: listQuery.sort,
  done: queryText(40),
});
export const planForm = z.object({
  name: formText(80).refine((text) => text !== "", "Type a name."),
  price: formPeso,
  profile: optionalText(80),
  speed: optionalText(40),
});
