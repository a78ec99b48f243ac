import { sum, ZERO } from "@/shared/money/mod.ts";
import { err, ok, type Result } from "@/shared/result.ts";
import { findOutageReview, upsertOutageReview } from "@/web/store/billing/outage_credits.ts";
import { withTenant } from "@/web/store/db/tenant_transaction.ts";
import { getTenant } from "@/web/store/settings/tenants.ts";
import { businessNow } from "../business_clock.ts";
import { type Actor, type ServiceContext } from "../context.ts";
import { runUseCase } from "../use_case.ts";
import { type DueOutageCredit, listDueOutageCredits } from "./due_outage_credits.ts";
import {
  type CreditedOutages,
  giveAll,
  isGiven,
  type OutageCredits,
  type OutageDay,
} from "./give_outage_credits.ts";

/**
 * What a day does for outages (billing rule 14): gives the credit where the company lets it, and counts what waits for a
 * person. A day is looked at once, however often it is asked about; a kill in between, or two at once, give nothing twice.
 */
export async function creditOutagesOfDay(
  context: ServiceContext,
  tenantId: string,
  actor: Actor,
  day: OutageDay,
): Promise<Result<OutageCredits, "clock_doubted">> {
  const { businessOn } = day;
  const nothing = ok({ memos: 0, amountCentavos: ZERO });
  const { mode, isReviewed } = await withTenant(context.db, tenantId, async (trx) => {
    const review = await findOutageReview(trx);
    return {
      mode: (await getTenant(trx)).outage_credit,
      isReviewed: review?.business_on.equals(businessOn) ?? false,
    };
  }, { readOnly: true });
  if (mode === "off" || isReviewed) return nothing;
  const which = { withRunning: false, withHeld: false };
  const asked = await listAsked(context, tenantId, which, businessOn);
  if (mode === "ask" || asked.length === 0) {
    await keepReview(context, tenantId, actor, asked, businessOn);
    return nothing;
  }
  const given = await giveAll(context, tenantId, actor, asked, which, day);
  if (given.ok) {
    await keepReview(
      context,
      tenantId,
      actor,
      await listAsked(context, tenantId, which, businessOn),
      businessOn,
    );
  }
  return given;
}

/** A person gives what the list shows. What it came to then is asked again, so that nobody gives what they have not seen. */
export async function creditOutages(
  context: ServiceContext,
  tenantId: string,
  actor: Actor,
  { seenCentavos, ...which }: CreditedOutages & { seenCentavos: bigint },
): Promise<Result<OutageCredits, "clock_doubted" | "outage_credit_moved" | "outage_nothing_due">> {
  const today = await withTenant(
    context.db,
    tenantId,
    async (trx) => businessNow(await getTenant(trx), context.clock).today,
    { readOnly: true },
  );
  const asked = await listAsked(context, tenantId, which, today);
  if (asked.length === 0) return err("outage_nothing_due");
  const amount = sum(asked.map((row) => row.dueCentavos));
  if (amount !== seenCentavos) return err("outage_credit_moved", { amount, count: asked.length });
  const given = await giveAll(context, tenantId, actor, asked, which, { businessOn: today });
  if (!given.ok) return given;
  const left = await listAsked(context, tenantId, { withRunning: false, withHeld: false }, today);
  await keepReview(context, tenantId, actor, left, today);
  return given;
}

/** What is to be given, as of now. */
async function listAsked(
  context: ServiceContext,
  tenantId: string,
  which: CreditedOutages,
  today: Temporal.PlainDate,
): Promise<DueOutageCredit[]> {
  return await withTenant(context.db, tenantId, async (trx) => {
    const tenant = await getTenant(trx);
    const now = businessNow(tenant, context.clock).instant;
    const { withRunning } = which;
    const due = await listDueOutageCredits(trx, { tenant, now, today, withRunning, subscriptionIds: null });
    return due.filter(isGiven(which));
  }, { readOnly: true });
}

/** Notes that a day was looked at, and what waits for a person. */
async function keepReview(
  context: ServiceContext,
  tenantId: string,
  actor: Actor,
  waiting: readonly DueOutageCredit[],
  businessOn: Temporal.PlainDate,
): Promise<void> {
  await runUseCase<null, never>(context, tenantId, actor, async ({ trx, live }) => {
    await upsertOutageReview(trx, {
      business_on: businessOn,
      connections: new Set(waiting.map((row) => row.subscription_id)).size,
      amount_centavos: sum(waiting.map((row) => row.dueCentavos)),
    });
    if (waiting.length > 0) live(["money"]);
    return ok(null);
  });
}
