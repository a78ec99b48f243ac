import { join } from "node:path";
import * as z from "zod";
import type { Logger } from "@/shared/log.ts";
import type { DiskHealth } from "./disk_health.ts";
import { JournalFile } from "./files.ts";

const override = z.object({ name: z.string(), from_ms: z.number(), until_ms: z.number() });
const storedOverrides = z.object({ overrides: z.array(override) });
export type Override = z.infer<typeof override>;

/** Break-glass: accounts, by their keys, that a person at the box lets through for a while, written by `allow`, read by the daemon. */
export class OverrideStore {
  readonly #file: JournalFile<z.infer<typeof storedOverrides>>;
  #current: readonly Override[] = [];
  #seen = "";

  constructor(folder: string, log: Logger, disk: DiskHealth | null = null) {
    this.#file = new JournalFile(join(folder, "overrides.json"), storedOverrides, log, undefined, disk);
  }

  /** Accounts allowed at this moment. */
  namesAt(nowMs: number): ReadonlySet<string> {
    return new Set(
      this.#current.filter((item) => item.from_ms <= nowMs && nowMs < item.until_ms).map((item) => item.name),
    );
  }

  /** Reads the file again when it changed; the new entries, for the log. */
  async refresh(): Promise<readonly Override[]> {
    const stamp = await this.#stamp();
    if (stamp === this.#seen) return [];
    const before = new Set(this.#current.map(keyOf));
    this.#current = (await this.#file.load())?.overrides ?? [];
    this.#seen = stamp;
    return this.#current.filter((item) => !before.has(keyOf(item)));
  }

  async add(added: Override, nowMs: number): Promise<void> {
    const stored = (await this.#file.load())?.overrides ?? [];
    const kept = stored.filter((item) => item.until_ms > nowMs && item.name !== added.name);
    await this.#file.save({ overrides: [...kept, added] });
  }

  async #stamp(): Promise<string> {
    try {
      const { mtime, size } = await Deno.stat(this.#file.path);
      return `${mtime?.getTime()}:${size}`;
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return "";
      throw error;
    }
  }
}

function keyOf(item: Override): string {
  return `${item.name} ${item.until_ms}`;
}
