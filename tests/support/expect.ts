import assert from "node:assert/strict";
import { codedText } from "@/web/messages/coded_text.ts";
import { ENGLISH_WORDS } from "@/web/messages/mod.ts";
import type { Result } from "@/shared/result.ts";

/** Of a use case, or of the agent's program, which speaks English. */
type Answer<T> = Result<T> | { ok: false; code: string; message: string };

function textOf(refusal: Extract<Answer<unknown>, { ok: false }>): string {
  return "message" in refusal ? refusal.message : codedText(ENGLISH_WORDS, refusal);
}

/** The value of a result that must be ok. */
export function assertOk<T>(result: Answer<T>): T {
  assert.ok(
    result.ok,
    result.ok ? "" : `expected ok, got ${result.code}: ${textOf(result)}`,
  );
  return result.value;
}

/** Asserts a refusal with this code and returns its message. */
export function assertRefused<T>(result: Answer<T>, code: string): string {
  assert.ok(!result.ok, `expected refusal ${code}, got a value`);
  const text = textOf(result);
  assert.equal(result.code, code, text);
  return text;
}

/** Asserts that `run` rejects with an error that carries this `code` (own code, database state or Deno error name). */
export async function assertRejectsWith(run: () => Promise<unknown>, code: string): Promise<void> {
  await assert.rejects(run, (error: unknown) => {
    const actual = error instanceof Error ? ("code" in error ? error.code : error.name) : error;
    assert.equal(actual, code, String(error));
    return true;
  });
}

/** Asserts rows with only the named columns, in order. */
export function assertRows<T extends object>(rows: readonly T[], expected: readonly Partial<T>[]): void {
  const shown = rows.map((row, i) => {
    const keys = Object.keys(expected[i] ?? row) as (keyof T)[];
    return Object.fromEntries(keys.map((key) => [key, row[key]]));
  });
  assert.deepEqual(shown, expected);
}
