import type { CodedValue, RefusalCode, ValueArguments } from "./codes/mod.ts";

/**
 * An outcome that the caller must look at. Expected refusals are values; only bugs and broken I/O throw. A refusal is a
 * code of the catalogue (`shared/codes`) with its values: each reader gets it in their own language, a log in fields.
 *
 * @example
 * ```ts
 * import { err, ok, type Result } from "@/shared/result.ts";
 * function half(days: number): Result<number, "days_not_understood"> {
 *   return days % 2 === 0 ? ok(days / 2) : err("days_not_understood", { max: 30 });
 * }
 * const answer = half(4);
 * if (answer.ok) answer.value satisfies number;
 * ```
 */
export type Result<T, C extends string = string> =
  | { ok: true; value: T }
  | Failure<C>;

/** The outcome that was not hoped for. */
export interface Failure<C extends string = string> {
  ok: false;
  code: C;
  values: Readonly<Record<string, CodedValue>>;
}

/** The expected outcome. */
export function ok<T>(value: T): Result<T, never> {
  return { ok: true, value };
}

/** A refusal: a code of the catalogue with the values that its message names. */
export function err<C extends RefusalCode>(code: C, ...[values]: ValueArguments<C>): Failure<C> {
  return { ok: false, code, values: values ?? {} };
}
