import { isBefore } from "@/shared/calendar/mod.ts";
import { coded } from "@/shared/codes/mod.ts";
import { err, ok, type Result } from "@/shared/result.ts";
import {
  listOwnPriceHistory,
  type OwnPriceRow,
  updateOwnPriceRestored,
  updateOwnPriceTakenBack,
} from "@/web/store/billing/own_prices.ts";
import { lockSubscribersOf } from "@/web/store/subscribers/subscribers.ts";
import { lockSubscription, type SubscriptionRow } from "@/web/store/subscribers/subscriptions.ts";
import { agreedWords, type OwnPriceBefore, readBefore } from "../billing/agree_own_price.ts";
import { refuseUnasked, type UnaskedCode } from "../approvals/refuse_unasked.ts";
import type { Actor, ServiceContext } from "../context.ts";
import { auditSubscription } from "../subscribers/audit_subscription.ts";
import { runUseCase, type UseCase } from "../use_case.ts";

/** Why an own price is not put back as it was. */
export type UndoOwnPriceCode = UnaskedCode | "own_price_not_found" | "undo_billed";

interface UndoOwnPrice {
  subscriptionId: string;
  priceId: string;
  /** Prices as they were before, as the audit entry keeps them. */
  before: string;
}

/** Takes an own price back that was just agreed, and puts what it took the place of back: while nothing is billed by it. */
export async function undoAgreedPrice(
  context: ServiceContext,
  tenantId: string,
  actor: Actor,
  input: UndoOwnPrice,
): Promise<Result<null, UndoOwnPriceCode>> {
  return await runUseCase<null, UndoOwnPriceCode>(context, tenantId, actor, async (useCase) => {
    const found = await find(useCase, input);
    if (found === null || found.row.taken_back_at !== null) return err("own_price_not_found");
    const { connection, row } = found;
    if (isBilledFrom(connection, row.from_on)) return err("undo_billed");
    const key = { subscriptionId: connection.id, id: row.id };
    await updateOwnPriceTakenBack(useCase.trx, key, { at: useCase.at, label: actor.label });
    for (const was of readBefore(input.before)) await restore(useCase, connection, was);
    await audit(useCase, connection, row);
    return ok(null);
  });
}

/** Lets an own price go on that was just ended or taken back: while nothing is billed without it. */
export async function undoEndedPrice(
  context: ServiceContext,
  tenantId: string,
  actor: Actor,
  input: UndoOwnPrice,
): Promise<Result<null, UndoOwnPriceCode>> {
  return await runUseCase<null, UndoOwnPriceCode>(context, tenantId, actor, async (useCase) => {
    const found = await find(useCase, input);
    const [was] = readBefore(input.before);
    if (found === null || was === undefined) return err("own_price_not_found");
    const { connection, row } = found;
    // A discount that goes on is one that is given.
    const kept = await refuseUnasked(useCase, "own_price", { subscriberId: connection.subscriber_id });
    if (kept !== null) return kept;
    const without = row.taken_back_at === null && row.last_on !== null
      ? row.last_on.add({ days: 1 })
      : row.from_on;
    if (isBilledFrom(connection, without)) return err("undo_billed");
    await restore(useCase, connection, was);
    await audit(useCase, connection, row);
    return ok(null);
  });
}

async function find(
  { trx }: UseCase,
  { subscriptionId, priceId }: UndoOwnPrice,
): Promise<{ connection: SubscriptionRow; row: OwnPriceRow } | null> {
  await lockSubscribersOf(trx, [subscriptionId]);
  const connection = await lockSubscription(trx, subscriptionId);
  const row = (await listOwnPriceHistory(trx, subscriptionId)).find(({ id }) => id === priceId);
  return connection === null || connection.status === "cancelled" || row === undefined
    ? null
    : { connection, row };
}

function isBilledFrom(
  { billed_through_on: billed }: SubscriptionRow,
  day: Temporal.PlainDate,
): boolean {
  return billed !== null && isBefore(day, billed);
}

async function restore(useCase: UseCase, connection: SubscriptionRow, was: OwnPriceBefore): Promise<void> {
  await updateOwnPriceRestored(useCase.trx, { subscriptionId: connection.id, id: was.id }, was);
}

async function audit(useCase: UseCase, connection: SubscriptionRow, row: OwnPriceRow): Promise<void> {
  useCase.live(["money"]);
  const summary = coded("audit_own_price_undone", { price: agreedWords({ ...row, last_on: null }) });
  await auditSubscription(useCase, connection, "own_price_undone", summary);
}
