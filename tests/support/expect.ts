import assert from "node:assert/strict";
import { codedText } from "@/web/messages/coded_text.ts";
import { ENGLISH_WORDS } from "@/web/messages/mod.ts";
import type { Result } from "@/shared/result.ts";

/** The value of a result that must be ok. */
export function assertOk<T>(result: Result<T>): T {
  assert.ok(result.ok, result.ok ? "" : `expected ok, got ${result.code}: ${result.message}`);
  return result.value;
}

/** Asserts a refusal with this code and returns its message. */
export function assertRefused<T>(result: Result<T>, code: string): string {
  assert.ok(!result.ok, `expected refusal ${code}, got a value`);
  const text = result.message === "" ? codedText(ENGLISH_WORDS, result) : result.message;
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
