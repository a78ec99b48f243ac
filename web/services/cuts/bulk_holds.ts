import { coded } from "@/shared/codes/mod.ts";
import { uuidv7 } from "@/shared/ids.ts";
import { err, ok, type Result } from "@/shared/result.ts";
import { insertExclusions, insertHolds, updateHoldsEnded } from "@/web/store/subscribers/bulk.ts";
import { type AboveLimitCode, refuseDaysAbove } from "../access/role_limit.ts";
import { type BulkCode, type BulkOutcome, type BulkTargets, runBulk } from "../subscribers/bulk.ts";
import type { Actor, ServiceContext } from "../context.ts";
import { checkHoldDay } from "./hold_subscription.ts";
import { mailsOfHolds } from "../mail/occasions.ts";
import { queueingOf, queueMail } from "../mail/queue_mail.ts";
import { relist } from "./plan_cut_run.ts";
import { checkReason } from "../reason.ts";

/** Why a hold of many is refused as a whole. */
export type BulkHoldCode =
  | AboveLimitCode
  | BulkCode
  | "hold_in_past"
  | "hold_too_long"
  | "date_in_past"
  | "reason_required"
  | "reason_too_long";

/** Holds many connections until a day. Who is held already keeps that hold; who is cut already stays cut. */
export async function bulkHold(
  context: ServiceContext,
  tenantId: string,
  actor: Actor,
  input: BulkTargets & { untilOn: Temporal.PlainDate; reason: string },
): Promise<Result<BulkOutcome, BulkHoldCode>> {
  const reason = checkReason(input.reason);
  if (!reason.ok) return reason;
  const summary = ({ changed: count }: BulkOutcome) =>
    coded("audit_bulk_held", { count, until: input.untilOn, reason: reason.value });
  return await runBulk(
    context,
    tenantId,
    actor,
    { ...input, action: "hold", summary },
    async (useCase, rows) => {
      const { trx, at, business } = useCase;
      const day = checkHoldDay(input.untilOn, business.today);
      if (!day.ok) return day;
      const above = refuseDaysAbove(actor, "hold_days", business.today, input.untilOn);
      if (above !== null) return above;
      const free = rows.filter((row) => row.hold_until === null && !row.is_cut);
      await updateHoldsEnded(trx, free.map((row) => row.id), at);
      const held = free.map((row) => ({ id: uuidv7(at.epochMilliseconds), row }));
      await insertHolds(
        trx,
        held.map(({ id, row }) => ({
          id,
          subscription_id: row.id,
          until_on: input.untilOn,
          reason: reason.value,
          created_by: actor.label,
          created_at: at,
        })),
      );
      const told = held.map(({ id, row }) => ({
        id,
        subscriberId: row.subscriber_id,
        subscriptionId: row.id,
        untilOn: input.untilOn,
      }));
      await queueMail(trx, mailsOfHolds(told), queueingOf(useCase.booking));
      return ok({
        entries: free.map((row) => ({
          row,
          action: "held",
          summary: coded("audit_held", { until: input.untilOn, reason: reason.value }),
        })),
        same: rows.filter((row) => row.hold_until !== null).length,
        details: { until_on: input.untilOn.toString() },
      });
    },
  );
}

/** Ends the holds of many connections; those that qualify go on today's list while that has not begun. */
export async function bulkEndHold(
  context: ServiceContext,
  tenantId: string,
  actor: Actor,
  input: BulkTargets,
): Promise<Result<BulkOutcome, BulkHoldCode>> {
  const summary = ({ changed: count }: BulkOutcome) => coded("audit_bulk_holds_ended", { count });
  return await runBulk(
    context,
    tenantId,
    actor,
    { ...input, action: "end_hold", summary },
    async (useCase, rows) => {
      const held = rows.filter((row) => row.hold_until !== null);
      const ids = held.map((row) => row.id);
      await updateHoldsEnded(useCase.trx, ids, useCase.at);
      if (ids.length > 0) await relist(useCase, ids);
      return ok({
        entries: held.map((row) => ({
          row,
          action: "hold_ended",
          summary: coded("audit_hold_ended", { until: row.hold_until ?? useCase.business.today }),
          details: { until_on: String(row.hold_until), reason: row.hold_reason ?? "" },
        })),
        same: rows.length - held.length,
      });
    },
  );
}

/** Leaves many connections out of the cut run of one day. */
export async function bulkExclude(
  context: ServiceContext,
  tenantId: string,
  actor: Actor,
  input: BulkTargets & { businessOn: Temporal.PlainDate; reason: string },
): Promise<Result<BulkOutcome, BulkHoldCode>> {
  const reason = checkReason(input.reason);
  if (!reason.ok) return reason;
  const summary = ({ changed: count }: BulkOutcome) =>
    coded("audit_bulk_excluded", { count, day: input.businessOn, reason: reason.value });
  return await runBulk(
    context,
    tenantId,
    actor,
    { ...input, action: "exclude", summary },
    async ({ trx, at, business }, rows) => {
      if (Temporal.PlainDate.compare(input.businessOn, business.today) < 0) {
        return err("date_in_past", { from: business.today });
      }
      const added = await insertExclusions(
        trx,
        rows.map((row) => ({
          id: uuidv7(at.epochMilliseconds),
          subscription_id: row.id,
          business_on: input.businessOn,
          reason: reason.value,
          created_by: actor.label,
          created_at: at,
        })),
      );
      return ok({
        entries: rows.filter((row) => added.has(row.id)).map((row) => ({
          row,
          action: "excluded",
          summary: coded("audit_excluded", { day: input.businessOn, reason: reason.value }),
          details: { business_on: input.businessOn.toString() },
        })),
        same: rows.length - added.size,
        details: { business_on: input.businessOn.toString() },
      });
    },
  );
}
