const SEGMENTER = new Intl.Segmenter("und", { granularity: "grapheme" });

/**
 * The beginning of a text, at most `most` UTF-16 units long, so that it fits columns and fields, and made of whole
 * letters: a family of emoji or a letter with its accents is taken or left as one.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { clip } from "@/shared/text/mod.ts";
 * assert.equal(clip("emoji 👩‍👩‍👧‍👦 family", 10), "emoji ");
 * ```
 */
export function clip(text: string, most: number): string {
  if (text.length <= most) return text;
  let end = 0;
  for (const { segment } of SEGMENTER.segment(text.slice(0, most + LOOK_AHEAD))) {
    if (end + segment.length > most) break;
    end += segment.length;
  }
  return text.slice(0, end);
}

/** Enough to know that the letter at the edge goes on. */
const LOOK_AHEAD = 64;

/** {@link clip}, but back to the last gap between words, when that leaves at least half. */
export function clipWords(text: string, most: number): string {
  const clipped = clip(text, most);
  if (clipped.length === text.length || /^\s/.test(text.slice(clipped.length))) return clipped.trimEnd();
  const gap = clipped.search(/\s\S*$/);
  return (gap * 2 >= clipped.length ? clipped.slice(0, gap) : clipped).trimEnd();
}

/** Words as they stand at the beginning of a line: the first letter is a capital. */
export function beginSentence(words: string): string {
  return words.slice(0, 1).toUpperCase() + words.slice(1);
}
