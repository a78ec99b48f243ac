import { PPP_NAME_MAX } from "./limits.ts";

const SUGGESTED_MAX = 32;

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
  const words = personName.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase()
    .replace(/[^a-z0-9\s]/g, "").trim().split(/\s+/).filter(Boolean);
  const [first = "subscriber", ...rest] = words;
  const base = (rest.length === 0 ? first : `${first}.${rest.join("")}`).slice(0, SUGGESTED_MAX);
  const lower = new Set([...taken].map((name) => name.toLowerCase()));
  for (let number = 1;; number++) {
    const name = number === 1 ? base : `${base}${number}`;
    if (!lower.has(name)) return name;
  }
}
