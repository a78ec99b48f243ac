import { z } from "zod";
import { type Account, ACCOUNTS, AGES, COLLECTED_BY } from "@/web/domain/payments/mod.ts";
import { pageQuery, queryDate, queryId, queryText, queryWord } from "./fields.ts";
import { listQuery } from "./lists.ts";
import { PAYMENT_METHODS } from "./payments.ts";

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
  method: queryWord(PAYMENT_METHODS),
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

export const vatQuery = z.object({ months: queryWord(MONTHS_SHOWN), ...listQuery, ...pageQuery });

/** Certificates that are awaited, and those that came. */
export const CERTIFICATES_SHOWN = ["outstanding", "received", "all"] as const;
export const certificatesQuery = z.object({
  show: queryWord(CERTIFICATES_SHOWN),
  ...span,
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
