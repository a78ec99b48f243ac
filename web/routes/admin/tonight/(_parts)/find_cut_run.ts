import { found, type PageMoment } from "@/web/app/frame/page_context.ts";
import { findRun, findScheduledRun } from "@/web/store/billing/runs.ts";
import type { TenantTransaction } from "@/web/store/db/tenant_transaction.ts";
import { readRunEffect, type RunEffect } from "./run_effect.ts";

/**
 * The cut run of an address with what it would do now; without an id the scheduled one of today.
 *
 * @throws {HttpError} 404 when there is none, or it is not this tenant's
 */
export async function readCutRun(
  trx: TenantTransaction,
  moment: PageMoment,
  runId: string | undefined,
): Promise<RunEffect> {
  const run = found(
    runId === undefined ? await findScheduledRun(trx, "cut", moment.today) : await findRun(trx, runId),
  );
  found(run.kind === "cut" ? run : null);
  return await readRunEffect(trx, moment, run);
}
