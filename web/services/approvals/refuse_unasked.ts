import { err, type Failure } from "@/shared/result.ts";
import type { ApprovalKindId } from "@/web/domain/approvals/mod.ts";
import type { UseCase } from "../use_case.ts";
import { findWay, type Weighed } from "./ask_or_run.ts";
import { kindName } from "./close_request.ts";
import { momentOf } from "./kind.ts";

/** It is not done without an approval, and this way to it does not ask for one. */
export type UnaskedCode = "approval_needed";

/**
 * Refuses an operation that needs an approval where nobody asks for one: undoing, palettes and whatever else leads to the
 * same effect. Null where it may run. What asks is `askOrRun`.
 */
export async function refuseUnasked(
  useCase: UseCase,
  kind: ApprovalKindId,
  { amountCentavos = null, count = null, subscriberId = null, siteId = null }: Partial<Weighed>,
): Promise<Failure<UnaskedCode> | null> {
  const what = { amountCentavos, count, subscriberId, siteId };
  const way = await findWay(momentOf(useCase), useCase.actor, kind, what);
  return way === "run" ? null : err("approval_needed", { what: kindName(kind) });
}
