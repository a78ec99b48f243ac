/** Waits until the time is over or the signal aborts; never rejects. */
export async function wait(ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, ms);
  const onAbort = () => resolve();
  signal.addEventListener("abort", onAbort, { once: true });
  await promise;
  clearTimeout(timer);
  signal.removeEventListener("abort", onAbort);
}

/** A signal that stays up until it is cleared, so that no change slips between a look and the wait for the next. */
export class ChangeSignal {
  #isSet = false;
  #wake: () => void = () => {};

  signal(): void {
    this.#isSet = true;
    this.#wake();
  }

  clear(): void {
    this.#isSet = false;
  }

  async wait(ms: number, signal: AbortSignal): Promise<void> {
    if (this.#isSet) return;
    const rung = new AbortController();
    this.#wake = () => rung.abort();
    await wait(ms, AbortSignal.any([signal, rung.signal]));
    this.#wake = () => {};
  }
}
