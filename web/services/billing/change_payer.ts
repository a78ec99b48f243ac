import { err, type Failure, ok, type Result } from "@/shared/result.ts";
import {
  findPayerChange,
  findPlannedPayerChange,
  insertPayerChange,
  type PayerChangeRow,
} from "@/web/store/billing/payer_changes.ts";
import {
  type ContactFields,
  findSubscriber,
  lockSubscribersOf,
} from "@/web/store/subscribers/subscribers.ts";
import { lockSubscription, type SubscriptionRow } from "@/web/store/subscribers/subscriptions.ts";
import type { Actor, ServiceContext } from "../context.ts";
import { runOnce } from "../payments/run_once.ts";
import { cleanContact, type ContactCode } from "../subscribers/contact_fields.ts";
import { type AddedPerson, auditPerson, insertPerson } from "../subscribers/insert_person.ts";
import { runUseCase, type UseCase } from "../use_case.ts";
import { auditBoth, moveToPayer, nextMoment } from "./move_to_payer.ts";
import {
  type PayerEffect,
  type PayerRefusal,
  type PayerWhen,
  readPayerEffect,
  type UnusedDays,
  whyNotNewPayer,
} from "./payer_effect.ts";

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
  | "payer_form_used"
  | "duplicate";

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
  // Two connections are locked apart: of two forms with one id that are sent at once the second finds the first one's change.
  return await runOnce(() => runUseCase(context, tenantId, actor, (useCase) => changeOnce(useCase, request)));
}

async function changeOnce(
  useCase: UseCase,
  request: PayerRequest,
): Promise<Result<ChangedPayer, ChangePayerCode>> {
  const { trx, tenant, business: { today } } = useCase;
  const also = "subscriberId" in request.to ? [request.to.subscriberId] : [];
  await lockSubscribersOf(trx, [request.subscriptionId], also);
  const subscription = await lockSubscription(trx, request.subscriptionId);
  if (subscription === null) return err("subscription_not_found");
  const sent = await findPayerChange(trx, request.once);
  if (sent !== null) return isSameForm(sent, request) ? ok(toChanged(sent)) : err("payer_form_used");
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
  else await moveToPayer(useCase, subscription, change, effect);
  if (to.value.added !== null) await auditPerson(useCase, to.value.added);
  return ok(toChanged(change));
}

/** Of another connection, or for somebody else, it would answer that something was done that was not. */
function isSameForm(sent: PayerChangeRow, { subscriptionId, to, unused }: PayerRequest): boolean {
  const isSameTo = !("subscriberId" in to) || to.subscriberId === sent.to_subscriber_id;
  return sent.subscription_id === subscriptionId && isSameTo && sent.unused === unused;
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
