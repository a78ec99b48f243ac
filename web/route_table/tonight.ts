import { z } from "zod";
import { BILL_ANOMALIES } from "@/web/domain/billing/mod.ts";
import { says } from "@/shared/codes/mod.ts";
import { REASON_MAX } from "@/web/domain/access/limits.ts";
import {
  formDate,
  formText,
  pageQuery,
  queryDate,
  queryId,
  queryText,
  queryWord,
  reasonText,
} from "./fields.ts";
import { bulkCounts, listQuery } from "./lists.ts";

/** Parts of the Tonight page. */
export const TONIGHT_VIEWS = ["cut", "held", "excluded", "soon", "no_notice", "kept"] as const;

export const tonightQuery = z.object({
  view: queryWord(TONIGHT_VIEWS),
  site: queryId,
  q: queryText(120),
  ...listQuery,
  ...pageQuery,
  ...bulkCounts,
});

/** The list that an action was taken on, to come back to it. */
const place = { view: queryWord(TONIGHT_VIEWS), site: queryId };

export const holdRowForm = z.object({ until: formDate, reason: reasonText });
export const excludeRowForm = z.object({ on: formDate, reason: reasonText });
export const includeRowForm = z.object({ on: formDate, ...place });
export const endHoldRowForm = z.object({ ...place });
export const moreTimeForm = z.object({
  days: z.enum(["3", "7"], says("choose_days")).transform(Number),
  /** The run that the page showed, and the hold that it showed for the row. */
  on: formDate,
  held: z.literal("").or(formDate).optional().transform((date) =>
    date === "" || date === undefined ? null : date
  ),
  ...place,
});

export const runQuery = z.object({ run: queryId });
export const runForm = z.object({ run: z.uuid(says("list_missing")) });
/** The same, with why where it needs an approval. */
export const runNowForm = runForm.extend({ reason: formText(REASON_MAX).optional().default("") });

export const runsQuery = z.object({
  kind: queryWord(["bill", "cut"]),
  days: queryWord(["all"]),
  ...listQuery,
  ...pageQuery,
});
/** What a bill run to come would issue; `show` narrows it to what is odd. */
export const nextRunQuery = z.object({
  on: queryDate,
  show: queryWord(["unusual", ...BILL_ANOMALIES]),
  q: queryText(120),
  ...listQuery,
  ...pageQuery,
});
export const runPageQuery = z.object({
  outcome: queryWord([
    "listed",
    "cut",
    "paid",
    "held",
    "disputed",
    "excluded",
    "exempt",
    "not_due",
    "below_minimum",
    "no_notice",
    "already_cut",
    "billed",
    "failed",
  ]),
  ...listQuery,
  ...pageQuery,
});
