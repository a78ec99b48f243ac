import { createLogger } from "@/shared/log.ts";
import { openListener } from "@/web/gateways/listener/mod.ts";
import { systemClock } from "@/web/system_clock.ts";

/** A listener in a process that uses up its descriptors when it is told to, and lets them go again. */
const eaten: Deno.FsFile[] = [];
// As the web does, and while there are descriptors: the runtime opens some of its own for signals.
Deno.addSignalListener("SIGTERM", () => Deno.exit(0));
const listener = await openListener({
  name: "test",
  port: 0,
  hostname: "127.0.0.1",
  log: createLogger((line) => console.log(line), () => systemClock.now()),
  guardMs: 300,
  headerMs: 500,
}, (_request, response) => response.end("served"));
console.log(`port ${listener.port}`);
for await (const line of Deno.stdin.readable.pipeThrough(new TextDecoderStream())) {
  if (line.trim() === "eat") eat();
  else for (const file of eaten.splice(0)) file.close();
  console.log(`done ${line.trim()}`);
}

function eat(): void {
  try {
    while (true) eaten.push(Deno.openSync("/dev/null"));
  } catch (error) {
    if (!String(error).includes("os error 24")) throw error;
  }
}
