import assert from "node:assert/strict";
import pg from "pg";
import { silentLogger } from "@/shared/log.ts";
import { centavos } from "@/shared/money/mod.ts";
import type { RouterOsSim } from "@/sim/routeros/mod.ts";
import { Stack } from "@/tools/stack/mod.ts";
import type { Actor, ServiceContext } from "@/web/services/context.ts";
import { createSite } from "@/web/services/network/create_site.ts";
import { executeCutRun } from "@/web/services/cuts/execute_cut_run.ts";
import { recordPayment } from "@/web/services/payments/record_payment.ts";
import { runDueDays } from "@/web/services/billing/run_due_days.ts";
import { setUpOwner } from "@/web/services/access/set_up_owner.ts";
import { type OpenDatabase, openDatabase } from "@/web/store/db/database.ts";
import { checkInvariants } from "@/web/store/billing/invariants.ts";
import { findScheduledRun } from "@/web/store/billing/runs.ts";
import { type TenantTransaction, withTenant } from "@/web/store/db/tenant_transaction.ts";
import { systemClock } from "@/web/system_clock.ts";
import { listBookProblems } from "./books.ts";
import { assertOk } from "./expect.ts";
import { assertUntouched, listUnbackedWrites } from "./stack_checks.ts";
import {
  contextOn,
  freePortPair,
  makeDataDir,
  routerPlans,
  stopAndRemove,
  tailOfLogs,
} from "./stack_parts.ts";
import { connectSite } from "./stack_site.ts";
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
    this.actor = { kind: "staff", label: TEST_OWNER.name, staffUserId };
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
      const actor: Actor = { kind: "staff", label: TEST_OWNER.name, staffUserId: made.staffUserId };
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
      await connectSite(self);
      await self.#remember();
      await self.untilConverged();
      return self;
    }
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
      assert.deepEqual(await listUnbackedWrites(this, router), []);
      const first = this.#firstSecrets.get(router.id);
      assert.ok(first !== undefined);
      await assertUntouched(this, router, first);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.database.close();
    await stopAndRemove(this.stack, this.dataDir);
  }
}
