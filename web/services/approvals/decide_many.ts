import { err, ok, type Result } from "@/shared/result.ts";
import type { Actor, ServiceContext } from "../context.ts";
import { checkReason } from "../reason.ts";
import { approveRequest, declineRequest } from "./decide.ts";

/** What became of requests that were decided together. */
export interface ManyDecided {
  decided: number;
  /** Approved, and not possible any more. */
  failed: number;
  /** Decided by somebody else meanwhile, changed, or not this person's: they stay as they are. */
  left: number;
}

/**
 * Decides requests one after the other, each as it was shown and in a transaction of its own: what is no longer as it was
 * shown stays open, and keeps none of the others from being decided.
 */
export async function decideMany(
  context: ServiceContext,
  tenantId: string,
  actor: Actor,
  { decision, shown, note }: {
    decision: "approve" | "decline";
    shown: readonly { requestId: string; revision: number; seen: string }[];
    note: string;
  },
): Promise<Result<ManyDecided, "reason_required" | "reason_too_long">> {
  const words = checkReason(note);
  if (!words.ok && (decision === "decline" || words.code === "reason_too_long")) {
    return words.code === "reason_required" ? err("reason_required") : words;
  }
  const done: ManyDecided = { decided: 0, failed: 0, left: 0 };
  for (const one of shown) {
    const result = decision === "approve"
      ? await approveRequest(context, tenantId, actor, { ...one, note })
      : await declineRequest(context, tenantId, actor, { ...one, note });
    if (!result.ok) done.left++;
    else if (result.value.state === "failed") done.failed++;
    else done.decided++;
  }
  return ok(done);
}
