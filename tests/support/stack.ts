import assert from "node:assert/strict";
import { join } from "node:path";
import pg from "pg";
import { uuidv7 } from "@/shared/ids.ts";
import { silentLogger } from "@/shared/log.ts";
import { centavos } from "@/shared/money/mod.ts";
import { generateSecrets, type RouterOsSim } from "@/sim/routeros/mod.ts";
import { ROUTER_LOGIN, type RouterPlan, Stack } from "@/tools/stack/mod.ts";
import { addRouter } from "@/web/services/add_router.ts";
import { confirmImport } from "@/web/services/confirm_import.ts";
import type { Actor, ServiceContext } from "@/web/services/context.ts";
import { createEnrolmentCode } from "@/web/services/create_enrolment_code.ts";
import { createSite } from "@/web/services/create_site.ts";
import { executeCutRun } from "@/web/services/execute_cut_run.ts";
import { recordPayment } from "@/web/services/record_payment.ts";
import { runDueDays } from "@/web/services/run_due_days.ts";
import { runImport } from "@/web/services/run_import.ts";
import { saveImportReview } from "@/web/services/save_import_review.ts";
import { setUpOwner } from "@/web/services/set_up_owner.ts";
import { startImport } from "@/web/services/start_import.ts";
import { type OpenDatabase, openDatabase } from "@/web/store/database.ts";
import { isFree } from "@/web/store/embedded/port.ts";
import { publishWakeup } from "@/web/store/hub_wakeups.ts";
import { checkInvariants } from "@/web/store/invariants.ts";
import { findScheduledRun } from "@/web/store/runs.ts";
import { type TenantTransaction, withTenant } from "@/web/store/tenant_transaction.ts";
import { systemClock } from "@/web/system_clock.ts";
import { listBookProblems } from "./books.ts";
import { assertOk } from "./expect.ts";
import { secretWrites } from "./router_writes.ts";
import { readRouterSecrets, type RouterSecret } from "./third_party_router.ts";
import { until } from "./until.ts";

/** How the provider of a test looks. */
export interface TestStackOptions {
  /** @default 1 */
  routers?: number;
  /** PPP secrets of each router that become subscribers. @default 24 */
  secrets?: number;
  /** @default 250 */
  redialMs?: number;
  /** Shows the demo bar. @default false */
  demoControls?: boolean;
}

export const TEST_OWNER = {
  name: "Ana Reyes",
  email: "ana@ilaya.test",
  password: "kape at pandesal",
} as const;
const ZONE = "Asia/Manila";
/** Secrets on each router that Linya must never touch. */
const UNMANAGED = 4;
/** A payment and a permitted disable may cross on the wire; the enable then follows at once. */
const IN_FLIGHT_MS = 1_000;
const PRICE_CENTAVOS = 100_000n;

/** A router of the test and its place in the books. */
export interface TestRouter {
  id: string;
  name: string;
  sim: RouterOsSim;
}

/** A connection as the tests speak of it. */
export interface TestLine {
  subscriberId: string;
  subscriptionId: string;
  name: string;
  routerId: string;
}

/**
 * A small provider on real parts, set up within seconds through the services: PostgreSQL, the web, an agent and
 * simulated routers whose secrets are imported and billed. Everything is stopped and removed when it is disposed.
 */
export class TestStack implements AsyncDisposable {
  readonly actor: Actor;
  readonly lines: TestLine[] = [];
  #firstSecrets = new Map<string, Map<string, RouterSecret>>();

  private constructor(
    readonly stack: Stack,
    readonly dataDir: string,
    readonly context: ServiceContext,
    readonly tenantId: string,
    staffUserId: string,
    readonly siteId: string,
    readonly routers: TestRouter[],
    private readonly database: OpenDatabase,
  ) {
    this.actor = { label: TEST_OWNER.name, staffUserId };
  }

