import { earlier } from "@/shared/calendar/mod.ts";
import { type Coded, coded, formatCoded } from "@/shared/codes/mod.ts";
import { uuidv7 } from "@/shared/ids.ts";
import { type Centavos, sum } from "@/shared/money/mod.ts";
import {
  type BillLineKind,
  type LateFeeTerms,
  lateFeeTerms,
  NO_TAX,
  type TaxedBill,
  taxLines,
} from "@/web/domain/billing/mod.ts";
import { legsOfBillIssued, settledByCreditLines } from "@/web/domain/payments/mod.ts";
import { insertBills, type NewBill } from "@/web/store/billing/bill_insert.ts";
import { insertLedgerTransactions } from "@/web/store/billing/ledger.ts";
import { findRulesOf } from "@/web/store/billing/own_rules.ts";
import { takeNumbers } from "@/web/store/billing/number_series.ts";
import type { BillRow } from "@/web/store/billing/bills.ts";
import type { TenantTransaction } from "@/web/store/db/tenant_transaction.ts";
import type { TenantRow } from "@/web/store/settings/tenants.ts";
import { mailsOfBills } from "../mail/occasions.ts";
import { queueingOf, queueMail } from "../mail/queue_mail.ts";
import type { UseCase } from "../use_case.ts";
import { rulesOf } from "./rule_levels.ts";
import { taxTermsOn } from "./tax_terms.ts";

/** A line of a bill that is issued by itself. Its days are half-open. */
export interface IssuedLine {
  kind: BillLineKind;
  /** In words, as it is stored. */
  description: Coded;
  periodStart: Temporal.PlainDate;
  periodEnd: Temporal.PlainDate;
  /** As it is priced: VAT on top is put on it here. Below zero: it takes off from the others, and is used up whole. */
  amountCentavos: Centavos;
  /** Whose service it is for; null: nobody's, and nobody is cut for it alone (rule R21). */
  subscriptionId: string | null;
}

/** A bill that a person or a purchase makes, not a run. */
export interface IssuedBill {
  /** Of the form that makes it, so that the same form is one bill. @default a new one */
  id?: string;
  kind: Exclude<BillRow["kind"], "recurring">;
  subscriberId: string;
  /** The connection that it is filed under. */
  subscriptionId: string;
  dueOn: Temporal.PlainDate;
  graceDays: number;
  /** Nobody is cut for it before a person includes it. @default false */
  isImported?: boolean;
  /** The confirmation of the payment that it is bought with says all of it. @default false */
  isConfirmed?: boolean;
  /** At least one; with the VAT that comes on top they sum to the total, which is not below zero. */
  lines: readonly IssuedLine[];
}

/** A bill that was issued. */
export interface Issued {
  id: string;
  number: string;
  /** With VAT. */
  totalCentavos: Centavos;
}

/**
 * Issues one bill of today, taxed as the company is today: number, lines and books. The subscriber is locked by the caller, who also applies credit to
 * it and writes the periods that its lines charge.
 */
export async function issueBill(useCase: UseCase, bill: IssuedBill): Promise<Issued> {
  const [issued] = await issueEach(useCase, [bill]);
  if (issued === undefined) throw new Error("Cannot issue bill: nothing was issued");
  return issued;
}

/** Issues bills in the same way, in their order, with as many statements as one of them takes. */
export async function issueEach(useCase: UseCase, bills: readonly IssuedBill[]): Promise<Issued[]> {
  const { trx, tenant, at, actor, business } = useCase;
  const taxed = bills.map((bill) => ({ bill, ...taxBill(useCase, bill) }));
  const late: (LateFeeColumns | null)[] = [];
  for (const bill of bills) late.push(await lateTerms(trx, tenant, bill));
  const numbers = await takeNumbers(trx, "bill", bills.length);
  const written = taxed.map((one, i) => {
    const number = numbers[i];
    if (number === undefined) throw new Error("Cannot issue bill: its series gave no number");
    return { ...one, id: one.bill.id ?? uuidv7(at.epochMilliseconds), number, late: late[i] ?? null };
  });
  await insertBills(trx, written.map((one) => toRow(useCase, one)));
  await insertLedgerTransactions(
    trx,
    written.map(({ id, number, bill, lines }) => ({
      id: uuidv7(at.epochMilliseconds),
      kind: "bill_issued",
      business_on: business.today,
      recorded_at: at,
      bill_id: id,
      source_id: null,
      description: formatCoded(coded("ledger_bill", { number })),
      actor: actor.label,
      legs: legsOfBillIssued({ subscriberId: bill.subscriberId, lines }),
    })),
  );
  await queueMail(
    trx,
    mailsOfBills(written.filter(isMailed).map(({ id, bill }) => ({ ...bill, id }))),
    queueingOf(useCase.booking),
  );
  return written.map(({ id, number, tax }) => ({ id, number, totalCentavos: tax.totalCentavos }));
}

