import { createHash } from "node:crypto";

/** A field's value as a form sends it; several of one name are a list. */
export type FieldValue = string | readonly string[];
export type FieldValues = Readonly<Record<string, FieldValue>>;

/** Hidden field that says what the other fields held when the form was opened. */
export const OPENED_FIELD = "opened";

const MARK_LENGTH = 8;

/** One short mark for each field: enough to see later whether a field was touched, by whoever. */
export function markOpened(values: FieldValues): string {
  return Object.entries(values).map(([name, value]) => `${name}.${markOf(value)}`).join(" ");
}

/** What a form that was opened earlier means now. */
export interface Reconciled {
  /** What was typed, with the fields that only others have changed as these left them. */
  values: FieldValues;
  /** Fields that both have changed, to different values. */
  conflicts: string[];
}

/**
 * Puts together what a person typed and what others have saved since the form was opened. A field that this person left
 * as it was takes the others' value; a field that only this person changed keeps theirs.
 */
export function reconcile(opened: string, typed: FieldValues, current: FieldValues): Reconciled {
  const marks = readMarks(opened);
  const values: Record<string, FieldValue> = { ...typed };
  const conflicts: string[] = [];
  for (const [name, now] of Object.entries(current)) {
    const before = marks.get(name);
    const mine = markOf(typed[name] ?? "");
    if (before === undefined || before === markOf(now) || mine === markOf(now)) continue;
    if (mine === before) values[name] = now;
    else conflicts.push(name);
  }
  return { values, conflicts };
}

function readMarks(opened: string): Map<string, string> {
  return new Map(
    opened.split(" ").map((part) => {
      const dot = part.lastIndexOf(".");
      return [part.slice(0, dot), part.slice(dot + 1)] as const;
    }),
  );
}

/** Browsers send line breaks as two characters, and nobody means the spaces around a value. */
function markOf(value: FieldValue): string {
  const text = [value].flat().map((part) => part.replaceAll("\r\n", "\n").trim()).join("\n");
  return createHash("sha256").update(text).digest("base64url").slice(0, MARK_LENGTH);
}
