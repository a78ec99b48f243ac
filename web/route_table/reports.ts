import { z } from "zod";
import { type Account, ACCOUNTS, AGES, COLLECTED_BY } from "@/web/domain/payments/mod.ts";
import { pageQuery, queryDate, queryId, queryText, queryWord } from "./fields.ts";
import { listQuery } from "./lists.ts";
import { METHODS } from "./payments.ts";

/** Whose money: subscribers with a connection on a site or a plan. */
const scope = { site: queryId, plan: queryId };
const span = { from: queryDate, to: queryDate };

export const agingQuery = z.object({
  on: queryDate,
  age: queryWord(AGES),
  ...scope,
  ...listQuery,
  ...pageQuery,
});

export const collectionsQuery = z.object({
  by: queryWord(COLLECTED_BY),
  method: queryWord(METHODS),
  staff: queryText(200),
  reversed: queryWord(["yes"]),
  ...span,
  ...scope,
  ...listQuery,
  ...pageQuery,
});

/** Months that billed against collected can show. */
export const MONTHS_SHOWN = ["6", "12", "24"] as const;
export const billedQuery = z.object({
  months: queryWord(MONTHS_SHOWN),
  ...scope,
  ...listQuery,
  ...pageQuery,
});

/** The codes of the accounts, as they stand in the catalogue. */
export const ACCOUNT_CODES = Object.keys(ACCOUNTS) as [Account, ...Account[]];
export const accountsQuery = z.object({
  on: queryDate,
  show: queryWord(["all"]),
  ...listQuery,
  ...pageQuery,
});
export const accountLinesQuery = z.object({
  account: queryWord(ACCOUNT_CODES),
  ...span,
  ...listQuery,
  ...pageQuery,
});
