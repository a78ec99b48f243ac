import type { Centavos } from "@/shared/money/mod.ts";
import type { PlannedBillLine } from "@/web/domain/billing/mod.ts";
import { anchorDayFor, askedFor, changeToPrepaid, type ModeChangeEffect } from "@/web/domain/billing/mod.ts";
import { findDueRow } from "@/web/store/billing/bill_run.ts";
import { listOwnPrices } from "@/web/store/billing/own_prices.ts";
import type { TenantTransaction } from "@/web/store/db/tenant_transaction.ts";
import type { TenantRow } from "@/web/store/settings/tenants.ts";
import type { SubscriptionRow } from "@/web/store/subscribers/subscriptions.ts";
import { readFacts } from "./bill_facts.ts";
import { readPlans, termsNow } from "./review_own_price.ts";
import { taxTermsOn } from "./tax_terms.ts";
import { suspendedBack } from "./suspended_back.ts";

/** What of a connection decides a change of how it pays. */
export type ModeSubject = Pick<
  SubscriptionRow,
  | "id"
  | "plan_id"
  | "next_plan_id"
  | "next_plan_on"
  | "anchor_day"
  | "activated_on"
  | "billed_through_on"
  | "stopped_from_on"
>;

/** What a change to prepaid does, with days that were billed in advance and suspended since: below zero. */
export type ToPrepaidEffect = ModeChangeEffect & {
  /** Of the last bill, with VAT. */
  billCentavos: Centavos;
  suspendedBack: readonly PlannedBillLine[];
};

/**
 * What making a connection prepaid does on a day: the last bill for days that were used and not billed. Days billed in
 * advance and paid stay as coverage. While its bills have stopped nothing is billed.
 */
export async function readToPrepaid(
  trx: TenantTransaction,
  tenant: TenantRow,
  subject: ModeSubject,
  change: { today: Temporal.PlainDate; when: "today" | "next_boundary" },
): Promise<ToPrepaidEffect> {
  const activatedOn = subject.activated_on ?? change.today;
  const anchorDay = subject.anchor_day ?? anchorDayFor(tenant, activatedOn);
  const chargedThrough = subject.stopped_from_on === null
    ? subject.billed_through_on ?? activatedOn
    : change.today;
  const rows = await listOwnPrices(trx, [subject.id]);
  const terms = termsNow({ tenant, today: change.today }, subject, await readPlans(trx), rows);
  const due = await findDueRow(trx, subject.id);
  const facts = due === null
    ? undefined
    : (await readFacts(trx, [due], tenant, change.today)).get(subject.id);
  const effect = changeToPrepaid({
    ...change,
    unused: "coverage",
    ...terms,
    anchorDay,
    proration: tenant.proration,
    chargedThrough,
    // Unpaid ones refuse the change; paid ones stay what they are.
    charged: [],
    suspended: facts?.suspended ?? [],
  });
  const isBilled = subject.stopped_from_on === null;
  const tax = taxTermsOn(tenant, change.today);
  const billCentavos = askedFor(tax, ...effect.toBill.map((line) => line.amountCentavos));
  return {
    ...effect,
    billCentavos,
    suspendedBack: isBilled ? await suspendedBack(trx, facts, effect.effectiveOn) : [],
  };
}
