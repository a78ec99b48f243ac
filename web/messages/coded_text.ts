import { formatDateShort, formatDayMonth, formatMonth } from "@/shared/calendar/format.ts";
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
export function codedText(t: Translate, { code, values }: Coded): string {
  if (!isCode(code)) throw new TypeError(`Cannot say "${code}": it is not in the catalogue`);
  const kinds: Readonly<Record<string, ValueKind>> = CODES[code].values;
  const words: Record<string, string | number> = {};
  for (const [name, kind] of Object.entries(kinds)) words[name] = valueText(t, kind, values[name]);
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

function valueText(t: Translate, kind: ValueKind, value: unknown): string | number {
  switch (kind) {
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
      return codedText(t, value as Coded);
    case "list":
      return (value as readonly Coded[]).map((item) => codedText(t, item)).join("; ");
    default:
      return String(value);
  }
}
