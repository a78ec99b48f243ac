import { coded } from "@/shared/codes/mod.ts";
import { uuidv7 } from "@/shared/ids.ts";
import { err, type Failure, ok, type Result } from "@/shared/result.ts";
import type { TenantTransaction } from "@/web/store/db/tenant_transaction.ts";
import { findOpenEnd, insertServiceEnd, updateServiceEnd } from "@/web/store/subscribers/service_ends.ts";
import { lockSubscribersOf } from "@/web/store/subscribers/subscribers.ts";
import { lockSubscription, type SubscriptionRow } from "@/web/store/subscribers/subscriptions.ts";
import { type EndInput, type EndRefusal, reviewEnd } from "../billing/review_end.ts";
import type { UseCase } from "../use_case.ts";
import { auditSubscription } from "./audit_subscription.ts";

/** An end that is written down: nothing has changed yet. */
export interface WaitingEnd {
  endId: string;
}

type EndRequest = EndInput & { subscriptionId: string };

/**
 * Plans the end of a service with a day to come. Until then nothing changes but the bills: none is for days behind it. The
 * connection is on until the end of that day, and goes off by {@linkcode makeServiceEnds}. The caller has locked the
 * connection. An end that was asked for is this one: whoever plans it has the right to decide.
 */
export async function planIn(
  useCase: UseCase,
  connection: SubscriptionRow,
  { lastDay, unused, why = null }: EndInput,
): Promise<Result<WaitingEnd, EndRefusal | "end_is_planned">> {
  const { trx, tenant, at, actor, business: { today } } = useCase;
  const open = await findOpenEnd(trx, connection.id);
  if (open?.state === "planned") return err("end_is_planned", { last: open.last_on });
  const review = await reviewEnd(trx, { tenant, today }, connection, { lastDay, unused });
  if (!review.ok) return review;
  if (open !== null) {
    await updateServiceEnd(trx, open.id, {
      state: "planned",
      last_on: lastDay,
      unused,
      why,
      decided_at: at,
      decided_by: actor.label,
    });
  }
  const endId = open?.id ??
    await insertEnd(useCase, connection, { lastDay, unused, why }, { state: "planned", reason: null });
  useCase.live(["money"]);
  const values = { ppp: connection.ppp_name, last: lastDay };
  await auditSubscription(useCase, connection, "end_planned", coded("audit_end_planned", values));
  return ok({ endId });
}

async function insertEnd(
  { trx, at, actor }: UseCase,
  connection: Pick<SubscriptionRow, "id">,
  { lastDay, unused, why = null }: EndInput,
  { state, reason }: { state: "asked" | "planned"; reason: string | null },
): Promise<string> {
  const id = uuidv7(at.epochMilliseconds);
  await insertServiceEnd(trx, {
    id,
    subscription_id: connection.id,
    last_on: lastDay,
    unused,
    state,
    reason,
    why,
    asked_at: at,
    asked_by: actor.label,
  });
  return id;
}

/** Marks a connection whose end somebody has asked for, or changed what they ask for. Nothing else changes. */
export async function noteEndAsked(
  useCase: UseCase,
  { subscriptionId, lastDay, unused, why = null }: EndRequest,
  reason: string,
): Promise<void> {
  const open = await findOpenEnd(useCase.trx, subscriptionId);
  if (open?.state === "asked") {
    await updateServiceEnd(useCase.trx, open.id, { last_on: lastDay, unused, why, reason });
  } else if (open === null) {
    await insertEnd(useCase, { id: subscriptionId }, { lastDay, unused, why }, { state: "asked", reason });
  }
  useCase.live(["money"]);
}

/** Takes that mark away: the service goes on. */
export async function dropEndAsked(
  useCase: UseCase,
  subscriptionId: string,
  { state, note }: { state: "refused" | "cancelled"; note: string | null },
): Promise<void> {
  const { trx, at, actor } = useCase;
  const open = await findOpenEnd(trx, subscriptionId);
  if (open?.state !== "asked") return;
  await updateServiceEnd(trx, open.id, { state, note, decided_at: at, decided_by: actor.label });
  useCase.live(["money"]);
}

/** Why there is nothing to take back. */
export type TakeBackEndCode = "subscription_not_found" | "end_not_waiting" | "end_is_asked_for";

/** Takes a planned end back inside of another use case: the service goes on. */
export async function takeBackPlanned(
  useCase: UseCase,
  subscriptionId: string,
): Promise<Result<null, TakeBackEndCode>> {
  const { trx, at, actor } = useCase;
  const connection = await lockServed(trx, subscriptionId);
  if (connection === null) return err("subscription_not_found");
  const open = await findOpenEnd(trx, connection.id);
  if (open === null) return err("end_not_waiting");
  if (open.state === "asked") return err("end_is_asked_for", { last: open.last_on });
  await updateServiceEnd(trx, open.id, { state: "cancelled", decided_at: at, decided_by: actor.label });
  useCase.live(["money"]);
  await auditSubscription(
    useCase,
    connection,
    "end_taken_back",
    coded("audit_end_taken_back", { ppp: connection.ppp_name, last: open.last_on }),
  );
  return ok(null);
}

/** A connection that has begun and has not ended, locked with its subscriber. */
export async function lockServed(
  trx: TenantTransaction,
  subscriptionId: string,
): Promise<SubscriptionRow | null> {
  await lockSubscribersOf(trx, [subscriptionId]);
  const connection = await lockSubscription(trx, subscriptionId);
  return connection !== null && isServed(connection) ? connection : null;
}

/** Whether a connection has begun and has not ended. */
export function isServed({ status }: Pick<SubscriptionRow, "status">): boolean {
  return status === "active" || status === "disconnected";
}

/** Refuses what would begin behind the planned last day of a connection. */
export async function refuseBehindEnd(
  trx: TenantTransaction,
  subscriptionId: string,
  from: Temporal.PlainDate,
): Promise<Failure<"behind_planned_end"> | null> {
  const open = await findOpenEnd(trx, subscriptionId);
  if (open?.state !== "planned" || Temporal.PlainDate.compare(from, open.last_on) <= 0) return null;
  return err("behind_planned_end", { last: open.last_on });
}
