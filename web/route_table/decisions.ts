import { z } from "zod";
import { says } from "@/shared/codes/mod.ts";
import { BILL_APPROVALS } from "@/web/domain/billing/mod.ts";
import { APPROVAL_OVER_MAX } from "@/web/domain/billing/limits.ts";
import { formDate, formPeso, pageQuery, queryId, queryText, queryWord } from "./fields.ts";
import { bulkCounts, listQuery } from "./lists.ts";

/** What waits for a decision. */
export const DECISION_KINDS = ["parked", "unexplained"] as const;

export const decisionsQuery = z.object({
  kind: queryWord(DECISION_KINDS),
  q: queryText(120),
  ...listQuery,
  ...pageQuery,
  ...bulkCounts,
});

/** The page of one connection; plan and price are what the days are shown at. */
export const decisionQuery = z.object({ plan: queryId, price: queryText(30), done: queryText(40) });

/** The days as they were shown: what has changed since is shown again. */
const seen = z.string().max(20_000);
export const neverBillForm = z.object({ seen });
export const billDaysForm = z.object({
  seen,
  plan: z.uuid(says("plan_not_found")),
  /** Empty: the plan's price of then. */
  price: z.literal("").transform(() => undefined).or(formPeso),
  total: formPeso,
});
export const mendForm = z.object({
  day: z.literal("").transform(() => undefined).or(formDate).optional(),
  plan: z.literal("").transform(() => undefined).or(z.uuid(says("plan_not_found"))).optional(),
});

export const approvalForm = z.object({
  approval: z.enum(BILL_APPROVALS),
  over: z.string().regex(/^\s*\d{1,4}\s*$/, says("approval_over_range", { most: APPROVAL_OVER_MAX }))
    .transform(Number),
});
