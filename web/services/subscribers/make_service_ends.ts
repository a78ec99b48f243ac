import type { Result } from "@/shared/result.ts";
import { findOpenEnd, listEndsDue, updateServiceEnd } from "@/web/store/subscribers/service_ends.ts";
import { makeDue } from "../billing/make_due.ts";
import { workOutEnd } from "../billing/review_end.ts";
import type { Actor, ServiceContext } from "../context.ts";
import type { UseCase } from "../use_case.ts";
import { settleEnd } from "./end_connection.ts";
import { lockServed } from "./plan_end.ts";

/**
 * Ends the services whose planned last day is over, before that day's bills: the last bill is up to it, and the connection
 * goes off with the person who planned it as authorisation. What waits for a bill that is made again is asked for the next
 * time.
 */
export async function makeServiceEnds(
  context: ServiceContext,
  tenantId: string,
  actor: Actor,
  { businessOn }: { businessOn: Temporal.PlainDate },
): Promise<Result<null, "clock_doubted">> {
  return await makeDue(context, tenantId, actor, {
    list: async (trx) => (await listEndsDue(trx, businessOn)).map((id) => ({ subscription_id: id })),
    make: (useCase, [end]) => makeOne(useCase, end.subscription_id, businessOn),
    event: "service_not_ended",
  });
}

async function makeOne(
  useCase: UseCase,
  subscriptionId: string,
  businessOn: Temporal.PlainDate,
): Promise<void> {
  const { trx, tenant, at } = useCase;
  const connection = await lockServed(trx, subscriptionId);
  const end = await findOpenEnd(trx, subscriptionId);
  if (end?.state !== "planned" || Temporal.PlainDate.compare(businessOn, end.last_on) <= 0) return;
  if (connection === null) {
    await updateServiceEnd(trx, end.id, {
      state: "cancelled",
      decided_at: at,
      decided_by: useCase.actor.label,
    });
    return;
  }
  const input = { lastDay: end.last_on, unused: end.unused, why: end.why };
  const review = await workOutEnd(trx, { tenant, today: businessOn }, connection, input);
  if (!review.ok) return;
  await settleEnd(useCase, connection, {
    ...input,
    review: review.value,
    approvedBy: end.asked_by,
  });
}
