import { fromKysely, type Job, PgBoss } from "pg-boss";
import { cleanUpAccess } from "@/web/services/access/clean_up_access.ts";
import { SCHEDULER, type ServiceContext } from "@/web/services/context.ts";
import { expireOverdueCommands } from "@/web/services/network/commands/expire_commands.ts";
import { runDueDays } from "@/web/services/billing/run_due_days.ts";
import { watchClock } from "@/web/services/billing/watch_clock.ts";
import { lookupTenants } from "@/web/store/access/staff.ts";
import { QUEUE_CONNECTIONS } from "@/web/store/db/pools.ts";
import type { TenantTransaction } from "@/web/store/db/tenant_transaction.ts";
import { releaseFuture } from "./release_future.ts";
import { type JobData, JOBS_SCHEMA, type QueueName, QUEUES } from "./queues.ts";

/** How jobs run. */
export interface JobsOptions {
  /** DATABASE_URL; the role needs what installJobs() grants. */
  url: string;
  context: ServiceContext;
  /** Does what an import confirmed. */
  runImport: (context: ServiceContext, tenantId: string, batchId: string) => Promise<unknown>;
}

/** The running jobs of this process. */
export interface Jobs {
  /** Adds a job in the caller's transaction: it exists exactly when the transaction commits. */
  enqueue<Q extends QueueName>(trx: TenantTransaction, queue: Q, data: JobData<Q>): Promise<void>;
  /** Waits for the work at hand. */
  stop(): Promise<void>;
}

const POLLING = { pollingIntervalSeconds: 1, notifyPollingIntervalSeconds: 1 } as const;

/**
 * Starts the workers. The database dying does not end the process: pg-boss reports errors here and goes on when it
 * is back. Several processes may run; a tenant's days are worked on by one of them at a time.
 */
export async function startJobs(options: JobsOptions): Promise<Jobs> {
  const { context } = options;
  const boss = new PgBoss({
    connectionString: options.url,
    schema: JOBS_SCHEMA,
    max: QUEUE_CONNECTIONS,
    migrate: false,
    createSchema: false,
    reindex: false,
    monitorVacuum: false,
    // How soon the jobs of a web that died are noticed; both timers have to come round.
    superviseIntervalSeconds: 10,
    monitorIntervalSeconds: 10,
    useListenNotify: true,
    application_name: "linya-jobs",
  });
  boss.on("error", (error) => context.log.warn("jobs_error", { error: error.message }));
  await boss.start();
  await boss.schedule("tick", "* * * * *", {});
  await boss.schedule("clean_up_access", "23 * * * *", {});
  await work(boss, context, "clean_up_access", () => cleanUpAccess(context));
  await boss.work("tick", { ...POLLING }, () => tick(boss, context));
  await work(boss, context, "run_due_days", async ({ tenantId }) => {
    await expireOverdueCommands(context, tenantId);
    if (!(await watchClock(context, tenantId)).isBelieved) return;
    const reports = await runDueDays(context, tenantId, SCHEDULER);
    if (reports.ok && reports.value.length > 0) {
      context.log.debug("days_run", { tenantId, days: reports.value.length });
    }
  });
  await work(boss, context, "run_import", async ({ tenantId, batchId }) => {
    await options.runImport(context, tenantId, batchId);
  });
  await tick(boss, context);
  const minutes = setInterval(() => {
    everyMinute(boss, context).catch((error: unknown) => context.log.warn("clock_not_watched", { error }));
  }, 60_000);
  return {
    enqueue: async (trx, queue, data) => {
      await boss.send(queue, data, { db: fromKysely(trx), ...singleton(queue, data) });
    },
    stop: async () => {
      clearInterval(minutes);
      await boss.stop({ graceful: true, timeout: 10_000 });
    },
  };
}

/** Beside the schedule of pg-boss, which goes by the database's clock and stands still when that comes back. */
async function everyMinute(boss: PgBoss, context: ServiceContext): Promise<void> {
  for (const tenantId of await lookupTenants(context.db)) await watchClock(context, tenantId);
  await releaseFuture(context.db);
  await tick(boss, context);
}

/** Asks every tenant's days for their turn. A tenant that is being worked on or waits already is left alone. */
async function tick(boss: PgBoss, context: ServiceContext): Promise<void> {
  for (const tenantId of await lookupTenants(context.db)) {
    await boss.send("run_due_days", { tenantId }, { singletonKey: tenantId });
  }
}

async function work<Q extends QueueName>(
  boss: PgBoss,
  context: ServiceContext,
  queue: Q,
  handle: (data: JobData<Q>) => Promise<void>,
): Promise<void> {
  await boss.work(queue, { ...POLLING, batchSize: 1 }, async (jobs: Job<unknown>[]) => {
    for (const job of jobs) {
      try {
        await handle(QUEUES[queue].parse(job.data) as JobData<Q>);
      } catch (error) {
        // pg-boss keeps the failure with the job and decides about another try.
        context.log.error("job_failed", { queue, job_id: job.id, error });
        throw error;
      }
    }
  });
}

function singleton(queue: QueueName, data: Partial<JobData<"run_import">>): { singletonKey?: string } {
  const key = queue === "run_import" ? data.batchId : data.tenantId;
  return key === undefined ? {} : { singletonKey: key };
}
