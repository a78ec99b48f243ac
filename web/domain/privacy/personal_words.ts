/** What names a person, as it is searched for in texts that somebody wrote. */
export interface PersonalWords {
  /** Names, addresses, phone numbers and mail addresses; not cut, not folded. */
  words: readonly string[];
  phones: readonly string[];
}

/** Shorter words are part of too many others. */
const WORD_MIN = 3;
const PHONE_DIGITS_MIN = 7;
/** Matches nothing, in PostgreSQL and here. */
const NOTHING = "x^y";

const BEFORE = "(?<![[:alnum:]_])";
const AFTER = "(?![[:alnum:]_])";

/**
 * A pattern that finds these words in any text, as PostgreSQL reads it: not within other words, in any case, with any
 * space between, also as an address of a page writes it. A phone number is found however its digits are grouped, with or
 * without the code of the country.
 */
export function wordsPattern({ words, phones }: PersonalWords): string {
  const found = new Set<string>();
  for (const word of words) {
    const text = word.trim();
    if (text.length >= WORD_MIN) found.add(BEFORE + textPattern(text) + AFTER);
  }
  for (const phone of phones) {
    const digits = phone.replace(/\D/g, "").replace(/^(?:63|0)(?=9\d{9}$)/, "");
    if (digits.length >= PHONE_DIGITS_MIN) found.add(phonePattern(digits));
  }
  // The longest first: of two that begin alike the whole one is taken.
  const sorted = [...found].sort((a, b) => b.length - a.length || (a < b ? -1 : 1));
  return sorted.length === 0 ? NOTHING : `(?:${sorted.join("|")})`;
}

/** The same pattern for a text that is read here. */
export function jsPattern(pattern: string): RegExp {
  return new RegExp(pattern.replaceAll("[[:alnum:]_]", String.raw`[\p{L}\p{N}_]`), "giu");
}

function textPattern(text: string): string {
  return text.split(/\s+/).map((part) => [...part].map(charPattern).join("")).join(
    String.raw`(?:\s|\+|%20)+`,
  );
}

/** A letter as itself; anything else also as an address of a page has it, and quotes as JSON within JSON does. */
function charPattern(char: string): string {
  if (/[a-z0-9]/i.test(char)) return char;
  const encoded = [char, char.toLowerCase(), char.toUpperCase()].map(percent);
  const plain = char === '"' ? String.raw`\\*"` : char === "\\" ? String.raw`\\+` : escaped(char);
  return `(?:${[...new Set([plain, ...encoded])].join("|")})`;
}

function percent(text: string): string {
  return [...new TextEncoder().encode(text)].map((byte) => `%${byte.toString(16).padStart(2, "0")}`).join("");
}

function phonePattern(digits: string): string {
  return `(?<![0-9])(?:\\+?63|0)?[ .-]?${[...digits].join("[ ().-]?")}(?![0-9])`;
}

function escaped(char: string): string {
  return /[.*+?^${}()|[\]\\/]/.test(char) ? `\\${char}` : char;
}
