/** What is watched, and what to do about it. Times are milliseconds. */
export interface LivenessOptions {
  /** Longest silence while an answer is waited for. */
  silenceMs: number;
  /** Longest silence of an idle connection before something is asked of it; 0 for no limit. */
  idleMs: number;
  isWaiting(): boolean;
  /** Asks for something small; from then on its answer is waited for. */
  ping(): void;
  /** Nothing came within the limit; said once. */
  onSilence(): void;
  /** Monotonic milliseconds. */
  now(): number;
}

/**
 * Tells a silent link from a slow command. The limit counts from the last byte, whatever it belongs to. At half of it a
 * ping goes out, and a router that works on something long answers that; a dead link answers nothing.
 */
export class Liveness {
  readonly #options: LivenessOptions;
  /** The last byte, or the first question after a rest. */
  #quietSince: number;
  #isPinged = false;
  #isPaused = false;
  #timer: ReturnType<typeof setTimeout> | null = null;
  #dueAt = Infinity;

  constructor(options: LivenessOptions) {
    this.#options = options;
    this.#quietSince = options.now();
    this.#schedule();
  }

  /** Bytes arrived. */
  heard(): void {
    this.#quietSince = this.#options.now();
    this.#isPinged = false;
  }

  /** Something is about to be sent that will be answered. */
  asking(): void {
    // What is waited for already has its own beginning.
    if (this.#isPaused || this.#options.isWaiting()) return;
    this.heard();
    const dueAt = this.#quietSince + this.#options.silenceMs / 2;
    if (this.#dueAt > dueAt) this.#wakeAt(dueAt);
  }

  /** Nothing is read for a while, so that silence says nothing. */
  pause(): void {
    this.#isPaused = true;
    this.stop();
  }

  resume(): void {
    this.#isPaused = false;
    this.heard();
    this.#schedule();
  }

  stop(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#dueAt = Infinity;
  }

  #check(): void {
    const { silenceMs, idleMs, now, isWaiting, ping, onSilence } = this.#options;
    const at = now();
    // A timer that fires late says that this machine stood still, not the router: what came meanwhile is read first.
    if (at - this.#dueAt > silenceMs / 4) this.heard();
    const quietMs = at - this.#quietSince;
    if (isWaiting()) {
      if (quietMs >= silenceMs) {
        this.stop();
        return onSilence();
      }
      if (quietMs >= silenceMs / 2 && !this.#isPinged) {
        this.#isPinged = true;
        ping();
      }
    } else if (idleMs > 0 && quietMs >= idleMs) ping();
    this.#schedule();
  }

  #schedule(): void {
    const { silenceMs, idleMs, isWaiting } = this.#options;
    if (isWaiting()) this.#wakeAt(this.#quietSince + (this.#isPinged ? silenceMs : silenceMs / 2));
    else if (idleMs > 0) this.#wakeAt(this.#quietSince + idleMs);
    else this.stop();
  }

  #wakeAt(at: number): void {
    this.stop();
    this.#dueAt = at;
    this.#timer = setTimeout(() => this.#check(), Math.max(1, Math.ceil(at - this.#options.now())));
  }
}
