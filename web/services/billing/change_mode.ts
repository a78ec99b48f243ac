import { isBefore } from "@/shared/calendar/mod.ts";
import { coded, periodValue } from "@/shared/codes/mod.ts";
import { uuidv7 } from "@/shared/ids.ts";
import { sum, ZERO } from "@/shared/money/mod.ts";
import { err, type Failure, ok, type Result } from "@/shared/result.ts";
import { changeToPostpaid, nextBillOn, splitUnused } from "@/web/domain/billing/mod.ts";
import { insertNeverBilled, listAheadOfThemselves } from "@/web/store/billing/charged_periods.ts";
import {
  findKeptUnpaid,
  findPlannedModeChange,
  findUnbilledAhead,
  insertModeChange,
  listBilledAhead,
  listModeChangesDue,
  updateMode,
  updateModeChangeEnded,
  updatePeriodsCut,
} from "@/web/store/billing/mode_changes.ts";
import { findPlan } from "@/web/store/billing/plans.ts";
import { findOpenPurchaseBill, insertUncovered } from "@/web/store/billing/prepaid.ts";
import { type TenantTransaction, withTenant } from "@/web/store/db/tenant_transaction.ts";
import { lockSubscribersOf } from "@/web/store/subscribers/subscribers.ts";
import { lockSubscription, type SubscriptionRow } from "@/web/store/subscribers/subscriptions.ts";
import type { Actor, ServiceContext } from "../context.ts";
import { restoreService } from "../cuts/restore_service.ts";
import { applyIdleCredit } from "../payments/apply_credit.ts";
import { giveMemo } from "../payments/give_memo.ts";
import { refuseBehindEnd } from "../subscribers/plan_end.ts";
import { auditSubscription } from "../subscribers/audit_subscription.ts";
import { runUseCase, type UseCase } from "../use_case.ts";
import { billingRules } from "./billing_rules.ts";
import { eachApart } from "./each_apart.ts";
import { issueLastBill } from "./issue_last_bill.ts";
import { type GivenBackDays, readToPrepaid } from "./mode_effect.ts";
import { rulesOf } from "./rule_levels.ts";
import { giveSuspendedBack } from "./suspended_back.ts";

/** Why a connection does not change how it pays. */
export type ChangeModeCode =
  | "subscription_not_found"
  | "prepaid_not_active"
  | "mode_same"
  | "mode_change_waits"
  | "mode_ahead"
  | "mode_bill_open"
  | "behind_planned_end"
  | "mode_days_to_bill"
  | "mode_days_free"
  | "prepaid_bill_open";

/** What was asked for. */
export interface ModeRequest {
  subscriptionId: string;
  to: "postpaid" | "prepaid";
  /** Of a change to prepaid; bills begin where coverage ends anyway. */
  when: "today" | "next_boundary";
  /** What becomes of days behind the change that are billed and paid; unpaid ones are taken off. @default "coverage" */
  unused?: "coverage" | "credit";
}

/**
 * Changes whether a connection pays up front or after a bill. To prepaid: today or at the end of its cycle, with a last
 * bill for what was used; days that were billed in advance and paid stay or become credit, unpaid ones are taken off their
 * bill. To postpaid: bills begin where coverage ends.
 * No day is charged twice, and none that was served is left out.
 */
