import type { AppState } from "@/web/app/state.ts";
import { findRun, findScheduledRun } from "@/web/store/billing/runs.ts";
import { found, momentOf, readPage } from "@/web/app/page_context.ts";
import { readRunEffect, type RunEffect } from "./run_effect.ts";

/**
 * The cut run of an address with what it would do now; without an id the scheduled one of today.
 *
 * @throws {HttpError} 404 when there is none, or it is not this tenant's
 */
export async function findCutRun(state: AppState, runId: string | undefined): Promise<RunEffect> {
  const moment = momentOf(state);
  return await readPage(state, async (trx) => {
    const run = found(
      runId === undefined ? await findScheduledRun(trx, "cut", moment.today) : await findRun(trx, runId),
    );
    found(run.kind === "cut" ? run : null);
    return await readRunEffect(trx, moment, run);
  });
}
