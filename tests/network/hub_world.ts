import { ManualClock } from "@/shared/clock.ts";
import { generateSigningKey, type SigningKeyPair } from "@/shared/crypto/mod.ts";
import { uuidv7 } from "@/shared/ids.ts";
import { silentLogger } from "@/shared/log.ts";
import type { RunningHub } from "@/web/gateways/agent_hub/mod.ts";
import { addRouter } from "@/web/services/network/add_router.ts";
import type { Actor, ServiceContext } from "@/web/services/context.ts";
import { createEnrolmentCode } from "@/web/services/network/create_enrolment_code.ts";
import { createSite } from "@/web/services/network/create_site.ts";
import { type AgentHubOptions, startAgentHub } from "@/web/services/network/start_agent_hub.ts";
import { type TenantTransaction, withTenant } from "@/web/store/db/tenant_transaction.ts";
import { insertTenant } from "@/web/store/settings/tenants.ts";
import { assertOk } from "../support/expect.ts";
import { createTestDatabase, type TestDatabase } from "../support/postgres.ts";
import { AgentDouble, type DoubleKeys, enrol, makeKeys } from "./agent_double.ts";

export const MARIA: Actor = { kind: "staff", label: "Maria Santos", staffUserId: null };

/** One tenant's site with an agent and a router. */
export interface Place {
  tenantId: string;
  siteId: string;
  agentId: string;
  routerId: string;
  keys: DoubleKeys;
}

/** A real database with a hub in front of it. */
export class HubWorld implements AsyncDisposable {
  readonly clock = new ManualClock("2026-11-23T01:00:00Z");
  readonly context: ServiceContext;
  /** Added to performance.now: liveness without waiting. */
  skippedMs = 0;
  #hubs: RunningHub[] = [];

  private constructor(
    readonly database: TestDatabase,
    readonly serverKey: SigningKeyPair,
    readonly hub: RunningHub,
  ) {
    this.#hubs.push(hub);
    this.context = {
      db: database.db,
      clock: this.clock,
      log: silentLogger,
      notifyRouters: hub.notifyRouters,
      notifyCommands: hub.notifyCommands,
    };
  }

  static async start(options: Partial<AgentHubOptions> = {}): Promise<HubWorld> {
    const database = await createTestDatabase();
    const serverKey = await generateSigningKey();
    let world: HubWorld | null = null;
    const clock = { now: () => world?.clock.now() ?? Temporal.Instant.from("2026-11-23T01:00:00Z") };
    const hub = await startAgentHub({
      db: database.db,
      port: 0,
      clock,
      log: silentLogger,
      serverKey,
      nodeId: "node-1",
      pollMs: 100,
      sweepMs: 20,
      monotonicMs: () => performance.now() + (world?.skippedMs ?? 0),
      ...options,
    });
    world = new HubWorld(database, serverKey, hub);
    return world;
  }

  get port(): number {
    return this.hub.port;
  }

  /** Another node on the same database. */
  async secondNode(): Promise<RunningHub> {
    const hub = await startAgentHub({
      db: this.database.db,
      databaseUrl: this.database.appUrl,
      port: 0,
      clock: this.clock,
      log: silentLogger,
      serverKey: this.serverKey,
      nodeId: "node-2",
      pollMs: 60_000,
      sweepMs: 20,
    });
    this.#hubs.push(hub);
    return hub;
  }

  async addTenant(slug: string): Promise<string> {
    const tenantId = uuidv7(this.clock.now().epochMilliseconds);
    await withTenant(
      this.context.db,
      tenantId,
      (trx) => insertTenant(trx, { slug, name: `ISP ${slug}`, timeZone: "Asia/Manila" }),
    );
    return tenantId;
  }

  async addSite(tenantId: string, name = "Main"): Promise<{ siteId: string; code: string }> {
    const { siteId } = assertOk(await createSite(this.context, tenantId, MARIA, { name }));
    const { code } = assertOk(await createEnrolmentCode(this.context, tenantId, MARIA, { siteId }));
    return { siteId, code };
  }

  /** Tenant, site, enrolled agent and router. */
  async addPlace(slug: string, name = "Main"): Promise<Place> {
    return await this.addPlaceOf(await this.addTenant(slug), name, "Core");
  }

  /** One more site of a tenant, with an enrolled agent and a router. */
  async addPlaceOf(tenantId: string, name: string, router = `Core of ${name}`): Promise<Place> {
    const { siteId, code } = await this.addSite(tenantId, name);
    const keys = await makeKeys();
    const answer = await enrol(this.port, code, keys);
    if (answer.status !== 200) throw new Error(`Cannot enrol: ${JSON.stringify(answer)}`);
    const { routerId } = assertOk(
      await addRouter(this.context, tenantId, MARIA, {
        siteId,
        name: router,
        host: "10.0.0.1",
        port: 8728,
        username: "linya",
        password: "sup3r-s3cret",
      }),
    );
    return { tenantId, siteId, agentId: String(answer.body.agent_id), routerId, keys };
  }

  /** Opens the link and says nothing yet. */
  open(place: Place, port = this.port): Promise<AgentDouble> {
    return AgentDouble.open(port, place.agentId, place.keys);
  }

  /** Opens the link, says hello and reads welcome and settings. */
  async connect(place: Place, port = this.port): Promise<AgentDouble> {
    const agent = await this.open(place, port);
    agent.hello(place.keys.installId);
    await agent.next("welcome");
    return agent;
  }

  inTenant<T>(tenantId: string, work: (trx: TenantTransaction) => Promise<T>): Promise<T> {
    return withTenant(this.context.db, tenantId, work);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const hub of this.#hubs) await hub.stop();
    await this.database.close();
  }
}
