import { MAIL_LANGUAGES } from "@/web/domain/mail/types.ts";
import { z } from "zod";
import { says } from "@/shared/codes/mod.ts";
import { parseDate } from "@/shared/calendar/mod.ts";
import { parseColour, PRESET_NAMES, SETUP_STEPS } from "@/web/domain/settings/mod.ts";
import {
  formDate,
  formPercent,
  formPeso,
  formText,
  optionalPeso,
  optionalText,
  queryText,
  queryWord,
} from "./fields.ts";
import { optionalPercent } from "./prices.ts";
import { TAX_MODES } from "@/web/domain/billing/mod.ts";
import { PERSON_MAX } from "@/web/domain/access/limits.ts";
import { COMPANY_MAX, REGISTRATION_MAX } from "@/web/domain/settings/limits.ts";

/** A whole number; anything else is NaN, which no setting can be, so that one place says the bounds. */
const formInteger = z.string("settings.error_number").optional()
  .transform((text) => /^\d{1,4}$/.test(text?.trim() ?? "") ? Number(text) : NaN);

/** How often the section had been saved when the form was opened. */
const revision = z.string("settings.error_form").regex(/^\d{1,9}$/, "settings.error_form").transform(Number);

const weekdays = z.union([z.string(), z.array(z.string()).max(7)]).optional().transform((value, ctx) => {
  const days = [value ?? []].flat();
  if (days.every((day) => /^[1-7]$/.test(day))) return [...new Set(days.map(Number))].sort();
  ctx.addIssue({ code: "custom", message: "settings.error_weekdays" });
  return z.NEVER;
});

/** Dates in any order, apart by line, comma or space; each once. */
const dates = z.string("settings.error_dates").max(2000, "settings.error_dates").optional().transform(
  (text, ctx) => {
    const parsed = (text ?? "").split(/[\s,;]+/).filter(Boolean).map((part) => parseDate(part));
    const found = parsed.flatMap((date) => date.ok ? [date.value] : []);
    if (found.length < parsed.length) {
      ctx.addIssue({ code: "custom", message: "settings.error_dates" });
      return z.NEVER;
    }
    const byText = new Map(found.map((date) => [date.toString(), date]));
    return [...byText.values()].sort(Temporal.PlainDate.compare);
  },
);

const from = queryWord(["setup"]);
const done = queryText(40);

export const billingForm = z.object({
  revision,
  from,
  cycleAnchor: z.enum(["fixed", "anniversary"], "settings.error_choice"),
  cycleDay: formInteger,
  timing: z.enum(["arrears", "advance"], "settings.error_choice"),
  leadDays: formInteger,
  termsDays: formInteger,
  graceDays: formInteger,
  minNoticeDays: formInteger,
  lateTermsDays: z.enum(["0", "10", "20"], "settings.error_choice").transform(Number),
  cutTime: formText(8),
  blackoutWeekdays: weekdays,
  blackoutDates: dates,
  minBalance: formPeso,
  disputeDays: formInteger,
  brakePercent: formInteger,
  brakeMultiple: formInteger,
  endCredit: z.enum(["credit", "no_credit"], "settings.error_choice"),
  suspendedPolicy: z.enum(["charge", "skip"], "settings.error_choice"),
  stopAfterUnpaidBills: formInteger,
  firstBill: z.enum(["prorate", "full", "free", "stub_plus_full", "merge_stub_lt"], "settings.error_choice"),
  mergeStubLtDays: formInteger,
  lateFeeKind: z.enum(["none", "flat", "percent"], "settings.error_choice"),
  lateFeeAmount: optionalPeso,
  lateFeePercent: optionalPercent,
  lateAfterDays: formInteger,
  reconnectionFee: optionalPeso,
  proration: z.enum(["actual", "days30"], "settings.error_choice"),
});

const preset = queryWord(PRESET_NAMES);

/** A preset fills the form; values in the address are shown as they are. */
export const billingQuery = z.object({ preset, done });
export const presetQuery = z.object({ preset: z.enum([...PRESET_NAMES, "keep"]).catch("keep"), revision });

const optionalColour = z.string("settings.error_colour").trim().max(20, "settings.error_colour").optional()
  .transform((text, ctx) => {
    if (text === undefined || text === "") return null;
    const colour = parseColour(text);
    if (colour !== null) return colour;
    ctx.addIssue({ code: "custom", message: "settings.error_colour" });
    return z.NEVER;
  });

export const companyForm = z.object({
  revision,
  name: formText(COMPANY_MAX.name).refine((text) => text.length >= 2, "settings.error_name"),
  phone: optionalText(COMPANY_MAX.phone).refine(
    (text) => text === null || /^[+\d][\d ()/.,-]{4,}$/.test(text),
    "settings.error_phone",
  ),
  // Which one is saved already is known where it is saved.
  email: optionalText(COMPANY_MAX.email),
  address: optionalText(COMPANY_MAX.address),
  brandColour: optionalColour,
  waysToPay: formText(COMPANY_MAX.waysToPay).optional()
    .transform((text) => text === undefined ? undefined : text.replaceAll("\r\n", "\n") || null),
  subscriberLanguage: z.enum(MAIL_LANGUAGES).optional(),
  removeLogo: z.string().optional().transform((text) => text !== undefined),
});

export const taxForm = z.object({
  revision,
  mode: z.enum(TAX_MODES, "settings.error_choice"),
  rate: formPercent,
  from: formDate,
  tin: optionalText(REGISTRATION_MAX.tin),
  registeredName: optionalText(REGISTRATION_MAX.registeredName),
  confirm_effect: queryText(200),
});

export const regionForm = z.object({ revision, timeZone: formText(60) });
export const regionQuery = z.object({ timeZone: queryText(60), done });

export const preferencesForm = z.object({
  /** A page of before knows no such field. */
  name: formText(PERSON_MAX.name).refine((text) => text !== "", says("type_name")).optional(),
  locale: z.enum(["", "en", "fil"], "settings.error_choice").transform((text) => text === "" ? null : text),
  density: z.enum(["comfortable", "default", "compact"], "settings.error_choice"),
  shortcuts: z.string().optional().transform((text) => text !== undefined),
});

export const doneQuery = z.object({ done });

export const skipForm = z.object({ step: z.enum(SETUP_STEPS) });
