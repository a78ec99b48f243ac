/** What stands where a word of a person was. */
export const ERASED = "—";

/** Names of values that hold what a person typed, or what names one, whatever it looks like. */
const FREE_KEYS = new Set([
  "aside",
  "address",
  "after_text",
  "barangay",
  "by_name",
  "city",
  "comment",
  "description",
  "email",
  "from_name",
  "name",
  "note",
  "notes",
  "phone",
  "ppp",
  "ppp_name",
  "reason",
  "reference",
  "said",
  "text",
  "to",
  "to_name",
  "what",
  "words",
]);
/** Names of values that are the company's own. */
const KEPT_KEYS = new Set(["plan", "plan_name", "router", "site", "role", "file"]);

/** Numbers of documents, dates, times, amounts, ids and words of the program: nothing of a person. */
const SAFE = [
  /^-?\d+(?:\.\d+)?$/,
  /^\d{4}-\d{2}-\d{2}(?:[T/][\dT:.Z/+-]*)?$/,
  /^\d{2}:\d{2}(?::\d{2})?$/,
  /^[A-Z]{1,8}-?\d[\d-]*$/,
  /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i,
  /^[a-z][a-z_]{0,60}$/,
];

/** How a stored value is redacted. */
export interface Redaction {
  /** What names the person. */
  pattern: RegExp;
  /** The entry is about them: whatever somebody typed goes. False: only what names them. */
  isOwn: boolean;
}

/** The same JSON without a person's words; numbers, dates, amounts and codes stay. */
export function redactJson(value: unknown, redaction: Redaction, key = ""): unknown {
  if (typeof value === "string") return redactText(value, redaction, key);
  if (Array.isArray(value)) return value.map((item) => redactJson(item, redaction, key));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [name, redactJson(item, redaction, name)]),
  );
}

/** A stored summary: a code with values, or a sentence of an early version. */
export function redactSummary(summary: string, redaction: Redaction): string {
  if (!summary.startsWith('{"code":')) {
    return redaction.isOwn ? ERASED : summary.replaceAll(redaction.pattern, ERASED);
  }
  try {
    return JSON.stringify(redactJson(JSON.parse(summary), redaction));
  } catch {
    return ERASED;
  }
}

function redactText(text: string, { pattern, isOwn }: Redaction, key: string): string {
  // A code within a code, as the reasons of Linya are stored.
  if (text.startsWith('{"code":')) return redactSummary(text, { pattern, isOwn });
  const cleaned = text.replaceAll(pattern, ERASED);
  if (!isOwn || KEPT_KEYS.has(key) || text === "") return cleaned;
  if (FREE_KEYS.has(key)) return ERASED;
  return SAFE.some((shape) => shape.test(cleaned)) ? cleaned : ERASED;
}
