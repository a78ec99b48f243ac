import { fold } from "@/shared/text/mod.ts";
import { PPP_NAME_MAX } from "./limits.ts";

/** Longer ones are wearisome to type into a box. */
const SUGGESTED_MAX = 32;
/** What one word alone may take: a number may come behind it. */
const WORD_MAX = PPP_NAME_MAX - 8;

/** Why a text is no PPP user; null when it is one. What is typed into a box must be typeable. */
export function pppNameProblem(name: string): "empty" | "too_long" | "bad_characters" | null {
  if (name === "") return "empty";
  if (name.length > PPP_NAME_MAX) return "too_long";
  return /^[\p{L}\p{N}][\p{L}\p{N}._@+-]*$/u.test(name) ? null : "bad_characters";
}

/**
 * A PPP user for a person: first word, point, the rest, without accents and signs. A number goes behind it as long as
 * somebody has the name. `taken` is compared without regard to case, since people do not see the difference.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { suggestPppName } from "@/web/domain/network/mod.ts";
 * assert.equal(suggestPppName("Niño Dela Cruz", new Set(["nino.delacruz"])), "nino.delacruz2");
 * ```
 */
export function suggestPppName(personName: string, taken: ReadonlySet<string>): string {
  const words = fold(personName.replace(/\p{Pd}/gu, "")).replace(/[^a-z0-9 ]/g, "").split(" ").filter(
    Boolean,
  );
  const [first = "subscriber", ...rest] = words;
  const base = shorten(first, rest);
  const lower = new Set([...taken].map((name) => name.toLowerCase()));
  for (let number = 1;; number++) {
    const name = number === 1 ? base : `${base}${number}`;
    if (!lower.has(name)) return name;
  }
}

/** The first word and as many whole ones behind it as are short enough together. */
function shorten(first: string, rest: readonly string[]): string {
  let base = first.slice(0, WORD_MAX);
  for (const [at, word] of rest.entries()) {
    const longer = at === 0 ? `${base}.${word}` : base + word;
    if (longer.length > SUGGESTED_MAX) break;
    base = longer;
  }
  return base;
}
