import { launcherEnded } from "./launcher.ts";

/**
 * Resolves on SIGINT, SIGTERM, or when the process that started this one is gone (a terminal that was closed, a runner
 * that was ended without passing the signal on); the npx above the task runner counts as well.
 */
export function onStop(): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    Deno.addSignalListener(signal, () => resolve());
  }
  const parent = Deno.ppid;
  const watch = setInterval(() => {
    if (Deno.ppid !== parent) resolve();
  }, 1_000);
  Deno.unrefTimer(watch);
  void launcherEnded().then(resolve);
  return promise.finally(() => clearInterval(watch));
}
