import pg from "pg";

type Parser = (text: string) => unknown;

/**
 * How columns arrive: bigint as bigint, date as PlainDate, timestamptz as Instant, and arrays of them. Kept to our
 * connections; pg's global table, which other libraries use, stays as it is.
 */
const PARSERS = new Map<number, Parser>([
  [20, BigInt],
  [1082, (text) => Temporal.PlainDate.from(text)],
  [1184, (text) => Temporal.Instant.from(text)],
  [1016, listParser(BigInt)],
  [1182, listParser((text) => Temporal.PlainDate.from(text))],
  [1185, listParser((text) => Temporal.Instant.from(text))],
]);

/** `types` option of a pg pool. */
export const columnTypes: pg.CustomTypesConfig = {
  getTypeParser(oid: number, format?: "text" | "binary") {
    const own = format === "binary" ? undefined : PARSERS.get(oid);
    return own ?? pg.types.getTypeParser(oid, format);
  },
};

/** One-dimensional arrays of types whose text holds no comma, brace or backslash. */
function listParser(parse: Parser): Parser {
  return (text) => {
    const inside = text.slice(1, -1);
    if (inside === "") return [];
    return inside.split(",").map((item) => item === "NULL" ? null : parse(item.replaceAll('"', "")));
  };
}

/**
 * How parameters leave. Without this pg would send a PlainDate or an Instant as quoted JSON, which no date column
 * takes. Plain objects stay objects (jsonb).
 */
export function encodeParameter(value: unknown): unknown {
  if (
    value instanceof Temporal.PlainDate || value instanceof Temporal.Instant ||
    value instanceof Temporal.PlainTime
  ) return value.toString();
  if (Array.isArray(value)) return value.map(encodeParameter);
  return value;
}
