/** What a router's comment says of a person; null where it says nothing. */
export interface CommentFacts {
  name: string | null;
  /** Digits with a leading + or 0. */
  phone: string | null;
  address: string | null;
}

const NAME_LENGTH_MAX = 160;
const ADDRESS_LENGTH_MAX = 300;
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
  const text = printable(comment ?? "");
  const phone = PHONE.exec(text)?.[0] ?? null;
  const rest = phone === null ? text : text.replace(phone, " / ");
  const parts = splitParts(rest).filter((part) => /\p{L}/u.test(part) && !NOISE.test(part));
  const [name, ...others] = parts;
  return {
    name: clip(name, NAME_LENGTH_MAX),
    phone: phone === null ? null : phone.replace(/[^\d+]/g, ""),
    address: clip(others.join(", "), ADDRESS_LENGTH_MAX),
  };
}

function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}]+/gu, " / ").replace(/ {2,}/g, " ").trim();
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

function clip(text: string | undefined, length: number): string | null {
  const clipped = (text ?? "").slice(0, length).trim();
  return clipped === "" ? null : clipped;
}
