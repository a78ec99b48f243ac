import type { SealingKeyPair } from "@/shared/crypto/mod.ts";
import type { Logger } from "@/shared/log.ts";
import type { RouterSettings } from "@/shared/protocol/mod.ts";
import type { DesiredStore, ProvedChange } from "../../journal/desired_store.ts";
import { JournalError } from "../../journal/files.ts";
import type { ChangesStore } from "../../journal/changes_store.ts";
import type { MarksStore } from "../../journal/marks_store.ts";
import type { SeenStore } from "../../journal/seen_store.ts";
import { bindRouter } from "./binding.ts";
import { ChangeWatch } from "./change_watch.ts";
import { ConnectionLost, isRouterFailure, type OpenRouter, openRouter } from "./connection.ts";
import { Kicks } from "./kicks.ts";
import { type Looks, newLooks } from "./looks.ts";
import type { LoopTiming } from "./loop_timing.ts";
import type { PassOutcome } from "./outcome.ts";
import { noteWrites, OwnWrites } from "./own_writes.ts";
import { type NextTry, Pace } from "./pace.ts";
import { Pass, type PassContext } from "./pass.ts";
import type { ConnectRouter, RequestPermit, RouterPort } from "./ports.ts";
import type { Reporter } from "./reporter.ts";
import { Standing } from "./standing.ts";
import { ChangeSignal } from "./waiting.ts";
import { watchPort } from "./watched_port.ts";

export interface LoopOptions {
  settings: RouterSettings;
  sealing: SealingKeyPair;
  connect: ConnectRouter;
  desired: DesiredStore;
  marks: MarksStore;
  seen: SeenStore;
  changes: ChangesStore;
  reporter: Reporter;
  allowed(): ReadonlySet<string>;
  requestPermit: RequestPermit;
  nowMs(): number;
  monotonicMs(): number;
  random(): number;
  log: Logger;
  timing: LoopTiming;
}

/** Keeps one router equal to the books: one connection, one pass at a time. A dead router costs only its own loop. */
export class RouterLoop {
  readonly #options: LoopOptions;
  readonly #change = new ChangeSignal();
  readonly #retry = new ChangeSignal();
  readonly #pace: Pace;
  readonly #kicks: Kicks;
  readonly #standing: Standing;
  readonly #own = new OwnWrites();
  readonly #watch: ChangeWatch;
  #looks: Looks;
  #router: RouterPort | null = null;
  #pass: Pass | null = null;
  #proved: ProvedChange | null = null;

