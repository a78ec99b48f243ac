import { type Coded, coded, formatCoded, periodValue } from "@/shared/codes/mod.ts";
import { sha256Hex } from "@/shared/crypto/mod.ts";
import { uuidv7 } from "@/shared/ids.ts";
import { type Centavos, centavos, sum, ZERO } from "@/shared/money/mod.ts";
import { ok, type Result } from "@/shared/result.ts";
import { vatOfMemo } from "@/web/domain/billing/mod.ts";
import { allocatePayment, legsOfMemo } from "@/web/domain/payments/mod.ts";
import { insertSystemLog } from "@/web/store/access/system_log.ts";
import { listOpenBills, type OpenBillRow } from "@/web/store/billing/bills.ts";
import { insertLedgerTransactions } from "@/web/store/billing/ledger.ts";
import { takeNumbers } from "@/web/store/billing/number_series.ts";
import { insertOutageCredits, listConcerned } from "@/web/store/billing/outage_credits.ts";
import { insertMemoBatch } from "@/web/store/payments/memo_batch.ts";
import { lockSubscribersOf } from "@/web/store/subscribers/subscribers.ts";
import { recordAudits } from "../audit.ts";
import { type Actor, type ServiceContext, staffIdOf } from "../context.ts";
import { restoreService } from "../cuts/restore_service.ts";
import {
  type BookedShare,
  bookShares,
  splitShares,
  stillOpen,
  toOpenBalance,
} from "../payments/apply_credit.ts";
import { runUseCase, type UseCase } from "../use_case.ts";
import { refuseDoubtedClock } from "./clock_guard.ts";
import { type DueOutageCredit, listDueOutageCredits } from "./due_outage_credits.ts";
import { isOfOneRow } from "./each_apart.ts";
import { mailsOfMemos } from "../mail/occasions.ts";
import { queueQuietly } from "../mail/queue_mail.ts";
import { renewOnPosting } from "./renew_prepaid.ts";

/** What was credited. */
export interface OutageCredits {
  memos: number;
  amountCentavos: Centavos;
}

/** @see OutageDay.batchSize */
const BATCH_MAX = 200;

/** What of the list is given. */
export interface CreditedOutages {
  /** Periods that are not over yet as well. */
  withRunning: boolean;
  /** Those of which a person has taken a memo back as well. */
  withHeld: boolean;
}

/** The day on which it is given. */
export interface OutageDay {
  businessOn: Temporal.PlainDate;
  /** Subscribers of one transaction. @default 200 */
  batchSize?: number;
}

/** More was given than is due: that is left to a person. So is what a person took back. */
export function isGiven({ withHeld }: { withHeld: boolean }) {
  return (row: DueOutageCredit) => row.dueCentavos > 0n && (withHeld || !row.is_held);
}

/** Gives what is asked for, so many subscribers at once; what another run gives meanwhile is not given again. */
export async function giveAll(
  context: ServiceContext,
  tenantId: string,
  actor: Actor,
  due: readonly DueOutageCredit[],
  which: CreditedOutages,
  { businessOn, batchSize = BATCH_MAX }: OutageDay,
): Promise<Result<OutageCredits, "clock_doubted">> {
  const connections = [...Map.groupBy(due, (row) => row.subscriber_id).values()]
    .map((rows) => [...new Set(rows.map((row) => row.subscription_id))]);
  const given = { memos: 0, amountCentavos: ZERO };
  for (let first = 0; first < connections.length; first += batchSize) {
    const batch = connections.slice(first, first + batchSize);
    const done = await giveApart(context, tenantId, actor, batch, { ...which, businessOn });
    if (!done.ok) return done;
    given.memos += done.value.memos;
    given.amountCentavos = sum([given.amountCentavos, done.value.amountCentavos]);
  }
  return ok(given);
}

