/**
 * An outcome that the caller must look at. Expected refusals are values; only bugs and broken I/O throw.
 *
 * @example
 * ```ts
 * import { err, ok, type Result } from "@/shared/result.ts";
 * function half(n: number): Result<number, "odd"> {
 *   return n % 2 === 0 ? ok(n / 2) : err("odd", `Cannot halve ${n}: odd`);
 * }
 * const answer = half(4);
 * if (answer.ok) answer.value satisfies number;
 * ```
 */
export type Result<T, C extends string = string> =
  | { ok: true; value: T }
  | { ok: false; code: C; message: string };

/** The expected outcome. */
export function ok<T>(value: T): Result<T, never> {
  return { ok: true, value };
}

/** A refusal. `code` is for programs (snake case), `message` for the person who asked. */
export function err<C extends string>(code: C, message: string): Result<never, C> {
  return { ok: false, code, message };
}
