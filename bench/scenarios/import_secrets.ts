import pg from "pg";
import { RouterOsSession } from "@/agent/routers/mikrotik/mod.ts";
import { assertOk } from "@/tests/support/expect.ts";
import { TestStack } from "@/tests/support/stack.ts";
import { until } from "@/tests/support/until.ts";
import { generateSecrets, startRouterOsSim } from "@/sim/routeros/mod.ts";
import { ROUTER_LOGIN } from "@/tools/stack/mod.ts";
import { addRouter } from "@/web/services/network/add_router.ts";
import { confirmImport } from "@/web/services/imports/confirm_import.ts";
import { runImport } from "@/web/services/imports/run_import.ts";
import { saveImportReview } from "@/web/services/imports/save_import_review.ts";
import { startImport } from "@/web/services/imports/start_import.ts";
import type { Scenario } from "../row.ts";

const SECRETS = 5_000;
const ONE_BY_ONE = 200;
const GOAL = 8;

/** A router of 5,000 PPP secrets: read by its agent, reviewed in one save, turned into subscribers. */
export const importSecrets: Scenario = {
  name: "import_secrets",
  what: `${SECRETS} secrets from a router through its agent into subscribers`,
  async run() {
    await using provider = await TestStack.start({ secrets: 4 });
    const sim = startRouterOsSim({
      version: "7.18.2",
      identity: "Big",
      serialNumber: "HF90812BENCH",
      users: [{ name: ROUTER_LOGIN.username, password: ROUTER_LOGIN.password, group: "full" }],
      secrets: generateSecrets(SECRETS, 77),
    });
    const client = new pg.Client({ connectionString: provider.stack.postgres.superuserUrl });
    await client.connect();
    try {
      const readMs = await readDirectly(sim);
      const routerId = await addBigRouter(provider, sim);
      const ours = await importAll(provider, routerId);
      return [toRow(ours, readMs + await copyRows(client), await insertOneByOne(client))];
    } finally {
      await client.end();
      await sim.close();
    }
  },
};

interface ImportTimes {
  readMs: number;
  reviewMs: number;
  runMs: number;
}

function toRow(ours: ImportTimes, floorMs: number, oneByOneMs: number) {
  const totalMs = ours.readMs + ours.reviewMs + ours.runMs;
  const faster = oneByOneMs / totalMs;
  const seconds = (ms: number) => `${(ms / 1000).toFixed(2)} s`;
  return {
    row: "import_secrets_5000",
    unit: "s" as const,
    ours: totalMs / 1000,
    floor: floorMs / 1000,
    peer: oneByOneMs / 1000,
    ratio: totalMs / floorMs,
    goal: `at most ${GOAL} x floor`,
    met: totalMs <= GOAL * floorMs,
    note:
      `read ${seconds(ours.readMs)}, review ${seconds(ours.reviewMs)}, run ${
        seconds(ours.runMs)
      }; floor: one ` +
      `print of the router and the same rows by INSERT … SELECT; peer: a transaction of four inserts for each ` +
      `(${ONE_BY_ONE} measured), ${faster.toFixed(1)} x slower`,
  };
}

type Sim = ReturnType<typeof startRouterOsSim>;

function connect(sim: Sim): Promise<RouterOsSession> {
  return RouterOsSession.connect({
    host: sim.host,
    port: sim.port,
    user: ROUTER_LOGIN.username,
    password: ROUTER_LOGIN.password,
  });
}

async function readDirectly(sim: Sim): Promise<number> {
  const session = await connect(sim);
  try {
    const startedAt = performance.now();
    await session.call("/ppp/secret/print");
    return performance.now() - startedAt;
  } finally {
    await session.close();
  }
}

async function addBigRouter(provider: TestStack, sim: Sim): Promise<string> {
  const { context, tenantId, actor, siteId } = provider;
  const address = { name: "Big", host: sim.host, port: sim.port, siteId, ...ROUTER_LOGIN };
  const { routerId } = assertOk(await addRouter(context, tenantId, actor, address));
  const router = { id: routerId, name: "Big", sim };
  await until(() => provider.isRouter(router, "online"), { timeoutMs: 30_000, what: "the router answers" });
  return routerId;
}

async function importAll(provider: TestStack, routerId: string): Promise<ImportTimes> {
  const { context, tenantId, actor } = provider;
  const startedAt = performance.now();
  const { batchId } = assertOk(await startImport(context, tenantId, actor, { routerId }));
  const isRead = async () =>
    (await provider.query("select 1 from import_batches where id = $1 and status = 'review'", [batchId]))
      .length === 1;
  await until(isRead, { timeoutMs: 60_000, everyMs: 20, what: "the router is read" });
  const readAt = performance.now();
  const profiles = await provider.query<{ profile: string }>(
    "select distinct profile from import_rows where batch_id = $1",
    [batchId],
  );
  assertOk(
    await saveImportReview(context, tenantId, actor, {
      batchId,
      firstBillOn: (await provider.today()).add({ days: 1 }),
      disabledPolicy: "disconnected",
      profiles: profiles.map(({ profile }) => ({
        profile,
        newPlan: { name: `Big ${profile}`, priceCentavos: 99_900n },
      })),
      rows: [],
    }),
  );
  assertOk(
    await confirmImport({ ...context, enqueue: () => Promise.resolve() }, tenantId, actor, { batchId }),
  );
  const reviewedAt = performance.now();
  await runImport(context, tenantId, batchId);
  const runAt = performance.now();
  return { readMs: readAt - startedAt, reviewMs: reviewedAt - readAt, runMs: runAt - reviewedAt };
}

const TABLES = ["import_rows", "subscribers", "subscriptions", "desired_secrets"];

/** The rows that an import leaves, into copies of their tables with all their indexes. */
async function copyRows(client: pg.Client): Promise<number> {
  for (const table of TABLES) {
    await client.query(`create table copy_of_${table} (like ${table} including all)`);
  }
  const columns = await listColumns(client);
  const startedAt = performance.now();
  await client.query("begin");
  for (const table of TABLES) {
    const list = columns.get(table);
    await client.query(`insert into copy_of_${table} (${list}) select ${list} from ${table}`);
  }
  await client.query("commit");
  return performance.now() - startedAt;
}

/** A plain program: for each account a transaction of its four rows. Scaled up from a part. */
async function insertOneByOne(client: pg.Client): Promise<number> {
  const columns = await listColumns(client);
  const rows = new Map<string, string[]>();
  for (const table of TABLES) {
    await client.query(`truncate copy_of_${table}`);
    const found = await client.query<{ row: string }>(
      `select to_jsonb(t)::text as row from ${table} t limit ${ONE_BY_ONE}`,
    );
    rows.set(table, found.rows.map(({ row }) => row));
  }
  const startedAt = performance.now();
  for (let i = 0; i < ONE_BY_ONE; i++) {
    await client.query("begin");
    for (const table of TABLES) {
      const list = columns.get(table);
      await client.query(
        `insert into copy_of_${table} (${list}) select ${list} from jsonb_populate_record(null::${table}, $1)`,
        [rows.get(table)?.[i]],
      );
    }
    await client.query("commit");
  }
  return (performance.now() - startedAt) / ONE_BY_ONE * SECRETS;
}

async function listColumns(client: pg.Client): Promise<Map<string, string>> {
  const { rows } = await client.query<{ table: string; columns: string }>(
    `select table_name as table, string_agg(column_name, ', ' order by ordinal_position) as columns
      from information_schema.columns where table_name = any($1) and is_generated = 'NEVER' group by table_name`,
    [TABLES],
  );
  return new Map(rows.map(({ table, columns }) => [table, columns]));
}
