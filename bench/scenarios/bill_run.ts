import type { Kysely } from "kysely";
import pg from "pg";
import { silentLogger } from "@/shared/log.ts";
import { createIsp, type Isp } from "@/tests/billing/isp.ts";
import { assertOk } from "@/tests/support/expect.ts";
import { issueBills } from "@/web/services/billing/issue_bills.ts";
import { openDatabase } from "@/web/store/db/database.ts";
import { startEmbeddedPostgres } from "@/embedded_postgres/mod.ts";
import { migrate } from "@/web/store/db/migrate.ts";
import type { Database } from "@/web/store/db/schema.ts";
import { type BenchRow, median, type Scenario } from "../row.ts";
import { liveMonths } from "../year.ts";
import { BillFloor } from "./bill_run_floor.ts";
import { billOneByOne } from "./bill_run_naive.ts";

/** How big the run is. */
export interface BillRunOptions {
  /** @default 20000 */
  subscribers?: number;
  /** Of bills and payments before the first round. @default 12 */
  months?: number;
  /** Bills of the one-by-one loop. @default 1000 */
  naive?: number;
  /** Runs and floors, one after the other. @default 3 */
  rounds?: number;
}

/** Medians; the rounds are there to see how much they vary. */
export interface BillRunFigures {
  bills: number;
  oursMs: number;
  floorMs: number;
  naiveMsPerBill: number;
  rounds: { oursMs: number; floorMs: number; naiveMsPerBill: number }[];
}

const GOAL_TO_FLOOR = 1.5;
const GOAL_TO_NAIVE = 30;
const FIRST = Temporal.PlainDate.from("2026-02-01");

/** A month's bills, against inserting the same rows and against one transaction for each bill. */
export const billRun: Scenario = {
  name: "bill_run",
  what:
    "bills of 20,000 connections after a year of them; floor: the same rows by INSERT … SELECT; peer: one transaction each",
  async run() {
    return [toRow(await measureBillRun({}))];
  },
};

/** The same of 100,000, with a month behind it. It takes minutes: only by its name. */
export const bigBillRun: Scenario = {
  name: "bill_run_100000",
  what: "bills of 100,000 connections; floor and peer as of bill_run",
  isOnlyByName: true,
  async run() {
    return [toRow(await measureBillRun({ subscribers: 100_000, months: 1 }))];
  },
};

function toRow(figures: BillRunFigures): BenchRow {
  const { oursMs, floorMs, bills } = figures;
  const peerMs = figures.naiveMsPerBill * bills;
  // Each round by itself: what else the machine does meanwhile weighs on its three parts alike.
  const ratio = median(figures.rounds.map((one) => one.oursMs / one.floorMs));
  const faster = median(figures.rounds.map((one) => one.naiveMsPerBill * bills / one.oursMs));
  const rounds = figures.rounds.map((one) =>
    `${one.oursMs.toFixed(0)}/${one.floorMs.toFixed(0)}/${one.naiveMsPerBill.toFixed(2)}`
  ).join(" ");
  return {
    row: `bill_run_${bills}`,
    unit: "s",
    ours: oursMs / 1000,
    floor: floorMs / 1000,
    peer: peerMs / 1000,
    ratio,
    goal: `at most ${GOAL_TO_FLOOR} x floor, at least ${GOAL_TO_NAIVE} x one by one`,
    met: ratio <= GOAL_TO_FLOOR && faster >= GOAL_TO_NAIVE,
    note: `${faster.toFixed(1)} x one by one (${figures.naiveMsPerBill.toFixed(2)} ms each, scaled); ` +
      `rounds of ours/floor/each one by one in ms: ${rounds}`,
  };
}

