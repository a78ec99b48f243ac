import { coded } from "@/shared/codes/mod.ts";
import { uuidv7 } from "@/shared/ids.ts";
import { err, type Failure, ok, type Result } from "@/shared/result.ts";
import type { TenantTransaction } from "@/web/store/db/tenant_transaction.ts";
import {
  findOpenEnd,
  insertServiceEnd,
  type ServiceEndRow,
  updateServiceEnd,
} from "@/web/store/subscribers/service_ends.ts";
import { lockSubscribersOf } from "@/web/store/subscribers/subscribers.ts";
import { lockSubscription, type SubscriptionRow } from "@/web/store/subscribers/subscriptions.ts";
import { type EndInput, type EndRefusal, reviewEnd } from "../billing/review_end.ts";
import type { Actor, ServiceContext } from "../context.ts";
import { checkReason } from "../reason.ts";
import { runUseCase, type UseCase } from "../use_case.ts";
import { auditSubscription } from "./audit_subscription.ts";

/** Why the end of a service is neither planned nor asked for. */
export type PlanEndCode =
  | EndRefusal
  | "subscription_not_found"
  | "end_is_planned"
  | "end_is_asked_for"
  | "end_day_over"
  | "reason_required"
  | "reason_too_long";

/** An end that is written down: nothing has changed yet. */
export interface WaitingEnd {
  endId: string;
}

type EndRequest = EndInput & { subscriptionId: string };

/**
 * Plans the end of a service with a day to come. Until then nothing changes but the bills: none is for days behind it. The
 * connection is on until the end of that day, and goes off by {@linkcode makeServiceEnds}.
 */
export async function planEnd(
  context: ServiceContext,
  tenantId: string,
  actor: Actor,
  request: EndRequest,
): Promise<Result<WaitingEnd, PlanEndCode>> {
  return await runUseCase<WaitingEnd, PlanEndCode>(context, tenantId, actor, async (useCase) => {
    const { today } = useCase.business;
    if (Temporal.PlainDate.compare(request.lastDay, today) <= 0) return err("end_day_over");
    return await write(useCase, request, { state: "planned", reason: null });
  });
}

/** Asks that a service be ended, where the company wants an approval. Nothing changes before somebody approves. */
export async function askEnd(
  context: ServiceContext,
  tenantId: string,
  actor: Actor,
  request: EndRequest & { reason: string },
): Promise<Result<WaitingEnd, PlanEndCode>> {
  const reason = checkReason(request.reason);
  if (!reason.ok) return reason;
  return await runUseCase<WaitingEnd, PlanEndCode>(
    context,
    tenantId,
    actor,
    (useCase) => write(useCase, request, { state: "asked", reason: reason.value }),
  );
}

async function write(
  useCase: UseCase,
  { subscriptionId, lastDay, unused }: EndRequest,
  { state, reason }: { state: "asked" | "planned"; reason: string | null },
): Promise<Result<WaitingEnd, PlanEndCode>> {
  const { trx, tenant, at, actor, business: { today } } = useCase;
  const connection = await lockServed(trx, subscriptionId);
  if (connection === null) return err("subscription_not_found");
  const open = await findOpenEnd(trx, connection.id);
  if (open !== null) return refuseSecond(open);
  const review = await reviewEnd(trx, { tenant, today }, connection, { lastDay, unused });
  if (!review.ok) return review;
  const id = uuidv7(at.epochMilliseconds);
  await insertServiceEnd(trx, {
    id,
    subscription_id: connection.id,
    last_on: lastDay,
    unused,
    state,
    reason,
    asked_at: at,
    asked_by: actor.label,
  });
  useCase.live(["money"]);
  const values = { ppp: connection.ppp_name, last: lastDay };
  if (reason === null) {
    await auditSubscription(useCase, connection, "end_planned", coded("audit_end_planned", values));
  } else {
    await auditSubscription(
      useCase,
      connection,
      "end_asked",
      coded("audit_end_asked", { ...values, reason }),
    );
  }
  return ok({ endId: id });
}

/** A connection has one end at a time. */
function refuseSecond(
  { state, last_on: last }: ServiceEndRow,
): Failure<"end_is_planned" | "end_is_asked_for"> {
  return state === "asked" ? err("end_is_asked_for", { last }) : err("end_is_planned", { last });
}

/** Why there is nothing to take back. */
export type TakeBackEndCode = "subscription_not_found" | "end_not_waiting";

/** Takes an end back that was planned or asked for: the service goes on. */
export async function takeBackEnd(
  context: ServiceContext,
  tenantId: string,
  actor: Actor,
  { subscriptionId }: { subscriptionId: string },
): Promise<Result<null, TakeBackEndCode>> {
  return await runUseCase<null, TakeBackEndCode>(context, tenantId, actor, async (useCase) => {
    const { trx, at } = useCase;
    const connection = await lockServed(trx, subscriptionId);
    if (connection === null) return err("subscription_not_found");
    const open = await findOpenEnd(trx, connection.id);
    if (open === null) return err("end_not_waiting");
    await updateServiceEnd(trx, open.id, { state: "cancelled", decided_at: at, decided_by: actor.label });
    useCase.live(["money"]);
    await auditSubscription(
      useCase,
      connection,
      "end_taken_back",
      coded("audit_end_taken_back", { ppp: connection.ppp_name, last: open.last_on }),
    );
    return ok(null);
  });
}

/** A connection that has begun and has not ended, locked with its subscriber. */
export async function lockServed(
  trx: TenantTransaction,
  subscriptionId: string,
): Promise<SubscriptionRow | null> {
  await lockSubscribersOf(trx, [subscriptionId]);
  const connection = await lockSubscription(trx, subscriptionId);
  const isServed = connection?.status === "active" || connection?.status === "disconnected";
  return isServed ? connection : null;
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
