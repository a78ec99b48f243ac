/** Rows and columns of a keyboard, the alphabet and the digits: fingers and children walk along them. */
const PATHS = [
  "abcdefghijklmnopqrstuvwxyz",
  "01234567890",
  "qwertyuiop",
  "asdfghjkl",
  "zxcvbnm",
  "qazwsxedcrfvtgbyhnujmikolp",
  "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p",
  "1q2w3e4r5t6y7u8i9o0p",
  "q1w2e3r4t5y6u7i8o9p0",
  "qawsedrftgyhujikolp",
  "!@#$%^&*()",
  "147258369",
  "159357",
].flatMap((path) => [path, [...path].reverse().join("")]);
const STEPS_MIN = 3;

/**
 * Whether a text is nothing but walks along a keyboard, the alphabet or the digits, and repeated characters.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { isWalk } from "./guessable.ts";
 * assert.ok(isWalk("qwerty123456"));
 * assert.ok(isWalk("asdf1234"));
 * assert.ok(!isWalk("kape sa umaga"));
 * ```
 */
export function isWalk(text: string): boolean {
  let at = 0;
  while (at < text.length) {
    const length = walkFrom(text, at);
    if (length < STEPS_MIN) return false;
    at += length;
  }
  return text.length > 0;
}

/** How far one walk or one repeated character goes from here. */
function walkFrom(text: string, at: number): number {
  let length = 1;
  while (text[at + length] === text[at]) length++;
  for (const path of PATHS) {
    for (
      let start = path.indexOf(text[at] ?? "");
      start >= 0;
      start = path.indexOf(text[at] ?? "", start + 1)
    ) {
      let steps = 1;
      while (at + steps < text.length && path[start + steps] === text[at + steps]) steps++;
      length = Math.max(length, steps);
    }
  }
  return length;
}

/** The part that a text repeats from end to end; null when it does not. */
export function repeatedUnit(text: string): string | null {
  for (let length = 1; length <= text.length / 2; length++) {
    const unit = text.slice(0, length);
    if (text.length % length === 0 && unit.repeat(text.length / length) === text) return unit;
  }
  return null;
}

const LOOK_ALIKES: Record<string, string> = {
  0: "o",
  3: "e",
  4: "a",
  5: "s",
  7: "t",
  8: "b",
  "@": "a",
  "$": "s",
};

/**
 * A password as guessers see it: in lower case, without digits and signs around it, and with look-alike letters read as
 * letters.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { readDecorated } from "./guessable.ts";
 * assert.ok(readDecorated("P@ssw0rd2026!").includes("password"));
 * assert.ok(readDecorated("Basketball#1").includes("basketball"));
 * ```
 */
export function readDecorated(password: string): string[] {
  const lower = password.normalize("NFKC").toLowerCase();
  const plain = [lower, lower.replace(/\s+/g, "")].flatMap((
    text,
  ) => [text, bare(text), bare(text, /[^a-z0-9]+/)]);
  const read = [...plain].flatMap((text) => ["i", "l"].map((letter) => asLetters(text, letter)));
  const forms = [...plain, ...read, ...read.map((text) => bare(text))];
  return [...new Set(forms)].filter((form) => form !== "");
}

function asLetters(text: string, one: string): string {
  return [...text].map((letter) =>
    letter === "1" || letter === "!" || letter === "|" ? one : LOOK_ALIKES[letter] ?? letter
  )
    .join("");
}

/** Without what is not a letter at both ends. */
function bare(text: string, edge = /[^\p{L}]+/u): string {
  return text.replace(new RegExp(`^(?:${edge.source})`, edge.flags), "").replace(
    new RegExp(`(?:${edge.source})$`, edge.flags),
    "",
  );
}
