import assert from "node:assert/strict";
import { sql } from "kysely";
import pg from "pg";
import { silentLogger } from "@/shared/log.ts";
import { uuidv7 } from "@/shared/ids.ts";
import { createTestDatabase } from "@/tests/support/postgres.ts";
import { until } from "@/tests/support/until.ts";
import type { JobRun } from "@/web/jobs/define_job.ts";
import { installJobs } from "@/web/jobs/install_jobs.ts";
import { JOBS } from "@/web/jobs/mod.ts";
import { releaseFuture } from "@/web/store/db/job_queue.ts";
import { runImportJob } from "@/web/jobs/run_import.ts";
import { startJobs } from "@/web/jobs/start_jobs.ts";
import { findScheduledRun } from "@/web/store/billing/runs.ts";
import { createIsp, todayOf } from "./isp.ts";

Deno.test("the web's role runs due days and transactional jobs, and survives its connections being killed", async () => {
  await using database = await createTestDatabase();
  await installJobs(database.ownerUrl, silentLogger);
  await installJobs(database.ownerUrl, silentLogger);
  const isp = await createIsp(database, { subscribers: 3 });
  isp.clock.set("2026-01-01T10:00:00+08:00");
  const imported: string[] = [];
  const noteImport = {
    ...runImportJob,
    handle: (_run: JobRun, { batchId }: { batchId: string }) => {
      imported.push(batchId);
      return Promise.resolve();
    },
  };
  const jobs = await startJobs({
    url: database.appUrl,
    context: isp.context,
    jobs: JOBS.map((job) => job.id === noteImport.id ? noteImport : job),
  });
  try {
    await until(async () => {
      const run = await isp.run((trx) => findScheduledRun(trx, "cut", todayOf(isp)));
      return run?.status === "done";
    }, { timeoutMs: 15_000, what: "the day's cut run" });
    const [kept, lost] = [uuidv7(1), uuidv7(2)];
    await isp.run((trx) => jobs.enqueue(trx, runImportJob, { tenantId: isp.tenantId, batchId: kept }));
    await assert.rejects(
      isp.run(async (trx) => {
        await jobs.enqueue(trx, runImportJob, { tenantId: isp.tenantId, batchId: lost });
        throw new Error("rolled back");
      }),
      /rolled back/,
    );
    await until(() => imported.includes(kept), { timeoutMs: 15_000, what: "the import job" });
    await killConnections(database.superuserUrl);
    const after = uuidv7(3);
    await until(async () => {
      await isp.run((trx) => jobs.enqueue(trx, runImportJob, { tenantId: isp.tenantId, batchId: after }));
      return true;
    }, { timeoutMs: 15_000, what: "the database to take jobs again" });
    await until(() => imported.includes(after), { timeoutMs: 20_000, what: "the job after the kill" });
    assert.ok(!imported.includes(lost), "a job of a transaction that was rolled back does not exist");
  } finally {
    await jobs.stop();
  }
});

Deno.test("the schedule goes on after the database's clock was ahead and came back", async () => {
  await using database = await createTestDatabase();
  await installJobs(database.ownerUrl, silentLogger);
  await sql`update pgboss.version set cron_on = now() + interval '45 days'`.execute(database.db);
  await sql`update pgboss.queue set monitor_on = now() + interval '45 days', maintain_on = now() where name = 'tick'`
    .execute(database.db);
  const add = (name: string, start: string) =>
    sql`insert into pgboss.job (id, name, data, start_after)
      select ${crypto.randomUUID()}::uuid, ${name}, '{}', now() + ${start}::interval`.execute(database.db);
  await add("run_due_days", "45 days");
  await add("run_import", "5 minutes");
  await releaseFuture(database.db);
  const { rows } = await sql<Record<string, boolean | number>>`
    select (select cron_on is null from pgboss.version) as cron,
      (select monitor_on is null and maintain_on is not null from pgboss.queue where name = 'tick') as watch,
      (select count(*)::int from pgboss.job where start_after <= now()) as due`.execute(database.db);
  assert.deepEqual(rows, [{ cron: true, watch: true, due: 1 }]);
});

async function killConnections(superuserUrl: string): Promise<void> {
  const client = new pg.Client({ connectionString: superuserUrl });
  await client.connect();
  await client.query(
    "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()",
  );
  await client.end();
}
