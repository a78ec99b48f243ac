import { enrol } from "@/agent/link/enrol.ts";
import { connectMikrotik } from "@/agent/routers/mikrotik_port.ts";
import { type Enrolment, loadKeys } from "@/agent/journal/enrolment_files.ts";
import { Supervisor } from "@/agent/supervisor.ts";
import { createLogger, type Logger, silentLogger } from "@/shared/log.ts";
import { uuidv7 } from "@/shared/ids.ts";
import { type RouterOsSim, startRouterOsSim } from "@/sim/routeros/mod.ts";
import { ROUTER_LOGIN } from "@/tools/stack/mod.ts";
import { addRouter } from "@/web/services/network/add_router.ts";
import { addSubscriber } from "@/web/services/subscribers/add_subscriber.ts";
import type { ServiceContext } from "@/web/services/context.ts";
import { insertPlan } from "@/web/store/billing/plans.ts";
import { assertOk } from "../support/expect.ts";
import { until } from "../support/until.ts";
import { HubWorld, MARIA } from "./hub_world.ts";

const TIMING = {
  everyMs: 60_000,
  followUpsMs: [],
  retryBaseMs: 50,
  retryCapMs: 100,
  slowRetryMs: 60_000,
};

/** Hub and database, a real agent in this process, a simulated router: a provider who adds subscribers. */
export class PppWorld implements AsyncDisposable {
  readonly log: string[] = [];
  readonly #stopping = new AbortController();
  #running: Promise<void> = Promise.resolve();

  private constructor(
    readonly hub: HubWorld,
    readonly sim: RouterOsSim,
    readonly folder: string,
    readonly tenantId: string,
    readonly siteId: string,
    readonly routerId: string,
    readonly planId: string,
    readonly enrolment: Enrolment,
  ) {}

  static async start(options: { isAgentOff?: boolean; profile?: string } = {}): Promise<PppWorld> {
    const hub = await HubWorld.start();
    const sim = startRouterOsSim({
      users: [{ name: ROUTER_LOGIN.username, password: ROUTER_LOGIN.password, group: "full" }],
      redialMs: 20,
    });
    const folder = await Deno.makeTempDir({ prefix: "linya-agent-" });
    const tenantId = await hub.addTenant("north");
    const { siteId, code } = await hub.addSite(tenantId);
    const enrolment = assertOk(
      await enrol({
        server: `http://127.0.0.1:${hub.port}`,
        code,
        folder,
        version: "0.1.0",
        replace: false,
        log: silentLogger,
      }),
    );
    const { routerId } = assertOk(
      await addRouter(hub.context, tenantId, MARIA, {
        siteId,
        name: "Core",
        host: sim.host,
        port: sim.port,
        ...ROUTER_LOGIN,
      }),
    );
    const planId = uuidv7(hub.clock.now().epochMilliseconds);
    await hub.inTenant(tenantId, (trx) =>
      insertPlan(trx, planId, {
        name: "Fiber 50",
        price_centavos: 150_000n,
        ppp_profile: options.profile ?? "fiber-50",
        speed: null,
      }, hub.clock.now()));
    const world = new PppWorld(hub, sim, folder, tenantId, siteId, routerId, planId, enrolment);
    if (options.isAgentOff !== true) await world.startAgent();
    return world;
  }

  get context(): ServiceContext {
    return this.hub.context;
  }

  /** Every line that the agent logs. */
  get #agentLog(): Logger {
    return createLogger((line) => this.log.push(line), () => this.hub.clock.now());
  }

  async startAgent(): Promise<void> {
    const keys = await loadKeys(this.folder, silentLogger);
    if (keys === null) throw new Error("Cannot start the agent: it has no keys");
    const supervisor = new Supervisor({
      folder: this.folder,
      enrolment: this.enrolment,
      keys,
      connect: connectMikrotik,
      nowMs: () => this.hub.clock.now().epochMilliseconds,
      monotonicMs: () => performance.now(),
      random: () => 0.1,
      log: this.#agentLog,
      timing: TIMING,
    });
    this.#running = supervisor.run(this.#stopping.signal);
    await until(async () => (await this.row("routers", this.routerId)).status === "online", {
      what: "the router answers",
      timeoutMs: 15_000,
    });
  }

  /** Adds a subscriber as the form does. */
  async add(over: Partial<Parameters<typeof addSubscriber>[3]> = {}) {
    return await addSubscriber(this.context, this.tenantId, MARIA, {
      name: "Juan Dela Cruz",
      phone: "0917 123 4567",
      email: null,
      address: "Purok 3",
      barangay: "Ilaya",
      city: "Calamba",
      notes: null,
      planId: this.planId,
      routerId: this.routerId,
      pppName: "",
      secret: "make",
      activation: "day",
      billingDay: "cycle",
      isDuplicateAccepted: false,
      ...over,
    });
  }

  // deno-lint-ignore no-explicit-any
  async row(table: "routers" | "subscriptions" | "commands", id: string): Promise<any> {
    return await this.hub.inTenant(
      this.tenantId,
      (trx) => trx.selectFrom(table).selectAll().where("id", "=", id).executeTakeFirstOrThrow(),
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopping.abort();
    await this.#running;
    await this.sim.close();
    await this.hub[Symbol.asyncDispose]();
    await Deno.remove(this.folder, { recursive: true });
  }
}
