import { z } from "zod";
import { coded, formatCoded } from "@/shared/codes/mod.ts";
import { err, ok, type Result } from "@/shared/result.ts";
import { DECIDE_AT_ONCE_MAX, DECIDE_IN_PLACE_MAX } from "@/web/domain/approvals/limits.ts";
import { decideRequestsJob } from "@/web/jobs/decide_requests.ts";
import {
  type DecisionBatchRow,
  findDecisionBatch,
  insertDecisionBatch,
  listUnfinishedBatches,
  lockDecisionBatch,
  updateDecisionBatch,
} from "@/web/store/approvals/decision_batches.ts";
import { withTenant } from "@/web/store/db/tenant_transaction.ts";
import { DatabaseUnavailableError } from "@/web/store/db/unavailable.ts";
import { canonicalJson } from "../audit_hash.ts";
import { type Actor, originOf, type ServiceContext, staffIdOf } from "../context.ts";
import { checkReason } from "../reason.ts";
import { eachInTurn } from "../each_in_turn.ts";
import { runUseCase, type UseCase } from "../use_case.ts";
import { approveIn, declineIn } from "./decide.ts";

/** After that long no job is at it any more. */
const FORGOTTEN_MINUTES = 15;

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

/** Why nothing is decided. */
export type DecideManyCode = "approval_not_found" | "reason_required" | "reason_too_long" | "nobody_chosen";

/**
 * Decides requests one after the other, each as it was shown and in a transaction of its own: what is no longer as it was
 * shown stays open, and keeps none of the others from being decided. A handful is done before it answers, more by a job,
 * which also ends what a crash left of a handful.
 */
export async function decideMany(
  context: ServiceContext,
  tenantId: string,
  actor: Actor,
  { key, decision, shown, note }: ManyToDecide,
): Promise<Result<{ batchId: string }, DecideManyCode>> {
  const words = note.trim() === "" && decision === "approve" ? ok(null) : checkReason(note);
  if (!words.ok) return words;
  if (shown.length === 0 || shown.length > DECIDE_AT_ONCE_MAX) return err("nobody_chosen");
  const begun = await runUseCase<null, "approval_not_found">(context, tenantId, actor, async (useCase) => {
    const { trx, at } = useCase;
    const known = await findDecisionBatch(trx, key);
    // A key of something else, or of somebody else, is one that there is not.
    if (known !== null) {
      return isSame(known, { actor, decision, shown }) ? ok(null) : err("approval_not_found");
    }
    const { ip, request_id } = originOf(actor);
    await insertDecisionBatch(trx, {
      id: key,
      decision,
      note: words.value,
      shown: JSON.stringify(shown),
      total: shown.length,
      created_at: at,
      decided_by_id: staffIdOf(actor),
      decided_by: actor.label,
      ip,
      request_id,
    });
    await useCase.enqueue(decideRequestsJob, { tenantId, batchId: key });
    return ok(null);
  });
  if (!begun.ok) return begun;
  if (shown.length <= DECIDE_IN_PLACE_MAX) await runDecisionBatch(context, tenantId, key);
  return ok({ batchId: key });
}

function isSame(
  known: DecisionBatchRow,
  { actor, decision, shown }: Pick<ManyToDecide, "decision" | "shown"> & { actor: Actor },
): boolean {
  return known.decided_by_id === staffIdOf(actor) && known.decision === decision &&
    canonicalJson(readShown(known.shown)) === canonicalJson(shown);
}

/** Ends what was begun a while ago and is left: its job was lost, or gave up. */
export async function finishDecisionBatches(context: ServiceContext, tenantId: string): Promise<void> {
  const before = context.clock.now().subtract({ minutes: FORGOTTEN_MINUTES });
  const left = await withTenant(context.db, tenantId, (trx) => listUnfinishedBatches(trx, before), {
    readOnly: true,
  });
  await eachInTurn(
    left,
    (batchId) => runDecisionBatch(context, tenantId, batchId),
    (batchId, error) => context.log.error("batch_not_run", { tenant_id: tenantId, batch_id: batchId, error }),
  );
}

/**
 * Decides what is left of a batch. It can be killed anywhere and run again, also twice at once: a decision and how far the
 * batch has come commit together. Whoever has begun it must be allowed to with each, as if they pressed the button then.
 */
export async function runDecisionBatch(
  context: ServiceContext,
  tenantId: string,
  batchId: string,
): Promise<void> {
  const batch = await withTenant(context.db, tenantId, (trx) => findDecisionBatch(trx, batchId), {
    readOnly: true,
  });
  if (batch === null) return;
  const { decided_by: label, decided_by_id: staffUserId, ip, request_id: requestId } = batch;
  const origin = ip === null && requestId === null
    ? {}
    : { origin: { ip: ip ?? "", requestId: requestId ?? "" } };
  const who: Actor = { kind: "staff", label, staffUserId, ...origin };
  for (let place = batch.done; place < batch.total; place++) {
    const decide = (work: (useCase: UseCase) => Promise<void>) =>
      runUseCase<null, never>(context, tenantId, who, async (useCase) => {
        await work(useCase);
        return ok(null);
      });
    try {
      await decide((useCase) => decideNext(useCase, batchId, place));
    } catch (error) {
      // Without a database nothing can be said of it either: whoever comes back to it tries it again.
      if (error instanceof DatabaseUnavailableError) throw error;
      context.log.error("request_not_decided", { tenant_id: tenantId, batch_id: batchId, place, error });
      await decide((useCase) => leaveNext(useCase, batchId, place));
    }
  }
}

async function decideNext(useCase: UseCase, batchId: string, place: number): Promise<void> {
  const batch = await lockDecisionBatch(useCase.trx, batchId);
  const next = batch === null ? undefined : readShown(batch.shown)[place];
  // Somebody else who is at it has decided this one meanwhile.
  if (batch === null || batch.done !== place || next === undefined) return;
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
  await noteDecided(useCase, batch, one);
}

/** What could not even be tried stays as it is, and keeps none of those behind it from their turn. */
async function leaveNext(useCase: UseCase, batchId: string, place: number): Promise<void> {
  const batch = await lockDecisionBatch(useCase.trx, batchId);
  const next = batch === null ? undefined : readShown(batch.shown)[place];
  if (batch === null || batch.done !== place || next === undefined) return;
  const said = formatCoded(coded("approval_not_tried"));
  await noteDecided(useCase, batch, { requestId: next.requestId, state: "left", said });
}

async function noteDecided(
  { trx, at, live }: UseCase,
  batch: DecisionBatchRow,
  one: DecidedOne,
): Promise<void> {
  const done = batch.done + 1;
  const isLast = done === batch.total;
  await updateDecisionBatch(trx, batch.id, {
    results: JSON.stringify([...readDecided(batch.results), one]),
    done,
    ...(isLast ? { finished_at: at, note: null, ip: null, request_id: null } : {}),
  });
  live(["approvals"]);
}

/** Each as it was shown, in its order. */
export function readShown(stored: unknown): z.output<typeof shown> {
  return shown.parse(stored);
}

/** What has become of those that were decided so far, in their order. */
export function readDecided(stored: unknown): DecidedOne[] {
  return results.parse(stored);
}
