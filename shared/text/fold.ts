import { readableText } from "./bytes_text.ts";

/** Letters that no decomposition turns into a plain one, and what is typed for them. */
const LETTERS = "ÐðØøĐđĦħŁłŦŧŊŋıẞÆŒÞςΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡΣΤΥΦΧΨΩАБВГДЕЖЗИКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯЂЄЅІЈЉЊЋЏҐ";
const PLAIN = "ddooddhhllttnnißæœþσαβγδεζηθικλμνξοπρστυφχψωабвгдежзиклмнопрстуфхцчшщъыьэюяђєѕіјљњћџґ";
const PLAIN_OF = new Map([...LETTERS].map((letter, at) => [letter, [...PLAIN][at] ?? letter]));
const LETTER = new RegExp(`[A-Z${LETTERS}]`, "g");
const PAIRS: Readonly<Record<string, string>> = { "ß": "ss", "æ": "ae", "œ": "oe", "þ": "th" };

/** Accents, apostrophes of every make, and what cannot be seen: left out. */
const DROPPED =
  /[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe00-\ufe0f\ufe20-\ufe2f'`\u2018-\u201b\u02b9-\u02bf\u2032\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]/g;
/** Blanks, points, commas and dashes of every make: one blank. */
const GAPS = /[\p{Cc} \u00a0.,\u002d\u2010-\u2015\u2028\u2029\u2212]+/gu;

/**
 * A text as the search compares it: without accents, apostrophes and capitals, and with one blank for every gap, so
 * that `pena` finds Peña, `obrien` O’Brien, `ma teresa` Ma. Teresa and `santos reyes` Santos-Reyes, however the letters
 * are encoded, also in a code page of a router. The database has the same function, `fold_text`, for its stored columns; a test holds both equal.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { fold } from "@/shared/text/mod.ts";
 * assert.equal(fold("  Begoña  PEN\u0303A-O’Brien, Ma. "), "begona pena obrien ma");
 * ```
 */
export function fold(text: string): string {
  // U+00B4 is typed as an apostrophe, and decomposes to a blank with an accent.
  return readableText(text).replaceAll("\u00b4", "").normalize("NFKD").replace(DROPPED, "")
    .replace(LETTER, (letter) => PLAIN_OF.get(letter) ?? letter.toLowerCase())
    .replace(/[ßæœþ]/g, (letter) => PAIRS[letter] ?? letter)
    .replace(GAPS, " ").replace(/^ | $/g, "");
}

/** Sorts behind every letter that may follow an n, and before the next one. */
const AFTER_N = "\u{10fffd}";

/**
 * What a text is sorted by: folded, but with ñ as the letter between n and o that it is in Filipino and Spanish. The
 * same as `sort_text` of the database.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { sortKey } from "@/shared/text/mod.ts";
 * const names = ["Peo", "Peña", "Penz", "Pena"];
 * assert.deepEqual(names.sort((a, b) => sortKey(a) < sortKey(b) ? -1 : 1), ["Pena", "Penz", "Peña", "Peo"]);
 * ```
 */
export function sortKey(text: string): string {
  return fold(readableText(text).normalize("NFD").replace(/([nN])\u0303/g, `$1${AFTER_N}`));
}

/** Whether a text holds another one anywhere, folded. Nothing typed is in every text; what folds to nothing in none. */
export function holdsText(text: string, typed: string): boolean {
  const wanted = fold(typed);
  return wanted === "" ? typed.trim() === "" : fold(text).includes(wanted);
}

/** Order of two texts by their {@link sortKey}. */
export function compareSorted(a: string, b: string): number {
  const [left, right] = [sortKey(a), sortKey(b)];
  return left < right ? -1 : left > right ? 1 : 0;
}
