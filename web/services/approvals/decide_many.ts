import { z } from "zod";
import { formatCoded } from "@/shared/codes/mod.ts";
import { err, ok, type Result } from "@/shared/result.ts";
import { DECIDE_IN_PLACE_MAX } from "@/web/domain/approvals/limits.ts";
import { decideRequestsJob } from "@/web/jobs/decide_requests.ts";
import {
  findDecisionBatch,
  insertDecisionBatch,
  lockDecisionBatch,
  updateDecisionBatch,
} from "@/web/store/approvals/decision_batches.ts";
import { withTenant } from "@/web/store/db/tenant_transaction.ts";
import { type Actor, type ServiceContext, staffIdOf } from "../context.ts";
import { checkReason } from "../reason.ts";
import { runUseCase, type UseCase } from "../use_case.ts";
import { approveIn, declineIn } from "./decide.ts";

const shown = z.array(z.object({ requestId: z.uuid(), revision: z.int(), seen: z.string() }));

const results = z.array(z.object({
  requestId: z.uuid(),
  /** `left`: it stays as it is; `said` is why, but for what stands in the request itself. */
  state: z.enum(["approved", "declined", "failed", "left"]),
  said: z.string().nullable(),
}));

/** What has become of a request that was decided with others. */
export type DecidedOne = z.output<typeof results>[number];

/** What a person decides together. */
export interface ManyToDecide {
  /** Made with the question: sent twice it is one. */
  key: string;
  decision: "approve" | "decline";
  shown: readonly { requestId: string; revision: number; seen: string }[];
  note: string;
}

/**
 * Decides requests one after the other, each as it was shown and in a transaction of its own: what is no longer as it was
 * shown stays open, and keeps none of the others from being decided. A handful is done before it answers, more by a job.
 */
export async function decideMany(
  context: ServiceContext,
  tenantId: string,
  actor: Actor,
  { key, decision, shown, note }: ManyToDecide,
): Promise<Result<{ batchId: string }, "reason_required" | "reason_too_long" | "nobody_chosen">> {
  const words = note.trim() === "" && decision === "approve" ? ok(null) : checkReason(note);
  if (!words.ok) return words;
  if (shown.length === 0) return err("nobody_chosen");
  const begun = await runUseCase<{ isLong: boolean }, never>(context, tenantId, actor, async (useCase) => {
    const { trx, at } = useCase;
    const known = await findDecisionBatch(trx, key);
    if (known !== null) return ok({ isLong: known.total > DECIDE_IN_PLACE_MAX });
    await insertDecisionBatch(trx, {
      id: key,
      decision,
      note: words.value,
      shown: JSON.stringify(shown),
      total: shown.length,
      created_at: at,
      decided_by_id: staffIdOf(actor),
      decided_by: actor.label,
    });
    const isLong = shown.length > DECIDE_IN_PLACE_MAX;
    if (isLong) await useCase.enqueue(decideRequestsJob, { tenantId, batchId: key });
    return ok({ isLong });
  });
  if (begun.ok && !begun.value.isLong) await runDecisionBatch(context, tenantId, key, { actor });
  return ok({ batchId: key });
}

/**
 * Decides what is left of a batch. It can be killed anywhere and run again, also twice at once: a decision and how far the
 * batch has come commit together. Whoever has begun it must be allowed to with each, as if they pressed the button then.
 */
export async function runDecisionBatch(
  context: ServiceContext,
  tenantId: string,
  batchId: string,
  { actor }: {
    /** Who it is, with where they ask from; else as the batch has kept it. */
    actor?: Actor;
  } = {},
): Promise<void> {
  const batch = await withTenant(context.db, tenantId, (trx) => findDecisionBatch(trx, batchId), {
    readOnly: true,
  });
  if (batch === null) return;
  const { decided_by: label, decided_by_id: staffUserId } = batch;
  const who: Actor = actor ?? { kind: "staff", label, staffUserId };
  for (let left = batch.total - batch.done; left > 0; left--) {
    await runUseCase<null, never>(context, tenantId, who, async (useCase) => {
      await decideNext(useCase, batchId);
      return ok(null);
    });
  }
}

async function decideNext(useCase: UseCase, batchId: string): Promise<void> {
  const { trx, at } = useCase;
  const batch = await lockDecisionBatch(trx, batchId);
  const next = batch === null ? undefined : readShown(batch.shown)[batch.done];
  if (batch === null || next === undefined) return;
  const deciding = { ...next, note: batch.note };
  const result = batch.decision === "approve"
    ? await approveIn(useCase, deciding)
    : await declineIn(useCase, { ...deciding, note: batch.note ?? "" });
  const one: DecidedOne = {
    requestId: next.requestId,
    state: result.ok ? result.value.state : "left",
    // Who decided it and when stands in the request itself.
    said: result.ok || result.code === "approval_decided" ? null : formatCoded(result),
  };
  const done = batch.done + 1;
  const isLast = done === batch.total;
  await updateDecisionBatch(trx, batchId, {
    results: JSON.stringify([...readDecided(batch.results), one]),
    done,
    ...(isLast ? { finished_at: at, note: null } : {}),
  });
  useCase.live(["approvals"]);
}

/** Each as it was shown, in its order. */
export function readShown(stored: unknown): z.output<typeof shown> {
  return shown.parse(stored);
}

/** What has become of those that were decided so far, in their order. */
export function readDecided(stored: unknown): DecidedOne[] {
  return results.parse(stored);
}