  static async start(options: TestStackOptions = {}): Promise<TestStack> {
    const dataDir = await makeDataDir();
    const plans = routerPlans(options.routers ?? 1, options.secrets ?? 24);
    const stack = new Stack({
      dataDir,
      port: freePortPair(),
      routers: plans,
      log: silentLogger,
      demoControls: options.demoControls ?? false,
    });
    try {
      const { setupCode } = await stack.start();
      assert.ok(setupCode !== null, "the web printed no set-up code");
      return await setUp(stack, dataDir, setupCode, options);
    } catch (cause) {
      const logs = await tailOfLogs(dataDir);
      await stopAndRemove(stack, dataDir);
      throw new Error(`Cannot set up the provider of the test: ${String(cause)}\n${logs}`, { cause });
    }

    async function setUp(stack: Stack, dataDir: string, code: string, options: TestStackOptions) {
      for (const sim of stack.sims.values()) sim.dialer.redialMs = options.redialMs ?? 250;
      const database = openDatabase({
        url: stack.postgres.appUrl,
        applicationName: "linya-tests",
        maxConnections: 6,
        log: silentLogger,
      });
      const context = contextOn(database);
      const made = assertOk(
        await setUpOwner(context, { ...TEST_OWNER, code, companyName: "Ilaya Net", timeZone: ZONE }),
      );
      const actor = { label: TEST_OWNER.name, staffUserId: made.staffUserId };
      const { siteId } = assertOk(await createSite(context, made.tenantId, actor, { name: "Ilaya" }));
      const routers: TestRouter[] = [];
      const self = new TestStack(
        stack,
        dataDir,
        context,
        made.tenantId,
        made.staffUserId,
        siteId,
        routers,
        database,
      );
      await self.#connect();
      return self;
    }
  }

