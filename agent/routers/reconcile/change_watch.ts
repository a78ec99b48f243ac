import { sha256Hex } from "@/shared/crypto/mod.ts";
import { uuidv7 } from "@/shared/ids.ts";
import type { Logger } from "@/shared/log.ts";
import type { HandChange } from "@/shared/protocol/mod.ts";
import type { ChangesStore } from "../../journal/changes_store.ts";
import type { DesiredState } from "../../journal/desired_store.ts";
import { JournalError } from "../../journal/files.ts";
import type { MarksStore } from "../../journal/marks_store.ts";
import type { SeenStore } from "../../journal/seen_store.ts";
import { changedAtOnce, isAbout, isInDoubt, isSudden } from "./doubt.ts";
import {
  compare,
  type Compared,
  type Comparison,
  type FoundChange,
  movedProfiles,
  seenAfter,
  toldChange,
  whatBecameOf,
} from "./hand_changes.ts";
import type { Observation } from "./observe.ts";
import type { OwnWrites } from "./own_writes.ts";
import type { PortLogLine } from "./ports.ts";
import { saidOf } from "./said.ts";

export interface ChangeWatchOptions {
  seen: SeenStore;
  changes: ChangesStore;
  marks: MarksStore;
  own: OwnWrites;
  /** Linya's own user of the router: its lines in the log are no news. */
  ownUser: string;
  allowed(): ReadonlySet<string>;
  nowMs(): number;
  log: Logger;
  /** There is something to tell the web. */
  onChanges(): void;
}

/** One look at a router. */
export interface Reading {
  observed: Observation;
  /** `OwnWrites.beginReading` before it began. */
  from: number;
}

/**
 * Notices what was done to managed accounts on the router itself, writes it down before it is undone, and asks a person
 * where too much was done at once. A journal that cannot be written keeps nobody from being enabled (R3).
 */
export class ChangeWatch {
  readonly #options: ChangeWatchOptions;
  /** Found and not in the journal, because that could not be written. */
  #unstored: readonly HandChange[] = [];
  /** Recorded, and the router not asked yet what it says of them. */
  #undescribed: readonly HandChange[] = [];
  #isAsking = false;
  /** Secrets were left out since the last reading was taken. */
  #hasSkipped = false;
  /** The newest reading has every secret of the router. */
  #isComplete = true;

  constructor(options: ChangeWatchOptions) {
    this.#options = options;
    this.#isAsking = options.marks.current.question?.kind === "changed_at_once";
  }

  /** A person is asked what to make of the router: nothing is written to it but restores. */
  get isAsking(): boolean {
    return this.#isAsking;
  }

  /** The router gives secrets that are left out of the reading. */
  secretsSkipped(): void {
    this.#hasSkipped = true;
  }

