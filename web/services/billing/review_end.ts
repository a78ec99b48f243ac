import { isBefore, periodContaining } from "@/shared/calendar/mod.ts";
import type { EndReason } from "@/shared/codes/kinds.ts";
import { type Coded, coded, periodValue } from "@/shared/codes/mod.ts";
import { type Centavos, centavos, subtract, sum, ZERO } from "@/shared/money/mod.ts";
import { err, ok, type Result } from "@/shared/result.ts";
import {
  anchorDayFor,
  endService,
  lastLines,
  type PlanBillsInput,
  type PlannedBillLine,
  preterminationFee,
  type TaxedSum,
  taxedSum,
} from "@/web/domain/billing/mod.ts";
import { END_DAYS_AHEAD_MAX, END_DAYS_BACK_MAX } from "@/web/domain/billing/limits.ts";
import { findAsDue } from "@/web/store/billing/bill_run.ts";
import { type ChargedAheadRow, listChargedAhead } from "@/web/store/billing/charged_periods.ts";
import { findSubscriberBalance } from "@/web/store/billing/ledger.ts";
import { listOwnPrices } from "@/web/store/billing/own_prices.ts";
import type { TenantTransaction } from "@/web/store/db/tenant_transaction.ts";
import type { TenantRow } from "@/web/store/settings/tenants.ts";
import type { SubscriptionRow } from "@/web/store/subscribers/subscriptions.ts";
import { backWithVat, type GivenBack } from "./back_with_vat.ts";
import { readFacts } from "./bill_facts.ts";
import { billingRules } from "./billing_rules.ts";
import { listWaitingReconnections, type WaitingReconnection } from "./reconnection_fees.ts";
import { readPlans, termsNow } from "./review_own_price.ts";
import { taxTermsOn } from "./tax_terms.ts";
import { type SuspendedBack, suspendedBack, toGiven } from "./suspended_back.ts";

/** How a person ends a service. */
export interface EndInput {
  /** Inclusive. */
  lastDay: Temporal.PlainDate;
  /** What becomes of days that are billed and not used. */
  unused: "credit" | "no_credit";
  /** Why they leave, for the record: no amount depends on it. */
  why?: EndReason | null | undefined;
}

/** Why a service is not ended. */
export type EndRefusal =
  | "end_day_too_far"
  | "end_day_before_service"
  | "end_day_too_long_ago"
  | "end_waits_for_bill";

/** What ending a service does, before it is done. */
export interface EndReview {
  /** Days that were used and not billed yet. */
  lines: readonly PlannedBillLine[];
  /** What coming back after a cut cost and no bill has asked for yet. */
  reconnections: readonly WaitingReconnection[];
  /** Nothing is billed from here on: bills had stopped. */
  neverFrom: Temporal.PlainDate | null;
  /** For days that were billed and are not used; zero or more. */
  creditCentavos: Centavos;
  /** Days that were billed and are not used, by the bill that charged them, with VAT. */
  unusedBack: readonly GivenBack[];
  /** Days that were billed in advance and suspended since: given back whatever becomes of the others. Below zero. */
  suspendedBack: readonly SuspendedBack[];
  /** What is given up where no credit is given. */
  unusedCentavos: Centavos;
  /** For leaving before the time that was promised. */
  lockInFeeCentavos: Centavos;
  /** Of the last bill, with VAT. */
  billCentavos: Centavos;
  /** What of it is VAT. */
  tax: TaxedSum;
  /** Asked for in all: the last bill less what is given back. */
  netCentavos: Centavos;
  /** Credit that remains and can be paid back, once everything that is open is paid out of it. */
  refundableCentavos: Centavos;
  /** Still to be paid then. */
  owedCentavos: Centavos;
}

/** What a person sees before a service is ended with a day, or before that is planned. */
export async function reviewEnd(
  trx: TenantTransaction,
  moment: { tenant: TenantRow; today: Temporal.PlainDate },
  connection: SubscriptionRow,
  input: EndInput,
): Promise<Result<EndReview, EndRefusal>> {
  return refuseDay(moment.today, connection, input.lastDay) ??
    await workOutEnd(trx, moment, connection, input);
}

/**
 * Works out the end of a service (billing rule 12, TM-*): the days that are not billed, what of billed days is not used,
 * the fee of the lock-in, and what remains of the subscriber's credit. Of a day to come: as it is known today.
 */
