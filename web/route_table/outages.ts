import { z } from "zod";
import { says } from "@/shared/codes/mod.ts";
import { OUTAGE_CAUSE_MAX, OUTAGE_NAMES_TEXT_MAX } from "@/web/domain/billing/limits.ts";
import {
  formDate,
  formText,
  optionalDate,
  pageQuery,
  queryDate,
  queryId,
  queryText,
  queryWord,
  reasonText,
} from "./fields.ts";
import { listQuery } from "./lists.ts";

export const OUTAGE_KINDS = ["fault", "scheduled", "force_majeure"] as const;
export const OUTAGE_SCOPES = ["company", "site", "router", "chosen"] as const;

const time = z.string(says("outage_time")).trim().regex(/^([01]?\d|2[0-3]):[0-5]\d$/, says("outage_time"));
const placeId = z.union([z.uuid(), z.literal("")]).optional().transform((id) =>
  id === undefined || id === "" ? null : id
);

export const outageForm = z.object({
  fromOn: formDate,
  fromTime: time,
  toOn: optionalDate,
  toTime: z.union([time, z.literal("")]).optional().transform((text) =>
    text === undefined || text === "" ? null : text
  ),
  cause: formText(OUTAGE_CAUSE_MAX).refine((text) => text !== "", says("write_reason")),
  kind: z.enum(OUTAGE_KINDS),
  scope: z.enum(OUTAGE_SCOPES),
  site: placeId,
  router: placeId,
  names: formText(OUTAGE_NAMES_TEXT_MAX).optional().transform((
    text,
  ) => [...new Set((text ?? "").split(/[\r\n]+/).map((line) => line.trim()).filter((line) => line !== ""))]),
});

/** An end is a day and a time, or the outage lasts: neither is guessed. */
const dayOfEnd = {
  isThere: ({ toOn, toTime }: z.infer<typeof outageForm>) => toTime === null || toOn !== null,
  otherwise: { error: says("choose_date"), path: ["toOn"] },
};
const timeOfEnd = {
  isThere: ({ toOn, toTime }: z.infer<typeof outageForm>) => toOn === null || toTime !== null,
  otherwise: { error: says("outage_time"), path: ["toTime"] },
};
export const recordOutageForm = outageForm.extend({ key: z.uuid(says("fill_in_once")) })
  .refine(dayOfEnd.isThere, dayOfEnd.otherwise).refine(timeOfEnd.isThere, timeOfEnd.otherwise);
export const correctOutageForm = outageForm.extend({ outage: z.uuid() })
  .refine(dayOfEnd.isThere, dayOfEnd.otherwise).refine(timeOfEnd.isThere, timeOfEnd.otherwise);

export const newOutageQuery = z.object({ router: queryId, since: queryText(40) });
export const oneOutageQuery = z.object({ outage: queryId });
export const endOutageForm = z.object({ outage: z.uuid(), toOn: formDate, toTime: time });
export const takeOutageBackForm = z.object({ outage: z.uuid(), reason: reasonText });
export const outagesQuery = z.object({
  show: queryWord(["all"]),
  ...listQuery,
  ...pageQuery,
  days: z.coerce.number().int().min(0).max(366).optional().catch(undefined),
});
export const outageCreditsQuery = z.object({
  show: queryWord(["running", "held", "above"]),
  ...listQuery,
  ...pageQuery,
});
export const outageReportQuery = z.object({
  outage: queryId,
  from: queryDate,
  to: queryDate,
  ...listQuery,
  ...pageQuery,
});
export const creditOutagesForm = z.object({
  show: queryWord(["running", "held"]),
  seen: z.string().regex(/^\d{1,15}$/).transform((text) => BigInt(text)),
});
export const outageRulesForm = z.object({
  credit: z.enum(["automatic", "ask", "off"]),
  planned: z.enum(["no", "yes"]),
  hours: z.string().trim().regex(/^\d{1,3}$/, says("outage_hours")).transform(Number)
    .refine((hours) => hours >= 1 && hours <= 744, says("outage_hours")),
});
