import type { Logger } from "@/shared/log.ts";
import { TrapError } from "@/shared/routeros/mod.ts";
import { accountOfKey, DEFAULT_PPP_SERVICE, type Drift, type ObservedSecret } from "@/shared/protocol/mod.ts";
import type { DesiredState } from "../../journal/desired_store.ts";
import { JournalError } from "../../journal/files.ts";
import type { CutMark, GuardEntry, MarksStore } from "../../journal/marks_store.ts";
import { type Observation, observe } from "./observe.ts";
import { type Plan, planPass } from "./plan.ts";
import type { Permit, RequestPermit, RouterPort } from "./ports.ts";

export interface PassContext {
  router: RouterPort;
  marks: MarksStore;
  /** The newest stored state; a pass looks again before every batch. */
  desired(): DesiredState | null;
  allowed(): ReadonlySet<string>;
  requestPermit: RequestPermit;
  /** Ends sessions beside the pass, because looking again for redials takes seconds. */
  startKick(names: string[], permit: Permit): void;
  /** Accounts whose sessions are being ended, by their keys. */
  kicking(): ReadonlySet<string>;
  nowMs(): number;
  monotonicMs(): number;
  log: Logger;
}

/** What a pass did and read. */
export interface PassOutcome {
  lineage: string;
  /** The generation it worked from. */
  generation: bigint;
  /** Nothing waits for a permit or failed. */
  isApplied: boolean;
  rows: ObservedSecret[];
  driftCount: number;
  heldCount: number;
  tookMs: number;
  changedCount: number;
  /** A permit ended, or was overtaken by a payment, before everything was written: look again soon. */
  isCutShort: boolean;
}

/** Names that one permit covers, and that one write to the router names. */
const PERMIT_NAMES = 200;
const BATCH_NAMES = 40;

/** One look at a router and what follows from it: enables first, then profiles, then what the web permits, then a read-back. */
export class Pass {
  readonly #context: PassContext;
  readonly #failed = new Set<string>();
  readonly #restored = new Set<string>();
  #desired: DesiredState;
  #observed: Observation | null = null;
  #changedCount = 0;
  #isCutShort = false;

  constructor(context: PassContext, desired: DesiredState) {
    this.#context = context;
    this.#desired = desired;
  }

  async run(): Promise<PassOutcome> {
    const startedMs = this.#context.monotonicMs();
    const observed = await this.#observe();
    this.#desired = this.#context.desired() ?? this.#desired;
    const plan = this.#plan(observed);
    await this.#remember(plan.seenCut, plan.staleCuts);
    await this.#enable(plan.enables);
    await this.#setProfiles(plan.profiles);
    await this.#disable(plan);
    // Nothing was written and nothing waited for: what was read a moment ago is the read-back.
    const observedAfter = this.#isUntouched(plan) ? observed : await this.#observe();
    this.#desired = this.#context.desired() ?? this.#desired;
    const after = this.#plan(observedAfter);
    await this.#remember(after.seenCut, after.staleCuts);
    return this.#outcome(after, observedAfter, startedMs);
  }

  /**
   * Restores overtake (R14): called when a newer state is stored while the pass runs. Writes at once, beside whatever
   * the pass waits for; the following pass reads back.
   */
  async restoreNow(): Promise<void> {
    const latest = this.#context.desired();
    const observed = this.#observed;
    if (latest === null || observed === null) return;
    const before = new Map(this.#desired.secrets.map((secret) => [secret.name, secret.disabled]));
    const names = latest.secrets
      .filter(({ name, disabled }) => !disabled && !this.#restored.has(name))
      .filter(({ name }) => before.get(name) === true || observed.accounts.get(name)?.isOff === true)
      .map((secret) => secret.name)
      .filter((name) => observed.accounts.has(name));
    for (const name of names) this.#restored.add(name);
    await this.#enable(names);
  }

  #isUntouched({ enables, profiles, disables, kicks }: Plan): boolean {
    return this.#restored.size + enables.length + profiles.length + disables.length + kicks.length === 0;
  }

  async #observe(): Promise<Observation> {
    this.#observed = await observe(this.#context.router);
    return this.#observed;
  }