/** Runs on a PostgreSQL of its own with the settings of production (it waits for the disk). */
export async function measureBillRun(options: BillRunOptions): Promise<BillRunFigures> {
  const { subscribers = 20_000, months = 12, naive = 1_000, rounds: count = 3 } = options;
  await using database = await startBenchDatabase();
  const isp = await createIsp(database, { subscribers, start: "2026-01-01T00:00:00+08:00" });
  const small = await createIsp(database, { subscribers: naive, start: "2026-01-01T00:00:00+08:00" });
  await database.query(VARIED, [isp.tenantId]);
  // Neither side works on empty tables, whose statistics mislead.
  await liveMonths(database, isp, { from: FIRST, months, bills: subscribers });
  await using floor = await BillFloor.open(database, isp.tenantId);
  small.clock.set(midnight(FIRST));
  const rounds: BillRunFigures["rounds"] = [];
  for (let round = 1; round <= count; round++) {
    const businessOn = FIRST.add({ months: months + round - 1 });
    await database.query("checkpoint");
    const { ms: oursMs, runId } = await timeBillRun(isp, businessOn, subscribers);
    await database.query("checkpoint");
    const floorMs = await floor.measure(runId, businessOn);
    await database.query("checkpoint");
    const share = small.subscriptionIds.slice((round - 1) * naive / count, round * naive / count);
    const naiveMs = await billOneByOne(database.db, small, share, FIRST);
    rounds.push({ oursMs, floorMs, naiveMsPerBill: naiveMs / share.length });
  }
  return {
    bills: subscribers,
    oursMs: median(rounds.map(({ oursMs }) => oursMs)),
    floorMs: median(rounds.map(({ floorMs }) => floorMs)),
    naiveMsPerBill: median(rounds.map(({ naiveMsPerBill }) => naiveMsPerBill)),
    rounds,
  };
}

/** Issues the bills of a day and says how long it took. */
export async function timeBillRun(
  isp: Isp,
  businessOn: Temporal.PlainDate,
  expected: number,
): Promise<{ ms: number; runId: string }> {
  isp.clock.set(midnight(businessOn));
  const startedAt = performance.now();
  const run = await issueBills(isp.context, isp.tenantId, isp.actor, { businessOn, trigger: "scheduled" });
  const ms = performance.now() - startedAt;
  const { issued, runId } = assertOk(run);
  if (issued !== expected) {
    throw new Error(`Cannot measure the bill run: ${issued} of ${expected} were issued`);
  }
  return { ms, runId };
}

/** Ten past midnight of a day, when its bills are issued. */
export function midnight(date: Temporal.PlainDate): Temporal.Instant {
  return date.toZonedDateTime({ timeZone: "Asia/Manila", plainTime: "00:10" }).toInstant();
}

/** Plans and activation days as they are in life, so that no two hundred bills are alike for free. */
export const VARIED = `
  with own as (select $1::uuid as tenant_id),
  made as (
    insert into plans (tenant_id, id, name, price_centavos, ppp_profile)
    select tenant_id, gen_random_uuid(), 'Home ' || n * 25, 79900 + n * 10000, 'P' || n
    from own, generate_series(1, 8) n returning id),
  numbered as (select id, row_number() over (order by id) as n from made)
  update subscriptions c set plan_id = p.id, billed_through_on = '2026-01-01',
    activated_on = date '2025-01-01' + (abs(hashtext(c.id::text)) % 364)
  from numbered p, own
  where c.tenant_id = own.tenant_id and p.n = 1 + abs(hashtext(c.ppp_name)) % 8`;

/** A database as {@link createIsp} takes it, and raw statements of the superuser. */
export interface BenchDatabase extends AsyncDisposable {
  name: string;
  db: Kysely<Database>;
  appUrl: string;
  ownerUrl: string;
  superuserUrl: string;
  query(text: string, values?: unknown[]): Promise<pg.QueryResult>;
  close(): Promise<void>;
}

/** A PostgreSQL of its own with the settings of production: it waits for the disk. */
export async function startBenchDatabase(): Promise<BenchDatabase> {
  const folder = await Deno.makeTempDir({ dir: "/tmp", prefix: "linya-bench-" });
  await Deno.chmod(folder, 0o755);
  const server = await startEmbeddedPostgres({
    dataDir: folder,
    log: silentLogger,
    removeAfterwards: folder,
  });
  await migrate(server.ownerUrl, {}, silentLogger);
  const { db, close: closePool } = openDatabase({ url: server.appUrl, maxConnections: 5, log: silentLogger });
  const client = new pg.Client({ connectionString: server.superuserUrl });
  await client.connect();
  async function close(): Promise<void> {
    await client.end();
    await closePool();
    await server.stop();
    await Deno.remove(folder, { recursive: true });
  }
  return {
    name: "bench",
    db,
    appUrl: server.appUrl,
    ownerUrl: server.ownerUrl,
    superuserUrl: server.superuserUrl,
    query: (text, values = []) => client.query(text, values),
    close,
    [Symbol.asyncDispose]: close,
  };
}
