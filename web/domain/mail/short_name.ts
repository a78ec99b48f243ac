import { clip } from "@/shared/text/graphemes.ts";

const FIRST_MAX = 30;
const LETTERS = new Intl.Segmenter("und", { granularity: "grapheme" });

/**
 * A name for a page that anybody with its address can open: enough to know oneself by, no more.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 *
 * assert.equal(shortName("Juan Dela Cruz"), "Juan C.");
 * assert.equal(shortName("Madonna"), "Madonna");
 * ```
 */
export function shortName(name: string): string {
  const words = name.trim().split(/[\s,]+/).filter((word) => word !== "");
  const [first = "", ...others] = words;
  const last = others.at(-1);
  const shown = clip(first, FIRST_MAX);
  return last === undefined ? shown : `${shown} ${[...LETTERS.segment(last)][0]?.segment ?? ""}.`;
}

/** The end of an account number: the last four letters of it. */
export function accountEnd(account: string): string {
  return [...LETTERS.segment(account)].slice(-4).map(({ segment }) => segment).join("");
}
