import { isBefore } from "@/shared/calendar/mod.ts";
import { coded, periodValue } from "@/shared/codes/mod.ts";
import { err, type Failure, ok, type Result } from "@/shared/result.ts";
import { insertNeverBilled, listAheadOfThemselves } from "@/web/store/billing/charged_periods.ts";
import {
  findLastPayerChange,
  findPayerChange,
  findPlannedPayerChange,
  hasOpenPeriods,
  insertPayerChange,
  type PayerChangeRow,
  updatePayer,
  updatePeriodCut,
} from "@/web/store/billing/payer_changes.ts";
import { findPlan } from "@/web/store/billing/plans.ts";
import { findOpenPurchaseBill } from "@/web/store/billing/prepaid.ts";
import type { TenantTransaction } from "@/web/store/db/tenant_transaction.ts";
import {
  type ContactFields,
  findSubscriber,
  lockSubscribersOf,
} from "@/web/store/subscribers/subscribers.ts";
import { lockSubscription, type SubscriptionRow } from "@/web/store/subscribers/subscriptions.ts";
import type { Actor, ServiceContext } from "../context.ts";
import { restoreService } from "../cuts/restore_service.ts";
import { applyIdleCredit } from "../payments/apply_credit.ts";
import { giveMemo } from "../payments/give_memo.ts";
import { auditSubscription } from "../subscribers/audit_subscription.ts";
import { cleanContact, type ContactCode } from "../subscribers/contact_fields.ts";
import { type AddedPerson, auditPerson, insertPerson } from "../subscribers/insert_person.ts";
import { runUseCase, type UseCase } from "../use_case.ts";
import { issueLastBill } from "./issue_last_bill.ts";
import {
  nextBillOfPayer,
  type PayerEffect,
  type PayerWhen,
  readPayerEffect,
  type UnusedDays,
} from "./payer_effect.ts";
import { giveSuspendedBack } from "./suspended_back.ts";

/** Why a connection does not go to another subscriber. */
export type ChangePayerCode =
  | ContactCode
  | PayerRefusal
  | "subscription_not_found"
  | "subscriber_not_found"
  | "payer_moved"
  | "payer_same"
  | "payer_day_moved"
  | "payer_change_waits"
  | "duplicate";

/** What stands against it whoever gets it; a planned change waits for these. */
export type PayerRefusal = "payer_not_active" | "payer_ahead" | "prepaid_bill_open";

/** Who gets the connection: somebody who is there, or a new person. */
export type NewPayer =
  | { subscriberId: string }
  | { person: ContactFields; isDuplicateAccepted: boolean };

/** What was asked for. */
export interface PayerRequest {
  subscriptionId: string;
  /** Whose it was when the form was made. */
  fromSubscriberId: string;
  to: NewPayer;
  when: PayerWhen;
  unused: UnusedDays;
  /** The day of the form: the effect that it showed is of that day. */
  shownOn: Temporal.PlainDate;
  /** Made once per form; the same form sent twice is one change. */
  once: string;
}

/** A change that is made or waits for its day. */
export interface ChangedPayer {
  toSubscriberId: string;
  effectiveOn: Temporal.PlainDate;
  /** It waits. */
  isPlanned: boolean;
}

/**
 * Gives a connection to another subscriber, today or at the end of its cycle. Bills stay with whom they were made for and
 * debt never moves; days until then are billed to the old payer at once, from then on the new one is billed. Service that
 * was off for the old payer's debt comes back: the new one owes nothing for it (rule R21).
 */
export async function changePayer(
  context: ServiceContext,
  tenantId: string,
  actor: Actor,
  request: PayerRequest,
): Promise<Result<ChangedPayer, ChangePayerCode>> {
  return await runUseCase<ChangedPayer, ChangePayerCode>(context, tenantId, actor, async (useCase) => {
    const { trx, tenant, business: { today } } = useCase;
    const also = "subscriberId" in request.to ? [request.to.subscriberId] : [];
    await lockSubscribersOf(trx, [request.subscriptionId], also);
    const subscription = await lockSubscription(trx, request.subscriptionId);
    if (subscription === null) return err("subscription_not_found");
    const sent = await findPayerChange(trx, request.once);
    if (sent !== null) return ok(toChanged(sent));
    const refusal = await refuse(useCase, subscription, request);
    if (refusal !== null) return refusal;
    const to = await resolvePayer(useCase, request.to);
    if (!to.ok) return to;
    const { when, unused } = request;
    const effect = await readPayerEffect(trx, tenant, subscription, { today, when, unused });
    const isPlanned = Temporal.PlainDate.compare(effect.effectiveOn, today) > 0;
    const madeAt = isPlanned ? null : await nextMoment(useCase, subscription.id);
    const change = toRow(useCase, subscription, request, { to: to.value.id, effect, madeAt });
    await insertPayerChange(trx, change);
    if (isPlanned) await auditBoth(useCase, subscription, change, "planned");
    else await move(useCase, subscription, change, effect);
    if (to.value.added !== null) await auditPerson(useCase, to.value.added);
    return ok(toChanged(change));
  });
}

