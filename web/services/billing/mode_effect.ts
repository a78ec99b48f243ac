import { anchorDayFor, changeToPrepaid, type ModeChangeEffect, termsOf } from "@/web/domain/billing/mod.ts";
import { findDueRow } from "@/web/store/billing/bill_run.ts";
import { listOwnPrices } from "@/web/store/billing/own_prices.ts";
import { listPricedPlans } from "@/web/store/billing/plan_prices.ts";
import type { TenantTransaction } from "@/web/store/db/tenant_transaction.ts";
import type { TenantRow } from "@/web/store/settings/tenants.ts";
import type { SubscriptionRow } from "@/web/store/subscribers/subscriptions.ts";
import { readFacts } from "./bill_facts.ts";
import { toOwnPrices } from "./own_prices.ts";
import { toPricedPlan } from "./priced_plans.ts";

/** What of a connection decides a change of how it pays. */
export type ModeSubject = Pick<
  SubscriptionRow,
  "id" | "plan_id" | "next_plan_id" | "anchor_day" | "activated_on" | "billed_through_on" | "stopped_from_on"
>;

/**
 * What making a connection prepaid does on a day: the last bill for days that were used and not billed. Days billed in
 * advance and paid stay as coverage. While its bills have stopped nothing is billed.
 */
export async function readToPrepaid(
  trx: TenantTransaction,
  tenant: TenantRow,
  subject: ModeSubject,
  change: { today: Temporal.PlainDate; when: "today" | "next_boundary" },
): Promise<ModeChangeEffect> {
  const activatedOn = subject.activated_on ?? change.today;
  const anchorDay = subject.anchor_day ?? anchorDayFor(tenant, activatedOn);
  const chargedThrough = subject.stopped_from_on === null
    ? subject.billed_through_on ?? activatedOn
    : change.today;
  const price = await priceFrom(trx, subject, { anchorDay, activatedOn, on: chargedThrough });
  const due = await findDueRow(trx, subject.id);
  const facts = due === null
    ? undefined
    : (await readFacts(trx, [due], tenant, change.today)).get(subject.id);
  return changeToPrepaid({
    ...change,
    unused: "coverage",
    ...price,
    anchorDay,
    proration: tenant.proration,
    chargedThrough,
    // Unpaid ones refuse the change; paid ones stay what they are.
    charged: [],
    suspended: facts?.suspended ?? [],
  });
}

/** Plan and price of the period that a day begins. */
async function priceFrom(
  trx: TenantTransaction,
  subject: ModeSubject,
  { anchorDay, activatedOn, on }: {
    anchorDay: number;
    activatedOn: Temporal.PlainDate;
    on: Temporal.PlainDate;
  },
) {
  const row = (await listPricedPlans(trx)).find((plan) => plan.id === subject.plan_id);
  if (row === undefined) throw new Error(`Cannot price ${subject.id}: it has no plan`);
  const own = toOwnPrices(await listOwnPrices(trx, [subject.id]), subject);
  const terms = termsOf({ plan: toPricedPlan(row), next: null, anchorDay, activatedOn, own });
  const now = terms.changes.findLast((change) => Temporal.PlainDate.compare(change.on, on) <= 0) ?? terms;
  return { planName: now.planName, priceCentavos: now.priceCentavos };
}
