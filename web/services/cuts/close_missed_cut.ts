import { coded, formatCoded } from "@/shared/codes/mod.ts";
import { uuidv7 } from "@/shared/ids.ts";
import { ok, type Result } from "@/shared/result.ts";
import { insertRun, lockRun, type RunRow, updateRun } from "@/web/store/billing/runs.ts";
import { insertSystemLog } from "@/web/store/access/system_log.ts";
import { refuseDoubtedClock } from "../billing/clock_guard.ts";
import type { Actor, ServiceContext } from "../context.ts";
import { runUseCase, type UseCase } from "../use_case.ts";

/**
 * Ends the cut run of a day that is over. It is not made up for: nobody may be cut at another hour than the tenant's
 * (rule R1), nor from a list that nobody could see (rule R2). Whoever still owes is on the list of the day of return.
 * A run that is over already stays as it is.
 */
export async function closeMissedCut(
  context: ServiceContext,
  tenantId: string,
  actor: Actor,
  input: { businessOn: Temporal.PlainDate },
): Promise<Result<RunRow, "clock_doubted">> {
  return await runUseCase(context, tenantId, actor, async (useCase) => {
    const { trx, at } = useCase;
    const doubted = await refuseDoubtedClock(useCase);
    if (doubted !== null) return doubted;
    const found = await insertRun(trx, {
      id: uuidv7(at.epochMilliseconds),
      kind: "cut",
      business_on: input.businessOn,
      trigger: "scheduled",
      status: "planned",
      requested_by: actor.label,
      created_at: at,
    });
    const run = await lockRun(trx, found.id);
    if (run === null) throw new Error(`Cannot close cut run ${found.id}: its row is gone`);
    if (run.status === "done" || run.status === "failed") return ok(run);
    return ok(await close(useCase, run));
  });
}

async function close({ trx, at, tenant }: UseCase, run: RunRow): Promise<RunRow> {
  const hour = tenant.cut_time.slice(0, 5);
  const day = run.business_on;
  const why = run.started_at !== null
    ? coded("run_interrupted", { day })
    : run.status === "awaiting_approval"
    ? coded("run_not_approved", { day })
    : coded("run_missed_hour", { hour, day });
  const closed = {
    status: "failed" as const,
    finished_at: at,
    error_message: formatCoded(why),
  };
  await updateRun(trx, run.id, closed);
  await insertSystemLog(trx, {
    at,
    level: "warn",
    event: "cut_run_missed",
    message: closed.error_message,
    reference: run.id,
    fields: { run_id: run.id, cut: run.changed },
  });
  return { ...run, ...closed };
}
