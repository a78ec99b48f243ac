import { formatCoded } from "@/shared/codes/mod.ts";
import {
  type BillLineKind,
  type LateFeeTerms,
  lateFeeTerms,
  type LevelledRules,
  type OwnTerms,
  type PlannedBill,
  taxLines,
  type TaxTerms,
} from "@/web/domain/billing/mod.ts";
import { legsOfBillIssued, settledByCreditLines } from "@/web/domain/payments/mod.ts";
import type { BillShape, OwnShape } from "@/web/store/billing/bill_write.ts";
import { taxColumns } from "./issue_bill.ts";

/** Stands for whoever the bill is for. */
const OWN = "subscriber";

/** A planned bill as a batch writes it: dates and amounts are text, as they travel. */
export function toBillShape(
  bill: PlannedBill,
  { policy, graceDays, late, isAgain, tax: terms }: {
    policy: "charge" | "skip";
    graceDays: number;
    /** What paying it late costs by the rules of its issue. */
    late: Pick<LevelledRules, "lateFee" | "lateAfterDays">;
    isAgain: boolean;
    tax: TaxTerms;
  },
): BillShape {
  const tax = taxLines(terms, bill.lines.map((line) => line.amountCentavos));
  const lines = bill.lines.map((line, i) => ({ ...line, ...tax.lines[i] }));
  const legs = legsOfBillIssued({ subscriberId: OWN, lines });
  const settled = settledByCreditLines(lines.map((line, i) => ({ ...line, lineNo: i + 1 })));
  const { vatable_centavos, vat_centavos, ...taxedBy } = taxColumns(tax);
  return {
    period_start: bill.periodStart.toString(),
    period_end: bill.periodEnd.toString(),
    issued_on: bill.issuedOn.toString(),
    due_on: bill.dueOn.toString(),
    grace_days: graceDays,
    total_centavos: tax.totalCentavos.toString(),
    ...taxedBy,
    vatable_centavos: vatable_centavos.toString(),
    vat_centavos: vat_centavos.toString(),
    ...lateFeeColumns(lateFeeTerms(bill.dueOn, late)),
    lines: lines.map((line, i) => ({
      kind: line.kind,
      description: formatCoded(line.description),
      period_start: line.periodStart.toString(),
      period_end: line.periodEnd.toString(),
      amount_centavos: line.amountCentavos.toString(),
      vat_centavos: (line.vatCentavos ?? 0n).toString(),
      is_own: isOwn(line.kind),
      settled_centavos: (settled[i] ?? 0n).toString(),
      terms: line.terms === null ? null : {
        plan_name: line.terms.planName,
        price_centavos: line.terms.priceCentavos.toString(),
        anchor_day: line.terms.anchorDay,
        proration: line.terms.proration,
        is_in_full: line.terms.isChargedInFull,
        suspended_policy: policy,
        is_again: isAgain,
        ...ownColumns(line.terms.own),
      },
    })),
    legs: legs.map((leg) => ({
      account: leg.account,
      is_own: leg.subscriberId !== null,
      amount_centavos: leg.amountCentavos.toString(),
    })),
  };
}

/** What is for the service of a connection; fees are for nobody's, so that nobody is cut for one alone (rule R21). */
export function isOwn(kind: BillLineKind): boolean {
  return kind === "recurring" || kind === "one_time" || kind === "opening";
}

/** What a bill says about paying it late, as it travels; nothing where it costs nothing. */
function lateFeeColumns(terms: LateFeeTerms | null): Partial<BillShape> {
  if (terms === null) return {};
  const { fee, costsFromOn } = terms;
  return {
    late_fee_on: costsFromOn.toString(),
    ...(fee.kind === "flat"
      ? { late_fee_centavos: fee.amountCentavos.toString() }
      : { late_fee_bp: fee.rateBp }),
  };
}

function ownColumns(own: OwnTerms | undefined): OwnShape | null {
  return own === undefined ? null : {
    own_kind: own.kind,
    own_amount_centavos: own.amountCentavos.toString(),
    own_basis_points: own.basisPoints,
    own_until_on: own.untilOn?.toString() ?? null,
    list_price_centavos: own.listPriceCentavos.toString(),
  };
}
