/** Attributes whose values are for nobody's eyes: passwords, keys and what is computed from them. */
const SECRET_NAME = /pass|secret|psk|private|response|community|token|[-_]key$|^key$/i;
const STARS = "*****";
/** Below this many letters a value is no secret, and starring it would tear words apart. */
const SHORTEST = 3;

/** An id or a count; any other `=ret=` may be the value that a `get` was asked for. */
const HARMLESS_RET = /^(?:\*[0-9A-F]+(?:[;,]\*[0-9A-F]+)*|\d+)?$/i;

/** A sentence with stars in place of what nobody may see. Of a login nothing is left but its command. */
export function redactSentence(words: readonly string[]): string[] {
  if (words[0] === "/login") return ["/login", ...words.slice(1).map((word) => starred(word, nameEnd(word)))];
  return words.map(redactWord);
}

function redactWord(word: string): string {
  const end = nameEnd(word);
  if (end < 0) return word;
  const name = word.slice(0, end);
  const isHidden = SECRET_NAME.test(name) || (name === "=ret" && !HARMLESS_RET.test(word.slice(end + 1)));
  return isHidden ? starred(word, end) : word;
}

/** Where the name of `=name=value`, `?name=value`, `?=name=value` or `?>name=value` ends, or -1. */
function nameEnd(word: string): number {
  if (!word.startsWith("=") && !word.startsWith("?")) return -1;
  return word.indexOf("=", word.startsWith("?=") ? 2 : 1);
}

function starred(word: string, end: number): string {
  return end < 0 ? word : `${word.slice(0, end + 1)}${STARS}`;
}

/** The secret values that a sentence holds, longest first, for the texts of a router that repeats what it was sent. */
export function secretsIn(words: readonly string[]): string[] {
  const values = words.flatMap((word) => {
    const end = nameEnd(word);
    const isHidden = end >= 0 && SECRET_NAME.test(word.slice(0, end));
    return isHidden && word.length - end - 1 >= SHORTEST ? [word.slice(end + 1)] : [];
  });
  return values.toSorted((a, b) => b.length - a.length);
}

/**
 * What routers say whatever they were sent. It stays whole: what an error means is read from it, and stars in the middle
 * of it would tell everybody that the password is the word that is missing.
 */
const OWN_PHRASES = new RegExp(
  `(${
    [
      "invalid user name or password",
      "cannot log in",
      "login failure",
      "not enough permissions",
      "no such (?:item|command)(?: prefix| or directory)?",
      "\\w+ with the same name already exists",
      "already (?:exists|have)",
      "input does not match any value of",
      "unknown parameter",
      "missing value\\(s\\) of argument\\(s\\)",
      "(?:invalid|ambiguous) value(?: for argument| of)?",
      "value of \\S+ (?:out of range|must)",
      "interrupted",
      "too many commands before login",
      "session terminated on request",
      "not logged in",
    ].join("|")
  })`,
  "i",
);

/** A text of the router without these values. */
export function redactText(text: string, secrets: readonly string[]): string {
  if (secrets.length === 0) return text;
  // A split by a pattern with a group gives what matched at the odd places.
  return text.split(OWN_PHRASES).map((part, nth) => nth % 2 === 1 ? part : redactPart(part, secrets)).join(
    "",
  );
}

function redactPart(text: string, secrets: readonly string[]): string {
  return secrets.reduce((clean, secret) => clean.replaceAll(secret, STARS), text);
}
