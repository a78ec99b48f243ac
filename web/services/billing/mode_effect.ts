import {
  anchorDayFor,
  askedFor,
  changeToPrepaid,
  type ModeChangeEffect,
  splitUnused,
} from "@/web/domain/billing/mod.ts";
import type { Centavos } from "@/shared/money/mod.ts";
import { err, type Failure } from "@/shared/result.ts";
import { listAheadOfThemselves } from "@/web/store/billing/charged_periods.ts";
import { findKeptUnpaid, findUnbilledAhead, listBilledAhead } from "@/web/store/billing/mode_changes.ts";
import { findDueRow } from "@/web/store/billing/bill_run.ts";
import { listOwnPrices } from "@/web/store/billing/own_prices.ts";
import type { TenantTransaction } from "@/web/store/db/tenant_transaction.ts";
import type { TenantRow } from "@/web/store/settings/tenants.ts";
import type { SubscriptionRow } from "@/web/store/subscribers/subscriptions.ts";
import { readFacts } from "./bill_facts.ts";
import { type DaysAhead, readDaysAhead } from "./days_ahead.ts";
import { listWaitingReconnections, type WaitingReconnection } from "./reconnection_fees.ts";
import { readPlans, termsNow } from "./review_own_price.ts";
import { taxTermsOn } from "./tax_terms.ts";
import { type SuspendedBack, suspendedBack, toGiven } from "./suspended_back.ts";

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
  /** What coming back after a cut cost and no bill has asked for yet: on that last bill, for no bill follows it. */
  reconnections: readonly WaitingReconnection[];
  suspendedBack: readonly SuspendedBack[];
  /** Days behind the change that are charged already. */
  ahead: DaysAhead;
};

/**
 * What making a connection prepaid does on a day: the last bill for days that were used and not billed. Days billed in
 * advance and paid stay as coverage. While its bills have stopped nothing is billed.
 */
export async function readToPrepaid(
  trx: TenantTransaction,
  tenant: TenantRow,
  subject: ModeSubject,
  { unused = "coverage", ...change }: {
    today: Temporal.PlainDate;
    when: "today" | "next_boundary";
    /** What becomes of days that are billed and paid. @default "coverage" */
    unused?: "coverage" | "credit";
  },
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
    unused,
    ...terms,
    anchorDay,
    proration: tenant.proration,
    chargedThrough,
    charged: [],
    suspended: facts?.suspended ?? [],
  });
  const isBilled = subject.stopped_from_on === null;
  const { effectiveOn } = effect;
  const suspendedLines = isBilled ? await suspendedBack(trx, facts, effectiveOn) : [];
  const ahead = await readDaysAhead(trx, subject.id, {
    on: effectiveOn,
    unused,
    before: suspendedLines.map(toGiven),
  });
  const reconnections = (await listWaitingReconnections(trx, tenant, [subject.id])).get(subject.id) ?? [];
  return {
    ...effect,
    carried: [...ahead.kept],
    chargedFrom: ahead.kept.at(-1)?.end ?? effectiveOn,
    suspendedBack: suspendedLines,
    reconnections,
    billCentavos: askedFor(
      taxTermsOn(tenant, change.today),
      ...[...effect.toBill, ...reconnections].map((line) => line.amountCentavos),
    ),
    ahead,
  };
}

/** What stands against making a connection prepaid on a day; a change that was planned waits for it. */
export async function whyNotPrepaid(
  trx: TenantTransaction,
  subscriptionId: string,
  { on, unused = "coverage", waits = false }: {
    on: Temporal.PlainDate;
    unused?: "coverage" | "credit";
    /** It was planned: it waits for a bill that is not paid, so that nobody is cut inside its terms. */
    waits?: boolean;
  },
): Promise<
  | Failure<"mode_ahead" | "mode_bill_open" | "mode_bill_of_payer" | "mode_days_to_bill" | "mode_days_free">
  | null
> {
  if ((await listAheadOfThemselves(trx, [subscriptionId])).size > 0) return err("mode_ahead");
  const { toBill, freeUntil } = await findUnbilledAhead(trx, subscriptionId, on);
  if (toBill) return err("mode_days_to_bill");
  if (freeUntil !== null) {
    return err("mode_days_free", { until: freeUntil.subtract({ days: 1 }), on: freeUntil });
  }
  const kept = await findKeptUnpaid(trx, subscriptionId, on);
  if (kept !== null) return err("mode_bill_of_payer", { number: kept });
  if (!waits) return null;
  const ahead = (await listBilledAhead(trx, subscriptionId, on)).map((row) => ({
    ...row,
    isPaid: row.is_paid,
  }));
  const open = splitUnused(ahead, unused).givenBack.find((row) => !row.isPaid && row.number !== null);
  return open === undefined ? null : err("mode_bill_open", { number: open.number ?? "" });
}