  constructor(options: LoopOptions) {
    this.#options = options;
    const { reporter, log, marks, monotonicMs, settings } = options;
    this.#pace = new Pace(options);
    this.#looks = this.#newLooks();
    this.#watch = new ChangeWatch({
      ...options,
      own: this.#own,
      ownUser: settings.username,
      onChanges: () => reporter.publishChanges(),
    });
    this.#kicks = new Kicks({
      ...options,
      isAsking: () => this.#watch.isAsking,
      onDone: () => this.#change.signal(),
    });
    this.#standing = new Standing({
      reporter,
      question: () => marks.current.question,
      log,
      monotonicMs,
      slowRetryMs: () => this.#pace.slowRetryMs(),
    });
  }

  /** The connection whose identity was checked, for commands; null while there is none. */
  get router(): RouterPort | null {
    return this.#router;
  }

  /** Look now: the link came up, a report was asked for, somebody was let through by hand. */
  wake(): void {
    this.#change.signal();
    // Who stands before the box with a customer does not wait for a pass that waits for the router.
    if (this.#options.allowed().size > 0) this.#restoreBesidePass();
  }

  /** A test of a person reached the router: the next try does not wait, not even the slow one. */
  retry(): void {
    this.#retry.signal();
    this.#standing.hurry();
    this.#change.signal();
  }

  /**
   * A newer state is proved and on its way to the disk. Whoever it lets on again is written to the router meanwhile and
   * told to the web: enabling needs no journal (R3), and after a crash in between the web sends the state once more.
   */
  stateProved(proved: ProvedChange): void {
    this.#proved = proved;
    const router = this.#router;
    if (router === null || proved.restored.length === 0) return;
    // Whoever is on again dials in within seconds.
    this.#pace.lookSoon();
    void this.#restore(router, proved.restored).catch((error) => {
      this.#options.log.info("restore_left_to_next_pass", { error });
    });
  }

  async #restore(router: RouterPort, names: string[]): Promise<void> {
    const { reporter, marks, log } = this.#options;
    // A state that came after it may want one of them off again.
    const isStillWanted = () => names.every((name) => this.#proved?.isOn(name) === true);
    const { changed } = await router.setDisabled(names, false, { isStillWanted });
    if (changed.length === 0) return;
    log.info("secrets_enabled", { count: changed.length, names: changed.slice(0, 20) });
    reporter.publishRestored(changed);
    // That they are on is our doing: no mark must say that somebody undid a cut.
    await this.#store(marks.settle(new Map(), changed));
  }

  /** A newer state is on disk: restores go to the router at once, beside a pass that runs. */
  stateStored(): void {
    this.#change.signal();
    this.#restoreBesidePass();
  }

  #restoreBesidePass(): void {
    void this.#pass?.restoreNow().catch((error) => {
      this.#options.log.info("restore_left_to_next_pass", { error });
    });
  }

  /** Runs until aborted; throws only on a bug or a journal that cannot be written. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      this.#retry.clear();
      const opened = await this.#open(signal);
      if (signal.aborted) {
        await opened.open?.router.close();
        return;
      }
      const next = opened.open === null ? opened.next : await this.#serve(opened.open, signal);
      if (!signal.aborted) {
        await this.#retry.wait(this.#pace.beforeTryMs(next, this.#standing.failures), signal);
      }
    }
  }

  async #open(signal: AbortSignal): Promise<{ open: OpenRouter } | { open: null; next: NextTry }> {
    try {
      const open = await openRouter({
        ...this.#options,
        signal,
        onSkippedRows: (command, count) => {
          if (command === "/ppp/secret/print") this.#watch.secretsSkipped();
          this.#standing.rowsSkipped(command, count);
        },
      });
      const refused = await bindRouter(open.identity, {
        ...this.#options,
        stored: (write) => this.#store(write),
      });
      if (refused === null) {
        this.#standing.connected(open.identity);
        return { open };
      }
      await open.router.close();
      this.#standing.isOther(open.identity, refused);
      return { open: null, next: "slow" };
    } catch (error) {
      if (signal.aborted) return { open: null, next: "now" };
      return { open: null, next: this.#standing.failed(error) ? "slow" : "soon" };
    }
  }

  /** Passes over one connection until it ends, or until another login may be allowed to write. */
  async #serve(open: OpenRouter, signal: AbortSignal): Promise<NextTry> {
    const { log } = this.#options;
    const router = noteWrites(open.router, this.#own, this.#watch);
    const standing = this.#standing;
    const connection = new AbortController();
    void router.ended.then(() => connection.abort());
    const until = AbortSignal.any([signal, connection.signal]);
    const watched = watchPort(router, {
      onRead: () => standing.read(),
      onWriteRefused: (error) => standing.writeRefused(error),
      heldWrite: () => standing.heldWrite,
    });
    this.#router = router;
    this.#looks = this.#newLooks();
    try {
      while (!until.aborted) {
        this.#change.clear();
        await this.#runPass(watched);
        if (standing.writeRetryInMs <= 0) return "now";
        await this.#change.wait(Math.min(this.#pace.nextLookMs(), standing.writeRetryInMs), until);
        if (standing.writeRetryInMs <= 0) return "now";
      }
      if (signal.aborted) return "now";
      return standing.failed(new ConnectionLost()) ? "slow" : "soon";
    } catch (error) {
      if (signal.aborted) return "now";
      const isSlow = standing.failed(error);
      if (!isRouterFailure(error)) throw error;
      return isSlow ? "slow" : "soon";
    } finally {
      this.#router = null;
      this.#kicks.clear();
      await router.close().catch((error) => log.debug("router_close_failed", { error }));
    }
  }

  async #runPass(router: RouterPort): Promise<void> {
    const desired = this.#options.desired.current;
    if (desired === null) return this.#standing.idle();
    const pass = new Pass(this.#passContext(router), desired);
    this.#pass = pass;
    try {
      const outcome = await pass.run();
      await this.#finish(outcome);
      const { uplink, clock } = this.#looks;
      await clock.look(router);
      this.#standing.passed(outcome, { isUplinkDown: uplink.isDown, isClockUnset: clock.isUnset });
    } finally {
      this.#pass = null;
    }
  }

  async #finish(outcome: PassOutcome): Promise<void> {
    const { marks, reporter, log } = this.#options;
    if (outcome.isApplied) await this.#store(marks.setApplied(outcome.lineage, outcome.generation));
    if (outcome.changedCount > 0 || outcome.isCutShort) this.#pace.lookSoon();
    reporter.publish({
      ...outcome,
      generation: outcome.isApplied ? outcome.generation : marks.appliedOf(outcome.lineage),
    });
    log[outcome.changedCount > 0 ? "info" : "debug"]("pass_done", {
      generation: outcome.generation,
      changed: outcome.changedCount,
      drift: outcome.driftCount,
      held: outcome.heldCount,
      took_ms: outcome.tookMs,
    });
  }

  #passContext(router: RouterPort): PassContext {
    const { desired, marks, allowed, requestPermit, nowMs, monotonicMs, log } = this.#options;
    return {
      router,
      own: this.#own,
      changes: this.#watch,
      uplink: this.#looks.uplink,
      routerLog: this.#looks.routerLog,
      marks,
      desired: () => desired.current,
      allowed,
      requestPermit,
      startKick: (names, permit) => void this.#kicks.start(router, names, permit),
      kicking: () => this.#kicks.running,
      nowMs,
      monotonicMs,
      log,
    };
  }

  /** A full disk must not stop a loop that restores people. */
  async #store(write: Promise<void>): Promise<void> {
    try {
      await write;
    } catch (error) {
      if (!(error instanceof JournalError)) throw error;
      this.#options.log.error("marks_not_stored", { error });
    }
  }

  #newLooks(): Looks {
    const { monotonicMs, timing, log } = this.#options;
    return newLooks({ monotonicMs, everyMs: timing.everyMs * 0.75, log });
  }
}
