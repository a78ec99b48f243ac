import { coded, formatCoded } from "@/shared/codes/mod.ts";
import { uuidv7 } from "@/shared/ids.ts";
import { centavos } from "@/shared/money/mod.ts";
import { err, ok, type Result } from "@/shared/result.ts";
import { legsOfBillVoided } from "@/web/domain/payments/mod.ts";
import { listLiveAllocationsOf } from "@/web/store/payments/allocations.ts";
import { updateLateFeesOfVoid, updateLooksToCome } from "@/web/store/billing/late_fees.ts";
import { freeReconnections } from "@/web/store/billing/reconnection_fees.ts";
import { listCutAmong, updateBlockReasonsRemoved } from "@/web/store/cuts/block_reasons.ts";
import {
  type FutureBill,
  type FutureFigures,
  type FutureMoment,
  listCutInFuture,
  listFutureBills,
  listFuturePlanChanges,
  readFuture,
  reopenFuture,
  updateBillsVoid,
  updateFutureBlockDates,
  updateFuturePrices,
  updateFutureRunsTakenBack,
  updatePlanChangeWaits,
} from "@/web/store/billing/future.ts";
import { listKeptFromFuture } from "@/web/store/billing/future_kept.ts";
import { freePeriods } from "@/web/store/billing/charged_periods.ts";
import { insertLedgerTransactions, turnBookPlace } from "@/web/store/billing/ledger.ts";
import { lockSubscribersOf } from "@/web/store/subscribers/subscribers.ts";
import { applyIdleCredit, releaseShares } from "../payments/apply_credit.ts";
import { recordAudit, recordAudits } from "../audit.ts";
import { refuseDoubtedClock } from "./clock_guard.ts";
import type { Actor, ServiceContext } from "../context.ts";
import { refreshDesired } from "../network/desired_state.ts";
import { restoreService } from "../cuts/restore_service.ts";
import { resumeBilling } from "./resume_billing.ts";
import { reviewOutagesAgain, takeFutureCredits } from "./take_back_future_credits.ts";
import { remakeHandEnds, reopenFutureEnds, takeMemosOfHandEnds } from "./take_back_future_ends.ts";
import { reopenFutureModes, takeMemosOfModes } from "./take_back_future_modes.ts";
import { reopenFuturePayers, takeMemosOfPayers } from "./take_back_future_payers.ts";
import { runUseCase, type UseCase } from "../use_case.ts";

/** What was taken back. */
export interface TakenBack {
  bills: number;
  billedCentavos: bigint;
  /** Outage credit that is given again when it is due. */
  memos: number;
  /** Connections that are on again. */
  restored: number;
  /** Days that will be run again when they come. */
  days: number;
}

/** Why nothing is taken back. */
export type TakeBackFutureCode = "clock_doubted" | "nothing_to_take_back";

/** Subscribers in one transaction. */
const CHUNK = 200;
const WHY = formatCoded(coded("run_of_future"));

/**
 * Takes back what a wrong clock has made, in one step: whoever was cut comes back first, then planned ends wait again,
 * then outage credit goes, then the bills are voided by the rules of the book (numbers kept, money back to credit and from
 * there to what is really owed), then the days count as not run, and are run when they come. In transactions of a few
 * hundred subscribers; may be killed and asked again. Nothing else follows: what is owed today decides about the next list, as every day.
 */
export async function takeBackFuture(
  context: ServiceContext,
  tenantId: string,
  actor: Actor,
): Promise<Result<TakenBack, TakeBackFutureCode>> {
  const begun = await runUseCase(context, tenantId, actor, begin);
  if (!begun.ok) return begun;
  const done: TakenBack = { bills: 0, billedCentavos: 0n, memos: 0, restored: 0, days: begun.value.days };
  for (const step of [restoreChunk, reopenEndsChunk, takeMemosChunk, voidChunk]) {
    while (true) {
      const part = await runUseCase(context, tenantId, actor, step);
      if (!part.ok) return part;
      done.bills += part.value.bills;
      done.billedCentavos += part.value.billedCentavos;
      done.memos += part.value.memos;
      done.restored += part.value.restored;
      if (part.value.isLast) break;
    }
  }
  const ended = await runUseCase(context, tenantId, actor, (useCase) => end(useCase, begun.value, done));
  return ended.ok ? ok(done) : ended;
}

interface Part extends Omit<TakenBack, "days"> {
  isLast: boolean;
}

const NOTHING = { bills: 0, billedCentavos: 0n, memos: 0, restored: 0 };

