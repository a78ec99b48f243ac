import { fullJitterMs } from "@/shared/backoff.ts";
import type { SealingKeyPair } from "@/shared/crypto/mod.ts";
import type { Logger } from "@/shared/log.ts";
import type { RouterAnswer, RouterSettings } from "@/shared/protocol/mod.ts";
import { ChangesStore } from "../journal/changes_store.ts";
import type { DiskHealth } from "../journal/disk_health.ts";
import { DesiredStore } from "../journal/desired_store.ts";
import { MarksStore } from "../journal/marks_store.ts";
import { SeenStore } from "../journal/seen_store.ts";
import { type AnswerOutcome, takeAnswer } from "./reconcile/answers.ts";
import { RouterLoop } from "./reconcile/loop.ts";
import type { LoopTiming } from "./reconcile/loop_timing.ts";
import type { ConnectRouter, RequestPermit } from "./reconcile/ports.ts";
import { Reporter, type SendToWeb } from "./reconcile/reporter.ts";
import { wait } from "./reconcile/waiting.ts";

export interface SiteRouterOptions {
  settings: RouterSettings;
  folder: string;
  disk: DiskHealth;
  sealing: SealingKeyPair;
  connect: ConnectRouter;
  send: SendToWeb;
  requestPermit: RequestPermit;
  allowed(): ReadonlySet<string>;
  nowMs(): number;
  monotonicMs(): number;
  random(): number;
  log: Logger;
  timing: LoopTiming;
  onStatus(): void;
}

const RESTART = { baseMs: 1_000, capMs: 60_000 };

/** One router of the site: its journal, its reporter, and its loop, which starts again when it fails. */
export class SiteRouter {
  readonly desired: DesiredStore;
  readonly marks: MarksStore;
  readonly seen: SeenStore;
  readonly changes: ChangesStore;
  readonly reporter: Reporter;
  readonly #options: SiteRouterOptions;
  #settings: RouterSettings;
  #loop: RouterLoop | null = null;
  #stopping = new AbortController();
  #done: Promise<void> = Promise.resolve();

  constructor(options: SiteRouterOptions) {
    const { settings, folder, disk, log, send, nowMs, onStatus } = options;
    this.#options = options;
    this.#settings = settings;
    this.desired = new DesiredStore(folder, settings.router_id, log, undefined, disk);
    this.marks = new MarksStore(folder, settings.router_id, log, disk);
    this.seen = new SeenStore(folder, settings.router_id, log, disk);
    this.changes = new ChangesStore(folder, settings.router_id, log, disk);
    this.reporter = new Reporter({
      routerId: settings.router_id,
      send,
      nowMs,
      unreported: () => this.changes.unreported,
      question: () => this.marks.current.question,
      onStatus,
    });
  }

  get settings(): RouterSettings {
    return this.#settings;
  }

  get loop(): RouterLoop | null {
    return this.#loop;
  }

  async load(): Promise<void> {
    await this.desired.load();
    await this.marks.load();
    await this.seen.load();
    await this.changes.load();
  }

  start(): void {
    this.#stopping = new AbortController();
    this.#done = this.#keepRunning(this.#stopping.signal);
  }

  /** Lets a pass that runs finish, then closes the connection. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#done;
  }

  /** Takes new settings; connects anew only when the way to the router changed. */
  async update(settings: RouterSettings): Promise<void> {
    const before = this.#settings;
    if (JSON.stringify(before) === JSON.stringify(settings)) return;
    const isMoved = before.host !== settings.host || before.port !== settings.port;
    // Cleared by a person, or another address: whoever answers there is met for the first time.
    const isReset = settings.serial_number === null && settings.software_id === null &&
      (isMoved || before.serial_number !== null || before.software_id !== null);
    await this.stop();
    try {
      if (isReset) {
        await this.seen.clear();
        await this.marks.reset();
      }
      this.#settings = settings;
    } finally {
      // With a full disk it goes on as before, and the web sends the settings again.
      this.start();
    }
  }

  /** A person's answer to what is asked about this router; the next try does not wait. */
  async answer(questionId: string, answer: RouterAnswer): Promise<AnswerOutcome> {
    const outcome = await takeAnswer(this, questionId, answer);
    if (outcome === "taken") this.#loop?.retry();
    return outcome;
  }

  async #keepRunning(signal: AbortSignal): Promise<void> {
    const { log, random } = this.#options;
    for (let attempt = 0; !signal.aborted; attempt++) {
      const loop = new RouterLoop({
        ...this.#options,
        settings: this.#settings,
        desired: this.desired,
        marks: this.marks,
        seen: this.seen,
        changes: this.changes,
        reporter: this.reporter,
      });
      this.#loop = loop;
      try {
        await loop.run(signal);
      } catch (error) {
        log.error("router_loop_failed", { error });
        this.reporter.publishStatus({
          status: "error",
          code: "agent_fault",
          message: "The agent met an error of its own at this router and starts again. Its log tells more.",
          identity: null,
        });
        await wait(100 + fullJitterMs(attempt, { ...RESTART, random }), signal);
      } finally {
        this.#loop = null;
      }
    }
  }
}