function toChanged({ to_subscriber_id, effective_on, state }: PayerChangeRow): ChangedPayer {
  return { toSubscriberId: to_subscriber_id, effectiveOn: effective_on, isPlanned: state === "planned" };
}

async function refuse(
  { trx, business }: UseCase,
  subscription: SubscriptionRow,
  { to, fromSubscriberId, shownOn }: PayerRequest,
): Promise<Failure<ChangePayerCode> | null> {
  if (subscription.subscriber_id !== fromSubscriberId) {
    const now = await findSubscriber(trx, subscription.subscriber_id);
    return err("payer_moved", { name: now?.name ?? "" });
  }
  const stands = await whyNotNewPayer(trx, subscription);
  if (stands !== null) return stands;
  const waiting = await findPlannedPayerChange(trx, subscription.id);
  if (waiting !== null) return err("payer_change_waits", { on: waiting.effective_on });
  if ("subscriberId" in to && to.subscriberId === subscription.subscriber_id) return err("payer_same");
  return shownOn.equals(business.today) ? null : err("payer_day_moved");
}

/** What stands against giving a connection to anybody. */
export async function whyNotNewPayer(
  trx: TenantTransaction,
  subscription: Pick<SubscriptionRow, "id" | "status">,
): Promise<Failure<PayerRefusal> | null> {
  if (subscription.status !== "active" && subscription.status !== "disconnected") {
    return err("payer_not_active");
  }
  if ((await listAheadOfThemselves(trx, [subscription.id])).size > 0) return err("payer_ahead");
  const open = await findOpenPurchaseBill(trx, subscription.id);
  return open === null ? null : err("prepaid_bill_open", { number: open.number });
}

async function resolvePayer(
  useCase: UseCase,
  to: NewPayer,
): Promise<Result<{ id: string; added: AddedPerson | null }, ChangePayerCode>> {
  if ("subscriberId" in to) {
    const found = await findSubscriber(useCase.trx, to.subscriberId);
    return found === null ? err("subscriber_not_found") : ok({ id: found.id, added: null });
  }
  const person = cleanContact(to.person);
  if (!person.ok) return person;
  const added = await insertPerson(useCase, person.value, to);
  return added.ok ? ok({ id: added.value.id, added: added.value }) : added;
}

function toRow(
  { trx, at, actor }: UseCase,
  subscription: SubscriptionRow,
  { once, unused }: PayerRequest,
  { to, effect, madeAt }: { to: string; effect: PayerEffect; madeAt: Temporal.Instant | null },
): PayerChangeRow {
  return {
    tenant_id: trx.tenantId,
    id: once,
    subscription_id: subscription.id,
    from_subscriber_id: subscription.subscriber_id,
    to_subscriber_id: to,
    effective_on: effect.effectiveOn,
    charged_from: effect.chargedFrom,
    unused,
    state: madeAt === null ? "planned" : "made",
    given_back_on: null,
    asked_at: at,
    asked_by: actor.label,
    made_at: madeAt,
  };
}

/** Two changes of a connection are never made at one moment: their order says whose it was when. */
export async function nextMoment({ trx, at }: UseCase, subscriptionId: string): Promise<Temporal.Instant> {
  const last = (await findLastPayerChange(trx, subscriptionId))?.made_at ?? null;
  if (last === null || Temporal.Instant.compare(last, at) < 0) return at;
  return last.add({ milliseconds: 1 });
}