export async function changeMode(
  context: ServiceContext,
  tenantId: string,
  actor: Actor,
  request: ModeRequest,
): Promise<Result<{ effectiveOn: Temporal.PlainDate }, ChangeModeCode>> {
  return await runUseCase<{ effectiveOn: Temporal.PlainDate }, ChangeModeCode>(
    context,
    tenantId,
    actor,
    async (useCase) => {
      const { trx, tenant, business } = useCase;
      await lockSubscribersOf(trx, [request.subscriptionId]);
      const subscription = await lockSubscription(trx, request.subscriptionId);
      if (subscription === null) return err("subscription_not_found");
      const refusal = await refuse(useCase, subscription, request);
      if (refusal !== null) return refusal;
      const { today } = business;
      if (request.to === "postpaid") {
        return ok({ effectiveOn: await toPostpaid(useCase, subscription, today) });
      }
      const { when, unused = "coverage" } = request;
      const { effectiveOn } = await readToPrepaid(trx, tenant, subscription, { today, when, unused });
      const behind = await refuseBehindEnd(trx, subscription.id, effectiveOn);
      if (behind !== null) return behind;
      if (Temporal.PlainDate.compare(effectiveOn, today) > 0) {
        await plan(useCase, subscription, { on: effectiveOn, unused });
        return ok({ effectiveOn });
      }
      await toPrepaid(useCase, subscription, { on: today, unused });
      await note(useCase, subscription.id, { state: "made", on: today, unused });
      return ok({ effectiveOn });
    },
  );
}

async function refuse(
  { trx, business }: UseCase,
  subscription: SubscriptionRow,
  { to, when, unused }: ModeRequest,
): Promise<Failure<ChangeModeCode> | null> {
  if (subscription.status !== "active" && subscription.status !== "disconnected") {
    return err("prepaid_not_active");
  }
  if (subscription.billing_mode === to) return err("mode_same");
  const waiting = await findPlannedModeChange(trx, subscription.id);
  if (waiting !== null) return err("mode_change_waits", { on: waiting.effective_on });
  if (to === "postpaid") {
    const open = await findOpenPurchaseBill(trx, subscription.id);
    return open === null ? null : err("prepaid_bill_open", { number: open.number });
  }
  const why = await whyNotPrepaid(trx, subscription.id, { on: business.today, unused });
  // One that is planned waits for such days by itself.
  const isWaitedFor = why?.code === "mode_days_to_bill" || why?.code === "mode_days_free";
  return isWaitedFor && when === "next_boundary" ? null : why;
}

/** What stands against making a connection prepaid on a day; a change that was planned waits for it. */
export async function whyNotPrepaid(
  trx: TenantTransaction,
  subscriptionId: string,
  { on, unused = "coverage", waits = false }: {
    on: Temporal.PlainDate;
    unused?: ModeRequest["unused"];
    /** It was planned: it waits for a bill that is not paid, so that nobody is cut inside its terms. */
    waits?: boolean;
  },
): Promise<Failure<"mode_ahead" | "mode_bill_open" | "mode_days_to_bill" | "mode_days_free"> | null> {
  if ((await listAheadOfThemselves(trx, [subscriptionId])).size > 0) return err("mode_ahead");
  const { toBill, freeUntil } = await findUnbilledAhead(trx, subscriptionId, on);
  if (toBill) return err("mode_days_to_bill");
  if (freeUntil !== null) {
    return err("mode_days_free", { until: freeUntil.subtract({ days: 1 }), on: freeUntil });
  }
  const kept = await findKeptUnpaid(trx, subscriptionId, on);
  if (kept !== null) return err("mode_bill_open", { number: kept });
  const ahead = (await listBilledAhead(trx, subscriptionId, on)).map((row) => ({
    ...row,
    isPaid: row.is_paid,
  }));
  // Days of a period that runs are taken off its bill. One that has not begun is voided, as a whole, by a person.
  const whole = splitUnused(ahead, unused).givenBack.find((row) =>
    waits && !row.isPaid || !isBefore(row.period_start, on)
  );
  return whole === undefined ? null : err("mode_bill_open", { number: whole.number });
}

interface ModeDay {
  on: Temporal.PlainDate;
  unused: "coverage" | "credit";
}

async function note(
  { trx, at, actor }: UseCase,
  subscriptionId: string,
  { state, on, unused }: ModeDay & { state: "planned" | "made" },
): Promise<void> {
  await insertModeChange(trx, {
    id: uuidv7(at.epochMilliseconds),
    subscription_id: subscriptionId,
    to_mode: "prepaid",
    effective_on: on,
    unused,
    state,
    asked_at: at,
    asked_by: actor.label,
  });
}

