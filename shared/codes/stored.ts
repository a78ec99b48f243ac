import { centavos } from "@/shared/money/centavos.ts";
import type { Coded, CodedValue, ValueKind, ValueKinds } from "./kinds.ts";
import { CODES, isCode } from "./mod.ts";

/**
 * A code with its values as text, for a column, a job or the wire: `{"code":"held","values":{"day":"2026-11-26"}}`. The
 * same code and values give the same text, so that rows can be grouped by it.
 */
export function formatCoded(coded: Coded): string {
  return JSON.stringify(toJson(coded));
}

/** The value `period` of a code. */
export function periodValue(start: Temporal.PlainDate, end: Temporal.PlainDate): string {
  return `${start}/${end}`;
}

/** Reads {@linkcode formatCoded}; null for anything else, as a sentence that an earlier version wrote. */
export function parseCoded(text: string | null): Coded | null {
  if (text === null || !text.startsWith('{"code":')) return null;
  try {
    return fromJson(JSON.parse(text));
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof RangeError || error instanceof TypeError) {
      return null;
    }
    throw error;
  }
}

/** What a column holds as a code: a sentence of an earlier version becomes the code that says it as it is. */
export function codedOf(text: string): Coded {
  return parseCoded(text) ?? { code: "plain", values: { text } };
}

function toJson({ code, values }: Coded): { code: string; values: Record<string, unknown> } {
  if (!isCode(code)) throw new TypeError(`Cannot format code "${code}": it is not in the catalogue`);
  const kinds: ValueKinds = CODES[code].values;
  // In the order of the catalogue.
  return {
    code,
    values: Object.fromEntries(Object.keys(kinds).map((name) => [name, valueToJson(values[name])])),
  };
}

function valueToJson(value: CodedValue | undefined): unknown {
  if (
    typeof value === "bigint" || value instanceof Temporal.PlainDate || value instanceof Temporal.PlainTime
  ) {
    return value.toString();
  }
  if (Array.isArray(value)) return (value as readonly Coded[]).map(toJson);
  return typeof value === "object" ? toJson(value as Coded) : value;
}

function fromJson(json: unknown): Coded | null {
  const { code, values } = json as { code?: unknown; values?: Record<string, unknown> };
  if (typeof code !== "string" || !isCode(code) || typeof values !== "object" || values === null) return null;
  const kinds: ValueKinds = CODES[code].values;
  const read: Record<string, CodedValue> = {};
  for (const [name, kind] of Object.entries(kinds)) {
    const value = valueFromJson(kind, values[name]);
    if (value === null) return null;
    read[name] = value;
  }
  return { code, values: read };
}

function valueFromJson(kind: ValueKind, json: unknown): CodedValue | null {
  if (kind === "count" || kind === "month") return typeof json === "number" ? json : null;
  if (kind === "coded") return fromJson(json);
  if (kind === "list") {
    const items = Array.isArray(json) ? json.map(fromJson) : [null];
    return items.every((item) => item !== null) ? items : null;
  }
  if (typeof json !== "string") return null;
  if (kind === "peso") return centavos(BigInt(json));
  if (kind === "date" || kind === "day") return Temporal.PlainDate.from(json);
  if (kind === "time") return Temporal.PlainTime.from(json);
  if (kind === "text" || kind === "quote" || kind === "aside" || kind === "reason") return json;
  if (kind === "period") return isPeriod(json) ? json : null;
  return kind.includes(json) ? json : null;
}

/** Whether a text is two dates of {@linkcode periodValue}; one that is none throws a RangeError, as dates do. */
function isPeriod(text: string): boolean {
  const dates = text.split("/").map((date) => Temporal.PlainDate.from(date));
  return dates.length === 2;
}
