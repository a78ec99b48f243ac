import { says } from "@/shared/codes/mod.ts";
import { z } from "zod";
import { LOG_DAYS } from "@/web/domain/settings/limits.ts";
import { pageQuery, queryDate, queryId, queryText, queryWord } from "./fields.ts";
import { listQuery } from "./lists.ts";

export const LOG_SOURCES = ["mail", "jobs", "pages", "agents", "routers", "sign_ins"] as const;
export const LOG_LEVELS = ["error", "warn", "info"] as const;

export const logsQuery = z.object({
  level: queryWord(LOG_LEVELS),
  source: queryWord(LOG_SOURCES),
  q: queryText(120),
  subscriber: queryId,
  from: queryDate,
  to: queryDate,
  ...listQuery,
  ...pageQuery,
});

export const logDaysForm = z.object({
  days: z.coerce.number(says("log_days_range", LOG_DAYS)).int(says("log_days_range", LOG_DAYS))
    .min(LOG_DAYS.min, says("log_days_range", LOG_DAYS)).max(LOG_DAYS.max, says("log_days_range", LOG_DAYS)),
});
