import { clipWords, readableText } from "@/shared/text/mod.ts";
import { CONTACT_MAX } from "../subscribers/limits.ts";

/** What a router's comment says of a person; null where it says nothing. */
export interface CommentFacts {
  name: string | null;
  /** Digits with a leading + or 0. */
  phone: string | null;
  address: string | null;
}

/** Philippine mobile and area-code numbers, however they are spaced. */
const PHONE = /(?:\+?63|\b0)[\s.-]?(?:9\d{2}|\(?\d{1,2}\)?)[\s.-]?\d{3}[\s.-]?\d{4}\b/;
/** Amounts and dates: kept by many ISPs in the comment, and not part of a name. */
const NOISE = /^(?:₱|php|p)?\s*[\d,.\s/-]+(?:\.\d{2})?\s*(?:php|pesos?|mbps|mb|m)?$/i;
const ADDRESS_WORDS =
  /\b(?:purok|prk|brgy|barangay|bgy|sitio|zone|blk|block|lot|phase|ph|street|st|ave|road|rd|subd|village)\b\.?|\d/i;

/**
 * Finds name, phone and address in a comment such as `Maria Santos / 0917 123 4567 / Purok 3`. The order of the parts
 * does not matter for the phone; the first part with letters is the name.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { parseComment } from "@/web/domain/imports/mod.ts";
 * assert.deepEqual(parseComment("Maria Santos / 0917-123-4567 / 1499"), {
 *   name: "Maria Santos",
 *   phone: "09171234567",
 *   address: null,
 * });
 * ```
 */
export function parseComment(comment: string | null): CommentFacts {
  const { parts: [name = "", ...others], phone } = readParts(comment);
  return {
    name: clipWords(name, CONTACT_MAX.name) || null,
    phone: phone === null ? null : phone.replace(/[^\d+]/g, ""),
    address: clipWords(others.join(", "), CONTACT_MAX.address) || null,
  };
}

/** The name in a comment as it stands there, however long; null when there is none. */
export function commentName(comment: string | null): string | null {
  return readParts(comment).parts[0] ?? null;
}

function readParts(comment: string | null): { parts: string[]; phone: string | null } {
  const text = printable(readableText(comment ?? ""));
  const phone = PHONE.exec(text)?.[0] ?? null;
  const rest = phone === null ? text : text.replace(phone, " / ");
  const parts = splitParts(rest).filter((part) => /\p{L}/u.test(part) && !NOISE.test(part));
  return { parts, phone };
}

/** Line ends divide parts; what cannot be seen goes, but for what joins letters and emoji to one. */
function printable(text: string): string {
  return text.replace(/\p{Cc}+/gu, " / ").replace(/(?![\u200c\u200d])\p{Cf}+/gu, "")
    .replace(/ {2,}/g, " ").trim();
}

function splitParts(text: string): string[] {
  const strong = text.split(/\s*[/|;]+\s*|\s+[-–—]+\s+|\s*[-–—]+\s*$/).map(trimPart).filter(Boolean);
  return strong.flatMap((part) => part.includes(",") ? splitCommas(part) : [part]);
}

/** `Dela Cruz, Juan` is one name; `Juan Dela Cruz, Purok 3` is a name and an address. */
function splitCommas(part: string): string[] {
  const pieces = part.split(",").map(trimPart).filter(Boolean);
  const [first = "", second = ""] = pieces;
  const isReversedName = pieces.length === 2 && second.split(" ").length <= 3 &&
    !ADDRESS_WORDS.test(first) && !ADDRESS_WORDS.test(second);
  return isReversedName ? [pieces.join(", ")] : pieces;
}

function trimPart(part: string): string {
  return part.replace(/^[\s:.,#*_-]+|[\s:,#*_-]+$/g, "").replace(
    /^(?:name|cp|tel|mobile|addr(?:ess)?)\s*[:=]\s*/i,
    "",
  );
}
