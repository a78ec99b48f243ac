import { silentLogger } from "@/shared/log.ts";
import { parseFlags } from "@/web/config.ts";
import { freePort } from "@/embedded_postgres/port.ts";
import { Stack } from "../stack/mod.ts";
import { onStop } from "@/process/on_stop.ts";
import { SMOKE_ROUTER } from "./connect_steps.ts";
import { mainJob } from "./main_job.ts";
import { runSteps } from "./steps.ts";

/** `deno task smoke [--port N] [--data DIR]`: the main job through the real parts. Exits non-zero when a step fails. */
async function main(): Promise<number> {
  const flags = parseFlags(Deno.args);
  const dataDir = flags.data ?? await Deno.makeTempDir({ prefix: "linya-smoke-" });
  const port = flags.port === undefined ? freePort() : Number(flags.port);
  const stack = new Stack({ dataDir, port, routers: [SMOKE_ROUTER], log: silentLogger });
  const job = mainJob(stack);
  const startedAt = performance.now();
  const interrupted = onStop().then(() => -1);
  try {
    const left = await Promise.race([runSteps(job.steps, (line) => console.log(line)), interrupted]);
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
    const passed = job.steps.length - left;
    if (left === -1) console.log("Interrupted.");
    else console.log(`\n${left === 0 ? "Every step ok" : "Stopped at the first failure"} in ${seconds} s`);
    if (left > 0) console.log(`Logs: ${dataDir}/logs`);
    if (left !== -1) console.log(`${passed} passed, ${left} failed`);
    if (left === 0 && flags.data === undefined) await Deno.remove(dataDir, { recursive: true });
    return left === 0 ? 0 : 1;
  } finally {
    await job.close();
    await stack.stop();
  }
}

if (import.meta.main) {
  try {
    Deno.exit(await main());
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    Deno.exit(1);
  }
}