  async #connect(): Promise<void> {
    const { context, tenantId, actor, siteId, stack } = this;
    await this.inTenant((trx) =>
      trx.updateTable("tenants").set({ brake_percent: 100, brake_multiple: 100 })
        .where("id", "=", trx.tenantId).execute()
    );
    const { code } = assertOk(await createEnrolmentCode(context, tenantId, actor, { siteId }));
    await stack.startAgent(code);
    await until(() => this.isAgentConnected(), { timeoutMs: 30_000, what: "the agent connects" });
    for (const [name, sim] of stack.sims) {
      const address = { name, host: sim.host, port: sim.port, siteId, ...ROUTER_LOGIN };
      const { routerId } = assertOk(await addRouter(context, tenantId, actor, address));
      this.routers.push({ id: routerId, name, sim });
    }
    for (const router of this.routers) {
      await until(() => this.isRouter(router, "online"), {
        timeoutMs: 30_000,
        what: `${router.name} answers`,
      });
      await this.#import(router);
    }
    await this.#remember();
    await this.untilConverged();
  }

  /** Imports all secrets, and then adds some that are nobody's business. */
  async #import({ id: routerId, name }: TestRouter): Promise<void> {
    const { context, tenantId, actor } = this;
    const { batchId } = assertOk(await startImport(context, tenantId, actor, { routerId }));
    const isRead = async () => {
      const [row] = await this.query<{ status: string }>(
        "select status from import_batches where id = $1",
        [batchId],
      );
      return row?.status === "review";
    };
    await until(isRead, { timeoutMs: 30_000, what: `${name} is read` });
    const rows = await this.query<{ profile: string }>(
      "select distinct profile from import_rows where batch_id = $1",
      [batchId],
    );
    const plans = new Map(
      (await this.query<{ id: string; name: string }>("select id, name from plans where tenant_id = $1", [
        tenantId,
      ]))
        .map((plan) => [plan.name, plan.id]),
    );
    const profiles = rows.map(({ profile }) => {
      const planId = plans.get(profile);
      return planId === undefined
        ? { profile, newPlan: { name: profile, priceCentavos: PRICE_CENTAVOS } }
        : { profile, planId };
    });
    const firstBillOn = (await this.today()).add({ days: 1 });
    assertOk(
      await saveImportReview(context, tenantId, actor, {
        batchId,
        firstBillOn,
        disabledPolicy: "skip",
        profiles,
        rows: [],
      }),
    );
    assertOk(
      await confirmImport(context, tenantId, actor, { batchId, enqueue: () => Promise.resolve() }),
    );
    await runImport(context, tenantId, batchId);
    this.stack.addSecrets(
      name,
      generateSecrets(UNMANAGED, 900).map((secret, i) => ({
        ...secret,
        name: `not-ours-${i}`,
        disabled: i === 0,
        dialing: i !== 0,
      })),
    );
  }

  async #remember(): Promise<void> {
    for (const router of this.routers) {
      this.#firstSecrets.set(router.id, await readRouterSecrets(router.sim));
    }
    const rows = await this.query<TestLine>(
      `select s.subscriber_id as "subscriberId", s.id as "subscriptionId", s.ppp_name as name,
        s.router_id as "routerId" from subscriptions s where s.tenant_id = $1 order by s.router_id, s.ppp_name`,
      [this.tenantId],
    );
    this.lines.push(...rows);
    assert.ok(this.lines.length > 0, "nothing was imported");
  }

  get router(): TestRouter {
    const [router] = this.routers;
    if (router === undefined) throw new Error("Cannot use a router: the test has none");
    return router;
  }

  inTenant<T>(work: (trx: TenantTransaction) => Promise<T>): Promise<T> {
    return withTenant(this.context.db, this.tenantId, work);
  }

  /** SQL of the test's own, as superuser: row level security hides nothing. */
  async query<Row extends pg.QueryResultRow>(text: string, values: readonly unknown[] = []): Promise<Row[]> {
    const client = new pg.Client({ connectionString: this.stack.postgres.superuserUrl });
    await client.connect();
    try {
      return (await client.query<Row>(text, [...values])).rows;
    } finally {
      await client.end();
    }
  }

  async isAgentConnected(): Promise<boolean> {
    const text = "select 1 from agent_presence where tenant_id = $1 and disconnected_at is null";
    return (await this.query(text, [this.tenantId])).length === 1;
  }

  async isRouter(router: TestRouter, status: string): Promise<boolean> {
    return (await this.query("select 1 from routers where id = $1 and status = $2", [router.id, status]))
      .length === 1;
  }

  /** Business date. */
  async today(): Promise<Temporal.PlainDate> {
    const [row] = await this.query<{ offset: number }>(
      "select business_offset_seconds::int as offset from tenants where id = $1",
      [this.tenantId],
    );
    return systemClock.now().add({ seconds: row?.offset ?? 0 }).toZonedDateTimeISO(ZONE).toPlainDate();
  }

  /** Moves business time and runs every due day on the way, as the scheduler would. */
  async goTo(day: Temporal.PlainDate, time: string): Promise<void> {
    await this.setBusinessTime(day, time);
    assertOk(await runDueDays(this.context, this.tenantId, this.actor));
  }

  /** Moves business time and runs nothing: the web's scheduler will. */
  async setBusinessTime(day: Temporal.PlainDate, time: string): Promise<void> {
    const moment = day.toZonedDateTime({ timeZone: ZONE, plainTime: Temporal.PlainTime.from(time) });
    const seconds = Math.ceil((moment.epochMilliseconds - systemClock.now().epochMilliseconds) / 1000);
    await this.inTenant((trx) =>
      trx.updateTable("tenants").set({ business_offset_seconds: BigInt(seconds) })
        .where("id", "=", trx.tenantId).execute()
    );
  }

  /** Lets the next bills be raised and stay unpaid until the morning of their cut; gives the list of that day. */
  async nextCutList(): Promise<{ runId: string; names: string[]; day: Temporal.PlainDate }> {
    const [next] = await this.query<{ on: string }>(
      "select min(next_bill_on)::text as on from subscriptions where tenant_id = $1",
      [this.tenantId],
    );
    const billDay = Temporal.PlainDate.from(next?.on ?? "");
    await this.goTo(billDay, "00:10");
    const [tenant] = await this.query<{ days: number }>(
      "select terms_days + grace_days + 1 as days from tenants where id = $1",
      [this.tenantId],
    );
    const day = billDay.add({ days: Number(tenant?.days) });
    await this.goTo(day, "00:10");
    const run = await this.inTenant((trx) => findScheduledRun(trx, "cut", day));
    assert.ok(run !== null && run.status === "planned", `the run of ${day} is ${run?.status}`);
    const rows = await this.query<{ name: string }>(
      `select c.ppp_name as name from run_rows w join subscriptions c on c.tenant_id = w.tenant_id
        and c.id = w.subscription_id where w.run_id = $1 and w.outcome = 'listed' order by 1`,
      [run.id],
    );
    return { runId: run.id, names: rows.map((row) => row.name), day };
  }

  /** Executes a cut run in this process. */
  async cut(runId: string): Promise<void> {
    assertOk(await executeCutRun(this.context, this.tenantId, this.actor, { runId }));
  }

  /** Posts what a line owes, in cash. */
  async pay(name: string): Promise<string> {
    const line = this.lines.find((one) => one.name === name);
    assert.ok(line !== undefined, `there is no line ${name}`);
    const [owed] = await this.query<{ amount: string }>(
      `select coalesce(sum(total_centavos - paid_centavos), 0)::text as amount from bills
        where tenant_id = $1 and subscriber_id = $2 and status = 'issued'`,
      [this.tenantId, line.subscriberId],
    );
    const paid = assertOk(
      await recordPayment(this.context, this.tenantId, this.actor, {
        subscriberId: line.subscriberId,
        amountCentavos: centavos(owed?.amount ?? "0"),
        method: "cash",
        receivedOn: await this.today(),
        idempotencyKey: `test-${crypto.randomUUID()}`,
      }),
    );
    return paid.number;
  }

  /** Everybody pays, so that the next test starts with a clean list. */
  async settle(): Promise<void> {
    const owing = await this.query<{ name: string }>(
      `select distinct c.ppp_name as name from bills b join subscriptions c on c.tenant_id = b.tenant_id
        and c.id = b.subscription_id where b.tenant_id = $1 and b.status = 'issued'
        and b.paid_centavos < b.total_centavos`,
      [this.tenantId],
    );
    for (const { name } of owing) await this.pay(name);
    await this.untilConverged();
    assert.deepEqual(await this.disabledLines(), []);
  }

  /** Lines whose secret the router holds as disabled, read by a client of somebody else. */
  async disabledLines(): Promise<string[]> {
    const names: string[] = [];
    for (const router of this.routers) {
      const secrets = await readRouterSecrets(router.sim);
      names.push(
        ...this.lines.filter((line) =>
          line.routerId === router.id && secrets.get(line.name)?.["disabled"] === "true"
        )
          .map((line) => line.name),
      );
    }
    return names.sort();
  }

  /** Lines that the books want off. */
  async wantedOff(): Promise<string[]> {
    const rows = await this.query<{ name: string }>(
      `select ppp_name as name from desired_secrets where tenant_id = $1 and is_disabled and removed_at is null
        order by 1`,
      [this.tenantId],
    );
    return rows.map((row) => row.name).sort();
  }

  /** Waits until routers are as the books say and no cut line has a session (C1). */
  async untilConverged(timeoutMs = 20_000): Promise<void> {
    const hasConverged = async () => {
      const off = await this.wantedOff();
      const isOff = (line: TestLine) => off.includes(line.name);
      return this.routers.every(({ id, sim }) =>
        this.lines.filter((line) => line.routerId === id).every((line) =>
          sim.isDisabled(line.name) === isOff(line) && (!isOff(line) || sim.sessionsOf(line.name) === 0)
        )
      );
    };
    await until(hasConverged, { timeoutMs, everyMs: 50, what: "the routers become as the books say" });
  }

  /** Waits until the agent has the newest state of a router on its disk. */
  async untilStored({ id, name }: TestRouter, timeoutMs = 15_000): Promise<void> {
    const isStored = async () =>
      (await this.query(
        "select 1 from router_states where router_id = $1 and stored_generation = generation",
        [
          id,
        ],
      )).length === 1;
    await until(isStored, { timeoutMs, what: `the agent has stored the state of ${name}` });
  }

  /** What must hold after every fault: the books, the audit of every disable, and what is not ours. */
  async assertHonest(): Promise<void> {
    assert.deepEqual(await this.inTenant(checkInvariants), []);
    const client = new pg.Client({ connectionString: this.stack.postgres.superuserUrl });
    await client.connect();
    try {
      assert.deepEqual(await listBookProblems(client, this.tenantId), []);
    } finally {
      await client.end();
    }
    for (const router of this.routers) {
      assert.deepEqual(await this.#unlistedWrites(router), []);
      await this.#assertUntouched(router);
    }
  }

  /**
   * Writes to secrets that nothing in the books asked for (C2): a disable needs a list with the name on it, made
   * before, and a block reason that stood at that moment; nothing but enabling and disabling is ours at all.
   */
  async #unlistedWrites(router: TestRouter): Promise<string[]> {
    const listed = await this.query<{ name: string; from: number; to: number | null }>(
      `select name, extract(epoch from a.created_at)::float8 * 1000 as from,
        (select max(coalesce(extract(epoch from k.removed_at)::float8 * 1000, 'infinity')) from block_reasons k
          join subscriptions c on c.tenant_id = k.tenant_id and c.id = k.subscription_id
          where c.ppp_name = name and c.router_id = a.router_id and k.added_at = a.created_at) as to
        from disable_authorisations a, unnest(a.names) as name where a.router_id = $1`,
      [router.id],
    );
    const managed = new Set(
      this.lines.filter((line) => line.routerId === router.id).map((line) => line.name),
    );
    return secretWrites(router.sim).flatMap(({ atMs, names, change }) =>
      names.flatMap((name) => {
        const isBacked = change === "disable" &&
          listed.some((one) => one.name === name && one.from <= atMs && atMs <= (one.to ?? 0) + IN_FLIGHT_MS);
        const isOurs = managed.has(name) && (change === "enable" || isBacked);
        return isOurs ? [] : [`${change} of ${name}`];
      })
    );
  }

  /** C6: secrets that are not managed are as they were, byte for byte; of the others only `disabled` may differ. */
  async #assertUntouched({ id, sim }: TestRouter): Promise<void> {
    const managed = new Set(this.lines.filter((line) => line.routerId === id).map((line) => line.name));
    const ofOurs = (secrets: Map<string, RouterSecret>) =>
      [...secrets.values()].map((secret) =>
        managed.has(secret["name"] ?? "") ? withoutState(secret) : secret
      );
    const first = this.#firstSecrets.get(id);
    assert.ok(first !== undefined);
    assert.deepEqual(ofOurs(await readRouterSecrets(sim)), ofOurs(first));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.database.close();
    await stopAndRemove(this.stack, this.dataDir);
  }
}

