type Value = string | bigint | boolean | Temporal.PlainDate | Temporal.Instant | null;

/**
 * Values as the text of a PostgreSQL array, for a parameter that is cast to one: the driver takes thousands of them apart
 * one by one, twice.
 */
export function textArray(values: readonly Value[]): string {
  return `{${values.map(element).join(",")}}`;
}

function element(value: Value): string {
  if (value === null) return "NULL";
  const text = String(value);
  return PLAIN.test(text) && text.toUpperCase() !== "NULL" ? text : `"${text.replace(/["\\]/g, "\\$&")}"`;
}

/** What needs no quotes inside an array. */
const PLAIN = /^[\w:.+-]+$/;
