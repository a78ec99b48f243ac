import { uuidv7 } from "@/shared/ids.ts";
import { centavos, formatPeso } from "@/shared/money/mod.ts";
import { err, ok, type Result } from "@/shared/result.ts";
import { legsOfBillIssued } from "@/web/domain/ledger/mod.ts";
import {
  claimDueSubscriptions,
  type DueSubscription,
  insertBills,
  listLivePeriods,
  type NewBill,
  updateWatermarks,
} from "@/web/store/bill_run.ts";
import { insertLedgerTransactions } from "@/web/store/ledger.ts";
import { takeNumbers } from "@/web/store/number_series.ts";
import {
  addRunProgress,
  findRun,
  insertRun,
  lockRun,
  type RunRow,
  updateRun,
  upsertRunRows,
} from "@/web/store/runs.ts";
import { insertSystemLog } from "@/web/store/system_log.ts";
import { applyIdleCredit } from "./apply_credit.ts";
import { recordAudit } from "./audit.ts";
import type { Actor, ServiceContext } from "./context.ts";
import { BoundError, planSubscription, type SubscriptionPlan, toNewBill } from "./plan_batch.ts";
import { runUseCase, type UseCase } from "./use_case.ts";

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
export type IssueBillsCode = "date_in_future";

const BATCH = 1000;

/**
 * Issues every bill that is due by a business date (billing rule 5). May be repeated, killed and run twice at once:
 * each batch is one transaction of numbers, bills, books, credit and watermarks, and a scheduled run of a day is one.
 */
export async function issueBills(
  context: ServiceContext,
  tenantId: string,
  actor: Actor,
  input: { businessOn: Temporal.PlainDate; trigger: "scheduled" | "manual"; batchSize?: number },
): Promise<Result<BillRunResult, IssueBillsCode>> {
  const started = await runUseCase(context, tenantId, actor, (useCase) => start(useCase, input));
  if (!started.ok) return started;
  const run = started.value;
  if (run.status === "done") return ok(resultOf(run));
  const limit = input.batchSize ?? BATCH;
  for (let wait = false;;) {
    const batch = await runUseCase(
      context,
      tenantId,
      actor,
      (useCase) => issueBatch(useCase, run, { limit, wait }),
    );
    if (!batch.ok) throw new Error(`Cannot issue bills: ${batch.message}`);
    if (batch.value === 0 && wait) break;
    wait = batch.value === 0;
  }
  const finished = await runUseCase(context, tenantId, actor, (useCase) => finish(useCase, run.id));
  if (!finished.ok) throw new Error(`Cannot finish bill run: ${finished.message}`);
  return ok(resultOf(finished.value));
}

async function start(
  { trx, at, actor, business }: UseCase,
  input: { businessOn: Temporal.PlainDate; trigger: "scheduled" | "manual" },
): Promise<Result<RunRow, IssueBillsCode>> {
  if (Temporal.PlainDate.compare(input.businessOn, business.today) > 0) {
    return err("date_in_future", `Bills of ${input.businessOn} cannot be issued before that day`);
  }
  return ok(
    await insertRun(trx, {
      id: uuidv7(at.epochMilliseconds),
      kind: "bill",
      business_on: input.businessOn,
      trigger: input.trigger,
      status: "running",
      requested_by: actor.label,
      created_at: at,
      started_at: at,
    }),
  );
}