/** The subscribers are locked, and the change is written. */
export async function move(
  useCase: UseCase,
  subscription: SubscriptionRow,
  change: PayerChangeRow,
  effect: PayerEffect,
): Promise<void> {
  const { trx, tenant, booking } = useCase;
  const plan = await findPlan(trx, subscription.plan_id);
  if (plan === null) throw new Error(`Cannot bill ${subscription.id}: it has no plan`);
  await noteFree(useCase, subscription.id, effect);
  await issueLastBill(useCase, {
    connection: subscription,
    plan,
    lines: effect.toBill,
    fees: [],
    reconnections: effect.reconnections,
  });
  if (change.unused === "credit") await creditUnused(useCase, subscription, plan.name, effect);
  await updatePayer(trx, subscription.id, {
    subscriber_id: change.to_subscriber_id,
    moved: await whereItStands(useCase, subscription, effect),
  });
  // As it was read: of the old payer.
  await giveSuspendedBack(useCase, subscription, effect.suspendedBack);
  await applyIdleCredit(trx, [change.from_subscriber_id], booking);
  // What was off for the old payer's debt: the new one owes nothing for it.
  const restored = await restoreService(trx, tenant, change.to_subscriber_id, booking);
  useCase.touchRouters(restored.routerIds);
  useCase.live(["money", "tonight"]);
  await auditBoth(useCase, subscription, change, "changed", {
    last_bill_centavos: effect.billCentavos.toString(),
    restored: restored.subscriptionIds,
  });
}

async function noteFree({ trx, at }: UseCase, subscriptionId: string, { free }: PayerEffect): Promise<void> {
  if (free === null) return;
  await insertNeverBilled(trx, [{
    subscription_id: subscriptionId,
    period_start: free.start.toString(),
    period_end: free.end.toString(),
    why: "free",
    stopped_at: null,
  }], at);
}

/** Days that were billed in advance and not used become credit of who was billed; the other pays them. */
async function creditUnused(
  useCase: UseCase,
  subscription: SubscriptionRow,
  planName: string,
  { unused, effectiveOn }: PayerEffect,
): Promise<void> {
  if (unused === null) return;
  const { period, back } = unused;
  await updatePeriodCut(useCase.trx, subscription.id, {
    start: period.period_start,
    end: period.period_end,
    newEnd: effectiveOn,
  });
  for (const part of back) {
    await giveMemo(useCase, {
      subscriberId: subscription.subscriber_id,
      subscriptionId: subscription.id,
      kind: "correction",
      reason: coded("memo_payer_changed", {
        plan: planName,
        period: periodValue(effectiveOn, period.period_end),
      }),
      ...part,
    });
  }
}

/** From the first day that the new payer is billed for; while bills have stopped, and of what is bought, nothing moves. */
async function whereItStands(
  { trx, tenant, business: { today } }: UseCase,
  subscription: SubscriptionRow,
  { chargedFrom, toBill, free, unused }: PayerEffect,
) {
  const isCut = unused !== null && isBefore(chargedFrom, unused.period.period_end);
  if (toBill.length === 0 && free === null && !isCut) return null;
  const next = nextBillOfPayer(tenant, subscription, chargedFrom);
  const isOpen = await hasOpenPeriods(trx, subscription.id) && isBefore(today, next);
  return { billed_through_on: chargedFrom, next_bill_on: isOpen ? today : next };
}

/** On both timelines, each with the name of the other. */
async function auditBoth(
  useCase: UseCase,
  subscription: SubscriptionRow,
  change: PayerChangeRow,
  verb: "planned" | "changed",
  details: Record<string, unknown> = {},
): Promise<void> {
  const nameOf = async (id: string) => (await findSubscriber(useCase.trx, id))?.name ?? "";
  const { ppp_name: ppp } = subscription;
  const { from_subscriber_id: from, to_subscriber_id: to, effective_on: on } = change;
  const left = { ppp, on, name: await nameOf(to) };
  const got = { ppp, on, name: await nameOf(from) };
  const all = { ...details, change_id: change.id };
  const isMade = verb === "changed";
  const audit = (subscriberId: string, action: string, summary: ReturnType<typeof coded>) =>
    auditSubscription(useCase, { ...subscription, subscriber_id: subscriberId }, action, summary, all);
  await audit(
    from,
    isMade ? "payer_left" : "payer_leaves",
    isMade ? coded("audit_payer_left", left) : coded("audit_payer_leaves", left),
  );
  await audit(
    to,
    isMade ? "payer_changed" : "payer_planned",
    isMade ? coded("audit_payer_came", got) : coded("audit_payer_comes", got),
  );
}