async function plan(
  useCase: UseCase,
  subscription: SubscriptionRow,
  day: ModeDay,
): Promise<void> {
  await note(useCase, subscription.id, { state: "planned", ...day });
  await auditSubscription(
    useCase,
    subscription,
    "mode_planned",
    coded("audit_mode_planned", { ppp: subscription.ppp_name, on: day.on }),
  );
}

/** Why a change that waits is not cancelled. */
export type CancelModeCode = "subscription_not_found" | "no_mode_change";

/** Until its day comes the change can be cancelled. */
export async function cancelModeChange(
  context: ServiceContext,
  tenantId: string,
  actor: Actor,
  input: { subscriptionId: string },
): Promise<Result<null, CancelModeCode>> {
  return await runUseCase<null, CancelModeCode>(context, tenantId, actor, async (useCase) => {
    await lockSubscribersOf(useCase.trx, [input.subscriptionId]);
    const subscription = await lockSubscription(useCase.trx, input.subscriptionId);
    if (subscription === null) return err("subscription_not_found");
    const waiting = await findPlannedModeChange(useCase.trx, subscription.id);
    if (waiting === null) return err("no_mode_change");
    await updateModeChangeEnded(useCase.trx, waiting.id, "cancelled");
    const summary = coded("audit_mode_cancelled", { ppp: subscription.ppp_name });
    await auditSubscription(useCase, subscription, "mode_cancelled", summary);
    return ok(null);
  });
}

/**
 * Makes the changes whose day has come, before that day's bills. What cannot be made waits, and is asked for the next
 * day; one that cannot be written stops nobody else. May be killed and repeated.
 */
export async function makeModeChanges(
  context: ServiceContext,
  tenantId: string,
  actor: Actor,
  input: { businessOn: Temporal.PlainDate },
): Promise<Result<null, "clock_doubted">> {
  const { businessOn } = input;
  const due = await withTenant(context.db, tenantId, (trx) => listModeChangesDue(trx, businessOn));
  const made = await eachApart(context, tenantId, actor, {
    ids: due.map((change) => change.subscription_id),
    work: (useCase, id) => makeOne(useCase, id, businessOn),
    event: "mode_not_changed",
    why: (error) => coded("mode_not_changed", { details: error.message }),
  });
  return made.ok ? ok(null) : made;
}

async function makeOne(
  useCase: UseCase,
  subscriptionId: string,
  businessOn: Temporal.PlainDate,
): Promise<void> {
  const { trx } = useCase;
  await lockSubscribersOf(trx, [subscriptionId]);
  const subscription = await lockSubscription(trx, subscriptionId);
  const change = await findPlannedModeChange(trx, subscriptionId);
  if (subscription === null || change === null || isBefore(businessOn, change.effective_on)) return;
  const isLive = subscription.status === "active" || subscription.status === "disconnected";
  const isMade = isLive && subscription.billing_mode === "postpaid";
  if (isMade) {
    const day = { on: businessOn, unused: change.unused };
    if (await whyNotPrepaid(trx, subscriptionId, { ...day, waits: true }) !== null) return;
    await toPrepaid(useCase, subscription, day);
  }
  await updateModeChangeEnded(trx, change.id, isMade ? "made" : "cancelled");
}