export async function workOutEnd(
  trx: TenantTransaction,
  moment: { tenant: TenantRow; today: Temporal.PlainDate },
  connection: SubscriptionRow,
  { lastDay, unused }: EndInput,
): Promise<Result<EndReview, "end_waits_for_bill">> {
  const due = await findAsDue(trx, connection.id);
  const facts = due === null
    ? undefined
    : (await readFacts(trx, [due], moment.tenant, moment.today)).get(due.id);
  const isToCome = isBefore(moment.today, lastDay);
  if (!isToCome && facts !== undefined && facts.freed.length > 0) return err("end_waits_for_bill");
  const until = lastDay.add({ days: 1 });
  const hasStopped = connection.stopped_from_on !== null;
  const isBilled = connection.billing_mode === "postpaid" && !hasStopped;
  const rules = await rulesOf(trx, moment, connection, facts?.suspended ?? []);
  const lines = isBilled ? lastLines(rules, until) : [];
  const ahead = await listChargedAhead(trx, connection.id, until);
  const suspendedLines = isBilled ? await suspendedBack(trx, facts, until) : [];
  const notUsed = await backWithVat(
    trx,
    ahead.map((row) => ({ billId: row.bill_id, pricedCentavos: unusedOf(row, lastDay) })),
    suspendedLines.map(toGiven),
  );
  const unusedCentavos = sum(notUsed.map((part) => part.amountCentavos));
  const creditCentavos = unused === "credit" ? unusedCentavos : ZERO;
  const backCentavos = sum([creditCentavos, ...suspendedLines.map((line) => centavos(-line.amountCentavos))]);
  const lockInFeeCentavos = lockInFeeOf(connection, rules.anchorDay, lastDay);
  const reconnections = (await listWaitingReconnections(trx, moment.tenant, [connection.id]))
    .get(connection.id) ?? [];
  const tax = taxedSum(
    taxTermsOn(moment.tenant, moment.today),
    ...lines.map((line) => line.amountCentavos),
    lockInFeeCentavos,
    ...reconnections.map((one) => one.amountCentavos),
  );
  const billCentavos = tax.totalCentavos;
  const books = await findSubscriberBalance(trx, connection.subscriber_id);
  const after = books.creditCentavos + backCentavos - books.receivableCentavos - billCentavos;
  return ok({
    lines,
    reconnections,
    neverFrom: hasStopped ? connection.stopped_from_on : null,
    creditCentavos,
    suspendedBack: suspendedLines,
    unusedBack: notUsed,
    unusedCentavos,
    lockInFeeCentavos,
    billCentavos,
    tax,
    netCentavos: subtract(billCentavos, backCentavos),
    refundableCentavos: centavos(after > 0n ? after : 0n),
    owedCentavos: centavos(after < 0n ? -after : 0n),
  });
}

function refuseDay(today: Temporal.PlainDate, connection: SubscriptionRow, lastDay: Temporal.PlainDate) {
  const { activated_on: begun } = connection;
  const last = today.add({ days: END_DAYS_AHEAD_MAX });
  if (isBefore(last, lastDay)) return err("end_day_too_far", { last });
  if (begun === null || isBefore(lastDay, begun)) {
    return err("end_day_before_service", { from: begun ?? today });
  }
  const first = today.subtract({ days: END_DAYS_BACK_MAX });
  return isBefore(lastDay, first) ? err("end_day_too_long_ago", { from: first }) : null;
}

async function rulesOf(
  trx: TenantTransaction,
  { tenant, today }: { tenant: TenantRow; today: Temporal.PlainDate },
  connection: SubscriptionRow,
  suspended: NonNullable<PlanBillsInput["suspended"]>,
): Promise<Omit<PlanBillsInput, "asOf">> {
  const activatedOn = connection.activated_on ?? today;
  const rows = await listOwnPrices(trx, [connection.id]);
  const terms = termsNow({ tenant, today }, connection, await readPlans(trx), rows);
  const rules = billingRules(tenant, {
    ...terms,
    anchorDay: connection.anchor_day ?? anchorDayFor(tenant, activatedOn),
    timing: connection.bill_timing,
    activatedOn,
  });
  return { ...rules, changes: terms.changes, suspended, billedThrough: connection.billed_through_on };
}

/** What of a billed period is not used: its price less R(its used days). */
export function unusedOf(row: ChargedAheadRow, lastDay: Temporal.PlainDate): Centavos {
  const { period_start: start, period_end: end } = row;
  const whole = row.is_in_full ? { start, end } : periodContaining(start, row.anchor_day);
  const before = start.subtract({ days: 1 });
  return endService({
    timing: "advance",
    priceCentavos: centavos(row.price_centavos),
    period: { start, end, wholeDays: whole.start.until(whole.end, { largestUnit: "day" }).days },
    lastDay: isBefore(lastDay, before) ? before : lastDay,
    onTerminate: "credit",
    lockIn: null,
  }).creditCentavos;
}

function lockInFeeOf(connection: SubscriptionRow, anchorDay: number, lastDay: Temporal.PlainDate): Centavos {
  const { lock_in_until: end, lock_in_fee_kind: kind, lock_in_fee_centavos: amount } = connection;
  if (end === null || kind === null || amount === null) return ZERO;
  return preterminationFee({ end, fee: { kind, amountCentavos: centavos(amount) }, anchorDay }, lastDay);
}

/** The line of the fee, in words. */
export function lockInLine(connection: SubscriptionRow): Coded {
  const until = connection.lock_in_until;
  if (until === null) throw new Error(`Cannot name the lock-in of ${connection.id}: it has none`);
  return coded("line_lock_in_fee", { until: until.subtract({ days: 1 }) });
}

/** The days that a memo is for, in words. */
export function unusedWords(
  connection: SubscriptionRow,
  planName: string,
  lastDay: Temporal.PlainDate,
): Coded {
  const end = connection.billed_through_on ?? lastDay.add({ days: 1 });
  return coded("memo_service_ended", { plan: planName, period: periodValue(lastDay.add({ days: 1 }), end) });
}
