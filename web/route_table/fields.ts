import { formatCoded, says } from "@/shared/codes/mod.ts";
import { z } from "zod";
import { parseDate } from "@/shared/calendar/mod.ts";
import { parsePeso } from "@/shared/money/mod.ts";
import { REASON_MAX } from "@/web/domain/access/limits.ts";

/** Path parameters of a page of one thing; anything but a uuid is a page that does not exist. */
export const idParams = z.object({ id: z.uuid() });

/** Text of an address: what cannot be read is as if it were not there, so that a mangled address shows the page. */
export function queryText(max: number) {
  return z.string().max(max).refine((text) => !text.includes("\0")).optional().catch(undefined);
}

/** One of a few words in an address. */
export function queryWord<const Words extends readonly [string, ...string[]]>(words: Words) {
  return z.enum(words).optional().catch(undefined);
}

/** Id in an address. */
export const queryId = z.uuid().optional().catch(undefined);

/** Amount in an address. */
export const queryPeso = z.string().max(40).transform((text, ctx) => {
  const parsed = parsePeso(text);
  if (parsed.ok) return parsed.value;
  ctx.addIssue({ code: "custom" });
  return z.NEVER;
}).optional().catch(undefined);

/** Day in an address. The database has no year 0. */
export const queryDate = z.iso.date().transform((text) => Temporal.PlainDate.from(text))
  .refine(({ year }) => year > 0).optional().catch(undefined);

/** A cursor holds the key of a row: a name as it is sorted, which may take several bytes for each letter. */
const CURSOR_MAX = 4000;

/** Positions of a keyset list in its address. */
export const pageQuery = { after: queryText(CURSOR_MAX), before: queryText(CURSOR_MAX), done: queryText(40) };

/** One line of text in a form, trimmed. */
export function formText(max: number) {
  return z.string(says("fill_in_once")).trim().max(max, says("text_too_long", { max }))
    .refine((text) => !text.includes("\0"), says("bad_characters"));
}

/** Text that may be left out; empty is null. */
export function optionalText(max: number) {
  return formText(max).optional().transform((text) => text === undefined || text === "" ? null : text);
}

/** Why something is done, for the audit log and the timeline. */
export const reasonText = formText(REASON_MAX).refine((text) => text !== "", says("write_reason"));

/** A calendar day as a date field sends it. */
export const formDate = z.string(says("choose_date")).transform((text, ctx) => {
  const parsed = parseDate(text);
  if (parsed.ok) return parsed.value;
  ctx.addIssue({ code: "custom", message: formatCoded(parsed) });
  return z.NEVER;
});

/** A day that may be left out. */
export const optionalDate = z.string(says("choose_date")).optional().transform((text, ctx) => {
  if (text === undefined || text.trim() === "") return null;
  const parsed = parseDate(text);
  if (parsed.ok) return parsed.value;
  ctx.addIssue({ code: "custom", message: formatCoded(parsed) });
  return z.NEVER;
});

/** A rate as a person types it, `12` or `12.5`, in hundredths of a percent; what is none is 0, and refused where it is used. */
export const formPercent = z.string(says("fill_in_once")).max(20).transform((text) => {
  const found = /^(\d{1,3})(?:[.,](\d{1,2}))?$/.exec(text.trim().replace(/%$/, "").trim());
  return found === null ? 0 : Number(found[1]) * 100 + Number((found[2] ?? "").padEnd(2, "0"));
});

/** An amount as a person types it. */
export const formPeso = z.string(says("enter_amount")).transform((text, ctx) => {
  const parsed = parsePeso(text.slice(0, 500));
  if (parsed.ok) return parsed.value;
  ctx.addIssue({ code: "custom", message: formatCoded(parsed) });
  return z.NEVER;
});

/** An amount that may be left out. */
export const optionalPeso = z.string(says("enter_amount_once")).optional().transform((text, ctx) => {
  if (text === undefined || text.trim() === "") return null;
  const parsed = parsePeso(text.slice(0, 500));
  if (parsed.ok) return parsed.value;
  ctx.addIssue({ code: "custom", message: formatCoded(parsed) });
  return z.NEVER;
});
