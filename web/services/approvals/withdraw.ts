import { coded } from "@/shared/codes/mod.ts";
import { err, ok, type Result } from "@/shared/result.ts";
import { nextState } from "@/web/domain/approvals/mod.ts";
import { listOpenOf, lockRequest, type RequestRow } from "@/web/store/approvals/requests.ts";
import type { Actor, ServiceContext } from "../context.ts";
import { runUseCase, type UseCase } from "../use_case.ts";
import { closeRequest, kindName, refuseDecided } from "./close_request.ts";
import { timesOf } from "./decide.ts";
import { isOwn } from "./people.ts";

/** Why a request is not withdrawn. */
export type WithdrawCode = "approval_not_found" | "approval_not_asker" | "approval_decided";

/** Takes a request back: only whoever asked does, while nobody has decided. */
export async function withdrawRequest(
  context: ServiceContext,
  tenantId: string,
  actor: Actor,
  { requestId }: { requestId: string },
): Promise<Result<null, WithdrawCode>> {
  return await runUseCase<null, WithdrawCode>(
    context,
    tenantId,
    actor,
    (useCase) => withdrawIn(useCase, requestId),
  );
}

/** The same inside of another use case. */
export async function withdrawIn(useCase: UseCase, requestId: string): Promise<Result<null, WithdrawCode>> {
  const { trx, tenant, at, actor } = useCase;
  const row = await lockRequest(trx, requestId);
  if (row === null) return err("approval_not_found");
  if (!isOwn(actor, row)) return err("approval_not_asker");
  if (nextState(timesOf(row), { kind: "withdraw" }, at) === null) return refuseDecided(row, tenant.time_zone);
  await close(useCase, row, "asker");
  return ok(null);
}

/** Takes back everything that somebody has asked for who is disabled or has left. Answers how many. */
export async function withdrawAllOf(useCase: UseCase, staffUserId: string): Promise<number> {
  const { trx } = useCase;
  let count = 0;
  for (const id of await listOpenOf(trx, staffUserId)) {
    const row = await lockRequest(trx, id);
    if (row === null || row.state !== "asked") continue;
    await close(useCase, row, "gone");
    count++;
  }
  return count;
}

async function close(useCase: UseCase, row: RequestRow, why: "asker" | "gone"): Promise<void> {
  await closeRequest(useCase, row, {
    state: "withdrawn",
    summary: coded("audit_approval_withdrawn", { what: kindName(row.kind), subject: row.subject_label, why }),
  });
}
