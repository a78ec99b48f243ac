import { z } from "zod";
import { queryText, queryWord } from "./fields.ts";
import { listQuery } from "./lists.ts";

export const plansQuery = z.object({
  show: queryWord(["all"]),
  sort: listQuery.sort,
  done: queryText(40),
});
