import { isBefore } from "@/shared/calendar/mod.ts";
import { coded } from "@/shared/codes/mod.ts";
import { centavos, sum } from "@/shared/money/mod.ts";
import { err, ok, type Result } from "@/shared/result.ts";
import { type BilledLine, creditSuspended, type PlannedBillLine } from "@/web/domain/billing/mod.ts";
import { listKeptLines, listSuspensions } from "@/web/store/billing/bill_run.ts";
import { turnBookPlace } from "@/web/store/billing/ledger.ts";
import {
  findLastPayerChange,
  findPayerChange,
  findPlannedPayerChange,
  hasBillSince,
  listKeptOver,
  listPayerChangesDue,
  type PayerChangeRow,
  updatePayer,
  updatePayerChange,
} from "@/web/store/billing/payer_changes.ts";
import { findSubscriber, lockSubscribersOf } from "@/web/store/subscribers/subscribers.ts";
import { lockSubscription, type SubscriptionRow } from "@/web/store/subscribers/subscriptions.ts";
import type { Actor, ServiceContext } from "../context.ts";
import { restoreService } from "../cuts/restore_service.ts";
import { auditSubscription } from "../subscribers/audit_subscription.ts";
import { runUseCase, type UseCase } from "../use_case.ts";
import { policyOf, toBilledLine, uncharged } from "./bill_facts.ts";
import { makeDue } from "./make_due.ts";
import { moveToPayer, nextMoment } from "./move_to_payer.ts";
import { readPayerEffect, whyNotNewPayer } from "./payer_effect.ts";
import { giveSuspendedBack, onTheirBills } from "./suspended_back.ts";

/**
 * Makes the changes of payer whose day has come, before that day's bills, and gives back to old payers what was suspended
 * of the days that they kept.
 */
export async function makePayerChanges(
  context: ServiceContext,
  tenantId: string,
  actor: Actor,
  input: { businessOn: Temporal.PlainDate },
): Promise<Result<null, "clock_doubted">> {
  const { businessOn } = input;
  const made = await makeDue(context, tenantId, actor, {
    list: (trx) => listPayerChangesDue(trx, businessOn),
    make: (useCase, [change]) => makeOne(useCase, change, businessOn),
    event: "payer_not_changed",
  });
  if (!made.ok) return made;
  return await makeDue(context, tenantId, actor, {
    list: (trx) => listKeptOver(trx, businessOn),
    make: giveKeptBack,
    event: "payer_not_changed",
  });
}

async function makeOne(
  useCase: UseCase,
  due: PayerChangeRow,
  businessOn: Temporal.PlainDate,
): Promise<void> {
  const { trx, tenant } = useCase;
  await lockSubscribersOf(trx, [due.subscription_id], [due.from_subscriber_id, due.to_subscriber_id]);
  const subscription = await lockSubscription(trx, due.subscription_id);
  const change = await findPlannedPayerChange(trx, due.subscription_id);
  if (subscription === null || change?.id !== due.id) return;
  const isLive = subscription.status === "active" || subscription.status === "disconnected";
  if (!isLive || subscription.subscriber_id === change.to_subscriber_id) {
    await updatePayerChange(trx, change.id, { state: "cancelled" });
    return;
  }
  if (await whyNotNewPayer(trx, subscription) !== null) return;
  const { unused } = change;
  const effect = await readPayerEffect(trx, tenant, subscription, {
    today: businessOn,
    when: "today",
    unused,
  });
  const done = {
    state: "made" as const,
    effective_on: effect.effectiveOn,
    charged_from: effect.chargedFrom,
    made_at: await nextMoment(useCase, subscription.id),
  };
  const made: PayerChangeRow = { ...change, ...done };
  await updatePayerChange(trx, change.id, done);
  await moveToPayer(useCase, subscription, made, effect);
}

/**
 * Days that the old payer had paid for and kept, and on which the connection was off: what a bill of the new payer would
 * take off is his.
 */
async function giveKeptBack(useCase: UseCase, changes: readonly PayerChangeRow[]): Promise<void> {
  const { trx, tenant, business: { today } } = useCase;
  for (const change of changes) {
    await lockSubscribersOf(trx, [change.subscription_id], [change.from_subscriber_id]);
    await turnBookPlace(trx);
    const now = await findPayerChange(trx, change.id);
    if (now === null || now.given_back_on !== null || now.state !== "made") continue;
    const billed = (await listKeptLines(trx, change)).map(toBilledLine);
    const rows = await listSuspensions(trx, [change.subscription_id], firstDayOf(billed, change));
    const days = uncharged(rows, policyOf(rows, tenant));
    const upTo = (day: Temporal.PlainDate, lines: readonly BilledLine[]) =>
      creditSuspended(lines, days, day, sum(lines.map((line) => line.amountCentavos)));
    // Days before the change were given back when it was made.
    const before = upTo(change.effective_on, billed);
    const back = upTo(change.charged_from, billed.map((line) => lessCredited(line, before)));
    await updatePayerChange(trx, change.id, { given_back_on: today });
    const old = { subscriber_id: change.from_subscriber_id };
    await giveSuspendedBack(useCase, old, await onTheirBills(trx, back, billed));
  }
}