  #plan(observed: Observation): Plan {
    const { marks } = this.#context;
    return planPass({
      desired: this.#desired,
      observed,
      cuts: marks.current.cuts,
      guarded: marks.current.guarded,
      allowed: this.#context.allowed(),
      nowMs: this.#context.nowMs(),
    });
  }

  async #enable(names: string[]): Promise<void> {
    if (names.length === 0) return;
    await this.#guardedWrite(names, async () => {
      const { changed } = await this.#context.router.setDisabled(names, false);
      this.#changedCount += changed.length;
      this.#context.log.info("secrets_enabled", { count: changed.length, names: changed.slice(0, 20) });
      await this.#remember(new Map(), names);
    });
  }

  async #setProfiles(profiles: Plan["profiles"]): Promise<void> {
    for (const { name, profile } of profiles) {
      await this.#guardedWrite([name], async () => {
        const outcome = await this.#context.router.setProfile(name, profile);
        if (outcome === "changed") this.#changedCount++;
      });
    }
  }

  /** Disables and kicks what the web permits, a permit at a time. Without a permit nothing happens. */
  async #disable(plan: Plan): Promise<void> {
    const asked = [...plan.disables.map((item) => item.name), ...plan.kicks];
    for (let start = 0; start < asked.length; start += PERMIT_NAMES) {
      const names = asked.slice(start, start + PERMIT_NAMES);
      const { lineage, generation } = this.#desired;
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
    const still = this.#stillWanted(batch);
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
    const names = this.#stillWanted(still).map((item) => item.name);
    if (names.length === 0) return;
    if (!permit.isValid()) return this.#cutShort();
    await this.#guardedWrite(names, async () => {
      const { changed } = await router.setDisabled(names, true, {
        // The client compares first and may wait for its turn: asked once more when the write goes out (R3).
        isStillWanted: () => permit.isValid() && this.#stillWanted(still).length >= names.length,
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

  /** Names that the newest stored state still wants disabled by the same authorisation: a payment since then takes a name out. */
  #stillWanted(batch: Plan["disables"]): Plan["disables"] {
    const latest = this.#context.desired();
    if (latest === null || latest.lineage !== this.#desired.lineage) return [];
    const allowed = this.#context.allowed();
    const byName = latest === this.#desired
      ? null
      : new Map(latest.secrets.map((secret) => [secret.name, secret]));
    return batch.filter(({ name, authorisation }) => {
      if (allowed.has(name)) return false;
      const secret = byName?.get(name);
      return byName === null || (secret?.disabled === true && secret.authorisation === authorisation.id);
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

  #outcome(after: Plan, observed: Observation, startedMs: number): PassOutcome {
    const kicking = this.#context.kicking();
    const rows = this.#desired.secrets.map(({ name: key }): ObservedSecret => {
      const { name, service } = accountOfKey(key);
      const found = observed.accounts.get(key);
      const session = observed.sessions.get(key);
      return {
        name,
        // An older web takes no word of a service: PPPoE, which it knows, goes without.
        ...(service === DEFAULT_PPP_SERVICE ? {} : { service }),
        present: found !== undefined,
        disabled: found === undefined ? null : found.isDisabled,
        profile: found?.profile ?? null,
        online: session !== undefined,
        address: session?.address ?? null,
        caller_id: session?.callerId ?? null,
        uptime_seconds: session?.uptimeSeconds ?? null,
        drift: this.#driftOf(key, after, found?.isDisabled === true && kicking.has(key)),
      };
    });
    return {
      lineage: this.#desired.lineage,
      generation: this.#desired.generation,
      isApplied: !rows.some((row) => row.drift !== null && UNAPPLIED.has(row.drift)),
      rows,
      driftCount: rows.filter((row) => row.drift !== null).length,
      heldCount: after.held.length,
      tookMs: Math.round(this.#context.monotonicMs() - startedMs),
      changedCount: this.#changedCount,
      isCutShort: this.#isCutShort,
    };
  }

  #cutShort(): void {
    this.#isCutShort = true;
  }

  #driftOf(name: string, after: Plan, isBeingKicked: boolean): Drift | null {
    const drift = after.drift.get(name);
    if (drift === undefined) return null;
    // Permitted and about to happen: the next look tells.
    if (drift === "waiting_permit" && isBeingKicked) return null;
    return this.#failed.has(name) ? "failed" : drift;
  }
}

/** Differences that mean that the generation is not in force yet; the others are somebody's decision. */
const UNAPPLIED: ReadonlySet<Drift> = new Set(["waiting_permit", "failed", "disabled_by_hand", "profile"]);

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && "code" in error && error.code === code;
}
