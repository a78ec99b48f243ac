/** One end for everything that is waited for: a server that drips bytes does not move it. */
export class Deadline {
  readonly #over: Promise<never>;
  readonly #stop: () => void;
  readonly #signal: AbortSignal | undefined;
  #timer: ReturnType<typeof setTimeout>;
  #isOver = false;

  constructor(ms: number, signal: AbortSignal | undefined) {
    let reject: (reason: Error) => void = () => {};
    this.#over = new Promise<never>((_, refuse) => reject = refuse);
    // Nobody may be waiting when it comes.
    this.#over.catch(() => {});
    this.#stop = () => {
      this.#isOver = true;
      reject(timedOut(signal?.aborted === true ? "stopped" : "no answer in time"));
    };
    this.#signal = signal;
    this.#timer = setTimeout(this.#stop, ms);
    signal?.addEventListener("abort", this.#stop, { once: true });
    if (signal?.aborted === true) this.#stop();
  }

  /** Another stretch begins, with an end of its own. */
  restart(ms: number): void {
    clearTimeout(this.#timer);
    if (!this.#isOver) this.#timer = setTimeout(this.#stop, ms);
  }

  /** Whether it has come. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** Waits for work, and not beyond the end. */
  of<T>(work: Promise<T>): Promise<T> {
    work.catch(() => {});
    return Promise.race([work, this.#over]);
  }

  /** Nothing is waited for any more. */
  end(): void {
    clearTimeout(this.#timer);
    this.#signal?.removeEventListener("abort", this.#stop);
  }
}

/** What a wait ends with that took too long. */
export function timedOut(message: string): Error {
  return Object.assign(new Error(message), { code: "ETIMEDOUT" });
}