async function begin(useCase: UseCase): Promise<Result<FutureFigures, TakeBackFutureCode>> {
  const doubted = await refuseDoubtedClock(useCase);
  if (doubted !== null) return doubted;
  const future = await readFuture(useCase.trx, momentOf(useCase));
  if (future.untilOn === null) {
    return err("nothing_to_take_back");
  }
  return ok(future);
}

function momentOf({ at, business }: UseCase): FutureMoment {
  return { today: business.today, now: at };
}

/** Whoever a run of the future has cut comes back, whatever is owed: only a run of its own day may cut (rule R2). */
async function restoreChunk(useCase: UseCase): Promise<Result<Part, "clock_doubted">> {
  const { trx, tenant, at, actor, booking, business } = useCase;
  const doubted = await refuseDoubtedClock(useCase);
  if (doubted !== null) return doubted;
  const all = await listCutInFuture(trx, momentOf(useCase));
  const cut = all.slice(0, CHUNK);
  const ids = cut.map((row) => row.subscription_id);
  await lockSubscribersOf(trx, ids);
  const restored = await updateBlockReasonsRemoved(trx, ids, "nonpayment", {
    removed_at: at,
    removed_on: business.today,
    removed_by: actor.label,
  });
  await resumeBilling(trx, tenant, restored, booking);
  useCase.touchRouters(await refreshDesired(trx, restored, { now: at }));
  await recordAudits(
    trx,
    actor,
    cut.filter((row) => restored.includes(row.subscription_id)).map((row) => ({
      action: "subscription.restored",
      subjectKind: "subscription",
      subjectId: row.subscription_id,
      subscriberId: row.subscriber_id,
      summary: coded("audit_restored_future"),
      at,
      businessOn: business.today,
    })),
  );
  const isLast = all.length <= CHUNK;
  return ok({ ...NOTHING, restored: restored.length, isLast });
}

/** Before the bills: what is not ended is billed by its days again. */
async function reopenEndsChunk(useCase: UseCase): Promise<Result<Part, "clock_doubted">> {
  const doubted = await refuseDoubtedClock(useCase);
  if (doubted !== null) return doubted;
  const restored = await reopenFutureEnds(useCase, CHUNK);
  if (restored === 0) {
    // Each locks whom it is about.
    for (const takeMemos of [takeMemosOfHandEnds, takeMemosOfModes, takeMemosOfPayers]) {
      await turnBookPlace(useCase.trx);
      await takeMemos(useCase);
    }
  }
  return ok({ ...NOTHING, restored, isLast: restored === 0 });
}

/** Before the bills: credit that was not due yet pays nothing else, and brings nobody back. */
async function takeMemosChunk(useCase: UseCase): Promise<Result<Part, "clock_doubted">> {
  const doubted = await refuseDoubtedClock(useCase);
  if (doubted !== null) return doubted;
  const memos = await takeFutureCredits(useCase, CHUNK);
  return ok({ ...NOTHING, memos, isLast: memos === 0 });
}

async function voidChunk(useCase: UseCase): Promise<Result<Part, "clock_doubted">> {
  const { trx, booking } = useCase;
  const doubted = await refuseDoubtedClock(useCase);
  if (doubted !== null) return doubted;
  const seen = await listFutureBills(trx, momentOf(useCase), { subscribers: CHUNK });
  if (seen.length === 0) {
    await updateLooksToCome(trx, useCase.business.today);
    return ok({ ...NOTHING, isLast: true });
  }
  // A bill may be of who had the connection before.
  await lockSubscribersOf(
    trx,
    seen.map((bill) => bill.subscription_id),
    seen.map((bill) => bill.subscriber_id),
  );
  const subscriberIds = [...new Set(seen.map((bill) => bill.subscriber_id))];
  // Read again behind the lock: a payment or a void may have been on its way.
  const bills = await listFutureBills(trx, momentOf(useCase), { subscriberIds });
  await voidAll(useCase, bills);
  await freePeriods(trx, bills.map((bill) => bill.id), useCase.business.today);
  await freeReconnections(trx, bills.map((bill) => bill.id), useCase.business.today);
  await updateLateFeesOfVoid(trx, bills.map((bill) => bill.id), useCase.at);
  const ids = await reopenFuture(trx, momentOf(useCase), subscriberIds);
  await applyIdleCredit(trx, subscriberIds, booking);
  const restored = await restoreAmong(useCase, subscriberIds);
  await resumeBilling(trx, useCase.tenant, ids, booking);
  await auditBills(useCase, bills);
  const billedCentavos = bills.reduce((sum, bill) => sum + bill.total_centavos, 0n);
  return ok({ ...NOTHING, bills: bills.length, billedCentavos, restored, isLast: false });
}

