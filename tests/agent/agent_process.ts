import { AGENT_V8_FLAGS } from "@/agent/memory.ts";
import { join } from "node:path";
import { seal } from "@/shared/crypto/mod.ts";
import { type DesiredSecret, routerSealContext } from "@/shared/protocol/mod.ts";
import { generateSecrets, type RouterOsSim, startRouterOsSim } from "@/sim/routeros/mod.ts";
import { WebDouble } from "./web_double.ts";

export const ROUTER = "0198c0de-0000-7000-8000-000000000a01";
export const LINEAGE = "0198c0de-0000-4000-8000-000000000b01";
export const AUTHORISATION = "0198c0de-0000-7000-8000-000000000c01";
const MAIN = new URL("../../agent/main.ts", import.meta.url).pathname;

export class AgentProcess {
  readonly output: string[] = [];
  constructor(readonly child: Deno.ChildProcess) {
    void this.#read(child.stdout);
    void this.#read(child.stderr);
  }

  static start(args: string[]): AgentProcess {
    const command = new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--quiet", `--v8-flags=${AGENT_V8_FLAGS}`, MAIN, ...args],
      stdout: "piped",
      stderr: "piped",
    });
    return new AgentProcess(command.spawn());
  }

  async end(signal: Deno.Signal): Promise<Deno.CommandStatus> {
    try {
      this.child.kill(signal);
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
    }
    return await this.child.status;
  }

  async #read(stream: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<void> {
    for await (const text of stream.pipeThrough(new TextDecoderStream())) this.output.push(text);
  }
}

export async function sendSettings(
  web: WebDouble,
  sim: RouterOsSim,
  password = "admin",
  serial: string | null = null,
) {
  web.send({
    t: "router.settings",
    settings_version: crypto.randomUUID(),
    routers: [{
      router_id: ROUTER,
      name: "Main",
      host: sim.host,
      port: sim.port,
      username: "admin",
      sealed_credentials: await seal(
        { publicKey: web.sealingKey!, version: 2 },
        password,
        routerSealContext(ROUTER),
      ),
      serial_number: serial,
      software_id: null,
    }],
  });
}

export function wanted(names: string[], cut: ReadonlySet<string>): DesiredSecret[] {
  return names.map((name) => ({
    name,
    profile: null,
    disabled: cut.has(name),
    authorisation: cut.has(name) ? AUTHORISATION : null,
  }));
}

export async function withParts(
  use: (
    parts: { web: WebDouble; sim: RouterOsSim; folder: string; agent: (...more: string[]) => AgentProcess },
  ) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir();
  const web = await WebDouble.start();
  const sim = startRouterOsSim({ secrets: generateSecrets(60, 7), redialMs: 300 });
  const agents: AgentProcess[] = [];
  const agent = (...more: string[]) => {
    const started = AgentProcess.start([
      "--server",
      web.url,
      "--code",
      web.code,
      "--data",
      join(folder, "agent"),
      ...more,
    ]);
    agents.push(started);
    return started;
  };
  try {
    await use({ web, sim, folder, agent });
  } catch (error) {
    console.error(agents.flatMap((one) => one.output).join("").slice(-4_000));
    throw error;
  } finally {
    for (const one of agents) await one.end("SIGKILL");
    await web.stop();
    await sim.close();
    await Deno.remove(folder, { recursive: true });
  }
}

export function rowsOf(sim: RouterOsSim) {
  return [...sim.world.secrets.rows()];
}

export function namesOf(sim: RouterOsSim): string[] {
  return rowsOf(sim).map((row) => row["name"]!);
}

export function disabledNames(sim: RouterOsSim): Set<string> {
  return new Set(
    rowsOf(sim).filter((row) => ["true", "yes"].includes(row["disabled"] ?? "")).map((row) => row["name"]!),
  );
}
