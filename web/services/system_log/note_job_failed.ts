import { z } from "zod";
import { coded, formatCoded } from "@/shared/codes/mod.ts";
import { isUnavailable } from "@/web/store/db/database.ts";
import { countSystemLog } from "@/web/store/access/system_log.ts";
import { withTenant } from "@/web/store/db/tenant_transaction.ts";
import type { ServiceContext } from "../context.ts";
import { failureAside } from "./failure_aside.ts";

/** A job that threw. */
export interface FailedJob {
  /** Name of its queue. */
  job: string;
  jobId: string;
  /** What it carried; a job of a company names it. */
  carried: unknown;
  error: unknown;
}

const ofTenant = z.object({ tenantId: z.uuid() });

/**
 * Writes a job of a company that failed into its system log; the same failure is one line an hour with a count. A
 * database that is away, and a log that cannot be written, are in the log of the process.
 */
export async function noteJobFailed(
  context: ServiceContext,
  { job, jobId, carried, error }: FailedJob,
): Promise<void> {
  const parsed = ofTenant.safeParse(carried);
  if (!parsed.success || isUnavailable(error)) return;
  const aside = failureAside(error);
  try {
    await withTenant(context.db, parsed.data.tenantId, (trx) =>
      countSystemLog(trx, {
        at: context.clock.now(),
        level: "error",
        event: "job_failed",
        message: formatCoded(coded("log_job_failed", { job, aside })),
        reference: jobId,
      }, `${job}: ${aside}`));
  } catch (failure) {
    context.log.warn("system_log_not_written", { job_id: jobId, error: failure });
  }
}
