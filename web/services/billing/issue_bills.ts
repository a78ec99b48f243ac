import { coded, formatCoded } from "@/shared/codes/mod.ts";
import { uuidv7 } from "@/shared/ids.ts";
import { centavos } from "@/shared/money/mod.ts";
import { err, type Failure, ok, type Result } from "@/shared/result.ts";
import { type DueSubscription, updateLeadLengthened } from "@/web/store/billing/bill_run.ts";
import { insertNeverBilled, updateNeverBilled } from "@/web/store/billing/charged_periods.ts";
import { prepareBillBatch, type ShapedBill, writeBillBatch } from "@/web/store/billing/bill_write.ts";
import { listCreditSources } from "@/web/store/payments/credit_sources.ts";
import { deleteParkedBills, upsertParkedBills } from "@/web/store/billing/parked_bills.ts";
import { takeNumbers } from "@/web/store/billing/number_series.ts";
import {
  addRunProgress,
  findRun,
  insertRun,
  lockRun,
  type RunRow,
  updateRun,
  upsertRunRows,
} from "@/web/store/billing/runs.ts";
import { insertSystemLog } from "@/web/store/access/system_log.ts";
import { applyIdleCredit } from "../payments/apply_credit.ts";
import { recordAudit } from "../audit.ts";
import { ClaimQueue } from "./claim_queue.ts";
import { letGoOn } from "./bill_approval.ts";
import { readFacts } from "./bill_facts.ts";
import { refuseDoubtedClock } from "./clock_guard.ts";
import { isOfOneRow } from "./each_apart.ts";
import type { Actor, ServiceContext } from "../context.ts";
import { type ParkedSubscription, planEach, type SubscriptionPlan } from "./plan_batch.ts";
import { lockSubscribersOf } from "@/web/store/subscribers/subscribers.ts";
import { runUseCase, type UseCase } from "../use_case.ts";

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

const BATCH = 2000;
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

/**
 * One transaction. Returns how many subscriptions it claimed; zero means that none is left that it may have. A clock
 * that jumps between two batches stops the second.
 */
async function issueBatch(
  context: ServiceContext,
  tenantId: string,
  actor: Actor,
  queue: ClaimQueue,
  wait: boolean,
): Promise<Result<number, IssueBillsCode>> {
  let claimed: readonly DueSubscription[] = [];
  try {
    return await runUseCase<number, IssueBillsCode>(context, tenantId, actor, async (useCase) => {
      const doubted = await refuseDoubtedClock(useCase);
      if (doubted !== null) return doubted;
      claimed = [];
      claimed = await queue.claim(useCase.trx, wait);
      if (claimed.length > 0) await issue(useCase, queue, claimed);
      return ok(claimed.length);
    });
  } catch (error) {
    if (!isOfOneRow(error) || claimed.length === 0) throw error;
    // One of them cannot be written: it is found by halves, and everybody else is billed.
    const refused = await issueApart(context, tenantId, actor, queue, claimed.map((one) => one.id));
    return refused ?? ok(claimed.length);
  }
}

/**
 * Issues a batch in two halves, and those again in halves where they fail; who fails alone is parked. Everybody is tried
 * once more before, so that what failed by chance is no reason.
 */
async function issueApart(
  context: ServiceContext,
  tenantId: string,
  actor: Actor,
  queue: ClaimQueue,
  ids: readonly string[],
): Promise<Failure<IssueBillsCode> | null> {
  const half = Math.ceil(ids.length / 2);
  const again = (
    part: readonly string[],
    work: (useCase: UseCase, due: readonly DueSubscription[]) => Promise<void>,
  ) =>
    runUseCase<null, IssueBillsCode>(context, tenantId, actor, async (useCase) => {
      const doubted = await refuseDoubtedClock(useCase);
      if (doubted !== null) return doubted;
      const due = await queue.claimAgain(useCase.trx, part);
      if (due.length > 0) await work(useCase, due);
      return ok(null);
    });
  for (const part of [ids.slice(0, half), ids.slice(half)].filter(({ length }) => length > 0)) {
    try {
      const done = await again(part, (useCase, due) => issue(useCase, queue, due));
      if (!done.ok) return done;
    } catch (error) {
      if (!isOfOneRow(error)) throw error;
      const refused = part.length > 1
        ? await issueApart(context, tenantId, actor, queue, part)
        : await again(part, (useCase, due) => parkRefused(useCase, queue.run, due, error));
      if (refused !== null && !refused.ok) return refused;
    }
  }
  return null;
}

