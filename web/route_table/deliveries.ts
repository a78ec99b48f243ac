import { z } from "zod";
import { STAFF_OCCASIONS } from "@/web/domain/mail/staff.ts";
import { MAIL_STATES, OCCASIONS, REPORT_OUTCOMES } from "@/web/domain/mail/types.ts";
import { pageQuery, queryDate, queryId, queryText, queryWord } from "./fields.ts";
import { chosenRows, listQuery } from "./lists.ts";

export const mailQuery = z.object({
  state: queryWord(MAIL_STATES),
  occasion: queryWord([...OCCASIONS, ...STAFF_OCCASIONS]),
  reason: z.string().regex(/^[a-z_]{1,50}$/).optional().catch(undefined),
  q: queryText(120),
  subscriber: queryId,
  bill: queryId,
  payment: queryId,
  from: queryDate,
  to: queryDate,
  ...listQuery,
  ...pageQuery,
});

/** What the question about skipped mails was about. */
export const unsentForm = z.object({ seen: z.string().max(100).optional().default("") });

export const mailPageQuery = z.object({ done: queryText(40) });

/** Made when the question is asked: the same form sent twice is one message. */
export const sendAgainForm = z.object({ key: z.uuid() });

export const refusedQuery = z.object({
  kind: queryWord(["hard", "soft"]),
  n: z.coerce.number().int().min(0).max(1_000_000).optional().catch(undefined),
  ...listQuery,
  ...pageQuery,
});

/** What was noted of a returned mail, and which message it is about. */
export const returnedQuery = z.object({ noted: queryWord(REPORT_OUTCOMES), mail: queryId });

/** Addresses that were ticked, or one. */
const addresses = z.union([z.string(), z.array(z.string()).max(1000)]).optional()
  .transform((value) => [value ?? []].flat().filter((text) => text !== "" && text.length <= 254));

export const tryAddressesForm = z.object({
  id: addresses,
  all: z.string().optional().transform((text) => text === "yes"),
  filter: z.string().max(2000).optional().default(""),
});

/** How many bills a reminder is shown with. */
export const PREVIEWED_MAX = 20;

export const remindPreviewQuery = z.object({
  bill: z.string().transform((text) => text.split(",")).pipe(z.array(z.uuid()).min(1).max(PREVIEWED_MAX)),
});

/** Asked by the list of bills with its ticked rows or its filter, sent from the question. */
export const manyForm = z.object({
  ...chosenRows,
  /** Also bills that were mailed before. */
  again: z.string().optional().transform((text) => text === "yes"),
  step: z.enum(["ask", "do"]).catch("ask"),
  key: z.uuid().optional().catch(undefined),
  seen: z.string().max(100).optional().default(""),
});