async function voidAll(
  { trx, at, actor, booking, business }: UseCase,
  bills: readonly FutureBill[],
): Promise<void> {
  const billIds = bills.map((bill) => bill.id);
  const shares = Map.groupBy(await listLiveAllocationsOf(trx, billIds), (share) => share.subscriber_id);
  for (const [subscriberId, own] of shares) await releaseShares(trx, subscriberId, own, booking);
  await updateBillsVoid(trx, billIds, { voided_at: at, void_reason: WHY });
  await insertLedgerTransactions(
    trx,
    bills.map((bill) => ({
      id: uuidv7(at.epochMilliseconds),
      kind: "bill_voided",
      business_on: business.today,
      recorded_at: at,
      bill_id: bill.id,
      source_id: null,
      description: formatCoded(coded("ledger_bill_voided", { number: bill.number ?? "", reason: WHY })),
      actor: actor.label,
      legs: legsOfBillVoided({
        subscriberId: bill.subscriber_id,
        lines: bill.lines.map((line) => ({
          kind: line.kind,
          amountCentavos: centavos(BigInt(line.amount_centavos)),
          vatCentavos: centavos(BigInt(line.vat_centavos)),
        })),
      }),
    })),
  );
}

/** Money that went to a bill of the future now pays what is owed, and may bring somebody back. */
async function restoreAmong(useCase: UseCase, subscriberIds: readonly string[]): Promise<number> {
  const { trx, tenant, booking } = useCase;
  let count = 0;
  for (const subscriberId of await listCutAmong(trx, subscriberIds)) {
    const restored = await restoreService(trx, tenant, subscriberId, booking);
    useCase.touchRouters(restored.routerIds);
    count += restored.subscriptionIds.length;
  }
  return count;
}

async function auditBills(
  { trx, at, actor, business }: UseCase,
  bills: readonly FutureBill[],
): Promise<void> {
  await recordAudits(
    trx,
    actor,
    bills.map((bill) => ({
      action: "bill.voided",
      subjectKind: "bill",
      subjectId: bill.id,
      subscriberId: bill.subscriber_id,
      summary: coded("audit_bill_voided_future", {
        number: bill.number ?? "",
        amount: centavos(bill.total_centavos),
      }),
      at,
      businessOn: business.today,
    })),
  );
}

/** Last: from here on the days count as not run. */
async function end(
  useCase: UseCase,
  { untilOn }: FutureFigures,
  done: TakenBack,
): Promise<Result<null, "clock_doubted">> {
  const { trx, tenant, at, actor, booking, business } = useCase;
  const doubted = await refuseDoubtedClock(useCase);
  if (doubted !== null) return doubted;
  const moment = momentOf(useCase);
  const makePeriodsWhole = await reopenFuturePayers(useCase);
  const ids = await reopenFuture(trx, moment, "all");
  await makePeriodsWhole();
  await reopenFutureModes(useCase);
  await updateFutureBlockDates(trx, moment);
  await resumeBilling(trx, tenant, ids, booking);
  const changes = await listFuturePlanChanges(trx, moment);
  const waits: string[] = [];
  for (const change of changes) {
    if (await updatePlanChangeWaits(trx, change)) waits.push(change.subscription_id);
  }
  useCase.touchRouters(await refreshDesired(trx, waits, { now: at }));
  await updateFuturePrices(trx, moment);
  await remakeHandEnds(useCase);
  await reviewOutagesAgain(useCase);
  await updateFutureRunsTakenBack(trx, moment, formatCoded(coded("run_of_future")));
  await tellKept(useCase);
  useCase.live(["money", "tonight"]);
  const taken = { bills: done.bills, amount: centavos(done.billedCentavos) };
  await recordAudit(trx, actor, {
    action: "clock.taken_back",
    subjectKind: "clock",
    subjectId: tenant.id,
    summary: untilOn === null
      ? coded("audit_future_taken_back", taken)
      : coded("audit_future_taken_back_to", { ...taken, until: untilOn }),
    details: { memos: done.memos, restored: done.restored, days: done.days, plan_changes: waits.length },
    at,
    businessOn: business.today,
  });
  return ok(null);
}

/** What stays as the wrong clock has left it is for a person: its timeline says so, and the page of the clock lists it. */
async function tellKept({ trx, at, actor, business }: UseCase): Promise<void> {
  const kept = await listKeptFromFuture(trx, at);
  await recordAudits(
    trx,
    actor,
    kept.map((row) => ({
      action: "subscription.kept_from_future",
      subjectKind: "subscription",
      subjectId: row.subscription_id,
      subscriberId: row.subscriber_id,
      summary: coded("audit_kept_from_future", { ppp: row.ppp_name }),
      at,
      businessOn: business.today,
    })),
  );
}
