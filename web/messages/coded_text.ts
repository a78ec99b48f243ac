import { formatDateShort, formatDayMonth, formatMonth, formatPeriod } from "@/shared/calendar/format.ts";
import {
  type Code,
  type Coded,
  CODES,
  isCode,
  parseCoded,
  type ValueKind,
  wordOf,
} from "@/shared/codes/mod.ts";
import { type Centavos, formatPeso } from "@/shared/money/mod.ts";
import { type MessageKey, type MessageValues, type Translate } from "./mod.ts";

/** Key of the message that says a code. */
export function messageKeyOf(code: Code): MessageKey {
  return `codes_${wordOf(code)}.${code}` as MessageKey;
}

/** A code with its values as a sentence in the language of `t`. */
export function codedText(t: Translate, coded: Coded): string {
  return textOf(t, coded, (words) => words);
}

/** Around the words of others, while the sentence is taken apart; letters of no language. */
const [OPEN, CLOSE] = ["\uE000", "\uE001"];

/** A piece of a sentence, and whether it is in the words of a router or a person. */
export interface TextPart {
  text: string;
  isQuoted: boolean;
}

/** {@linkcode codedText} in pieces, so that a page can mark what is not in its own language. */
export function codedParts(t: Translate, coded: Coded): TextPart[] {
  const marked = textOf(t, coded, (words) => `${OPEN}${words.replace(/[\uE000\uE001]/g, "")}${CLOSE}`);
  return marked.split(/(\uE000[^\uE001]*\uE001)/).filter((text) => text !== "").map((text) =>
    text.startsWith(OPEN) ? { text: text.slice(1, -1), isQuoted: true } : { text, isQuoted: false }
  );
}

/** What stands behind *Details*: asides of the code and of those inside it; null when there is none. */
export function asideOf({ code, values }: Coded): string | null {
  if (!isCode(code)) return null;
  const kinds: Readonly<Record<string, ValueKind>> = CODES[code].values;
  const asides = Object.entries(kinds).flatMap(([name, kind]) => {
    if (kind === "aside") return [String(values[name])];
    return kind === "coded" ? [asideOf(values[name] as Coded)] : [];
  });
  return asides.find((aside) => aside !== null && aside !== "") ?? null;
}

function textOf(t: Translate, { code, values }: Coded, quoted: (words: string) => string): string {
  if (!isCode(code)) throw new TypeError(`Cannot say "${code}": it is not in the catalogue`);
  const kinds: Readonly<Record<string, ValueKind>> = CODES[code].values;
  const words: Record<string, string | number> = {};
  for (const [name, kind] of Object.entries(kinds)) {
    if (kind !== "aside") words[name] = valueText(t, kind, values[name], quoted);
  }
  return t(messageKeyOf(code), words satisfies MessageValues);
}

/**
 * What a column holds, said to a reader: a stored code in their language; a sentence of an earlier version, or of a
 * router, as it is.
 */
export function storedText(t: Translate, stored: string): string {
  const coded = parseCoded(stored);
  return coded === null ? stored : codedText(t, coded);
}

function valueText(
  t: Translate,
  kind: ValueKind,
  value: unknown,
  quoted: (words: string) => string,
): string | number {
  switch (kind) {
    case "quote":
      return quoted(String(value));
    case "reason": {
      const given = parseCoded(String(value));
      return given === null ? String(value) : textOf(t, given, quoted);
    }
    case "period": {
      const [start, end] = String(value).split("/").map((date) => Temporal.PlainDate.from(date));
      return start === undefined || end === undefined ? "" : formatPeriod(start, end, t.locale);
    }
    case "count":
      return value as number;
    case "peso":
      return formatPeso(value as Centavos);
    case "date":
      return formatDateShort(value as Temporal.PlainDate, t.locale);
    case "day":
      return formatDayMonth(value as Temporal.PlainDate, t.locale);
    case "month":
      return formatMonth(Temporal.PlainDate.from({ year: 2000, month: value as number, day: 1 }), t.locale);
    case "time":
      return (value as Temporal.PlainTime).toString({ smallestUnit: "minute" });
    case "coded":
      return textOf(t, value as Coded, quoted);
    case "list":
      return (value as readonly Coded[]).map((item) => textOf(t, item, quoted)).join("; ");
    default:
      return String(value);
  }
}
