import { join } from "node:path";
import * as z from "zod";
import type { Logger } from "@/shared/log.ts";
import { type HandChange, handChange } from "@/shared/protocol/mod.ts";
import type { DiskHealth } from "./disk_health.ts";
import { JournalFile, type WriteStep } from "./files.ts";

const storedChanges = z.object({ changes: z.array(handChange) });

/** Changes that may wait for the web: a router whose accounts were all changed at once, and some. */
export const MAX_UNREPORTED_CHANGES = 5_000;

/** Changes made by hand on one router that the web has not confirmed, the oldest first. */
export class ChangesStore {
  readonly #file: JournalFile<z.infer<typeof storedChanges>>;
  readonly #log: Logger;
  #updates: Promise<void> = Promise.resolve();
  #changes: readonly HandChange[] = [];

  constructor(
    folder: string,
    routerId: string,
    log: Logger,
    disk: DiskHealth | null = null,
    onStep?: (step: WriteStep) => void,
  ) {
    this.#log = log;
    this.#file = new JournalFile(join(folder, `${routerId}.changes.json`), storedChanges, log, onStep, disk);
  }

  async load(): Promise<void> {
    this.#changes = (await this.#file.load())?.changes ?? [];
  }

  get unreported(): readonly HandChange[] {
    return this.#changes;
  }

  /** Durable when it returns. One that is there already is the same one, found again after a crash. */
  async add(found: readonly HandChange[]): Promise<void> {
    await this.#update((changes) => {
      const known = new Set(changes.map(({ id }) => id));
      const all = [...changes, ...found.filter(({ id }) => !known.has(id))];
      const dropped = Math.max(0, all.length - MAX_UNREPORTED_CHANGES);
      if (dropped > 0) this.#log.warn("hand_changes_dropped", { count: dropped });
      return all.length === changes.length ? changes : all.slice(dropped);
    });
  }

  /** The router's own words about changes, by their ids. */
  async describe(said: ReadonlyMap<string, string>): Promise<void> {
    await this.#update((changes) => {
      if (!changes.some(({ id }) => said.has(id))) return changes;
      return changes.map((change) => ({ ...change, said: said.get(change.id) ?? change.said }));
    });
  }

  /** The web has them. */
  async kept(ids: readonly string[]): Promise<void> {
    const gone = new Set(ids);
    await this.#update((changes) => {
      const left = changes.filter(({ id }) => !gone.has(id));
      return left.length === changes.length ? changes : left;
    });
  }

  #update(change: (changes: readonly HandChange[]) => readonly HandChange[]): Promise<void> {
    const update = this.#updates.then(async () => {
      const next = change(this.#changes);
      if (next === this.#changes) return;
      await this.#file.save({ changes: [...next] });
      this.#changes = next;
    });
    this.#updates = update.catch(() => {});
    return update;
  }
}
