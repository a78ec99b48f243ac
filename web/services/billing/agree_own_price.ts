import { z } from "zod";
import { type Coded, coded } from "@/shared/codes/mod.ts";
import { uuidv7 } from "@/shared/ids.ts";
import { centavos } from "@/shared/money/mod.ts";
import { err, ok, type Result } from "@/shared/result.ts";
import { ownPriceOf, sayAgreed } from "@/web/domain/billing/mod.ts";
import {
  insertOwnPrice,
  listOwnPrices,
  type OwnPriceRow,
  updateOwnPriceEnd,
  updateOwnPriceTakenBack,
} from "@/web/store/billing/own_prices.ts";
import { findPlan } from "@/web/store/billing/plans.ts";
import { lockSubscribersOf } from "@/web/store/subscribers/subscribers.ts";
import { lockSubscription, type SubscriptionRow } from "@/web/store/subscribers/subscriptions.ts";
import { refuseAbove } from "../access/role_limit.ts";
import { refuseUnasked, type UnaskedCode } from "../approvals/refuse_unasked.ts";
import { auditSubscription } from "../subscribers/audit_subscription.ts";
import type { Actor, ServiceContext } from "../context.ts";
import { runUseCase, type UseCase } from "../use_case.ts";
import {
  type NewOwnPrice,
  nextPeriodOf,
  type OwnPriceCode,
  type OwnPriceInput,
  reviewOwnPrice,
} from "./review_own_price.ts";

/**
 * Agrees a price of its own, or a discount, for one connection. It takes the place of what was agreed for the same days;
 * what is billed stays as it is.
 */
export async function agreeOwnPrice(
  context: ServiceContext,
  tenantId: string,
  actor: Actor,
  input: OwnPriceInput & { subscriptionId: string },
): Promise<Result<{ fromOn: Temporal.PlainDate }, OwnPriceCode | UnaskedCode>> {
  type Code = OwnPriceCode | UnaskedCode;
  return await runUseCase<{ fromOn: Temporal.PlainDate }, Code>(context, tenantId, actor, async (useCase) => {
    const { trx, tenant, business: { today } } = useCase;
    const connection = await find(useCase, input.subscriptionId);
    if (connection === null) return err("subscription_not_found");
    const review = await reviewOwnPrice(trx, { tenant, today }, connection, input);
    if (!review.ok) return review;
    const discount = await discountOf(useCase, connection, review.value.price);
    const kept = await refuseUnasked(useCase, "own_price", {
      amountCentavos: centavos(discount > 0n ? discount : 0n),
      subscriberId: connection.subscriber_id,
    });
    return kept ?? await agreeIn(useCase, input);
  });
}

/** The same inside of another use case, which has written nothing. */
export async function agreeIn(
  useCase: UseCase,
  input: OwnPriceInput & { subscriptionId: string },
): Promise<Result<{ fromOn: Temporal.PlainDate }, OwnPriceCode>> {
  const { trx, at, actor, tenant, business: { today } } = useCase;
  const connection = await find(useCase, input.subscriptionId);
  if (connection === null) return err("subscription_not_found");
  const review = await reviewOwnPrice(trx, { tenant, today }, connection, input);
  if (!review.ok) return review;
  const { price, ended, takenBack } = review.value;
  const above = refuseAbove(actor, "discount_centavos", await discountOf(useCase, connection, price));
  if (above !== null) return above;
  const key = (row: OwnPriceRow) => ({ subscriptionId: connection.id, id: row.id });
  for (const row of takenBack) await updateOwnPriceTakenBack(trx, key(row), { at, label: actor.label });
  for (const { row, lastOn } of ended) await updateOwnPriceEnd(trx, key(row), lastOn);
  const id = uuidv7(at.epochMilliseconds);
  await insertOwnPrice(trx, {
    ...price,
    subscription_id: connection.id,
    id,
    agreed_on: today,
    agreed_at: at,
    agreed_by: actor.label,
  });
  await auditSubscription(
    useCase,
    connection,
    "own_price_agreed",
    coded("audit_own_price_agreed", {
      price: agreedWords(price),
      from: price.from_on,
      reason: price.reason,
    }),
    { price_id: id, before: keepBefore([...ended.map(({ row }) => row), ...takenBack]) },
  );
  useCase.live(["money"]);
  return ok({ fromOn: price.from_on });
}

/** What a whole month costs less than by the price list; less than nothing where it costs more. */
export async function discountOf(
  { trx }: Pick<UseCase, "trx">,
  connection: SubscriptionRow,
  price: NewOwnPrice,
): Promise<bigint> {
  const plan = await findPlan(trx, connection.plan_id);
  if (plan === null) throw new Error(`Cannot compare an own price: plan ${connection.plan_id} is not there`);
  const list = centavos(plan.price_centavos);
  const rate = {
    kind: price.kind,
    amountCentavos: centavos(price.amount_centavos),
    basisPoints: price.basis_points,
  };
  return list - ownPriceOf(rate, list);
}