/** Fields that change by themselves, and the one that is ours to change. */
function withoutState(secret: RouterSecret): RouterSecret {
  const own = ["disabled", "last-logged-out", "last-caller-id", "last-disconnect-reason"];
  return Object.fromEntries(Object.entries(secret).filter(([name]) => !own.includes(name)));
}

function contextOn(database: OpenDatabase): ServiceContext {
  // Another node of the web would tell the hub in the same way; the id says that it is none of the hub's own hints.
  const tell = (wake: Record<string, unknown>) =>
    void publishWakeup(database.db, JSON.stringify({ node: "tests", ...wake })).catch(() => {
      // Only a hint, and the database may be away in a test.
    });
  return {
    db: database.db,
    clock: systemClock,
    log: silentLogger,
    notifyRouters: (tenant, routers) => tell({ tenant, routers }),
    notifyCommands: (tenant, agent) => tell({ tenant, agent }),
  };
}

/** Routers without a name in common, so that a test may speak of a line by its name. */
function routerPlans(count: number, secrets: number): RouterPlan[] {
  const taken = new Set<string>();
  const plans: RouterPlan[] = [];
  for (let seed = 101; plans.length < count; seed++) {
    const names = generateSecrets(secrets, seed).map((secret) => secret.name);
    if (names.some((name) => taken.has(name))) continue;
    for (const name of names) taken.add(name);
    const number = plans.length + 1;
    const serialNumber = `HE108TEST00${number}`;
    plans.push({ name: `Core-${number}`, version: "6.49.10", serialNumber, secrets, seed });
  }
  return plans;
}

