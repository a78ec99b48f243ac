import { join } from "node:path";
import * as z from "zod";
import type { Logger } from "@/shared/log.ts";
import { generation, routerQuestion, uuid } from "@/shared/protocol/mod.ts";
import type { DiskHealth } from "./disk_health.ts";
import { JournalFile, type WriteStep } from "./files.ts";

const cutMark = z.object({
  authorisation: uuid,
  generation,
  at_ms: z.number(),
  /**
   * False from before the write until the router has been read as disabled. Only a confirmed mark says that a secret
   * found enabled was enabled by a person: after a crash in between, the write may simply not have happened.
   */
  confirmed: z.boolean(),
  /** A person said that it may stay on although this mark says it was cut. */
  left: z.boolean().optional(),
});
export type CutMark = z.infer<typeof cutMark>;

const boundIdentity = z.object({
  serial_number: z.string().nullable(),
  software_id: z.string().nullable(),
  /** The name it gave; null in journals from before it was kept. */
  identity: z.string().nullable().default(null),
});
/** Who answered at first contact. */
export type BoundIdentity = z.infer<typeof boundIdentity>;

/** A question that waits for its answer. */
const openQuestion = routerQuestion.extend({
  /** The accounts whose marks it is about, by their keys. */
  covered: z.array(z.string()),
  /** All of it was otherwise at the look before. Else nobody knows since when: there was no such look, or it was lost. */
  is_sudden: z.boolean().optional(),
});
export type OpenQuestion = z.infer<typeof openQuestion>;

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
  question: openQuestion.nullable().default(null),
  /**
   * Marked accounts that were cut by how their names read: an agent from before names kept their bytes took every secret
   * that reads the same for the account. Null in its journals, where any mark beyond ASCII may be such a cut.
   */
  by_looks: z.array(z.string()).nullable().default(null),
});
export type Marks = z.infer<typeof storedMarks>;

const GUARD_WINDOW_MS = 24 * 60 * 60_000;
const BEYOND_ASCII = /[^\0-\x7f]/;
const NOTHING: Marks = { applied: null, bound: null, cuts: {}, guarded: [], question: null, by_looks: [] };

/** What the agent itself did to one router. Losing it never cuts anybody: at worst a person's hand edit is asked about again. */
export class MarksStore {
  readonly #file: JournalFile<Marks>;
  #updates: Promise<void> = Promise.resolve();
  #marks: Marks = NOTHING;

  constructor(
    folder: string,
    routerId: string,
    log: Logger,
    disk: DiskHealth | null = null,
    onStep?: (step: WriteStep) => void,
  ) {
    this.#file = new JournalFile(join(folder, `${routerId}.marks.json`), storedMarks, log, onStep, disk);
  }

  async load(): Promise<void> {
    const stored = await this.#file.load();
    if (stored === null) return;
    const byLooks = stored.by_looks ?? Object.keys(stored.cuts).filter((name) => BEYOND_ASCII.test(name));
    this.#marks = { ...stored, by_looks: byLooks };
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
      const byLooks = marks.by_looks?.filter((name) => !gone.has(name)) ?? null;
      const cuts = { ...Object.fromEntries(kept), ...Object.fromEntries(set) };
      return { ...marks, cuts, by_looks: byLooks };
    });
  }

  /** The generation of a lineage that was last found in force. */
  appliedOf(lineage: string): bigint {
    const { applied } = this.#marks;
    return applied?.lineage === lineage ? applied.generation : 0n;
  }

  async setApplied(lineage: string, applied: bigint): Promise<void> {
    const { applied: before } = this.#marks;
    if (before?.lineage === lineage && before.generation === applied) return;
    await this.#update((marks) => ({ ...marks, applied: { lineage, generation: applied } }));
  }

  setBound(bound: BoundIdentity): Promise<void> {
    return this.#update((marks) => ({ ...marks, bound }));
  }

  /** Whoever answers is met for the first time. What the guard counted stays counted. */
  reset(): Promise<void> {
    return this.#update((marks) => ({ ...NOTHING, guarded: marks.guarded }));
  }

  /** Asks, in place of what was asked before; null takes the question back. */
  ask(question: OpenQuestion | null): Promise<void> {
    return this.#update((marks) => marks.question === question ? marks : { ...marks, question });
  }

  /** Changes the question of this id, unless it was answered meanwhile; null takes it back. */
  askAgain(id: string, question: OpenQuestion | null): Promise<void> {
    return this.#update((marks) => marks.question?.id === id ? { ...marks, question } : marks);
  }

  /** Answers the question of this id, with what follows from that for the other marks. */
  answer(id: string, follow: (marks: Marks, question: OpenQuestion) => Marks): Promise<void> {
    return this.#update((marks) =>
      marks.question?.id === id ? { ...follow(marks, marks.question), question: null } : marks
    );
  }

  /** One change after the other: a restore may settle while a pass still records what it intends. */
  #update(change: (marks: Marks) => Marks): Promise<void> {
    const update = this.#updates.then(async () => {
      const next = change(this.#marks);
      if (next === this.#marks) return;
      await this.#file.save(next);
      this.#marks = next;
    });
    this.#updates = update.catch(() => {});
    return update;
  }
}
