import { coded } from "@/shared/codes/mod.ts";
import { uuidv7 } from "@/shared/ids.ts";
import { err, ok, type Result } from "@/shared/result.ts";
import { erasePersonJob } from "@/web/jobs/erase_person.ts";
import { findErasureOf, insertErasure, readBlockers, withdrawErasure } from "@/web/store/privacy/erasures.ts";
import { lockErasure } from "@/web/store/privacy/erasure_steps.ts";
import { lockSubscriber } from "@/web/store/subscribers/subscribers.ts";
import { recordAudit } from "../audit.ts";
import type { Actor, ServiceContext } from "../context.ts";
import { checkReason } from "../reason.ts";
import { runUseCase, type UseCase } from "../use_case.ts";
import { isBlocked } from "./blockers.ts";
import { beginErasure, runErasure } from "./run_erasure.ts";

/** After so long nothing more is begun and the rest is left to the queue: a step takes about half of it more. */
const ANSWER_MS = 1_000;

/** Why somebody is not erased. */
export type EraseCode =
  | "subscriber_not_found"
  | "already_erased"
  | "erasure_blocked"
  | "reason_required"
  | "reason_too_long";

/**
 * Erases a subscriber, or writes the request down while something stands against it: it is then done by itself, the night
 * after nothing does any more.
 *
 * @returns whether it is done, waits, or goes on behind the answer since the logs are long
 */
export async function eraseSubscriber(
  context: ServiceContext,
  tenantId: string,
  actor: Actor,
  input: {
    subscriberId: string;
    /** What whoever asked saw: a person who sends "erase" must not get a request, nor the other way round. */
    waits: boolean;
    reason: string;
  },
): Promise<Result<"done" | "asked" | "going", EraseCode>> {
  const reason = checkReason(input.reason);
  if (!reason.ok) return reason;
  const begun = await runUseCase<Begun | null, EraseCode>(context, tenantId, actor, async (useCase) => {
    const { trx, at } = useCase;
    const subscriber = await lockSubscriber(trx, input.subscriberId);
    if (subscriber === null) return err("subscriber_not_found");
    if (subscriber.erased_at !== null) return err("already_erased");
    const open = await findErasureOf(trx, subscriber.id);
    const waits = isBlocked(await readBlockers(trx, subscriber.id));
    if (waits && !input.waits) return err("erasure_blocked");
    const { account_number: account, id: subscriberId } = subscriber;
    const id = open?.state === "asked" ? open.id : uuidv7(at.epochMilliseconds);
    if (open?.state !== "asked") {
      await insertErasure(trx, {
        id,
        subscriber_id: subscriberId,
        account_number: account,
        reason: waits ? reason.value : null,
        asked_at: at,
        asked_by: actor.label,
      });
    }
    if (waits) {
      if (open?.state !== "asked") await note(useCase, "asked", { subscriberId, account });
      return ok(null);
    }
    const isOurs = await beginErasure(useCase, id);
    // Should this process die: the queue finds it at its end, or goes on with it.
    if (context.enqueue !== undefined) {
      await useCase.enqueue(erasePersonJob, { tenantId, erasureId: id });
    }
    return ok({ id, isOurs });
  });
  if (!begun.ok) return begun;
  if (begun.value === null) return ok("asked");
  const { id, isOurs } = begun.value;
  const mostMs = context.enqueue === undefined ? Infinity : ANSWER_MS;
  const outcome = await runErasure(context, tenantId, id, { actor, mostMs });
  // The queue was faster with what was begun here.
  if (outcome === "known") return isOurs ? ok("done") : err("already_erased");
  return ok(outcome === "blocked" ? "asked" : outcome);
}

/** One that has begun, and whether it did so here. */
interface Begun {
  id: string;
  isOurs: boolean;
}

/** Takes a request back that has not begun, or that is blocked and of which nothing is erased yet. */
export async function withdrawErasureRequest(
  context: ServiceContext,
  tenantId: string,
  actor: Actor,
  input: { subscriberId: string },
): Promise<Result<null, "subscriber_not_found" | "erasure_gone" | "erasure_begun">> {
  return await runUseCase<null, "subscriber_not_found" | "erasure_gone" | "erasure_begun">(
    context,
    tenantId,
    actor,
    async (useCase) => {
      const subscriber = await lockSubscriber(useCase.trx, input.subscriberId);
      if (subscriber === null) return err("subscriber_not_found");
      const open = await findErasureOf(useCase.trx, subscriber.id);
      if (open?.state !== "asked") return err("erasure_gone");
      if (open.started_at !== null) {
        const row = await lockErasure(useCase.trx, open.id);
        const isStopped = isBlocked(await readBlockers(useCase.trx, subscriber.id));
        if (row?.state !== "asked" || !isStopped || row.log_changed > 0n) return err("erasure_begun");
      }
      await withdrawErasure(useCase.trx, open.id);
      const { id: subscriberId, account_number: account } = subscriber;
      await note(useCase, "withdrawn", { subscriberId, account });
      return ok(null);
    },
  );
}

async function note(
  { trx, actor, at, business }: UseCase,
  what: "asked" | "withdrawn",
  { subscriberId, account }: { subscriberId: string; account: string },
): Promise<void> {
  await recordAudit(trx, actor, {
    action: what === "asked" ? "subscriber.erasure_asked" : "subscriber.erasure_withdrawn",
    subjectKind: "subscriber",
    subjectId: subscriberId,
    subscriberId,
    summary: what === "asked"
      ? coded("audit_erasure_asked", { account })
      : coded("audit_erasure_withdrawn", { account }),
    at,
    businessOn: business.today,
  });
}
