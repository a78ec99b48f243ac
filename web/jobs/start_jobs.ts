import { fromKysely, type Job as QueuedJob, PgBoss } from "pg-boss";
import type { z } from "zod";
import { watchClock } from "@/web/services/billing/watch_clock.ts";
import type { Enqueue, ServiceContext } from "@/web/services/context.ts";
import { noteJobFailed } from "@/web/services/system_log/note_job_failed.ts";
import { lookupTenants } from "@/web/store/access/staff.ts";
import { JOBS_SCHEMA, releaseFuture } from "@/web/store/db/job_queue.ts";
import { QUEUE_CONNECTIONS } from "@/web/store/db/pools.ts";
import type { Job, JobRun } from "./define_job.ts";
import { JOBS } from "./mod.ts";
import { tickJob } from "./tick.ts";

/** How jobs run. */
export interface JobsOptions {
  /** DATABASE_URL; the role needs what installJobs() grants. */
  url: string;
  context: ServiceContext;
  /** @default {every job of the web} */
  jobs?: readonly Job[];
}

/** The running jobs of this process. */
export interface Jobs {
  /** Adds a job in the caller's transaction: it exists exactly when the transaction commits. */
  enqueue: Enqueue;
  /** Waits for the work at hand. */
  stop(): Promise<void>;
}

const POLLING = { pollingIntervalSeconds: 1, notifyPollingIntervalSeconds: 1 } as const;

/**
 * Starts the workers. The database dying does not end the process: pg-boss reports errors here and goes on when it
 * is back. Several processes may run; a tenant's days are worked on by one of them at a time.
 */
export async function startJobs({ url, context: given, jobs = JOBS }: JobsOptions): Promise<Jobs> {
  const boss = openQueue(url, given);
  await boss.start();
  const enqueue: Enqueue = async (trx, job, data) => {
    await boss.send(job.id, data as object, { db: fromKysely(trx), ...keyOptions(job, data) });
  };
  const context = { ...given, enqueue };
  const run: JobRun = {
    context,
    send: async (job, data) => void await boss.send(job.id, data as object, keyOptions(job, data)),
  };
  for (const job of jobs) {
    if (job.schedule !== undefined) await boss.schedule(job.id, job.schedule, {});
    await work(boss, job, run);
  }
  await tickJob.handle(run, {});
  const minutes = setInterval(() => {
    everyMinute(run).catch((error: unknown) => context.log.warn("clock_not_watched", { error }));
  }, 60_000);
  return {
    enqueue,
    stop: async () => {
      clearInterval(minutes);
      await boss.stop({ graceful: true, timeout: 10_000 });
    },
  };
}

function openQueue(url: string, { log }: ServiceContext): PgBoss {
  const boss = new PgBoss({
    connectionString: url,
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
    application_name: "linya-queue",
  });
  boss.on("error", (error) => log.warn("jobs_error", { error: error.message }));
  return boss;
}

/** Beside the schedule of pg-boss, which goes by the database's clock and stands still when that comes back. */
async function everyMinute(run: JobRun): Promise<void> {
  const { context } = run;
  for (const tenantId of await lookupTenants(context.db)) await watchClock(context, tenantId);
  await releaseFuture(context.db);
  await tickJob.handle(run, {});
}

async function work(boss: PgBoss, job: Job, run: JobRun): Promise<void> {
  await boss.work(job.id, { ...POLLING, batchSize: 1 }, async (queued: QueuedJob<unknown>[]) => {
    for (const { id, data } of queued) {
      try {
        await job.handle(run, job.data.parse(data ?? {}));
      } catch (error) {
        // pg-boss keeps the failure with the job and decides about another try.
        run.context.log.error("job_failed", { queue: job.id, job_id: id, error });
        await noteJobFailed(run.context, { job: job.id, jobId: id, carried: data, error });
        throw error;
      }
    }
  });
}

function keyOptions<Data extends z.ZodType>(job: Job<Data>, data: z.input<Data>): { singletonKey?: string } {
  return job.keyOf === undefined ? {} : { singletonKey: job.keyOf(job.data.parse(data)) };
}
