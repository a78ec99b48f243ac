import { join } from "node:path";
import { launcherEnded } from "@/process/launcher.ts";
import { createLogger, type Logger } from "@/shared/log.ts";
import { type AgentCommand, readCommand, USAGE } from "./config.ts";
import { connectMikrotik } from "./routers/mikrotik_port.ts";
import { type AgentState, readiness } from "./health.ts";
import { enrolmentFile, loadKeys } from "./journal/enrolment_files.ts";
import { messageOf } from "./journal/files.ts";
import { OverrideStore } from "./journal/override_store.ts";
import { enrol } from "./link/enrol.ts";
import { Supervisor } from "./supervisor.ts";
import { SystemClock } from "./system_clock.ts";
import { AGENT_VERSION } from "./version.ts";

/** After the first signal, what runs may finish within this time. */
const STOP_WITHIN_MS = 4_000;

async function main(): Promise<number> {
  const clock = new SystemClock();
  const encoder = new TextEncoder();
  const log = createLogger(
    (line) => void Deno.stdout.writeSync(encoder.encode(`${line}\n`)),
    () => clock.now(),
  );
  const command = readCommand(Deno.args, (name) => Deno.env.get(name));
  if (!command.ok) return complain(`${command.message}\n\n${USAGE}`);
  try {
    return await run(command.value, log, clock);
  } catch (error) {
    return complain(messageOf(error));
  }
}

async function run(command: AgentCommand, log: Logger, clock: SystemClock): Promise<number> {
  switch (command.kind) {
    case "help":
      say(USAGE);
      return 0;
    case "enrol":
      return await enrolNow(command, log);
    case "status":
      return await showStatus(command.folder, log);
    case "allow":
      return await allow(command, log, clock);
    case "run":
      return await serve(command, log, clock);
  }
}

type EnrolCommand = Pick<Extract<AgentCommand, { kind: "enrol" }>, "server" | "code" | "folder" | "replace">;

async function enrolNow({ server, code, folder, replace }: EnrolCommand, log: Logger): Promise<number> {
  const enrolled = await enrol({ server, code, folder, replace, version: AGENT_VERSION, log });
  if (!enrolled.ok) return complain(enrolled.message);
  say(
    `Enrolled for ${enrolled.value.site_name} of ${enrolled.value.tenant_name}. Keys and settings are in ${folder}.`,
  );
  return 0;
}

async function serve(
  command: Extract<AgentCommand, { kind: "run" }>,
  log: Logger,
  clock: SystemClock,
): Promise<number> {
  const { folder, server, code, replace } = command;
  const before = await enrolmentFile(folder, log).load();
  const mayEnrol = before === null || before.revoked_at_ms !== null || replace;
  if (mayEnrol && server !== null && code !== null) {
    const status = await enrolNow({ server, code, folder, replace }, log);
    if (status !== 0) return status;
  }
  const enrolment = await enrolmentFile(folder, log).load();
  const keys = await loadKeys(folder, log);
  if (enrolment === null || keys === null) {
    return complain(
      `Cannot run: ${folder} is not enrolled. Get a code from Sites and give --server and --code.`,
    );
  }
  const supervisor = new Supervisor({
    folder,
    enrolment,
    keys,
    connect: connectMikrotik,
    nowMs: () => clock.now().epochMilliseconds,
    monotonicMs: () => performance.now(),
    random: Math.random,
    log,
    onState: statusWriter(folder, log),
  });
  return await untilSignal((signal) => supervisor.run(signal), log);
}

/** Two phases: the first signal lets running work finish for a moment, then the process ends whatever still hangs. */
async function untilSignal(work: (signal: AbortSignal) => Promise<void>, log: Logger): Promise<number> {
  const stopping = new AbortController();
  const stop = () => {
    log.info("agent_stopping");
    stopping.abort();
    setTimeout(() => {
      log.warn("agent_stopped_hard");
      Deno.exit(0);
    }, STOP_WITHIN_MS);
  };
  for (const name of ["SIGINT", "SIGTERM"] as const) Deno.addSignalListener(name, stop);
  void launcherEnded().then(stop);
  log.info("agent_started", { version: AGENT_VERSION });
  await work(stopping.signal);
  log.info("agent_stopped");
  return 0;
}

/** Keeps the last known state where `status` finds it. A disk that is full is told elsewhere; this file is only a view. */
function statusWriter(folder: string, log: Logger): (state: AgentState) => void {
  let last = "";
  return (state) => {
    const text = JSON.stringify(state);
    if (text === last) return;
    last = text;
    Deno.writeTextFile(join(folder, "status.json"), text, { mode: 0o600 })
      .catch((error) => log.debug("status_not_written", { error }));
  };
}

async function showStatus(folder: string, log: Logger): Promise<number> {
  const enrolment = await enrolmentFile(folder, log).load();
  if (enrolment === null) return complain(`${folder} is not enrolled.`);
  say(
    `${enrolment.site_name} of ${enrolment.tenant_name}, agent ${enrolment.agent_id} at ${enrolment.server}`,
  );
  let text: string;
  try {
    text = await Deno.readTextFile(join(folder, "status.json"));
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    return complain("The agent has not run here yet.");
  }
  const { isReady, problems } = readiness(JSON.parse(text) as AgentState);
  say(isReady ? "At last sight everything was connected." : `At last sight:\n${problems.join("\n")}`);
  return isReady ? 0 : 1;
}

async function allow(
  { name, durationMs, folder }: Extract<AgentCommand, { kind: "allow" }>,
  log: Logger,
  clock: SystemClock,
): Promise<number> {
  if (await enrolmentFile(folder, log).load() === null) return complain(`${folder} is not enrolled.`);
  const nowMs = clock.now().epochMilliseconds;
  const until = clock.now().add({ milliseconds: durationMs });
  await new OverrideStore(folder, log).add(
    { name, from_ms: nowMs, until_ms: until.epochMilliseconds },
    nowMs,
  );
  say(
    `${name} is let through until ${
      until.toString({ smallestUnit: "minute" })
    }. The running agent does it within seconds.`,
  );
  return 0;
}

function say(text: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${text}\n`));
}

function complain(text: string): number {
  Deno.stderr.writeSync(new TextEncoder().encode(`${text}\n`));
  return 1;
}

if (import.meta.main) Deno.exit(await main());