/** A batch in one transaction, in halves where a row of it is refused; who fails alone is noted and stops nobody else. */
async function giveApart(
  context: ServiceContext,
  tenantId: string,
  actor: Actor,
  connections: readonly (readonly string[])[],
  which: CreditedOutages & { businessOn: Temporal.PlainDate },
): Promise<Result<OutageCredits, "clock_doubted">> {
  try {
    return await runUseCase<OutageCredits, "clock_doubted">(context, tenantId, actor, async (useCase) => {
      const doubted = await refuseDoubtedClock(useCase);
      return doubted ?? ok(await giveBatch(useCase, connections.flat(), which));
    });
  } catch (error) {
    if (!isOfOneRow(error)) throw error;
    if (connections.length === 1) {
      return await noteRefused(context, tenantId, actor, connections.flat(), error);
    }
    const half = Math.ceil(connections.length / 2);
    const done = await giveApart(context, tenantId, actor, connections.slice(0, half), which);
    if (!done.ok) return done;
    const rest = await giveApart(context, tenantId, actor, connections.slice(half), which);
    return rest.ok
      ? ok({
        memos: done.value.memos + rest.value.memos,
        amountCentavos: sum([done.value.amountCentavos, rest.value.amountCentavos]),
      })
      : rest;
  }
}

async function noteRefused(
  context: ServiceContext,
  tenantId: string,
  actor: Actor,
  subscriptionIds: readonly string[],
  error: Error,
): Promise<Result<OutageCredits, never>> {
  return await runUseCase(context, tenantId, actor, async ({ trx, at }) => {
    await insertSystemLog(trx, {
      at,
      level: "error",
      event: "outage_credit_refused",
      message: formatCoded(coded("outage_credit_refused", { details: error.message })),
      ...(subscriptionIds[0] === undefined ? {} : { subscriptionId: subscriptionIds[0] }),
    });
    return ok({ memos: 0, amountCentavos: ZERO });
  });
}

/** Read again behind the locks: what another run has given meanwhile is not due any more. */
async function giveBatch(
  useCase: UseCase,
  subscriptionIds: readonly string[],
  which: CreditedOutages & { businessOn: Temporal.PlainDate },
): Promise<OutageCredits> {
  const { trx, tenant, business } = useCase;
  await lockSubscribersOf(trx, subscriptionIds);
  const now = business.instant;
  const { withRunning, businessOn: today } = which;
  const due = (await listDueOutageCredits(trx, { tenant, now, today, withRunning, subscriptionIds }))
    .filter(isGiven(which));
  if (due.length === 0) return { memos: 0, amountCentavos: ZERO };
  const memos = await writeMemos(useCase, due);
  await allocate(useCase, memos);
  await bringBack(useCase, [...new Set(memos.map((memo) => memo.row.subscriber_id))]);
  useCase.live(["money"]);
  await queueQuietly(
    useCase,
    mailsOfMemos(memos.map(({ id, row }) => ({ id, subscriberId: row.subscriber_id }))),
  );
  await audit(useCase, memos);
  return { memos: memos.length, amountCentavos: sum(due.map((row) => row.dueCentavos)) };
}

/** Who renews from credit, and who is off for what is owed: few of those who are credited. */
async function bringBack(useCase: UseCase, subscriberIds: readonly string[]): Promise<void> {
  const { trx, tenant, booking } = useCase;
  for (const subscriberId of await listConcerned(trx, subscriberIds)) {
    await renewOnPosting(useCase, subscriberId);
    const restored = await restoreService(trx, tenant, subscriberId, booking);
    useCase.touchRouters(restored.routerIds);
  }
}

interface WrittenMemo {
  row: DueOutageCredit;
  id: string;
  number: string;
}

async function writeMemos(useCase: UseCase, due: readonly DueOutageCredit[]): Promise<WrittenMemo[]> {
  const { trx, at, actor, business } = useCase;
  const fitting = fitBills(due);
  const numbers = await takeNumbers(trx, "memo", fitting.length);
  const memos = await Promise.all(fitting.map(async ({ row, vatCentavos }, i) => {
    const id = uuidv7(at.epochMilliseconds);
    const reason = formatCoded(outageWords(row));
    return { row, id, number: numbers[i]!, vatCentavos, reason, hash: await sha256Hex(`outage ${id}`) };
  }));
  await insertMemoBatch(
    trx,
    memos.map(({ row, id, number, vatCentavos, reason, hash }) => ({
      id,
      subscriber_id: row.subscriber_id,
      number,
      kind: "outage",
      reason,
      amount_centavos: row.dueCentavos,
      vat_centavos: vatCentavos,
      bill_id: row.bill_id,
      idempotency_key: uuidv7(at.epochMilliseconds),
      request_hash: hash,
    })),
    { at, businessOn: business.today, by: actor.label, staffUserId: staffIdOf(actor) },
  );
  await insertOutageCredits(
    trx,
    memos.map(({ row, id }) => ({
      subscription_id: row.subscription_id,
      period_start: row.period_start.toString(),
      part: row.last_part + 1,
      bill_id: row.bill_id,
      memo_id: id,
      minutes: row.minutes,
      amount_centavos: row.dueCentavos.toString(),
    })),
  );
  await insertLedgerTransactions(
    trx,
    memos.map(({ row, id, number, vatCentavos, reason }) => ({
      id: uuidv7(at.epochMilliseconds),
      kind: "memo_issued",
      business_on: business.today,
      recorded_at: at,
      bill_id: null,
      source_id: id,
      description: formatCoded(coded("ledger_memo", { number, kind: "outage", reason })),
      actor: actor.label,
      legs: legsOfMemo({
        kind: "outage",
        subscriberId: row.subscriber_id,
        amountCentavos: row.dueCentavos,
        vatCentavos,
      }),
    })),
  );
  return memos;
}