/** One transaction. Returns how many subscriptions it claimed; zero means that none is left that it may have. */
async function issueBatch(
  useCase: UseCase,
  run: RunRow,
  claim: { limit: number; wait: boolean },
): Promise<Result<number, never>> {
  const { trx, business } = useCase;
  const due = await claimDueSubscriptions(trx, { id: run.id, businessOn: run.business_on }, claim);
  if (due.length === 0) return ok(0);
  const live = Map.groupBy(
    await listLivePeriods(trx, due.map((row) => row.id)),
    (row) => row.subscription_id,
  );
  const plans: SubscriptionPlan[] = [];
  const parked: { subscription: DueSubscription; why: string }[] = [];
  for (const subscription of due) {
    try {
      plans.push(
        planSubscription(subscription, live.get(subscription.id) ?? [], useCase.tenant, business.today),
      );
    } catch (error) {
      if (!(error instanceof BoundError || error instanceof RangeError)) throw error;
      parked.push({ subscription, why: error.message });
    }
  }
  const bills = await write(useCase, run, plans);
  await park(useCase, run, parked);
  useCase.live(["money"]);
  await addRunProgress(trx, run.id, {
    total: due.length,
    changed: bills.length,
    skipped: plans.filter((plan) => plan.bills.length === 0).length,
    failed: parked.length,
    amountCentavos: bills.reduce((total, bill) => total + bill.total_centavos, 0n),
  });
  return ok(due.length);
}

async function write(useCase: UseCase, run: RunRow, plans: readonly SubscriptionPlan[]): Promise<NewBill[]> {
  const { trx, at, booking, tenant } = useCase;
  const numbers = await takeNumbers(trx, "bill", plans.reduce((count, plan) => count + plan.bills.length, 0));
  let next = 0;
  const bills = plans.flatMap((plan) =>
    plan.bills.map((bill) => {
      const number = numbers[next++];
      if (number === undefined) throw new Error("Cannot issue bills: the series gave too few numbers");
      return toNewBill(bill, plan.subscription, { number, graceDays: tenant.grace_days, runId: run.id, at });
    })
  );
  await insertBills(trx, bills);
  await insertLedgerTransactions(
    trx,
    bills.map((bill) => ({
      id: uuidv7(at.epochMilliseconds),
      kind: "bill_issued",
      business_on: booking.businessOn,
      recorded_at: at,
      bill_id: bill.id,
      payment_id: null,
      description: `Bill ${bill.number}`,
      actor: booking.actor,
      legs: legsOfBillIssued({
        subscriberId: bill.subscriber_id,
        lines: bill.lines.map((line) => ({
          kind: line.kind,
          amountCentavos: centavos(line.amount_centavos),
        })),
      }),
    })),
  );
  await updateWatermarks(
    trx,
    plans.map((plan) => ({
      id: plan.subscription.id,
      billed_through_on: plan.billedThrough,
      next_bill_on: plan.nextBillOn,
    })),
  );
  await applyIdleCredit(trx, [...new Set(bills.map((bill) => bill.subscriber_id))], booking);
  return bills;
}

async function park(
  { trx, at }: UseCase,
  run: RunRow,
  parked: readonly { subscription: DueSubscription; why: string }[],
): Promise<void> {
  await upsertRunRows(
    trx,
    run.id,
    parked.map(({ subscription, why }, i) => ({
      subscription_id: subscription.id,
      position: i,
      outcome: "failed",
      balance_centavos: 0n,
      cut_on: null,
      reason: why,
      decided_at: at,
    })),
  );
  for (const { subscription, why } of parked) {
    await insertSystemLog(trx, {
      at,
      level: "error",
      event: "bill_parked",
      message: `${subscription.ppp_name} was not billed: ${why}`,
      fields: { run_id: run.id, subscription_id: subscription.id },
    });
  }
}

async function finish(
  { trx, at, actor, business }: UseCase,
  runId: string,
): Promise<Result<RunRow, "run_not_found">> {
  const run = await lockRun(trx, runId);
  if (run === null) return err("run_not_found", "This run does not exist");
  if (run.status === "done") return ok(run);
  await updateRun(trx, runId, { status: "done", finished_at: at });
  if (run.total > 0) {
    await recordAudit(trx, actor, {
      action: "bill_run.finished",
      subjectKind: "run",
      subjectId: runId,
      summary: `Issued ${run.changed} bills for ${formatPeso(centavos(run.amount_centavos))}`,
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
