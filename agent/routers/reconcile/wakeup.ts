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

/** A bell that stays rung until it is cleared, so that no change slips between a look and the wait for the next. */
export class Wakeup {
  #isSet = false;
  #ring: () => void = () => {};

  signal(): void {
    this.#isSet = true;
    this.#ring();
  }

  clear(): void {
    this.#isSet = false;
  }

  async wait(ms: number, signal: AbortSignal): Promise<void> {
    if (this.#isSet) return;
    const rung = new AbortController();
    this.#ring = () => rung.abort();
    await wait(ms, AbortSignal.any([signal, rung.signal]));
    this.#ring = () => {};
  }
}