/** A folder that the database's account can reach; removed with the stack. */
async function makeDataDir(): Promise<string> {
  const dataDir = await Deno.makeTempDir({ dir: "/tmp", prefix: "linya-stack-" });
  if (Deno.uid() === 0) await Deno.chmod(dataDir, 0o755);
  return dataDir;
}

/** The web takes a port and the one after it. */
export function freePortPair(): number {
  for (let tries = 0; tries < 200; tries++) {
    const port = 20_000 + Math.floor(Math.random() * 9_998);
    if (isFree(port) && isFree(port + 1)) return port;
  }
  throw new Error("Cannot find two free ports: 200 pairs between 20000 and 29999 are taken");
}

async function stopAndRemove(stack: Stack, dataDir: string): Promise<void> {
  await stack.stop();
  await Deno.remove(dataDir, { recursive: true });
}

/** Last lines of web and agent, for the message of a test that failed. */
export async function tailOfLogs(dataDir: string, lines = 12): Promise<string> {
  const parts: string[] = [];
  for (const name of ["web", "agent"]) {
    const text = await Deno.readTextFile(join(dataDir, "logs", `${name}.log`)).catch(() => "");
    parts.push(`--- ${name}`, ...text.trimEnd().split("\n").slice(-lines));
  }
  return parts.join("\n");
}

/** Id for rows that a test adds itself. */
export function newId(): string {
  return uuidv7(systemClock.now().epochMilliseconds);
}