/** The subscriber is locked. Days until `on` get a last bill; from there on days are bought. */
async function toPrepaid(
  useCase: UseCase,
  subscription: SubscriptionRow,
  { on, unused }: ModeDay,
): Promise<void> {
  const { trx, tenant, at, booking } = useCase;
  const effect = await readToPrepaid(trx, tenant, subscription, { today: on, when: "today", unused });
  const { toBill, billCentavos, reconnections, suspendedBack, givenBack } = effect;
  const stopped = subscription.stopped_from_on;
  const isPassed = stopped !== null && Temporal.PlainDate.compare(stopped, on) < 0;
  if (isPassed) {
    const days = { period_start: stopped.toString(), period_end: on.toString() };
    const one = { subscription_id: subscription.id, ...days, why: "stopped", stopped_at: at } as const;
    await insertNeverBilled(trx, [one], at);
  }
  const plan = await findPlan(trx, subscription.plan_id);
  if (plan === null) throw new Error(`Cannot bill ${subscription.id}: it has no plan`);
  await issueLastBill(useCase, {
    connection: subscription,
    plan,
    lines: toBill,
    fees: [],
    reconnections,
  });
  const isMoved = isPassed || toBill.length > 0 || givenBack.length > 0;
  if (givenBack.length > 0) await updatePeriodsCut(trx, subscription.id, on);
  await updateMode(trx, subscription.id, {
    billing_mode: "prepaid",
    billed_through_on: isMoved ? on : subscription.billed_through_on,
    next_bill_on: null,
  }, on);
  await giveUnusedBack(useCase, subscription, { planName: plan.name, givenBack });
  await giveSuspendedBack(useCase, subscription, suspendedBack);
  await applyIdleCredit(trx, [subscription.subscriber_id], booking);
  useCase.live(["money", "tonight"]);
  await auditSubscription(
    useCase,
    subscription,
    "made_prepaid",
    coded("audit_made_prepaid", {
      ppp: subscription.ppp_name,
      on,
      amount: billCentavos,
    }),
  );
}

/** A memo for each bill of which days are not used: it pays that bill first. */
async function giveUnusedBack(
  useCase: UseCase,
  { subscriber_id: subscriberId }: SubscriptionRow,
  { planName, givenBack }: { planName: string; givenBack: readonly GivenBackDays[] },
): Promise<void> {
  for (const { billId, start, end, amountCentavos } of givenBack) {
    if (amountCentavos === ZERO) continue;
    const reason = coded("memo_mode_changed", { plan: planName, period: periodValue(start, end) });
    await giveMemo(useCase, { subscriberId, kind: "correction", reason, amountCentavos, billId });
  }
}

/** The subscriber is locked. Bills begin where coverage ends; days without it were not served and are never billed. */
async function toPostpaid(
  useCase: UseCase,
  subscription: SubscriptionRow,
  today: Temporal.PlainDate,
): Promise<Temporal.PlainDate> {
  const { trx, tenant, at, booking } = useCase;
  const activatedOn = subscription.activated_on ?? today;
  const until = subscription.billed_through_on;
  const bought = until === null ? [] : [{ start: activatedOn, end: until, amountCentavos: sum([]) }];
  const { chargedFrom } = changeToPostpaid({ today, when: "today", unused: "coverage", purchases: bought });
  const begins = until ?? activatedOn;
  if (Temporal.PlainDate.compare(begins, chargedFrom) < 0) {
    const days = { period_start: begins.toString(), period_end: chargedFrom.toString() };
    await insertUncovered(trx, [{ subscription_id: subscription.id, ...days }], at);
  }
  const plan = await findPlan(trx, subscription.plan_id);
  if (plan === null) throw new Error(`Cannot bill ${subscription.id}: it has no plan`);
  const billedThrough = chargedFrom.equals(activatedOn) ? null : chargedFrom;
  const rules = billingRules(tenant, {
    planName: "",
    priceCentavos: 0n,
    anchorDay: subscription.anchor_day,
    timing: subscription.bill_timing,
    activatedOn,
    inEffect: rulesOf(tenant, plan, subscription),
  });
  const next = nextBillOn({ ...rules, billedThrough });
  await updateMode(
    trx,
    subscription.id,
    { billing_mode: "postpaid", billed_through_on: billedThrough, next_bill_on: next },
    today,
  );
  const restored = await restoreService(trx, tenant, subscription.subscriber_id, booking);
  useCase.touchRouters(restored.routerIds);
  useCase.live(["money", "tonight"]);
  await auditSubscription(
    useCase,
    subscription,
    "made_postpaid",
    coded("audit_made_postpaid", { ppp: subscription.ppp_name, on: chargedFrom }),
  );
  return chargedFrom;
}