async function parkRefused(
  useCase: UseCase,
  run: RunRow,
  due: readonly DueSubscription[],
  error: Error,
): Promise<void> {
  const why = coded("parked_refused", { details: error.message });
  await park(useCase, run, due.map((subscription) => ({ subscription, why })));
  await addRunProgress(useCase.trx, run.id, { total: due.length, failed: due.length });
}

async function issue(useCase: UseCase, queue: ClaimQueue, due: readonly DueSubscription[]): Promise<void> {
  const { trx, tenant, business } = useCase;
  const { run } = queue;
  const facts = await readFacts(trx, due, tenant, business.today);
  const planner = await queue.plannerOf(useCase);
  const { plans, parked } = planEach(planner, due, facts);
  const bills = await write(useCase, run, plans);
  await park(useCase, run, parked);
  await deleteParkedBills(trx, plans.map(({ subscription }) => subscription.id));
  useCase.live(["money"]);
  await addRunProgress(trx, run.id, {
    total: due.length,
    changed: bills.length,
    skipped: plans.filter((plan) => plan.bills.length === 0).length,
    failed: parked.length,
    amountCentavos: bills.reduce((total, bill) => total + BigInt(bill.shape.total_centavos), 0n),
  });
  await auditStopped(useCase, run, plans.filter((plan) => plan.isStopped));
}

async function write(
  useCase: UseCase,
  run: RunRow,
  plans: readonly SubscriptionPlan[],
): Promise<ShapedBill[]> {
  const { trx, at, booking } = useCase;
  // Those that are billed for days of before are not who was locked with the connection.
  const others = plans.flatMap((plan) => [...plan.otherPayers.values()]);
  if (others.length > 0) await lockSubscribersOf(trx, [], others);
  const bills = plans.flatMap((plan) =>
    plan.bills.map((shape): ShapedBill => ({
      id: uuidv7(at.epochMilliseconds),
      transactionId: uuidv7(at.epochMilliseconds),
      subscriberId: plan.otherPayers.get(shape) ?? plan.subscription.subscriber_id,
      subscriptionId: plan.subscription.id,
      shape,
    }))
  );
  const statement = prepareBillBatch({
    bills,
    watermarks: plans.map((plan) => ({ subscriptionId: plan.subscription.id, shape: plan.watermark })),
    runId: run.id,
    at,
    businessOn: booking.businessOn,
    actor: booking.actor,
  });
  const ofEach = <T>(rows: (plan: SubscriptionPlan) => readonly T[]) =>
    plans.flatMap((plan) => rows(plan).map((row) => ({ row, subscription_id: plan.subscription.id })));
  await insertNeverBilled(
    trx,
    ofEach((plan) => plan.never).map(({ row, subscription_id }) => ({ ...row, subscription_id })),
    at,
  );
  await updateNeverBilled(
    trx,
    ofEach((plan) => plan.dropped).map(({ row, subscription_id }) => ({
      subscription_id,
      period_start: row,
    })),
  );
  const credit = await listCreditSources(trx, [...new Set(bills.map((bill) => bill.subscriberId))]);
  // From here to the commit other batches wait for their numbers: everything that can be ready is.
  await writeBillBatch(trx, statement, await takeNumbers(trx, "bill", bills.length));
  await applyIdleCredit(trx, [...new Set(credit.map((source) => source.subscriber_id))], booking);
  return bills;
}

/** Last in the transaction: bills that stop are seen on the subscriber's timeline. */
async function auditStopped(
  { trx, at, actor, business, tenant }: UseCase,
  run: RunRow,
  plans: readonly SubscriptionPlan[],
): Promise<void> {
  for (const { subscription, watermark } of plans) {
    await recordAudit(trx, actor, {
      action: "subscription.bills_stopped",
      subjectKind: "subscription",
      subjectId: subscription.id,
      subscriberId: subscription.subscriber_id,
      summary: coded("audit_bills_stopped", { count: tenant.stop_after_unpaid_bills }),
      details: { run_id: run.id, from: watermark.stopped_from_on },
      at,
      businessOn: business.today,
    });
  }
}

async function park(
  { trx, at }: UseCase,
  run: RunRow,
  parked: readonly ParkedSubscription[],
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
      reason: formatCoded(why),
      decided_at: at,
    })),
  );
  await upsertParkedBills(
    trx,
    run.id,
    parked.map(({ subscription, why }) => ({ subscription_id: subscription.id, reason: formatCoded(why) })),
    at,
  );
  for (const { subscription, why } of parked) {
    await insertSystemLog(trx, {
      at,
      level: "error",
      event: "bill_parked",
      message: formatCoded(why),
      fields: { run_id: run.id, subscription_id: subscription.id, ppp_name: subscription.ppp_name },
    });
  }
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
    await recordAudit(trx, actor, {
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
