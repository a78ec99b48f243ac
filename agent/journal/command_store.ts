import { join } from "node:path";
import * as z from "zod";
import type { Logger } from "@/shared/log.ts";
import {
  type CommandMessage,
  commandMessage,
  type CommandResult,
  commandResult,
} from "@/shared/protocol/mod.ts";
import type { DiskHealth } from "./disk_health.ts";
import { JournalFile } from "./files.ts";

const entry = z.object({
  command: commandMessage,
  state: z.enum(["received", "started", "done"]),
  at_ms: z.number(),
  result: commandResult.nullable(),
  /** The web has acknowledged the result. */
  is_reported: z.boolean(),
});
export type CommandEntry = z.infer<typeof entry>;

const storedCommands = z.object({ entries: z.array(entry) });

const KEEP_MS = 7 * 24 * 60 * 60_000;
const HELLO_RESULTS_MAX = 100;

/** Commands and their results, kept seven days, so that a command delivered twice runs once. */
export class CommandStore {
  readonly #file: JournalFile<z.infer<typeof storedCommands>>;
  readonly #entries = new Map<string, CommandEntry>();

  constructor(folder: string, log: Logger, disk: DiskHealth | null = null) {
    this.#file = new JournalFile(join(folder, "commands.json"), storedCommands, log, undefined, disk);
  }

  /** Loads; what was started and not finished when the agent died has an unknown outcome and is never run again. */
  async load(nowMs: number): Promise<void> {
    const stored = await this.#file.load();
    for (const item of stored?.entries ?? []) this.#entries.set(item.command.id, item);
    let hasUnknown = false;
    for (const item of this.#entries.values()) {
      if (item.state !== "started") continue;
      hasUnknown = true;
      this.#entries.set(item.command.id, {
        ...item,
        command: withoutSealed(item.command),
        state: "done",
        result: unknownOutcome(item.command.id),
      });
    }
    if (hasUnknown) await this.#save(nowMs);
  }

  find(id: string): CommandEntry | undefined {
    return this.#entries.get(id);
  }

  /** Accepted before a crash and never started. */
  waiting(): CommandMessage[] {
    return [...this.#entries.values()].filter((item) => item.state === "received").map((item) =>
      item.command
    );
  }

  unreportedResults(): CommandResult[] {
    return [...this.#entries.values()]
      .filter((item) => item.state === "done" && !item.is_reported)
      .flatMap((item) => item.result ?? [])
      .slice(-HELLO_RESULTS_MAX);
  }

  async receive(command: CommandMessage, nowMs: number): Promise<void> {
    await this.#put({ command, state: "received", at_ms: nowMs, result: null, is_reported: false }, nowMs);
  }

  async start(id: string, nowMs: number): Promise<void> {
    await this.#update(id, { state: "started", at_ms: nowMs }, nowMs);
  }

  /** Keeps the result; a sealed password that came with the command is of no more use and leaves the disk. */
  async finish(id: string, result: CommandResult, nowMs: number): Promise<void> {
    const command = this.#entries.get(id)?.command;
    const wiped = command === undefined ? {} : { command: withoutSealed(command) };
    await this.#update(id, { ...wiped, state: "done", at_ms: nowMs, result }, nowMs);
  }

  async markReported(ids: readonly string[], nowMs: number): Promise<void> {
    const open = ids.filter((id) => this.#entries.get(id)?.is_reported === false);
    for (const id of open) this.#entries.set(id, { ...this.#entries.get(id)!, is_reported: true });
    if (open.length > 0) await this.#save(nowMs);
  }

  async #update(id: string, change: Partial<CommandEntry>, nowMs: number): Promise<void> {
    const current = this.#entries.get(id);
    if (current === undefined) throw new Error(`Cannot update command ${id}: not in the journal`);
    await this.#put({ ...current, ...change }, nowMs);
  }

  /** Memory follows the disk: a step that could not be stored has not been taken. */
  async #put(item: CommandEntry, nowMs: number): Promise<void> {
    const before = this.#entries.get(item.command.id);
    this.#entries.set(item.command.id, item);
    try {
      await this.#save(nowMs);
    } catch (error) {
      if (before === undefined) this.#entries.delete(item.command.id);
      else this.#entries.set(item.command.id, before);
      throw error;
    }
  }

  async #save(nowMs: number): Promise<void> {
    for (const [id, item] of this.#entries) {
      if (item.state === "done" && item.at_ms < nowMs - KEEP_MS) this.#entries.delete(id);
    }
    await this.#file.save({ entries: [...this.#entries.values()] });
  }
}

function withoutSealed(command: CommandMessage): CommandMessage {
  const args = command.arguments;
  if (typeof args !== "object" || args === null || !("sealed_password" in args)) return command;
  const { sealed_password: _gone, ...rest } = args;
  return { ...command, arguments: rest };
}

function unknownOutcome(id: string): CommandResult {
  return {
    id,
    status: "outcome_unknown",
    error_code: "outcome_unknown",
    error_message:
      "The agent stopped while this was running, so it is not known whether it took effect. Look at the router before doing it again.",
  };
}
