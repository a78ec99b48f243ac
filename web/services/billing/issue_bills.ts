import { coded } from "@/shared/codes/mod.ts";
import { uuidv7 } from "@/shared/ids.ts";
import { centavos } from "@/shared/money/mod.ts";
import { err, type Failure, ok, type Result } from "@/shared/result.ts";
import { updateLeadLengthened } from "@/web/store/billing/bill_run.ts";
import { findRun, insertRun, lockRun, type RunRow, updateRun } from "@/web/store/billing/runs.ts";
import { recordAudit } from "../audit.ts";
import { type Actor, inRun, type ServiceContext } from "../context.ts";
import { runUseCase, type UseCase } from "../use_case.ts";
import { letGoOn } from "./bill_approval.ts";
import { ClaimQueue } from "./claim_queue.ts";
import { refuseDoubtedClock } from "./clock_guard.ts";
import { issueBatch } from "./issue_batch.ts";

/** What a bill run did, all its workers and restarts together. */
export interface BillRunResult {
  runId: string;
  issued: number;
  amountCentavos: bigint;
  /** Due by their date, but every period was billed already. */
  skipped: number;
  /** Parked because a bound would have been broken; see the run's rows and the system log. */
  failed: number;
}

/** Why a bill run does not start. */
export type IssueBillsCode = "date_in_future" | "clock_doubted" | "bills_await_approval";

/** Which bills are issued. */
export interface IssueBillsInput {
  businessOn: Temporal.PlainDate;
  trigger: "scheduled" | "manual";
  /** Only this connection: to be tried again after it was parked. */
  only?: string;
  batchSize?: number;
}

const BATCH = 1000;
/** One batch is claimed and planned while the one before is written. */
const WORKERS = 2;

/**
 * Issues every bill that is due by a business date (billing rule 5). May be repeated, killed and run twice at once:
 * each batch is one transaction of numbers, bills, books, credit and watermarks, and a scheduled run of a day is one.
 */
export async function issueBills(
  context: ServiceContext,
  tenantId: string,
  actor: Actor,
  input: IssueBillsInput,
): Promise<Result<BillRunResult, IssueBillsCode>> {
  const started = await runUseCase(context, tenantId, actor, (useCase) => start(useCase, input));
  if (!started.ok) return started;
  const run = started.value;
  if (run.status === "done") return ok(resultOf(run));
  const queue = new ClaimQueue(run, {
    limit: input.batchSize ?? BATCH,
    only: input.only === undefined ? null : [input.only],
  });
  const batch = (wait: boolean) => issueBatch(context, tenantId, actor, queue, wait);
  const refusals = await allEnded(Array.from({ length: WORKERS }, () => whileClaiming(() => batch(false))));
  // What other runs had locked is theirs by now, or ours.
  const refusal = refusals.find((one) => one !== null) ?? await whileClaiming(() => batch(true));
  if (refusal !== null) return refusal;
  const finished = await runUseCase(context, tenantId, actor, (useCase) => finish(useCase, run.id));
  if (!finished.ok) throw new Error(`Cannot finish bill run: ${finished.code}`);
  return ok(resultOf(finished.value));
}

/** Waits for all, so that no worker is left behind when another one fails. */
async function allEnded<T>(workers: readonly Promise<T>[]): Promise<T[]> {
  const all: T[] = [];
  for (const ended of await Promise.allSettled(workers)) {
    if (ended.status === "rejected") throw ended.reason;
    all.push(ended.value);
  }
  return all;
}

/** Null when nothing is left to claim; otherwise why it stopped, for the next call to go on. */
async function whileClaiming(
  batch: () => Promise<Result<number, IssueBillsCode>>,
): Promise<Failure<IssueBillsCode> | null> {
  while (true) {
    const claimed = await batch();
    if (!claimed.ok) return claimed;
    if (claimed.value === 0) return null;
  }
}

async function start(useCase: UseCase, input: IssueBillsInput): Promise<Result<RunRow, IssueBillsCode>> {
  const { trx, at, actor, business, tenant } = useCase;
  const doubted = await refuseDoubtedClock(useCase);
  if (doubted !== null) return doubted;
  if (Temporal.PlainDate.compare(input.businessOn, business.today) > 0) {
    return err("date_in_future", { day: input.businessOn });
  }
  const mayWait = input.trigger === "scheduled" && tenant.bill_approval !== "off";
  const added = await insertRun(trx, {
    id: uuidv7(at.epochMilliseconds),
    kind: "bill",
    business_on: input.businessOn,
    trigger: input.trigger,
    status: mayWait ? "planned" : "running",
    requested_by: actor.label,
    created_at: at,
    started_at: mayWait ? null : at,
  });
  const run = added.started_at === null ? await letGoOn(useCase, added.id) : added;
  if (run === null) return err("bills_await_approval", { day: input.businessOn });
  if (run.status !== "done" && input.only === undefined) {
    await updateLeadLengthened(trx, tenant.lead_days, input.businessOn);
  }
  return ok(run);
}

async function finish(
  { trx, at, actor, business }: UseCase,
  runId: string,
): Promise<Result<RunRow, "run_not_found">> {
  const run = await lockRun(trx, runId);
  if (run === null) return err("run_not_found");
  if (run.status === "done") return ok(run);
  await updateRun(trx, runId, { status: "done", finished_at: at });
  if (run.total > 0) {
    await recordAudit(trx, inRun(actor, runId), {
      action: "bill_run.finished",
      subjectKind: "run",
      subjectId: runId,
      summary: coded("audit_bills_issued", { bills: run.changed, amount: centavos(run.amount_centavos) }),
      details: { business_on: run.business_on.toString(), skipped: run.skipped, failed: run.failed },
      at,
      businessOn: business.today,
    });
  }
  return ok(await findRun(trx, runId) ?? run);
}

function resultOf(run: RunRow): BillRunResult {
  return {
    runId: run.id,
    issued: run.changed,
    amountCentavos: run.amount_centavos,
    skipped: run.skipped,
    failed: run.failed,
  };
}