  /** Takes a reading for the newest: records what differs from the last one by somebody else's hand. */
  async examine(reading: Reading, desired: DesiredState): Promise<void> {
    const { seen, own } = this.#options;
    this.#isComplete = !this.#hasSkipped;
    this.#hasSkipped = false;
    const input = this.#inputOf(reading.observed, desired);
    const found = compare(input);
    await this.#consider(found, desired);
    const frozen = new Set(this.#isAsking ? [...found.contradicted, ...found.gone] : []);
    await this.#record(
      this.#isAsking ? found.disabled : [
        ...found.disabled,
        ...found.enabled,
        ...whatBecameOf(found.gone, input),
      ],
    );
    own.settle(reading.from);
    // A profile is judged when it is known which ones there are.
    seen.replace(seenAfter(input, { frozen, areProfilesFrozen: true }));
    await this.#stored(seen.save());
  }

  /** The same of profiles. Not while a person is asked: then they are not set again either. */
  async examineProfiles(
    { observed }: Reading,
    desired: DesiredState,
    profiles: ReadonlySet<string>,
  ): Promise<void> {
    if (this.#isAsking) return;
    const { seen } = this.#options;
    const input = this.#inputOf(observed, desired);
    await this.#record(movedProfiles(input, profiles));
    seen.replace(seenAfter(input, { frozen: new Set(), areProfilesFrozen: false }));
    await this.#stored(seen.save());
  }

  /** Before a write that a process after this one could not tell from a person's. */
  async forget(names: readonly string[]): Promise<void> {
    await this.#stored(this.#options.seen.forget(names));
  }

  async forgetProfiles(names: readonly string[]): Promise<void> {
    await this.#stored(this.#options.seen.forgetProfiles(names));
  }

  async forgetRow(id: string): Promise<void> {
    await this.#stored(this.#options.seen.forgetRow(id));
  }

  /** Looks up what the router says of the changes just found, and has them told to the web. */
  async describe(readLog: () => Promise<readonly PortLogLine[]>): Promise<void> {
    const { changes, log, ownUser, onChanges } = this.#options;
    const undescribed = this.#undescribed;
    if (undescribed.length === 0) return;
    this.#undescribed = [];
    try {
      await this.#stored(changes.describe(saidOf(undescribed, await readLog(), ownUser)));
    } catch (error) {
      // A word about who did it is worth no more than that.
      log.info("router_log_not_read", { error });
    } finally {
      onChanges();
    }
  }

  #inputOf(observed: Observation, desired: DesiredState): Compared {
    const { seen, marks, own, allowed } = this.#options;
    return {
      desired: desired.secrets,
      observed,
      seen: seen.accounts,
      cuts: marks.current.cuts,
      allowed: allowed(),
      isComplete: this.#isComplete,
      isOwn: (name, found) => {
        if (own.isIdle) return false;
        const before = seen.accounts.get(name);
        const ids = (found?.counting ?? []).map(({ id }) => id);
        return own.isOwn({ name, ids: before === undefined ? ids : [...ids, before.id] });
      },
    };
  }

  /** Opens, updates or withdraws the question. */
  async #consider(found: Comparison, { secrets }: DesiredState): Promise<void> {
    const { marks, nowMs, log } = this.#options;
    const asked = marks.current.question?.kind === "changed_at_once" ? marks.current.question : null;
    this.#isAsking = isInDoubt(found, asked !== null);
    if (!this.#isAsking) {
      if (asked === null) return;
      log.info("router_question_withdrawn", { question: asked.id });
      await this.#stored(marks.askAgain(asked.id, null));
      return;
    }
    const same = asked !== null && isAbout(asked, found) ? asked : null;
    const question = changedAtOnce(found, {
      id: same?.id ?? uuidv7(nowMs()),
      asked_ms: asked?.asked_ms ?? nowMs(),
      of: secrets.length,
      isSudden: same?.is_sudden === true || isSudden(found),
    });
    if (JSON.stringify(question) === JSON.stringify(asked)) return;
    if (asked === null) {
      log.warn("router_changed_at_once", { enabled: question.enabled, missing: question.missing });
    }
    await this.#stored(asked === null ? marks.ask(question) : marks.askAgain(asked.id, question));
  }

  async #record(found: readonly FoundChange[]): Promise<void> {
    const { changes, seen, nowMs, log } = this.#options;
    if (found.length + this.#unstored.length === 0) return;
    const foundMs = nowMs();
    const made = await Promise.all(
      found.map(async (change) => toldChange(change, { id: await idOf(change, seen.stamp), foundMs })),
    );
    if (made.length > 0) {
      log.warn("changed_by_hand", {
        count: made.length,
        changes: made.slice(0, 20).map(({ name, kind }) => `${kind} ${name}`),
      });
    }
    const all = [...this.#unstored, ...made];
    const isStored = await this.#stored(changes.add(all));
    this.#unstored = isStored ? [] : all;
    if (isStored) this.#undescribed = [...this.#undescribed, ...all];
  }

  async #stored(write: Promise<void>): Promise<boolean> {
    try {
      await write;
      return true;
    } catch (error) {
      if (!(error instanceof JournalError)) throw error;
      this.#options.log.error("changes_not_stored", { error });
      return false;
    }
  }
}

/** The same for a change that is found again from the same last look, after a crash in between. */
async function idOf({ account, kind, after }: FoundChange, stamp: string): Promise<string> {
  const hex = await sha256Hex(`${stamp}\n${kind}\n${account}\n${after ?? ""}`);
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    `8${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join("-");
}