/** What was owed in other books was billed there. */
function isMailed(
  { bill: { kind, isImported = false, isConfirmed = false } }: { bill: IssuedBill },
): boolean {
  return kind !== "opening" && !isImported && !isConfirmed;
}

/** A bill with the tax of its lines. */
function taxBill({ tenant, business }: UseCase, bill: IssuedBill) {
  const priced = bill.lines.map((line) => line.amountCentavos);
  if (priced.length === 0 || sum(priced) < 0n) {
    throw new RangeError(`Cannot issue bill: ${priced.length} lines sum to ${sum(priced)} centavos`);
  }
  // What was owed in other books was taxed there.
  const terms = bill.kind === "opening" ? NO_TAX : taxTermsOn(tenant, business.today);
  const tax = taxLines(terms, priced);
  return { tax, lines: bill.lines.map((line, i) => ({ ...line, ...tax.lines[i] })) };
}

function toRow(
  { at, business }: UseCase,
  { id, number, bill, tax, lines, late }: ReturnType<typeof taxBill> & {
    id: string;
    number: string;
    bill: IssuedBill;
    late: LateFeeColumns | null;
  },
): NewBill {
  const settled = settledByCreditLines(lines.map((line, i) => ({ ...line, lineNo: i + 1 })));
  const days = bill.lines.map((line) => [line.periodStart, line.periodEnd] as const);
  return {
    id,
    kind: bill.kind,
    subscriber_id: bill.subscriberId,
    subscription_id: bill.subscriptionId,
    number,
    period_start: days.map(([start]) => start).reduce(earlier),
    period_end: days.map(([, end]) => end).reduce((a, b) => earlier(a, b) === a ? b : a),
    issued_on: business.today,
    due_on: bill.dueOn,
    grace_days: bill.graceDays,
    is_imported: bill.isImported ?? false,
    total_centavos: tax.totalCentavos,
    ...taxColumns(tax),
    ...late,
    created_at: at,
    lines: lines.map((line, i) => ({
      kind: line.kind,
      description: formatCoded(line.description),
      period_start: line.periodStart,
      period_end: line.periodEnd,
      amount_centavos: line.amountCentavos,
      vat_centavos: line.vatCentavos ?? 0n,
      settled_centavos: settled[i] ?? 0n,
      subscription_id: line.subscriptionId,
    })),
  };
}

/** What a bill keeps of its tax. */
export function taxColumns({ mode, rateBp, vatableCentavos, vatCentavos }: TaxedBill) {
  return {
    tax_mode: mode,
    vat_rate_bp: mode === "non_vat" ? 0 : rateBp,
    vatable_centavos: vatableCentavos,
    vat_centavos: vatCentavos,
  };
}

/**
 * What paying it late costs by the rules of its connection. What is paid up front is never late, a fee costs no fee, and
 * neither does a debt of the books from before until a person includes it.
 */
async function lateTerms(
  trx: TenantTransaction,
  tenant: TenantRow,
  { kind, isImported, subscriptionId, dueOn }: IssuedBill,
): Promise<LateFeeColumns | null> {
  if (kind === "prepaid" || kind === "late_fee") return null;
  const rules = await findRulesOf(trx, subscriptionId);
  if (rules === null) throw new Error(`Cannot issue bill: connection ${subscriptionId} does not exist`);
  const { lateFee, lateAfterDays } = rulesOf(tenant, rules.plan, rules.own);
  const terms = lateFeeTerms(dueOn, { lateFee: lateFee.value, lateAfterDays: lateAfterDays.value });
  const columns = lateFeeColumns(terms);
  return columns !== null && isImported === true ? { ...columns, late_fee_look_on: null } : columns;
}

/** The columns of a bill that say what paying it late costs. */
export interface LateFeeColumns {
  late_fee_on: Temporal.PlainDate;
  late_fee_centavos: bigint | null;
  late_fee_bp: number | null;
  late_fee_look_on: Temporal.PlainDate | null;
}

function lateFeeColumns(terms: LateFeeTerms | null): LateFeeColumns | null {
  if (terms === null) return null;
  const { fee, costsFromOn } = terms;
  return {
    late_fee_on: costsFromOn,
    late_fee_centavos: fee.kind === "flat" ? fee.amountCentavos : null,
    late_fee_bp: fee.kind === "percent" ? fee.rateBp : null,
    late_fee_look_on: costsFromOn,
  };
}
