import { join } from "node:path";
import * as z from "zod";
import type { Logger } from "@/shared/log.ts";
import { generation, uuid } from "@/shared/protocol/mod.ts";
import type { DiskHealth } from "./disk_health.ts";
import { JournalFile } from "./files.ts";

const cutMark = z.object({
  authorisation: uuid,
  generation,
  at_ms: z.number(),
  /**
   * False from before the write until the router has been read as disabled. Only a confirmed mark says that a secret
   * found enabled was enabled by a person: after a crash in between, the write may simply not have happened.
   */
  confirmed: z.boolean(),
});
export type CutMark = z.infer<typeof cutMark>;

const boundIdentity = z.object({
  serial_number: z.string().nullable(),
  software_id: z.string().nullable(),
});
export type BoundIdentity = z.infer<typeof boundIdentity>;

/** `name` is an account's key. */
const guardEntry = z.object({ name: z.string(), authorisation: uuid, at_ms: z.number() });
export type GuardEntry = z.infer<typeof guardEntry>;

const storedMarks = z.object({
  applied: z.object({ lineage: uuid, generation }).nullable(),
  /** Who answered at first contact (R12). */
  bound: boundIdentity.nullable(),
  /** Managed accounts seen or made disabled as the books say, by their keys. */
  cuts: z.record(z.string(), cutMark),
  /** Disables of the last 24 hours that no run approved. */
  guarded: z.array(guardEntry),
});
export type Marks = z.infer<typeof storedMarks>;

const GUARD_WINDOW_MS = 24 * 60 * 60_000;

/** What the agent itself did to one router. Losing it never cuts anybody: at worst a person's hand edit is asked about again. */
export class MarksStore {
  readonly #file: JournalFile<Marks>;
  #updates: Promise<void> = Promise.resolve();
  #marks: Marks = { applied: null, bound: null, cuts: {}, guarded: [] };

  constructor(folder: string, routerId: string, log: Logger, disk: DiskHealth | null = null) {
    this.#file = new JournalFile(join(folder, `${routerId}.marks.json`), storedMarks, log, undefined, disk);
  }

  async load(): Promise<void> {
    this.#marks = await this.#file.load() ?? this.#marks;
  }

  get current(): Readonly<Marks> {
    return this.#marks;
  }

  /** Before a disable is sent: what would be sent, and what the guard must count. */
  intend(names: ReadonlyMap<string, CutMark>, guarded: readonly GuardEntry[], nowMs: number): Promise<void> {
    return this.#update((marks) => ({
      ...marks,
      cuts: { ...marks.cuts, ...Object.fromEntries(names) },
      guarded: [...marks.guarded.filter((entry) => entry.at_ms > nowMs - GUARD_WINDOW_MS), ...guarded],
    }));
  }

  /** After a read-back: marks to set, marks to drop. Writes only when something differs. */
  async settle(set: ReadonlyMap<string, CutMark>, drop: readonly string[]): Promise<void> {
    if (set.size === 0 && !drop.some((name) => name in this.#marks.cuts)) return;
    const gone = new Set(drop);
    await this.#update((marks) => {
      const kept = Object.entries(marks.cuts).filter(([name]) => !gone.has(name));
      return { ...marks, cuts: { ...Object.fromEntries(kept), ...Object.fromEntries(set) } };
    });
  }

  async setApplied(lineage: string, applied: bigint): Promise<void> {
    const { applied: before } = this.#marks;
    if (before?.lineage === lineage && before.generation === applied) return;
    await this.#update((marks) => ({ ...marks, applied: { lineage, generation: applied } }));
  }

  setBound(bound: BoundIdentity | null): Promise<void> {
    return this.#update((marks) => ({ ...marks, bound }));
  }

  /** One change after the other: a restore may settle while a pass still records what it intends. */
  #update(change: (marks: Marks) => Marks): Promise<void> {
    const update = this.#updates.then(async () => {
      const next = change(this.#marks);
      await this.#file.save(next);
      this.#marks = next;
    });
    this.#updates = update.catch(() => {});
    return update;
  }
}
