import type { Logger } from "@/shared/log.ts";
import { TrapError } from "@/shared/routeros/mod.ts";
import type { DesiredState } from "../../journal/desired_store.ts";
import { JournalError } from "../../journal/files.ts";
import type { CutMark, GuardEntry, MarksStore } from "../../journal/marks_store.ts";
import type { ChangeWatch, Reading } from "./change_watch.ts";
import type { Looks } from "./looks.ts";
import { isProfileStillWanted, type Newest, restoredSince, stillCut } from "./newest.ts";
import { observe } from "./observe.ts";
import { outcomeOf, type PassOutcome } from "./outcome.ts";
import type { OwnWrites } from "./own_writes.ts";
import { type Plan, planPass } from "./plan.ts";
import type { Permit, RequestPermit, RouterPort } from "./ports.ts";
import { type ProfileBatch, profileBatches } from "./profile_batches.ts";
import type { Uplink } from "./uplink.ts";

export interface PassContext {
  router: RouterPort;
  marks: MarksStore;
  /** The newest stored state; a pass looks again before every batch. */
  desired(): DesiredState | null;
  allowed(): ReadonlySet<string>;
  requestPermit: RequestPermit;
  own: OwnWrites;
  changes: ChangeWatch;
  uplink: Uplink;
  routerLog: Looks["routerLog"];
  /** Ends sessions beside the pass, because looking again for redials takes seconds. */
  startKick(names: string[], permit: Permit): void;
  /** Accounts whose sessions are being ended, by their keys. */
  kicking(): ReadonlySet<string>;
  nowMs(): number;
  monotonicMs(): number;
  log: Logger;
}

/** Names that one permit covers, and that one write to the router names. */
const PERMIT_NAMES = 200;
const BATCH_NAMES = 40;

/**
 * One look at a router and what follows from it: who should be on is enabled, then what the web permits is cut, then
 * profiles are set, and all of it is read back. What somebody did by hand is written down before the pass undoes it.
 */
export class Pass {
  readonly #context: PassContext;
  readonly #failed = new Set<string>();
  readonly #restored = new Set<string>();
  #desired: DesiredState;
  #reading: Reading | null = null;
  /** Profiles that the router has; null while nobody needs to know. */
  #profiles: ReadonlySet<string> | null = null;
  #hasActed = false;
  #changedCount = 0;
  #isCutShort = false;

  constructor(context: PassContext, desired: DesiredState) {
    this.#context = context;
    this.#desired = desired;
  }

