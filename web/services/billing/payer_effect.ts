import { isBefore, nextBoundaryAfter, periodContaining } from "@/shared/calendar/mod.ts";
import { type Centavos, centavos, sum, ZERO } from "@/shared/money/mod.ts";
import { err, type Failure } from "@/shared/result.ts";
import {
  anchorDayFor,
  askedFor,
  type DayRange,
  lastLines,
  nextBillOn,
  NO_OWN_RULES,
  type PlannedBillLine,
  rulesInEffect,
} from "@/web/domain/billing/mod.ts";
import type { OwnRulesColumns } from "@/web/store/billing/own_rules.ts";
import { findDueRow } from "@/web/store/billing/bill_run.ts";
import { listOpenBills } from "@/web/store/billing/bills.ts";
import {
  type ChargedAheadRow,
  listAheadOfThemselves,
  listChargedAhead,
} from "@/web/store/billing/charged_periods.ts";
import { listOwnPrices } from "@/web/store/billing/own_prices.ts";
import { findOpenPurchaseBill } from "@/web/store/billing/prepaid.ts";
import type { TenantTransaction } from "@/web/store/db/tenant_transaction.ts";
import type { TenantRow } from "@/web/store/settings/tenants.ts";
import type { SubscriptionRow } from "@/web/store/subscribers/subscriptions.ts";
import { ownDebt } from "../cuts/own_debt.ts";
import { backWithVat, type GivenBack } from "./back_with_vat.ts";
import { readFacts } from "./bill_facts.ts";
import { billingRules } from "./billing_rules.ts";
import { listWaitingReconnections, type WaitingReconnection } from "./reconnection_fees.ts";
import { unusedOf } from "./review_end.ts";
import { readPlans, termsNow } from "./review_own_price.ts";
import { companyRules, toOwnRules } from "./rule_levels.ts";
import { taxTermsOn } from "./tax_terms.ts";
import { type SuspendedBack, suspendedBack, toGiven } from "./suspended_back.ts";

/** From when on another subscriber has a connection. */
export type PayerWhen = "today" | "next_boundary";

/** What becomes of days that the old payer was billed for and has not used. */
export type UnusedDays = "keep" | "credit";

/** What giving a connection to another subscriber does: every day is billed to one of the two, once. */
export interface PayerEffect {
  /** First day on which the other has it. */
  effectiveOn: Temporal.PlainDate;
  /** Days that were used and not billed: the last bill of the old payer. */
  toBill: readonly PlannedBillLine[];
  /** What coming back after a cut cost and no bill has asked for yet: on the last bill of the old payer. */
  reconnections: readonly WaitingReconnection[];
  /** Of that last bill, with VAT; zero where there is none. */
  billCentavos: Centavos;
  /** First day that the new payer is billed for. */
  chargedFrom: Temporal.PlainDate;
  /** Days that are free by the policy of a first bill: nobody is billed for them. */
  free: { start: Temporal.PlainDate; end: Temporal.PlainDate } | null;
  /** Where days that are billed in advance may become credit of the old payer: of which period, and how much. */
  unused: { period: ChargedAheadRow; back: readonly GivenBack[]; creditCentavos: Centavos } | null;
  /** Days that were billed in advance and suspended since, given back to the old payer. Below zero. */
  suspendedBack: readonly SuspendedBack[];
  /** What the old payer owes for this connection and goes on owing. */
  owedCentavos: Centavos;
}

/** What of a connection decides it. */
export type PayerSubject = Pick<
  SubscriptionRow,
  | "id"
  | "subscriber_id"
  | "plan_id"
  | "next_plan_id"
  | "next_plan_on"
  | "anchor_day"
  | "activated_on"
  | "billing_mode"
  | "bill_timing"
  | "billed_through_on"
  | "stopped_from_on"
  | keyof OwnRulesColumns
>;

interface Moment {
  today: Temporal.PlainDate;
  when: PayerWhen;
  unused: UnusedDays;
}

