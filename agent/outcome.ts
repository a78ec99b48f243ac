/**
 * What came of a command at the agent's terminal. The agent's program speaks English, to whoever installs it; what it
 * tells the server is coded in `shared/protocol`.
 */
export type Outcome<T, C extends string = string> =
  | { ok: true; value: T }
  | { ok: false; code: C; message: string };

/** A refusal with what to do about it. */
export function refuse<C extends string>(code: C, message: string): { ok: false; code: C; message: string } {
  return { ok: false, code, message };
}

/** What was hoped for. */
export function done<T>(value: T): { ok: true; value: T } {
  return { ok: true, value };
}
