import { ok, type Result } from "@/shared/result.ts";
import { findOpenByKey } from "@/web/store/approvals/requests.ts";
import { type WithdrawCode, withdrawIn } from "../approvals/withdraw.ts";
import type { Actor, ServiceContext } from "../context.ts";
import { runUseCase } from "../use_case.ts";
import { type TakeBackEndCode, takeBackPlanned } from "./plan_end.ts";

/** Takes an end back that was planned, or that one has asked for: the service goes on. */
export async function takeBackEnd(
  context: ServiceContext,
  tenantId: string,
  actor: Actor,
  { subscriptionId }: { subscriptionId: string },
): Promise<Result<null, TakeBackEndCode | WithdrawCode>> {
  return await runUseCase<null, TakeBackEndCode | WithdrawCode>(context, tenantId, actor, async (useCase) => {
    // The request before its subject, as whoever decides locks them.
    const asked = await findOpenByKey(useCase.trx, `service_end:${subscriptionId}`);
    const result = asked === null
      ? await takeBackPlanned(useCase, subscriptionId)
      : await withdrawIn(useCase, asked.id);
    return result.ok ? ok(null) : result;
  });
}
