import { err, type Failure, type Result } from "@/shared/result.ts";
import type { EndInput, EndRefusal } from "@/web/services/billing/review_end.ts";
import type { Actor, ServiceContext } from "@/web/services/context.ts";
import {
  type EndConnectionCode,
  type EndedConnection,
  type EndNow,
  endNow,
} from "@/web/services/subscribers/end_connection.ts";
import { lockServed, planIn, type WaitingEnd } from "@/web/services/subscribers/plan_end.ts";
import { runUseCase } from "@/web/services/use_case.ts";
import { findOpenEnd, type ServiceEndRow } from "@/web/store/subscribers/service_ends.ts";

/** Why the end of a service is not planned. */
type PlanEndCode =
  | EndRefusal
  | "subscription_not_found"
  | "end_is_planned"
  | "end_is_asked_for";

/** Plans the end of a service with a day to come, where nobody has to be asked. */
export async function planEnd(
  context: ServiceContext,
  tenantId: string,
  actor: Actor,
  request: EndInput & { subscriptionId: string },
): Promise<Result<WaitingEnd, PlanEndCode>> {
  return await runUseCase<WaitingEnd, PlanEndCode>(context, tenantId, actor, async (useCase) => {
    const { trx } = useCase;
    const connection = await lockServed(trx, request.subscriptionId);
    if (connection === null) return err("subscription_not_found");
    const open = await findOpenEnd(trx, connection.id);
    if (open !== null) return refuseSecond(open);
    return await planIn(useCase, connection, request);
  });
}

/** Ends a service now, where nobody has to be asked. */
export async function endConnection(
  context: ServiceContext,
  tenantId: string,
  actor: Actor,
  input: EndNow & { subscriptionId: string },
): Promise<Result<EndedConnection, EndConnectionCode>> {
  return await runUseCase<EndedConnection, EndConnectionCode>(context, tenantId, actor, async (useCase) => {
    const connection = await lockServed(useCase.trx, input.subscriptionId);
    return connection === null ? err("subscription_not_found") : await endNow(useCase, connection, input);
  });
}

/** A connection has one end at a time. */
function refuseSecond(
  { state, last_on: last }: ServiceEndRow,
): Failure<"end_is_planned" | "end_is_asked_for"> {
  return state === "asked" ? err("end_is_asked_for", { last }) : err("end_is_planned", { last });
}
