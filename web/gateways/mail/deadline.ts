/** One end for everything that is waited for: a server that drips bytes does not move it. */
export class Deadline {
  readonly #over: Promise<never>;
  readonly #end: () => void;
  #isOver = false;

  constructor(ms: number, signal: AbortSignal | undefined) {
    let reject: (reason: Error) => void = () => {};
    this.#over = new Promise<never>((_, refuse) => reject = refuse);
    // Nobody may be waiting when it comes.
    this.#over.catch(() => {});
    const stop = () => {
      this.#isOver = true;
      reject(timedOut(signal?.aborted === true ? "stopped" : "no answer in time"));
    };
    const timer = setTimeout(stop, ms);
    signal?.addEventListener("abort", stop, { once: true });
    if (signal?.aborted === true) stop();
    this.#end = () => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", stop);
    };
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
    this.#end();
  }
}

/** What a wait ends with that took too long. */
export function timedOut(message: string): Error {
  return Object.assign(new Error(message), { code: "ETIMEDOUT" });
}
