/** Attributes whose values are for nobody's eyes: passwords, keys and what is computed from them. */
const SECRET_NAME = /pass|secret|psk|private|response|community|token|[-_]key$|^key$/i;
const STARS = "*****";
/** Below this many letters a value is no secret, and starring it would tear words apart. */
const SHORTEST = 3;

/**
 * What routers say whatever they were sent. A password that stands in it is left there: the sentence gives nothing away,
 * and without it "invalid user name or password" would not be understood where the password is "password".
 */
const USUAL_TEXTS =
  "invalid user name or password (6); not enough permissions (9); no such item; no such command " +
  "prefix or directory; input does not match any value of argument; failure: secret with the same name already " +
  "exists; already have such entry; unknown parameter; missing value(s) of argument(s); invalid value for argument; " +
  "value out of range; ambiguous value; interrupted; not logged in; too many commands before login; session " +
  "terminated on request; cannot log in; login failure; sessions and connections limit reached; not allowed";

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
    const value = word.slice(end + 1);
    return isHidden && value.length >= SHORTEST && !USUAL_TEXTS.includes(value) ? [value] : [];
  });
  return values.toSorted((a, b) => b.length - a.length);
}

/** A text of the router without these values. */
export function redactText(text: string, secrets: readonly string[]): string {
  return secrets.reduce((clean, secret) => clean.replaceAll(secret, STARS), text);
}
