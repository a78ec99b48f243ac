import { join } from "node:path";
import type { Logger } from "@/shared/log.ts";
import {
  type GeneratedSecret,
  generateSecrets,
  type RouterOsSim,
  startRouterOsSim,
} from "@/sim/routeros/mod.ts";
import type { MailSim } from "@/sim/mail/mod.ts";
import { READY_LINE, SETUP_CODE_LINE } from "@/web/announcement.ts";
import { type EmbeddedPostgres, startEmbeddedPostgres } from "@/embedded_postgres/mod.ts";
import { Agents } from "./agents.ts";
import { type Child, spawnDeno } from "./child.ts";
import { startControl } from "./control.ts";
import { type StackMail, startStackMail } from "./mail_server.ts";
import { loadSimState, saveSimState } from "./sim_state.ts";

export type { Child } from "./child.ts";
export { MAIL_LOGIN } from "./mail_server.ts";

/** A simulated router of the stack. */
export interface RouterPlan {
  /** Name and identity, e.g. `Core-1`. */
  name: string;
  version: string;
  serialNumber: string;
  /** PPP secrets on it at the first start. */
  secrets: number;
  seed: number;
  /** How many accounts of the seed other routers have, so that no name is on two of them. @default 0 */
  skip?: number;
}

/** A site of the stack: its own agent, and the routers beside it. */
export interface SitePlan {
  name: string;
  routers: readonly RouterPlan[];
}

/** What is being made ready, for whoever looks at the web meanwhile. */
export interface Preparing {
  label: string;
  done: number;
  total: number;
}

export interface StackOptions {
  dataDir: string;
  port: number;
  /** Routers beside one agent: the light form. */
  routers?: readonly RouterPlan[];
  /** Several sites, each with an agent of its own; in place of `routers`. */
  sites?: readonly SitePlan[];
  log: Logger;
  /** Lets the web move business time and reach this stack. @default true */
  demoControls?: boolean;
}

/** User and password that every simulated router accepts; in the group that the docs suggest for Linya. */
export const ROUTER_LOGIN = { username: "linya", password: "linya-demo" } as const;

const WEB = new URL("../../web/main.ts", import.meta.url).pathname;

/** Accounts of a router at its first start. */
export function secretsOf({ secrets, seed, skip = 0 }: RouterPlan): GeneratedSecret[] {
  return generateSecrets(skip + secrets, seed).slice(skip);
}

/**
 * PostgreSQL, web, agents, routers and a mail server as separate parts, as they run in production: the demo, the smoke run and the
 * end-to-end tests stand on it.
 */
export class Stack {
  readonly url: string;
  readonly agentUrl: string;
  readonly sims = new Map<string, RouterOsSim>();
  readonly sites: readonly SitePlan[];
  /** Shown by the web until it is null. */
  preparing: Preparing | null = null;
  /** Offered on the sign-in page of a demo. */
  logins: readonly { role: string; name: string; email: string; password: string }[] = [];
  /** What the provider's people do when the time machine has come to another hour: they pay. */
  people: (() => Promise<void>) | null = null;
  readonly #secrets = new Map<string, readonly GeneratedSecret[]>();
  readonly #unplugged = new Set<string>();
  #options: StackOptions;
  #postgres: EmbeddedPostgres | null = null;
  #mail: StackMail | null = null;
  #web: Child | null = null;
  readonly #agents: Agents;
  #control: { url: string; token: string; stop(): Promise<void> } | null = null;
  #saving: ReturnType<typeof setInterval> | undefined;
  #stopping: Promise<void> | undefined;

  constructor(options: StackOptions) {
    this.#options = options;
    this.url = `http://127.0.0.1:${options.port}`;
    this.agentUrl = `http://127.0.0.1:${options.port + 1}`;
    this.sites = options.sites ?? [{ name: "", routers: options.routers ?? [] }];
    const names = this.sites.map((site) => site.name);
    this.#agents = new Agents(names, { dataDir: options.dataDir, server: this.agentUrl });
  }

  /** Folder of its database, keys and logs. */
  get dataDir(): string {
    return this.#options.dataDir;
  }