  async run(): Promise<PassOutcome> {
    const { changes, uplink, routerLog, router } = this.#context;
    const startedMs = this.#context.monotonicMs();
    const reading = await this.#look();
    const plan = this.#plan(reading);
    await this.#remember(plan.seenCut, plan.staleCuts);
    await this.#enable(plan.enables);
    await changes.describe(() => routerLog.from(router));
    await uplink.look(router, { isCutDue: plan.disables.length + plan.kicks.length > 0 });
    if (this.#mayCut()) await this.#disable(plan);
    if (plan.profiles.length > 0) await this.#setProfiles(reading);
    // Nothing was written and nothing waited for: what was read a moment ago is the read-back.
    const readingAfter = this.#hasActed ? await this.#look() : reading;
    const after = this.#plan(readingAfter);
    if (this.#profiles !== null) {
      await changes.examineProfiles(readingAfter, this.#desired, this.#profiles);
    }
    await this.#remember(after.seenCut, after.staleCuts);
    await changes.describe(() => routerLog.from(router));
    return outcomeOf({
      desired: this.#desired,
      observed: readingAfter.observed,
      after,
      failed: this.#failed,
      kicking: this.#context.kicking(),
      did: {
        tookMs: Math.round(this.#context.monotonicMs() - startedMs),
        changedCount: this.#changedCount,
        isCutShort: this.#isCutShort,
      },
    });
  }

  /**
   * Restores overtake (R14): called when a newer state is stored, or somebody is let through by hand, while the pass
   * runs. Writes at once, beside whatever the pass waits for, a record of what was done by hand included; the following
   * pass reads back.
   */
  async restoreNow(): Promise<void> {
    const reading = this.#reading;
    if (reading === null) return;
    const names = restoredSince(this.#newest(), reading.observed);
    await this.#enable(names.filter((name) => !this.#restored.has(name)));
  }

  /** Reads the router, takes the newest books, and settles what was done by hand. */
  async #look(): Promise<Reading> {
    const { own, router, changes, desired } = this.#context;
    const from = own.beginReading();
    const reading = { observed: await observe(router), from };
    this.#reading = reading;
    this.#desired = desired() ?? this.#desired;
    await changes.examine(reading, this.#desired);
    return reading;
  }

  #plan({ observed }: Reading): Plan {
    const { marks } = this.#context;
    return planPass({
      desired: this.#desired,
      observed,
      cuts: marks.current.cuts,
      guarded: marks.current.guarded,
      byLooks: marks.current.by_looks ?? [],
      allowed: this.#context.allowed(),
      profiles: this.#profiles,
      nowMs: this.#context.nowMs(),
    });
  }

  #newest(): Newest {
    const { desired, allowed } = this.#context;
    return { planned: this.#desired, latest: desired(), allowed: allowed() };
  }

  /** Not while a person is asked about the router, and not where nobody could pay over its uplink. */
  #mayCut(): boolean {
    const { changes, uplink } = this.#context;
    return !changes.isAsking && !uplink.isDown;
  }

  async #enable(names: string[]): Promise<void> {
    if (names.length === 0) return;
    this.#hasActed = true;
    for (const name of names) this.#restored.add(name);
    await this.#guardedWrite(names, async () => {
      const { changed } = await this.#context.router.setDisabled(names, false);
      this.#changedCount += changed.length;
      this.#context.log.info("secrets_enabled", { count: changed.length, names: changed.slice(0, 20) });
      await this.#remember(new Map(), names);
    });
  }

  /** Which profiles there are, and then the accounts to their profiles, as long as no newer state has come. */
  async #setProfiles(reading: Reading): Promise<void> {
    const { router, changes, desired } = this.#context;
    const known = new Set((await router.listProfiles()).map(({ name }) => name));
    this.#profiles = known;
    await changes.examineProfiles(reading, this.#desired, known);
    if (changes.isAsking) return;
    const batches = profileBatches(this.#plan(reading).profiles, reading.observed);
    if (batches.length === 0) return;
    // Read again after a crash, these would look as if somebody else had moved them.
    await changes.forgetProfiles(batches.flatMap(({ moves }) => moves.map(({ account }) => account)));
    for (const batch of batches) {
      // What came with a newer state may be a cut, and goes first.
      if (desired() !== this.#desired) return this.#cutShort();
      await this.#setProfile(batch);
    }
  }

  async #setProfile({ profile, moves }: ProfileBatch): Promise<void> {
    const names = moves.map(({ account }) => account);
    this.#hasActed = true;
    await this.#guardedWrite(names, async () => {
      const { changed } = await this.#context.router.moveToProfile(moves, profile, {
        // It waits behind everything else: asked once more when it goes out.
        isStillWanted: () => isProfileStillWanted(names, profile, this.#newest()),
      });
      this.#changedCount += changed.length;
      this.#context.log.info("profiles_set", { profile, count: changed.length, names: changed.slice(0, 20) });
    });
  }

  /** Disables and kicks what the web permits, a permit at a time. Without a permit nothing happens. */
  async #disable(plan: Plan): Promise<void> {
    const asked = [...plan.disables.map((item) => item.name), ...plan.kicks];
    for (let start = 0; start < asked.length; start += PERMIT_NAMES) {
      const names = asked.slice(start, start + PERMIT_NAMES);
      const { lineage, generation } = this.#desired;
      this.#hasActed = true;
      const permit = await this.#context.requestPermit({ lineage, generation, names });
      if (permit === null) return;
      const wanted = new Set(names.filter((name) => permit.names.has(name)));
      const disables = plan.disables.filter((item) => wanted.has(item.name));
      for (let at = 0; at < disables.length; at += BATCH_NAMES) {
        await this.#disableBatch(disables.slice(at, at + BATCH_NAMES), permit);
      }
      const alreadyDisabled = plan.kicks.filter((name) => wanted.has(name));
      if (alreadyDisabled.length > 0) this.#context.startKick(alreadyDisabled, permit);
    }
  }

  async #disableBatch(batch: Plan["disables"], permit: Permit): Promise<void> {
    const { marks, router, log } = this.#context;
    const still = stillCut(batch, this.#newest());
    if (still.length === 0) return;
    if (!permit.isValid()) return this.#cutShort();
    const nowMs = this.#context.nowMs();
    const intended = new Map<string, CutMark>(still.map(({ name, authorisation }) => [name, {
      authorisation: authorisation.id,
      generation: this.#desired.generation,
      at_ms: nowMs,
      confirmed: false,
    }]));
    const counted: GuardEntry[] = still
      .filter(({ authorisation }) => authorisation.kind !== "run")
      .map(({ name, authorisation }) => ({ name, authorisation: authorisation.id, at_ms: nowMs }));
    // No disable that the journal does not know: a later hand edit could not be told from it.
    if (!await this.#isStored(marks.intend(intended, counted, nowMs))) return;
    // Storing takes time: asked again, so that nothing lies between this and the write.
    const names = stillCut(still, this.#newest()).map((item) => item.name);
    if (names.length === 0) return;
    if (!permit.isValid()) return this.#cutShort();
    await this.#guardedWrite(names, async () => {
      const { changed } = await router.setDisabled(names, true, {
        // The client compares first and may wait for its turn: asked once more when the write goes out (R3).
        isStillWanted: () => permit.isValid() && stillCut(still, this.#newest()).length >= names.length,
      });
      this.#changedCount += changed.length;
      log.info("secrets_disabled", {
        count: changed.length,
        generation: this.#desired.generation,
        names: changed.slice(0, 20),
      });
      this.#context.startKick(names, permit);
    });
  }

  /** A full disk must not keep anybody from being enabled: these marks are worked out anew by the next pass. */
  async #remember(set: ReadonlyMap<string, CutMark>, drop: readonly string[]): Promise<void> {
    await this.#isStored(this.#context.marks.settle(set, drop));
  }

  async #isStored(write: Promise<void>): Promise<boolean> {
    try {
      await write;
      return true;
    } catch (error) {
      if (!(error instanceof JournalError)) throw error;
      this.#context.log.error("marks_not_stored", { error });
      return false;
    }
  }

  /** A refusal by the router concerns its names and not the rest of the pass; a lost connection ends the pass. */
  async #guardedWrite(names: readonly string[], write: () => Promise<void>): Promise<void> {
    try {
      await write();
    } catch (error) {
      if (hasCode(error, "router_command_withdrawn")) {
        this.#cutShort();
        return this.#context.log.info("router_write_withdrawn", { names: names.slice(0, 20) });
      }
      if (!(error instanceof TrapError) && !hasCode(error, "router_read_back_differs")) throw error;
      for (const name of names) this.#failed.add(name);
      this.#context.log.warn("router_write_refused", { names: names.slice(0, 20), error });
    }
  }

  #cutShort(): void {
    this.#isCutShort = true;
  }
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && "code" in error && error.code === code;
}
