import { z } from "zod";
import { CONSENT_WAYS } from "@/shared/codes/privacy.ts";
import { says } from "@/shared/codes/mod.ts";
import { CONSENT_TEXT_MAX, RETENTION } from "@/web/domain/privacy/limits.ts";
import { formText, queryDate, queryId, queryText, reasonText } from "./fields.ts";

export { CONSENT_STATES, CONSENT_WAYS } from "@/shared/codes/privacy.ts";

export const privacyQuery = z.object({ done: queryText(40) });
/** `waits`: whoever sent it saw that it cannot be done yet. */
export const eraseForm = z.object({ reason: reasonText, waits: z.enum(["yes", "no"]) });
export const consentForm = z.object({
  consent: z.enum(["given", "refused", "withdrawn"], says("choose_why")),
  way: z.enum(CONSENT_WAYS, says("choose_why")),
});

const days = (range: { min: number; max: number }) =>
  z.coerce.number(says("days_range", range)).int(says("days_range", range))
    .min(range.min, says("days_range", range)).max(range.max, says("days_range", range));
const words = formText(CONSENT_TEXT_MAX).refine((text) => text.trim() !== "", says("consent_text_missing"));

export const privacySettingsForm = z.object({
  textEn: words,
  textFil: words,
  taxYears: days(RETENTION.taxYears),
  mailDays: days(RETENTION.days),
  openingDays: days(RETENTION.days),
  securityDays: days(RETENTION.days),
});

export const peopleQuery = z.object({ who: queryId, session: queryId, from: queryDate, to: queryDate });
