/** What an entry says of one value. */
export interface Change {
  /** Name of the value as it is stored; empty for the thing itself. */
  name: string;
  before: string;
  after: string;
}

/** Before and after of an entry, and whatever else it keeps, one row for each value. */
export function changesOf(details: unknown): Change[] {
  if (!isRecord(details)) return [];
  const { before, after, ...rest } = details;
  const others = Object.entries(rest).map(([name, value]) => ({ name, before: "", after: textOf(value) }));
  return [...pairsOf(before, after), ...others].filter((change) =>
    change.before !== "" || change.after !== ""
  );
}

function pairsOf(before: unknown, after: unknown): Change[] {
  if (before === undefined && after === undefined) return [];
  if (!isRecord(before) && !isRecord(after)) {
    return [{ name: "", before: textOf(before), after: textOf(after) }];
  }
  const [was, is] = [isRecord(before) ? before : {}, isRecord(after) ? after : {}];
  return [...new Set([...Object.keys(was), ...Object.keys(is)])].map((name) => ({
    name,
    before: textOf(was[name]),
    after: textOf(is[name]),
  })).filter((change) => change.before !== change.after);
}

/** A value as one line: lists by commas, what is nested as JSON. */
function textOf(value: unknown): string {
  if (value === undefined || value === null) return "";
  if (typeof value === "string") return value;
  if (Array.isArray(value) && value.every((item) => typeof item !== "object")) return value.join(", ");
  return JSON.stringify(value);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