/** Works out what a change of payer does on its day, as things stand. */
export async function readPayerEffect(
  trx: TenantTransaction,
  tenant: TenantRow,
  subject: PayerSubject,
  { today, when, unused }: Moment,
): Promise<PayerEffect> {
  const activatedOn = subject.activated_on ?? today;
  const anchorDay = subject.anchor_day ?? anchorDayFor(tenant, activatedOn);
  const effectiveOn = when === "today" ? today : nextBoundaryAfter(today, anchorDay);
  const due = await findDueRow(trx, subject.id);
  const facts = due === null ? undefined : (await readFacts(trx, [due], tenant, today)).get(subject.id);
  const isBilled = subject.billing_mode === "postpaid" && subject.stopped_from_on === null;
  const free = isBilled ? await freeDaysOf(trx, tenant, subject, { activatedOn, anchorDay }) : null;
  const from = free?.end ?? subject.billed_through_on ?? activatedOn;
  const place = { anchorDay, activatedOn, from, until: effectiveOn, suspended: facts?.suspended ?? [] };
  const ahead = isBilled ? await listChargedAhead(trx, subject.id, effectiveOn) : [];
  const suspendedLines = isBilled ? await suspendedBack(trx, facts, effectiveOn) : [];
  const credited = await creditOf(trx, ahead, { on: effectiveOn, before: suspendedLines.map(toGiven) });
  const isKept = unused === "keep" || credited === null;
  const open = await listOpenBills(trx, [subject.subscriber_id]);
  const toBill = isBilled ? await linesOf(trx, { tenant, today }, subject, place) : [];
  const reconnections = (await listWaitingReconnections(trx, tenant, [subject.id])).get(subject.id) ?? [];
  return {
    effectiveOn,
    toBill,
    reconnections,
    billCentavos: askedFor(
      taxTermsOn(tenant, today),
      ...[...toBill, ...reconnections].map((line) => line.amountCentavos),
    ),
    chargedFrom: isBilled && isKept && isBefore(effectiveOn, from) ? from : effectiveOn,
    free,
    unused: credited,
    suspendedBack: suspendedLines,
    owedCentavos: sum(ownDebt(open, subject.id).map((bill) => bill.balanceCentavos)),
  };
}

/** Days before the first boundary that the policy `free` gives away, where nothing is billed yet. */
async function freeDaysOf(
  trx: TenantTransaction,
  tenant: TenantRow,
  subject: PayerSubject,
  { activatedOn, anchorDay }: { activatedOn: Temporal.PlainDate; anchorDay: number },
): Promise<PayerEffect["free"]> {
  if (subject.billed_through_on !== null) return null;
  const plan = (await readPlans(trx)).get(subject.plan_id);
  const inEffect = rulesInEffect(companyRules(tenant), plan?.rules ?? NO_OWN_RULES, toOwnRules(subject));
  const policy = inEffect.firstBill.value;
  const isStub = !periodContaining(activatedOn, anchorDay).start.equals(activatedOn);
  return policy === "free" && isStub
    ? { start: activatedOn, end: nextBoundaryAfter(activatedOn, anchorDay) }
    : null;
}

async function linesOf(
  trx: TenantTransaction,
  moment: { tenant: TenantRow; today: Temporal.PlainDate },
  subject: PayerSubject,
  { anchorDay, activatedOn, from, until, suspended }: {
    anchorDay: number;
    activatedOn: Temporal.PlainDate;
    from: Temporal.PlainDate;
    until: Temporal.PlainDate;
    suspended: readonly DayRange[];
  },
): Promise<PlannedBillLine[]> {
  const rows = await listOwnPrices(trx, [subject.id]);
  const terms = termsNow(moment, subject, await readPlans(trx), rows);
  const { proration } = moment.tenant;
  return lastLines({ ...terms, anchorDay, proration, suspended, billedThrough: from, activatedOn }, until);
}

/** One period that has begun can be divided; one that was billed before its first day is voided or kept. */
async function creditOf(
  trx: TenantTransaction,
  ahead: readonly ChargedAheadRow[],
  { on, before }: { on: Temporal.PlainDate; before: readonly GivenBack[] },
): Promise<PayerEffect["unused"]> {
  const [period, other] = ahead;
  if (period === undefined || other !== undefined || period.bill_id === null) return null;
  if (!isBefore(period.period_start, on)) return null;
  const pricedCentavos = centavos(unusedOf(period, on.subtract({ days: 1 })));
  const back = await backWithVat(trx, [{ billId: period.bill_id, pricedCentavos }], before);
  return { period, back, creditCentavos: sum(back.map((part) => part.amountCentavos)) };
}

/** When the connection gets its next bill, from the first day that its new payer is billed for. */
export function nextBillOfPayer(
  tenant: TenantRow,
  subject: PayerSubject,
  chargedFrom: Temporal.PlainDate,
): Temporal.PlainDate {
  const rules = billingRules(tenant, {
    planName: "",
    priceCentavos: ZERO,
    anchorDay: subject.anchor_day,
    timing: subject.bill_timing,
    activatedOn: subject.activated_on ?? chargedFrom,
  });
  return nextBillOn({ ...rules, billedThrough: chargedFrom });
}

/** What stands against it whoever gets it; a planned change waits for these. */
export type PayerRefusal = "payer_not_active" | "payer_ahead" | "prepaid_bill_open";

/** What stands against giving a connection to anybody. */
export async function whyNotNewPayer(
  trx: TenantTransaction,
  subscription: Pick<SubscriptionRow, "id" | "status">,
): Promise<Failure<PayerRefusal> | null> {
  if (subscription.status !== "active" && subscription.status !== "disconnected") {
    return err("payer_not_active");
  }
  if ((await listAheadOfThemselves(trx, [subscription.id])).size > 0) return err("payer_ahead");
  const open = await findOpenPurchaseBill(trx, subscription.id);
  return open === null ? null : err("prepaid_bill_open", { number: open.number });
}
