import { later } from "@/shared/calendar/mod.ts";
import {
  anchorDayFor,
  askedFor,
  changeToPrepaid,
  type ModeChangeEffect,
  splitUnused,
} from "@/web/domain/billing/mod.ts";
import type { Centavos } from "@/shared/money/mod.ts";
import { type BilledAheadRow, listBilledAhead } from "@/web/store/billing/mode_changes.ts";
import { findDueRow } from "@/web/store/billing/bill_run.ts";
import { listOwnPrices } from "@/web/store/billing/own_prices.ts";
import type { TenantTransaction } from "@/web/store/db/tenant_transaction.ts";
import type { TenantRow } from "@/web/store/settings/tenants.ts";
import type { SubscriptionRow } from "@/web/store/subscribers/subscriptions.ts";
import { backWithVat, type GivenBack } from "./back_with_vat.ts";
import { readFacts } from "./bill_facts.ts";
import { listWaitingReconnections, type WaitingReconnection } from "./reconnection_fees.ts";
import { unusedOf } from "./review_end.ts";
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
  /** Days that were billed ahead and are not kept, with what is given back for them: on their own bill. */
  givenBack: readonly GivenBackDays[];
};

/** Unused days of one billed period. */
export interface GivenBackDays extends GivenBack {
  start: Temporal.PlainDate;
  end: Temporal.PlainDate;
}

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
  const ahead = (await listBilledAhead(trx, subject.id, effectiveOn)).map((row) => ({
    row,
    isPaid: row.is_paid,
    start: later(row.period_start, effectiveOn),
    end: row.period_end,
  }));
  const { kept, givenBack } = splitUnused(ahead, unused);
  const suspendedLines = isBilled ? await suspendedBack(trx, facts, effectiveOn) : [];
  const reconnections = (await listWaitingReconnections(trx, tenant, [subject.id])).get(subject.id) ?? [];
  return {
    ...effect,
    carried: kept.map(({ start, end }) => ({ start, end })),
    chargedFrom: kept.at(-1)?.end ?? effectiveOn,
    suspendedBack: suspendedLines,
    reconnections,
    billCentavos: askedFor(
      taxTermsOn(tenant, change.today),
      ...[...effect.toBill, ...reconnections].map((line) => line.amountCentavos),
    ),
    givenBack: await daysBack(trx, givenBack, suspendedLines.map(toGiven)),
  };
}

async function daysBack(
  trx: TenantTransaction,
  days: readonly { row: BilledAheadRow; start: Temporal.PlainDate; end: Temporal.PlainDate }[],
  before: readonly GivenBack[],
): Promise<GivenBackDays[]> {
  const back: GivenBackDays[] = [];
  for (const { row, start, end } of days) {
    const priced = { billId: row.bill_id, pricedCentavos: unusedOf(row, start.subtract({ days: 1 })) };
    const parts = await backWithVat(trx, [priced], [...before, ...back]);
    back.push(...parts.map((part) => ({ ...part, start, end })));
  }
  return back;
}
