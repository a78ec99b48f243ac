/**
 * The first place where `got` is not what was expected, as `path: expected X, got Y`; null when there is none. At
 * the top only the expected keys count; below it objects must agree in every key. Amounts compare as integers,
 * whether they are written as numbers or, beyond 2^53, as strings.
 */
export function firstDifference(expected: unknown, got: unknown): string | null {
  if (!isObject(expected) || !isObject(got)) return differenceAt("", expected, got);
  const keys = Object.keys(expected);
  if (keys.length === 0) return "(whole): expected nothing at all, so that nothing is checked";
  for (const key of keys) {
    const found = differenceAt(key, expected[key], got[key]);
    if (found !== null) return found;
  }
  return null;
}

function differenceAt(path: string, expected: unknown, got: unknown): string | null {
  if (Array.isArray(expected) && Array.isArray(got)) return arrayDifference(path, expected, got);
  if (isObject(expected) && isObject(got)) return objectDifference(path, expected, got);
  if (isSameLeaf(expected, got)) return null;
  return `${path === "" ? "(whole)" : path}: expected ${show(expected)}, got ${show(got)}`;
}

function arrayDifference(path: string, expected: unknown[], got: unknown[]): string | null {
  for (let i = 0; i < Math.max(expected.length, got.length); i++) {
    const found = differenceAt(`${path}[${i}]`, expected[i], got[i]);
    if (found !== null) return found;
  }
  return null;
}

function objectDifference(
  path: string,
  expected: Record<string, unknown>,
  got: Record<string, unknown>,
): string | null {
  for (const key of new Set([...Object.keys(expected), ...Object.keys(got)])) {
    const found = differenceAt(`${path}.${key}`, expected[key], got[key]);
    if (found !== null) return found;
  }
  return null;
}

function isSameLeaf(expected: unknown, got: unknown): boolean {
  if (typeof got === "bigint") return asInteger(expected) === got;
  if (isDate(got)) return expected === got.toString();
  return Object.is(expected, got);
}

function asInteger(value: unknown): bigint | null {
  if (typeof value === "bigint") return value;
  if (typeof value === "number" && Number.isSafeInteger(value)) return BigInt(value);
  return typeof value === "string" && /^-?\d+$/.test(value) ? BigInt(value) : null;
}

function isDate(value: unknown): value is Temporal.PlainDate {
  return value instanceof Temporal.PlainDate;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !isDate(value);
}

function show(value: unknown): string {
  if (value === undefined) return "nothing";
  if (typeof value === "bigint" || isDate(value)) return value.toString();
  const text = JSON.stringify(value, (_, inner) => typeof inner === "bigint" ? inner.toString() : inner);
  return text.length > 160 ? `${text.slice(0, 157)}...` : text;
}
