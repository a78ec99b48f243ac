/** How long {@link until} waits. */
export interface UntilOptions {
  /** @default 5000 */
  timeoutMs?: number;
  /** @default 20 */
  everyMs?: number;
  /** What is waited for, for the error text. */
  what?: string;
}

/** Waits until `condition` holds. Fails with what was waited for, and with the last error if the condition threw. */
export async function until(
  condition: () => boolean | Promise<boolean>,
  options: UntilOptions = {},
): Promise<void> {
  const { timeoutMs = 5000, everyMs = 20, what = "condition" } = options;
  const deadline = performance.now() + timeoutMs;
  let cause: unknown;
  while (true) {
    try {
      cause = undefined;
      if (await condition()) return;
    } catch (error) {
      cause = error;
    }
    if (performance.now() >= deadline) break;
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
  throw new Error(`Cannot continue test: ${what} did not hold within ${timeoutMs} ms`, { cause });
}
