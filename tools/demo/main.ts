import { join } from "node:path";
import { createLogger, type Logger } from "@/shared/log.ts";
import { parseFlags, readConfig } from "@/web/config.ts";
import { systemClock } from "@/web/system_clock.ts";
import { Stack } from "../stack/mod.ts";
import { onStop } from "@/process/on_stop.ts";
import { DEMO_LOGINS, DEMO_SITES } from "./demo_data.ts";
import { assertFilled, markFilled } from "./first_start.ts";
import { bringToLife, type DemoLife, seedDemo } from "./seed.ts";

/** `deno task demo [--port N] [--data DIR]`: a small ISP that runs itself on this machine. */
async function main(): Promise<void> {
  const startedAt = performance.now();
  const { port } = readConfig(Deno.args, {});
  const dataDir = parseFlags(Deno.args).data ?? ".data/demo";
  const seconds = () => `${((performance.now() - startedAt) / 1000).toFixed(1).padStart(5)} s`;
  const say = (text: string) => console.log(`${seconds()}  ${text}`);
  await Deno.mkdir(join(dataDir, "logs"), { recursive: true });
  const logFile = await Deno.open(join(dataDir, "logs", "demo.log"), { create: true, append: true });
  const encoder = new TextEncoder();
  const log = createLogger((line) => logFile.writeSync(encoder.encode(line + "\n")), () => systemClock.now());

  say("Starting PostgreSQL, four simulated routers, a mail server and the web");
  const stack = new Stack({ dataDir, port, sites: DEMO_SITES, log });
  const stopping = onStop();
  let life: DemoLife | undefined;
  try {
    const running = run(stack, { dataDir, log, say }).then((started) => life = started);
    await Promise.race([running, stopping]);
    await stopping;
    console.log("\nStopping. The demo goes on where it was at the next start.");
  } finally {
    await life?.close();
    await stack.stop();
    logFile.close();
  }
}

async function run(
  stack: Stack,
  { dataDir, log, say }: { dataDir: string; log: Logger; say: (text: string) => void },
): Promise<DemoLife> {
  const { setupCode } = await stack.start();
  if (setupCode === null) {
    await assertFilled(dataDir);
    await stack.startAgents();
    announce(stack);
  } else {
    const onSignIn = () => announce(stack, "Its year is being played; look on while it is.");
    await seedDemo(stack, { setupCode, log, say, onSignIn });
    await markFilled(dataDir);
  }
  const life = await bringToLife(stack, log);
  say("Ready");
  return life;
}

/** Says where to sign in, in the terminal and on the sign-in page. */
function announce(stack: Stack, note?: string): void {
  stack.logins = DEMO_LOGINS;
  const logins = DEMO_LOGINS.map(({ role, email, password }) =>
    `  ${role.padEnd(21)} ${email.padEnd(18)} password: ${password}`
  );
  const lines = [
    "",
    `  Open      ${stack.url}`,
    `  Mail      ${stack.url}/admin/demo/mailbox: every mail that is sent, none of which leaves this machine`,
    ...logins,
    ...(note === undefined ? [] : [`  ${note}`]),
    "  Ctrl C stops everything.",
    "",
  ];
  console.log(lines.join("\n"));
}

if (import.meta.main) {
  try {
    await main();
    Deno.exit(0);
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    Deno.exit(1);
  }
}
