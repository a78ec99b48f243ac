/** Holds the reading from a router back while somebody who reads its rows is behind. */
export class ReadingGate {
  readonly #holders = new Set<object>();
  #open: PromiseWithResolvers<void> | null = null;

  /** `onChange` is told when reading stops and when it goes on. */
  constructor(readonly onChange: (isHeld: boolean) => void) {}

  /** Settles when nobody is behind any more; null when nobody is. */
  readiness(): Promise<void> | null {
    return this.#open?.promise ?? null;
  }

  hold(holder: object): void {
    this.#holders.add(holder);
    if (this.#open !== null) return;
    this.#open = Promise.withResolvers();
    this.onChange(true);
  }

  release(holder: object): void {
    if (!this.#holders.delete(holder) || this.#holders.size > 0) return;
    this.#open?.resolve();
    this.#open = null;
    this.onChange(false);
  }

  /** The connection is over: whatever is held may end. */
  openForGood(): void {
    this.#holders.clear();
    this.#open?.resolve();
    this.#open = null;
  }
}
