import type { AgentProblem } from "@/shared/protocol/mod.ts";

/** What the system says when there is no room, by code and by number: no space left, quota exceeded. */
const FULL = /ENOSPC|EDQUOT|os error (28|122)\b|no space left/i;

/** Why a file could not be written. */
export function diskProblem(error: unknown): AgentProblem {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  const detail = error instanceof Error ? error.message : String(error);
  return { code: FULL.test(`${code} ${detail}`) ? "disk_full" : "disk_unwritable", detail };
}

/** Whether the journal can be written: a file that failed counts until that same file has been written again. */
export class DiskHealth {
  readonly #failing = new Map<string, AgentProblem>();
  readonly #onChange: (problem: AgentProblem | null) => void;

  constructor(onChange: (problem: AgentProblem | null) => void = () => {}) {
    this.#onChange = onChange;
  }

  /** What is wrong now; null while everything can be written. */
  get problem(): AgentProblem | null {
    return this.#failing.values().next().value ?? null;
  }

  failed(path: string, error: unknown): void {
    const before = this.problem;
    this.#failing.set(path, diskProblem(error));
    if (this.problem?.code !== before?.code) this.#onChange(this.problem);
  }

  wrote(path: string): void {
    if (!this.#failing.delete(path)) return;
    if (this.problem === null) this.#onChange(null);
  }
}
