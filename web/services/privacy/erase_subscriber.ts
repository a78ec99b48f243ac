import { coded } from "@/shared/codes/mod.ts";
import { uuidv7 } from "@/shared/ids.ts";
import { err, ok, type Result } from "@/shared/result.ts";
import type { ListedErasure } from "@/web/gateways/erasure_list/mod.ts";
import {
  type ErasureBlockers,
  findErasureOf,
  insertErasure,
  readBlockers,
  withdrawErasure,
} from "@/web/store/privacy/erasures.ts";
import { lockSubscriber } from "@/web/store/subscribers/subscribers.ts";
import { recordAudit } from "../audit.ts";
import type { Actor, ServiceContext } from "../context.ts";
import { checkReason } from "../reason.ts";
import { runUseCase, type UseCase } from "../use_case.ts";
import { erasePerson } from "./erase_person.ts";

/** Why somebody is not erased. */
export type EraseCode =
  | "subscriber_not_found"
  | "already_erased"
  | "erasure_blocked"
  | "reason_required"
  | "reason_too_long";

/** Whether something stands against it: a live connection, money in either direction, a dispute, a change of payer, a request. */
export function isBlocked(blockers: ErasureBlockers): boolean {
  return blockers.live > 0 || blockers.owed_centavos !== 0n || blockers.credit_centavos !== 0n ||
    blockers.disputes > 0 || blockers.payer_changes > 0 || blockers.requests > 0;
}

/**
 * Erases a subscriber, or writes the request down while something stands against it: it is then done by itself, the night
 * after nothing does any more.
 *
 * @returns whether it is done, or waits
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
): Promise<Result<"done" | "asked", EraseCode>> {
  const reason = checkReason(input.reason);
  if (!reason.ok) return reason;
  let listed: ListedErasure | null = null;
  const result = await runUseCase<"done" | "asked", EraseCode>(context, tenantId, actor, async (useCase) => {
    listed = null;
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
      return ok("asked");
    }
    listed = await erasePerson(useCase, context, {
      erasureId: id,
      subscriberId,
      account,
      erasedAt: at,
      isAgain: false,
    });
    return ok("done");
  });
  if (listed !== null) await keepOutside(context, [listed]);
  return result;
}

/** Takes a request back that is not done yet. */
export async function withdrawErasureRequest(
  context: ServiceContext,
  tenantId: string,
  actor: Actor,
  input: { subscriberId: string },
): Promise<Result<null, "subscriber_not_found" | "erasure_gone">> {
  return await runUseCase<null, "subscriber_not_found" | "erasure_gone">(
    context,
    tenantId,
    actor,
    async (useCase) => {
      const subscriber = await lockSubscriber(useCase.trx, input.subscriberId);
      if (subscriber === null) return err("subscriber_not_found");
      const open = await findErasureOf(useCase.trx, subscriber.id);
      if (open?.state !== "asked") return err("erasure_gone");
      await withdrawErasure(useCase.trx, open.id);
      const { id: subscriberId, account_number: account } = subscriber;
      await note(useCase, "withdrawn", { subscriberId, account });
      return ok(null);
    },
  );
}

/**
 * Tells the list outside of the database. The erasure stands already: what cannot be written is written at the next start,
 * and the doctor says so meanwhile.
 */
export async function keepOutside(
  { erasures, log }: Pick<ServiceContext, "erasures" | "log">,
  listed: readonly ListedErasure[],
): Promise<void> {
  try {
    await erasures?.add(listed);
  } catch (error) {
    log.error("erasure_not_listed", { error });
  }
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
