/** What names a person, as it is searched for in texts that somebody wrote. */
export interface PersonalWords {
  /** Names, addresses, phone numbers and mail addresses; not cut, not folded. */
  words: readonly string[];
  phones: readonly string[];
  /** Names of others that have a word within, by the word: where such a name stands it stays whole. @default none */
  longer?: ReadonlyMap<string, readonly string[]>;
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
export function wordsPattern({ words, phones, longer = new Map() }: PersonalWords): string {
  // By pattern: how long what it finds is.
  const found = new Map<string, number>();
  for (const word of words) {
    const text = word.trim();
    if (text.length < WORD_MIN) continue;
    found.set(wordPattern(text) + guardsPattern(text, longer.get(word) ?? []), text.length);
  }
  for (const phone of phones) {
    const digits = phone.replace(/\D/g, "").replace(/^(?:63|0)(?=9\d{9}$)/, "");
    if (digits.length >= PHONE_DIGITS_MIN) found.set(phonePattern(digits), digits.length);
  }
  // The longest first: of two that begin alike the whole one is taken.
  const sorted = [...found].sort(([a, long], [b, longB]) => longB - long || (a < b ? -1 : 1));
  return sorted.length === 0 ? NOTHING : `(?:${sorted.map(([pattern]) => pattern).join("|")})`;
}

/** The same pattern for a text that is read here. */
export function jsPattern(pattern: string): RegExp {
  return new RegExp(pattern.replaceAll("[[:alnum:]_]", String.raw`[\p{L}\p{N}_]`), "giu");
}

/** How a text has a word: it is nothing else, has it within as a whole word, or does not have it. */
export function wordFinder(word: string): (text: string) => "equal" | "within" | "not" {
  const text = word.trim();
  if (text.length < WORD_MIN) return () => "not";
  const pattern = jsPattern(wordPattern(text));
  return (other) => {
    const found = [...other.trim().matchAll(pattern)];
    if (found.length === 0) return "not";
    return found.some(([match]) => match.length === other.trim().length) ? "equal" : "within";
  };
}

function wordPattern(text: string): string {
  return BEFORE + textPattern(text) + AFTER;
}

/** Behind a word: not where it is part of one of these names. */
function guardsPattern(text: string, longer: readonly string[]): string {
  const guards = new Set<string>();
  const pattern = jsPattern(wordPattern(text));
  for (const name of longer.map((one) => one.trim())) {
    for (const { 0: match, index } of name.matchAll(pattern)) {
      const [before, after] = [name.slice(0, index), name.slice(index + match.length)];
      const edge = /^[\p{L}\p{N}_]/u.test(before) ? BEFORE : "";
      const begins = before === "" ? "" : `(?<=${edge}${textPattern(before)}${textPattern(text)})`;
      if (before !== "" || after !== "") {
        guards.add(`(?!${begins}${after === "" ? "" : textPattern(after) + AFTER})`);
      }
    }
  }
  return [...guards].sort().join("");
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
