import { coded } from "@/shared/codes/mod.ts";
import { type Centavos } from "@/shared/money/mod.ts";
import { err, ok, type Result } from "@/shared/result.ts";
import { findOpenEnd, updateServiceEnd } from "@/web/store/subscribers/service_ends.ts";
import type { Actor, ServiceContext } from "../context.ts";
import { checkReason } from "../reason.ts";
import { runUseCase } from "../use_case.ts";
import { auditSubscription } from "./audit_subscription.ts";
import { type EndConnectionCode, type EndedConnection, endNow } from "./end_connection.ts";
import { lockServed } from "./plan_end.ts";

/** Why the end that was asked for is not decided. */
export type DecideEndCode = EndConnectionCode | "end_not_waiting" | "reason_required" | "reason_too_long";

/**
 * Approves the end of a service that somebody asked for: with a day to come it is planned, else the service ends now.
 * Null: it is planned.
 */
export async function approveEnd(
  context: ServiceContext,
  tenantId: string,
  actor: Actor,
  input: {
    subscriptionId: string;
    /** The day that the person approves. */
    lastDay: Temporal.PlainDate;
    /** What the person saw that it comes to, where it ends now. */
    netCentavos: Centavos;
  },
): Promise<Result<EndedConnection | null, DecideEndCode>> {
  return await runUseCase<EndedConnection | null, DecideEndCode>(
    context,
    tenantId,
    actor,
    async (useCase) => {
      const { trx, at, business: { today } } = useCase;
      const connection = await lockServed(trx, input.subscriptionId);
      if (connection === null) return err("subscription_not_found");
      const open = await findOpenEnd(trx, connection.id);
      if (open?.state !== "asked" || !open.last_on.equals(input.lastDay)) return err("end_not_waiting");
      if (Temporal.PlainDate.compare(open.last_on, today) <= 0) {
        return await endNow(useCase, connection, {
          lastDay: open.last_on,
          unused: open.unused,
          netCentavos: input.netCentavos,
        });
      }
      await updateServiceEnd(trx, open.id, { state: "planned", decided_at: at, decided_by: actor.label });
      useCase.live(["money"]);
      await auditSubscription(
        useCase,
        connection,
        "end_approved",
        coded("audit_end_planned", { ppp: connection.ppp_name, last: open.last_on }),
      );
      return ok(null);
    },
  );
}

/** Refuses it: the service goes on. */
export async function refuseEnd(
  context: ServiceContext,
  tenantId: string,
  actor: Actor,
  input: { subscriptionId: string; note: string },
): Promise<Result<null, DecideEndCode>> {
  const note = checkReason(input.note);
  if (!note.ok) return note;
  return await runUseCase<null, DecideEndCode>(context, tenantId, actor, async (useCase) => {
    const { trx, at } = useCase;
    const connection = await lockServed(trx, input.subscriptionId);
    if (connection === null) return err("subscription_not_found");
    const open = await findOpenEnd(trx, connection.id);
    if (open?.state !== "asked") return err("end_not_waiting");
    await updateServiceEnd(trx, open.id, {
      state: "refused",
      decided_at: at,
      decided_by: actor.label,
      note: note.value,
    });
    useCase.live(["money"]);
    await auditSubscription(
      useCase,
      connection,
      "end_refused",
      coded("audit_end_refused", { ppp: connection.ppp_name, last: open.last_on, note: note.value }),
    );
    return ok(null);
  });
}