/** Says what is wrong with an own price before its effect is shown; nothing is agreed. */
export async function checkOwnPrice(
  context: ServiceContext,
  tenantId: string,
  actor: Actor,
  input: OwnPriceInput & { subscriptionId: string },
): Promise<Result<null, OwnPriceCode>> {
  return await runUseCase(context, tenantId, actor, async (useCase) => {
    const { trx, tenant, business: { today } } = useCase;
    const connection = await find(useCase, input.subscriptionId);
    if (connection === null) return err("subscription_not_found");
    const review = await reviewOwnPrice(trx, { tenant, today }, connection, input);
    return review.ok ? ok(null) : review;
  });
}

/** Why an own price is not ended. */
export type EndOwnPriceCode = "subscription_not_found" | "own_price_not_found" | "own_price_ends_anyway";

/** What ending an own price does. */
export type EndedOwnPrice =
  /** It had not begun: it never will. */
  | { isTakenBack: true }
  /** It had begun: the period that runs is charged by it to its end. */
  | { isTakenBack: false; lastOn: Temporal.PlainDate };

/** Ends an own price with the period that runs, or takes it back where it has not begun. */
export async function endOwnPrice(
  context: ServiceContext,
  tenantId: string,
  actor: Actor,
  input: { subscriptionId: string; priceId: string },
): Promise<Result<EndedOwnPrice, EndOwnPriceCode>> {
  return await runUseCase(context, tenantId, actor, async (useCase) => {
    const { trx, at, tenant, business: { today } } = useCase;
    const connection = await find(useCase, input.subscriptionId);
    if (connection === null) return err("subscription_not_found");
    const row = (await listOwnPrices(trx, [connection.id])).find(({ id }) => id === input.priceId);
    if (row === undefined) return err("own_price_not_found");
    const end = endOf({ tenant, today }, connection, row);
    if (!end.ok) return end;
    const key = { subscriptionId: connection.id, id: row.id };
    const kept = { price_id: row.id, before: keepBefore([row]) };
    if (end.value.isTakenBack) {
      await updateOwnPriceTakenBack(trx, key, { at, label: actor.label });
      const summary = coded("audit_own_price_taken_back", { price: agreedWords(row), from: row.from_on });
      await auditSubscription(useCase, connection, "own_price_taken_back", summary, kept);
    } else {
      await updateOwnPriceEnd(trx, key, end.value.lastOn);
      const price = agreedWords({ ...row, last_on: null });
      const summary = coded("audit_own_price_ended", { price, last: end.value.lastOn });
      await auditSubscription(useCase, connection, "own_price_ended", summary, kept);
    }
    useCase.live(["money"]);
    return end;
  });
}

const keptPrices = z.array(z.object({
  id: z.string(),
  lastOn: z.string().nullable().transform((text) => text === null ? null : Temporal.PlainDate.from(text)),
  periods: z.int().nullable(),
}));

/** How an own price was to end, before somebody changed it. */
export type OwnPriceBefore = z.output<typeof keptPrices>[number];

/** As an audit entry keeps them, for undo. */
function keepBefore(rows: readonly Pick<OwnPriceRow, "id" | "last_on" | "periods">[]): string {
  return JSON.stringify(
    rows.map(({ id, last_on, periods }) => ({ id, lastOn: last_on?.toString() ?? null, periods })),
  );
}

/** Reads what an audit entry keeps. */
export function readBefore(text: string): OwnPriceBefore[] {
  return keptPrices.parse(JSON.parse(text));
}

/** When an own price would end if a person ended it today. */
export function endOf(
  moment: Pick<UseCase, "tenant"> & { today: Temporal.PlainDate },
  connection: SubscriptionRow,
  row: OwnPriceRow,
): Result<EndedOwnPrice, "own_price_ends_anyway"> {
  const next = nextPeriodOf(moment, connection);
  const { billed_through_on: billed } = connection;
  const isToCome = Temporal.PlainDate.compare(row.from_on, moment.today) > 0 &&
    (billed === null || Temporal.PlainDate.compare(row.from_on, billed) >= 0);
  if (isToCome || Temporal.PlainDate.compare(row.from_on, next) >= 0) return ok({ isTakenBack: true });
  const lastOn = next.subtract({ days: 1 });
  return row.last_on !== null && Temporal.PlainDate.compare(row.last_on, lastOn) <= 0
    ? err("own_price_ends_anyway", { last: row.last_on })
    : ok({ isTakenBack: false, lastOn });
}

/** What was agreed, in words. */
export function agreedWords(
  row: Pick<NewOwnPrice, "kind" | "amount_centavos" | "basis_points" | "last_on">,
): Coded {
  const rate = {
    kind: row.kind,
    amountCentavos: centavos(row.amount_centavos),
    basisPoints: row.basis_points,
  };
  return sayAgreed(rate, row.last_on);
}

async function find({ trx }: UseCase, subscriptionId: string): Promise<SubscriptionRow | null> {
  await lockSubscribersOf(trx, [subscriptionId]);
  const subscription = await lockSubscription(trx, subscriptionId);
  return subscription === null || subscription.status === "cancelled" ? null : subscription;
}
