import { type Coded, coded } from "@/shared/codes/mod.ts";
import { uuidv7 } from "@/shared/ids.ts";
import { err, ok, type Result } from "@/shared/result.ts";
import { nextBillOn as firstBillOn } from "@/web/domain/billing/mod.ts";
import {
  insertBlockReasons,
  listBlockReasons,
  updateBlockReasonsRemoved,
} from "@/web/store/cuts/block_reasons.ts";
import { updateBillingStarted } from "@/web/store/imports/imported_subscribers.ts";
import { lockSubscribersOf } from "@/web/store/subscribers/subscribers.ts";
import { lockSubscription, type SubscriptionRow } from "@/web/store/subscribers/subscriptions.ts";
import { findRouterPlace } from "@/web/store/approvals/router_place.ts";
import { refuseUnasked, type UnaskedCode } from "../approvals/refuse_unasked.ts";
import { recordAudit } from "../audit.ts";
import { billingRules } from "../billing/billing_rules.ts";
import type { Actor, ServiceContext } from "../context.ts";
import { refreshDesired } from "../network/desired_state.ts";
import { checkReason } from "../reason.ts";
import { resumeBilling } from "../billing/resume_billing.ts";
import { runUseCase, type UseCase } from "../use_case.ts";

/** Reasons that a person adds. Non-payment is for cut runs only (rule R2). */
export type ManualReason = "admin" | "abuse" | "vacation";

/** Why a suspension is refused. */
export type SuspendCode =
  | "subscription_not_found"
  | "already_suspended"
  | "not_suspended"
  | "reason_required"
  | "reason_too_long";

/** Switches a connection off by hand, with the person as authorisation. */
export async function suspendSubscription(
  context: ServiceContext,
  tenantId: string,
  actor: Actor,
  input: SuspendInput,
): Promise<Result<null, SuspendCode | UnaskedCode>> {
  return await runUseCase<null, SuspendCode | UnaskedCode>(context, tenantId, actor, async (useCase) => {
    const place = await findRouterPlace(useCase.trx, input.subscriptionId);
    const kept = place === null
      ? null
      : await refuseUnasked(useCase, "suspension", { siteId: place.site_id });
    return kept ?? await suspendIn(useCase, input);
  });
}

/** What somebody switches off. */
export interface SuspendInput {
  subscriptionId: string;
  reason: ManualReason;
  note: string;
}

/** The same inside of another use case, which has written nothing. */
export async function suspendIn(
  useCase: UseCase,
  input: SuspendInput,
): Promise<Result<null, SuspendCode>> {
  const note = checkReason(input.note);
  if (!note.ok) return note;
  const { trx, at, actor, business } = useCase;
  const subscription = await find(useCase, input.subscriptionId);
  if (subscription === null) return err("subscription_not_found");
  const added = await insertBlockReasons(trx, [{
    id: uuidv7(at.epochMilliseconds),
    subscription_id: subscription.id,
    reason: input.reason,
    note: note.value,
    run_id: null,
    added_by: actor.label,
    added_on: business.today,
    added_at: at,
  }]);
  if (added.length === 0) return err("already_suspended", { reason: input.reason });
  const summary = coded("event_suspended", { reason: input.reason, note: note.value });
  await apply(useCase, subscription, "suspended", summary, { reason: input.reason });
  return ok(null);
}

/** Takes a reason away that a person or an import added. The service is on again when no other reason stands. */
export async function resumeSubscription(
  context: ServiceContext,
  tenantId: string,
  actor: Actor,
  input: { subscriptionId: string; reason: ManualReason | "imported_disabled" | "not_installed" },
): Promise<Result<null, SuspendCode>> {
  return await runUseCase(context, tenantId, actor, async (useCase) => {
    const { trx, at, business } = useCase;
    const subscription = await find(useCase, input.subscriptionId);
    if (subscription === null) return err("subscription_not_found");
    const stood = (await listBlockReasons(trx, subscription.id))
      .find((row) => row.reason === input.reason && row.removed_at === null);
    const removed = await updateBlockReasonsRemoved(trx, [subscription.id], input.reason, {
      removed_at: at,
      removed_on: business.today,
      removed_by: actor.label,
    });
    if (removed.length === 0) return err("not_suspended", { reason: input.reason });
    if (input.reason === "imported_disabled") await startBilling(useCase, subscription);
    await resumeBilling(trx, useCase.tenant, [subscription.id], useCase.booking);
    await apply(useCase, subscription, "resumed", coded("event_resumed", { reason: input.reason }), {
      reason: input.reason,
      note: stood?.note ?? "",
    });
    return ok(null);
  });
}

/** A line that was off when it was imported has no billing yet: it begins on the day somebody turns it on. */
async function startBilling(
  { trx, tenant, business: { today } }: UseCase,
  subscription: SubscriptionRow,
): Promise<void> {
  const rules = billingRules(tenant, {
    planName: "",
    priceCentavos: 0n,
    anchorDay: subscription.anchor_day,
    timing: subscription.bill_timing,
    activatedOn: today,
  });
  const nextBillOn = firstBillOn({ ...rules, billedThrough: today });
  await updateBillingStarted(trx, subscription.id, { activatedOn: today, nextBillOn });
}

async function find({ trx }: UseCase, subscriptionId: string): Promise<SubscriptionRow | null> {
  await lockSubscribersOf(trx, [subscriptionId]);
  const subscription = await lockSubscription(trx, subscriptionId);
  return subscription === null || subscription.status === "cancelled" ? null : subscription;
}

async function apply(
  useCase: UseCase,
  subscription: SubscriptionRow,
  verb: string,
  summary: Coded,
  details: Record<string, unknown>,
): Promise<void> {
  const { trx, at, actor, business } = useCase;
  useCase.touchRouters(
    await refreshDesired(trx, [subscription.id], {
      now: at,
      isSaidAgain: verb === "suspended",
      authorisation: { kind: "manual", runId: null, approvedBy: actor.label },
    }),
  );
  await recordAudit(trx, actor, {
    action: `subscription.${verb}`,
    subjectKind: "subscription",
    subjectId: subscription.id,
    subscriberId: subscription.subscriber_id,
    summary,
    details,
    at,
    businessOn: business.today,
  });
}