/** Periods of one bill share what is left of it, and of its VAT. */
function fitBills(due: readonly DueOutageCredit[]): { row: DueOutageCredit; vatCentavos: Centavos }[] {
  const back = new Map<string, { amount: Centavos; vat: Centavos }>();
  return due.flatMap((row) => {
    const before = back.get(row.bill_id) ??
      { amount: centavos(row.back_centavos), vat: centavos(row.back_vat_centavos) };
    const left = row.bill_centavos - before.amount;
    const dueCentavos = centavos(row.dueCentavos < left ? row.dueCentavos : left);
    if (dueCentavos <= 0n) return [];
    const vatCentavos = row.bill_vat_centavos === 0n ? ZERO : vatOfMemo({
      totalCentavos: centavos(row.bill_centavos),
      vatCentavos: centavos(row.bill_vat_centavos),
      backCentavos: before.amount,
      vatBackCentavos: before.vat,
    }, dueCentavos);
    back.set(row.bill_id, { amount: sum([before.amount, dueCentavos]), vat: sum([before.vat, vatCentavos]) });
    return [{ row: { ...row, dueCentavos }, vatCentavos }];
  });
}

/** Each pays its own bill first, then the oldest due; the rest is credit. */
async function allocate({ trx, booking }: UseCase, memos: readonly WrittenMemo[]): Promise<void> {
  const shares: BookedShare[] = [];
  const bySubscriber = Map.groupBy(memos, (memo) => memo.row.subscriber_id);
  const all = await listOpenBills(trx, [...bySubscriber.keys()]);
  const billsOf = Map.groupBy(all, (bill) => bill.subscriber_id);
  for (const [subscriberId, own] of bySubscriber) {
    let open: OpenBillRow[] = billsOf.get(subscriberId) ?? [];
    for (const { row, id } of own) {
      const { allocations } = allocatePayment({
        amountCentavos: row.dueCentavos,
        targetBillId: open.some((bill) => bill.id === row.bill_id) ? row.bill_id : null,
        openBills: open.map(toOpenBalance),
      });
      const booked = allocations.map((share) => ({ ...share, sourceId: id, subscriberId }));
      shares.push(...booked);
      open = stillOpen(open, splitShares(booked, open));
    }
  }
  if (shares.length > 0) await bookShares(trx, shares, all, booking);
}

async function audit(
  { trx, actor, at, business }: UseCase,
  memos: readonly WrittenMemo[],
): Promise<void> {
  await recordAudits(
    trx,
    actor,
    memos.map(({ row, id, number }) => ({
      action: "memo.issued",
      subjectKind: "memo",
      subjectId: id,
      subscriberId: row.subscriber_id,
      summary: coded("audit_outage_credited", { number, amount: row.dueCentavos, ...wordsOf(row) }),
      details: { bill_id: row.bill_id, minutes: row.minutes, part: row.last_part + 1 },
      at,
      businessOn: business.today,
    })),
  );
}

/** Why a memo was given: `Out for 36 h 20 min in Jan 1 to 31: lopez-1`. */
export function outageWords(row: DueOutageCredit): Coded {
  return coded("memo_outage", wordsOf(row));
}

function wordsOf({ ppp_name: ppp, period_start, period_end, minutes }: DueOutageCredit) {
  const period = periodValue(period_start, period_end);
  return { ppp, period, hours: Math.floor(minutes / 60), minutes: minutes % 60 };
}