  get postgres(): EmbeddedPostgres {
    if (this.#postgres === null) throw new Error("Cannot use PostgreSQL: the stack is not started");
    return this.#postgres;
  }

  /** Takes every mail of this stack, and delivers none. */
  get mail(): MailSim {
    if (this.#mail === null) throw new Error("Cannot use the mail server: the stack is not started");
    return this.#mail.sim;
  }

  get webPid(): number | null {
    return this.#web?.isRunning() ? this.#web.pid : null;
  }

  get agentPid(): number | null {
    return this.agentPidOf(this.#firstSite);
  }

  agentPidOf(site: string): number | null {
    return this.#agents.pidOf(site);
  }

  get #firstSite(): string {
    return this.sites[0]?.name ?? "";
  }

  /** Starts everything but the agents, which need an enrolment code at their first start. */
  async start(): Promise<{ setupCode: string | null }> {
    const { dataDir, log } = this.#options;
    await Deno.mkdir(join(dataDir, "logs"), { recursive: true });
    this.#postgres = await startEmbeddedPostgres({ dataDir, log });
    await this.#startSims();
    this.#mail = await startStackMail(dataDir);
    if (this.#options.demoControls ?? true) this.#control = startControl(this);
    return await this.startWeb();
  }

  /** Starts the web process, again after it was killed. */
  async startWeb(): Promise<{ setupCode: string | null }> {
    const { dataDir, port } = this.#options;
    this.#web = await spawnDeno({
      name: "web",
      args: ["run", "-A", "--quiet", WEB],
      env: {
        PORT: String(port),
        LINYA_DATA: dataDir,
        DATABASE_URL: this.postgres.appUrl,
        DATABASE_OWNER_URL: this.postgres.ownerUrl,
        ...(this.#mail === null ? {} : {
          DENO_CERT: this.#mail.authorityFile,
          LINYA_DEMO_MAIL_PORT: String(this.#mail.sim.port),
        }),
        ...(this.#control
          ? { LINYA_DEMO_CONTROL: this.#control.url, LINYA_DEMO_TOKEN: this.#control.token }
          : {}),
      },
      logFile: join(dataDir, "logs", "web.log"),
    });
    await this.#web.waitForLine(READY_LINE, 60_000);
    const code = await this.#web.findLine(SETUP_CODE_LINE, 0);
    return { setupCode: code?.[1] ?? null };
  }

  /** SIGKILL to the web process, as a crash. */
  async killWeb(): Promise<void> {
    await this.#web?.kill();
  }

  /** Enrols with a code when one is given, then runs the agent of a site; the first one unless named. */
  startAgent(code?: string, site = this.#firstSite): Promise<void> {
    return this.#agents.start(site, code);
  }

  /** Starts the agents of all sites, which are enrolled already. */
  async startAgents(): Promise<void> {
    await Promise.all(this.sites.map((site) => this.#agents.start(site.name)));
  }

  killAgent(site = this.#firstSite): Promise<void> {
    return this.#agents.kill(site);
  }

  stopAgent(site = this.#firstSite): Promise<void> {
    return this.#agents.stop(site);
  }

  /** Pulls the network cable of a router, or puts it back. */
  async setPlugged(name: string, plugged: boolean): Promise<void> {
    const sim = this.sims.get(name);
    if (sim === undefined) throw new Error(`Cannot plug router: there is no "${name}"`);
    if (plugged) sim.plug();
    else await sim.unplug();
    if (plugged) this.#unplugged.delete(name);
    else this.#unplugged.add(name);
  }

  isPlugged(name: string): boolean {
    return !this.#unplugged.has(name);
  }

  /** Somebody adds PPP secrets on the router, as with WinBox. */
  addSecrets(name: string, secrets: readonly GeneratedSecret[]): void {
    const sim = this.sims.get(name);
    if (sim === undefined) throw new Error(`Cannot add secrets: there is no "${name}"`);
    for (const secret of secrets) {
      sim.world.addSecret(secret);
      if (secret.dialing) sim.dialer.start(secret.name, secret.callerId);
    }
    this.#secrets.set(name, [...this.#secrets.get(name) ?? [], ...secrets]);
  }

  /** Stops every part, agents first, so that nothing is left behind. */
  stop(): Promise<void> {
    return this.#stopping ??= this.#stop();
  }

  async #stop(): Promise<void> {
    clearInterval(this.#saving);
    await this.#agents.stopAll();
    await this.#web?.stop(15_000);
    await this.#control?.stop();
    await this.#saveSims();
    for (const sim of this.sims.values()) await sim.close();
    await this.#mail?.sim.close();
    await this.#postgres?.stop();
  }

  async #startSims(): Promise<void> {
    for (const plan of this.sites.flatMap((site) => site.routers)) {
      const saved = await loadSimState(this.#options.dataDir, plan.name);
      const secrets = saved?.secrets ?? secretsOf(plan);
      const sim = startRouterOsSim({
        version: plan.version,
        identity: plan.name,
        serialNumber: plan.serialNumber,
        users: [{ name: ROUTER_LOGIN.username, password: ROUTER_LOGIN.password, group: "full" }],
        secrets,
        ...(saved === null ? {} : { port: saved.port }),
      });
      this.sims.set(plan.name, sim);
      this.#secrets.set(plan.name, secrets);
      if (saved?.unplugged === true) await this.setPlugged(plan.name, false);
    }
    await this.#saveSims();
    this.#saving = setInterval(() => {
      this.#saveSims().catch((error) =>
        this.#options.log.warn("sim_state_not_saved", { message: String(error) })
      );
    }, 5_000);
  }

  async #saveSims(): Promise<void> {
    for (const [name, sim] of this.sims) {
      await saveSimState(this.#options.dataDir, name, sim, {
        known: this.#secrets.get(name) ?? [],
        isPlugged: this.isPlugged(name),
      });
    }
  }
}