function firstDayOf(billed: readonly BilledLine[], change: PayerChangeRow): Temporal.PlainDate {
  return billed.map((line) => line.periodStart)
    .reduce((a, b) => isBefore(a, b) ? a : b, change.effective_on);
}

function lessCredited(line: BilledLine, given: readonly PlannedBillLine[]): BilledLine {
  const off = given.filter((one) => one.periodStart.equals(line.periodStart))
    .reduce((total, one) => total - one.amountCentavos, 0n);
  return { ...line, creditedCentavos: centavos(line.creditedCentavos + off) };
}

/** Why a change that waits is not cancelled. */
export type CancelPayerCode = "subscription_not_found" | "no_payer_change";

/** Until its day comes the change can be cancelled. */
export async function cancelPayerChange(
  context: ServiceContext,
  tenantId: string,
  actor: Actor,
  input: { subscriptionId: string },
): Promise<Result<null, CancelPayerCode>> {
  return await runUseCase<null, CancelPayerCode>(context, tenantId, actor, async (useCase) => {
    const { trx } = useCase;
    await lockSubscribersOf(trx, [input.subscriptionId]);
    const subscription = await lockSubscription(trx, input.subscriptionId);
    if (subscription === null) return err("subscription_not_found");
    const waiting = await findPlannedPayerChange(trx, subscription.id);
    if (waiting === null) return err("no_payer_change");
    await updatePayerChange(trx, waiting.id, { state: "cancelled" });
    const name = (await findSubscriber(trx, subscription.subscriber_id))?.name ?? "";
    const summary = coded("audit_payer_cancelled", { ppp: subscription.ppp_name, name });
    for (const id of [waiting.from_subscriber_id, waiting.to_subscriber_id]) {
      await auditSubscription(useCase, { ...subscription, subscriber_id: id }, "payer_cancelled", summary);
    }
    return ok(null);
  });
}

/** Why a change of payer is not undone. */
export type UndoPayerCode = CancelPayerCode | "payer_billed_since" | "prepaid_bill_open";

/**
 * Gives a connection back to who had it, while its new payer has not been billed for it. The last bill of the old payer
 * stays: its days were used. Nobody is cut by this; the next cut run decides (rule R2).
 */
export async function undoPayerChange(
  context: ServiceContext,
  tenantId: string,
  actor: Actor,
  input: { subscriptionId: string; changeId: string },
): Promise<Result<null, UndoPayerCode>> {
  return await runUseCase<null, UndoPayerCode>(context, tenantId, actor, async (useCase) => {
    const { trx } = useCase;
    const seen = await findLastPayerChange(trx, input.subscriptionId);
    if (seen === null || seen.id !== input.changeId) return err("no_payer_change");
    await lockSubscribersOf(trx, [input.subscriptionId], [seen.from_subscriber_id]);
    const subscription = await lockSubscription(trx, input.subscriptionId);
    const change = await findLastPayerChange(trx, input.subscriptionId);
    if (subscription === null || subscription.status === "cancelled") return err("subscription_not_found");
    const stands = change?.id === seen.id && subscription.subscriber_id === seen.to_subscriber_id;
    if (!stands || await findPlannedPayerChange(trx, subscription.id) !== null) return err("no_payer_change");
    const billed = await hasBillSince(trx, {
      subscriptionId: subscription.id,
      subscriberId: seen.to_subscriber_id,
      since: seen.made_at ?? seen.asked_at,
    });
    const to = await findSubscriber(trx, seen.to_subscriber_id);
    if (billed) return err("payer_billed_since", { name: to?.name ?? "" });
    await back(useCase, subscription, seen, to?.name ?? "");
    return ok(null);
  });
}

async function back(
  useCase: UseCase,
  subscription: SubscriptionRow,
  change: PayerChangeRow,
  toName: string,
): Promise<void> {
  const { trx, tenant, booking } = useCase;
  const { from_subscriber_id: from, to_subscriber_id: to } = change;
  await updatePayerChange(trx, change.id, { state: "undone" });
  await updatePayer(trx, subscription.id, { subscriber_id: from, moved: null });
  const restored = await restoreService(trx, tenant, from, booking);
  useCase.touchRouters(restored.routerIds);
  useCase.live(["money", "tonight"]);
  const ppp = subscription.ppp_name;
  const name = (await findSubscriber(trx, from))?.name ?? "";
  const audit = (subscriberId: string, summary: ReturnType<typeof coded>) =>
    auditSubscription(useCase, { ...subscription, subscriber_id: subscriberId }, "payer_undone", summary);
  await audit(from, coded("audit_payer_back", { ppp, name: toName }));
  await audit(to, coded("audit_payer_gone_back", { ppp, name }));
}
