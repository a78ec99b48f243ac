import { launcherEnded } from "@/process/launcher.ts";
import { createLogger } from "@/shared/log.ts";
import { announcement } from "./announcement.ts";
import { readConfig } from "./config.ts";
import { startWeb } from "./start_web.ts";
import { systemClock } from "./system_clock.ts";

/** `deno task start`: reads the configuration, starts the web, stops it on SIGINT, SIGTERM or with the npx above. */
async function main(): Promise<void> {
  const log = createLogger((line) => console.error(line), () => systemClock.now());
  const config = readConfig(Deno.args, Deno.env.toObject());
  const stopped = Promise.withResolvers<void>();
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    Deno.addSignalListener(signal, () => stopped.resolve());
  }
  void launcherEnded().then(stopped.resolve);
  const web = await startWeb({ config, clock: systemClock, log });
  console.log(announcement(web));
  await stopped.promise;
  await web.stop();
}

if (import.meta.main) {
  try {
    await main();
    // Timers of libraries must not keep a process alive that has closed everything of ours.
    Deno.exit(0);
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    Deno.exit(1);
  }
}
