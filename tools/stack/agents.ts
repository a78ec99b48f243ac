import { join } from "node:path";
import { AGENT_V8_FLAGS } from "@/agent/memory.ts";
import { bundleAgent } from "../agent/bundle.ts";
import { type Child, spawnDeno } from "./child.ts";

/** What every agent of the stack shares. */
interface AgentsOptions {
  dataDir: string;
  /** Address that agents dial. */
  server: string;
}

/** The agents of a stack, each beside the routers of one site. */
export class Agents {
  readonly #options: AgentsOptions;
  /** Folder and log name of each site's agent. */
  readonly #names: ReadonlyMap<string, string>;
  readonly #running = new Map<string, Child>();
  #bundle: Promise<string> | null = null;

  constructor(sites: readonly string[], options: AgentsOptions) {
    this.#options = options;
    this.#names = new Map(
      sites.map((site) => [site, sites.length === 1 ? "agent" : `agent-${slugOf(site)}`]),
    );
  }

  pidOf(site: string): number | null {
    const agent = this.#running.get(site);
    return agent?.isRunning() ? agent.pid : null;
  }

  /** Enrols with a code when one is given, then runs the agent. */
  async start(site: string, code?: string): Promise<void> {
    if (this.pidOf(site) !== null) return;
    const { dataDir, server } = this.#options;
    const name = this.#names.get(site);
    if (name === undefined) throw new Error(`Cannot start agent: there is no site "${site}"`);
    const folder = join(dataDir, name);
    this.#running.set(
      site,
      await spawnDeno({
        name,
        args: [
          "run",
          "-A",
          "--quiet",
          `--v8-flags=${AGENT_V8_FLAGS}`,
          await this.#program(),
          "--data",
          folder,
          "--server",
          server,
          ...(code === undefined ? [] : ["--code", code]),
        ],
        logFile: join(dataDir, "logs", `${name}.log`),
      }),
    );
  }

  /** The agent as `deno task agent` runs it, built once. */
  #program(): Promise<string> {
    const file = join(this.#options.dataDir, "agent.mjs");
    return this.#bundle ??= bundleAgent(file).then(() => file);
  }

  /** SIGKILL, as a power cut. */
  async kill(site: string): Promise<void> {
    await this.#running.get(site)?.kill();
  }

  async stop(site: string): Promise<void> {
    await this.#running.get(site)?.stop();
  }

  async stopAll(): Promise<void> {
    await Promise.all([...this.#running.values()].map((agent) => agent.stop()));
  }
}

function slugOf(site: string): string {
  return site.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-");
}
