import type { z } from "zod";
import { billsQuery } from "./bills.ts";
import { importsQuery } from "./imports.ts";
import type { ViewedList } from "./lists.ts";
import { paymentsQuery } from "./payments.ts";
import { plansQuery } from "./plans.ts";
import { sitesQuery } from "./sites.ts";
import { subscribersQuery } from "./subscribers.ts";
import { runsQuery } from "./tonight.ts";

/** What the address of each list understands. */
export const LIST_QUERIES: Record<ViewedList, z.ZodType<Record<string, unknown>>> = {
  subscribers: subscribersQuery,
  bills: billsQuery,
  payments: paymentsQuery,
  plans: plansQuery,
  runs: runsQuery,
  sites: sitesQuery,
  imports: importsQuery,
};
