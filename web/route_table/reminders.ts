import { z } from "zod";
import { says } from "@/shared/codes/mod.ts";
import {
  DAYS_BEFORE_CUT,
  DAYS_BEFORE_DUE_MAX,
  STEPS_MAX,
  UNREACHABLE_POLICIES,
} from "@/web/domain/mail/ladder.ts";
import { OCCASIONS } from "@/web/domain/mail/types.ts";
import { queryText, queryWord } from "./fields.ts";

/** Whole days, apart by comma or space; each once, the earliest first. */
function daysList(min: number, max: number) {
  return z.string(says("days_list", { min, max, most: STEPS_MAX })).max(100).optional().transform(
    (text, ctx) => {
      const parts = (text ?? "").split(/[\s,;]+/).filter(Boolean);
      const days = [...new Set(parts.map((part) => /^\d{1,2}$/.test(part) ? Number(part) : NaN))];
      if (days.length <= STEPS_MAX && days.every((day) => day >= min && day <= max)) {
        return days.sort((a, b) => b - a);
      }
      ctx.addIssue({ code: "custom", message: says("days_list", { min, max, most: STEPS_MAX }) });
      return z.NEVER;
    },
  );
}

/** A time of day; null where the field is empty. */
const hour = z.string(says("choose_time")).max(8, says("choose_time")).optional().transform((text, ctx) => {
  if (text === undefined || text.trim() === "") return null;
  if (/^([01]\d|2[0-3]):[0-5]\d$/.test(text.trim())) return Temporal.PlainTime.from(text.trim());
  ctx.addIssue({ code: "custom", message: says("choose_time") });
  return z.NEVER;
});

const occasions = z.union([z.enum(OCCASIONS), z.array(z.enum(OCCASIONS)).max(OCCASIONS.length)]).optional()
  .transform((told) => [told ?? []].flat());

export const remindersForm = z.object({
  revision: z.string(says("row_changed")).regex(/^\d{1,9}$/, says("row_changed")).transform(Number),
  beforeDueDays: daysList(0, DAYS_BEFORE_DUE_MAX),
  beforeCutDays: daysList(DAYS_BEFORE_CUT.min, DAYS_BEFORE_CUT.max),
  told: occasions,
  quietFrom: hour,
  quietUntil: hour,
  cutNeedsNotice: z.literal("on").optional().transform((box) => box === "on"),
  unreachable: z.enum(UNREACHABLE_POLICIES, says("choose_listed")),
});

/** `fill=defaults` fills the form with what a new company has; nothing is saved by it. */
export const remindersQuery = z.object({ done: queryText(40), fill: queryWord(["defaults"]) });
