import { type Coded, coded, formatCoded } from "@/shared/codes/mod.ts";
import { type Centavos, centavos, sum, ZERO } from "@/shared/money/mod.ts";
import { askedFor, type LateFee, lateFeeChange, latePrincipal } from "@/web/domain/billing/mod.ts";
import { correctionOf } from "@/web/domain/payments/mod.ts";
import { findBill } from "@/web/store/billing/bills.ts";
import {
  insertLateFees,
  type LateBillRow,
  listLateBills,
  type NewLateFee,
  updateLateFeeEnded,
  updateLookAgain,
} from "@/web/store/billing/late_fees.ts";
import { rulesColumns } from "@/web/store/billing/own_rules.ts";
import type { TenantTransaction } from "@/web/store/db/tenant_transaction.ts";
import { sumMemosOfBill } from "@/web/store/payments/memos.ts";
import type { TenantRow } from "@/web/store/settings/tenants.ts";
import { type AuditInput, recordAudits } from "../audit.ts";
import { applyIdleCredit } from "../payments/apply_credit.ts";
import { giveMemo } from "../payments/give_memo.ts";
import type { UseCase } from "../use_case.ts";
import { issueEach } from "./issue_bill.ts";
import { settleReconnections } from "./reconnection_fees.ts";
import { rulesOf } from "./rule_levels.ts";
import { taxTermsOn } from "./tax_terms.ts";
import { takeBillBack, toCorrected } from "./take_bill_back.ts";

/** What a bill owes for lateness by a day. Below zero: what stands of its fee goes back. */
export interface JudgedLateBill {
  bill: LateBillRow;
  fee: LateFee;
  /** What was unpaid of it, without fees and what is disputed. */
  unpaidCentavos: Centavos;
  /** The same without the VAT that came on top. */
  principalCentavos: Centavos;
  changeCentavos: Centavos;
}

/** Judges a bill by what the books know of its day now (billing rule 13). */
export function judgeLateBill(bill: LateBillRow, asOf: Temporal.PlainDate): JudgedLateBill {
  const fee: LateFee = bill.late_fee_bp === null
    ? { kind: "flat", amountCentavos: centavos(bill.late_fee_centavos ?? 0n) }
    : { kind: "percent", rateBp: bill.late_fee_bp };
  const principal = latePrincipal({
    owedCentavos: centavos(bill.owed_centavos),
    owedFeesCentavos: centavos(bill.owed_fees_centavos),
    disputedCentavos: centavos(bill.disputed_centavos),
    correctedCentavos: centavos(bill.corrected_centavos),
    chargedCentavos: centavos(bill.charged_centavos),
    vatOnTopCentavos: centavos(bill.vat_on_top_centavos),
  });
  const changeCentavos = lateFeeChange({
    principalCentavos: principal.principalCentavos,
    fee,
    costsFromOn: bill.late_fee_on,
    chargedCentavos: centavos(bill.fee_centavos ?? 0n),
    asOf,
  });
  return { bill, fee, ...principal, changeCentavos };
}

/** Fees that a run would charge. */
export interface LateFeesToCome {
  count: number;
  amountCentavos: Centavos;
}

/** What the late fees of a day would come to with VAT if nothing is paid before it, written nowhere. */
export async function previewLateFees(
  trx: TenantTransaction,
  tenant: TenantRow,
  businessOn: Temporal.PlainDate,
): Promise<LateFeesToCome> {
  const bills = await listLateBills(trx, { lookedOn: businessOn });
  const due = bills.map((bill) => judgeLateBill(bill, businessOn).changeCentavos).filter((one) => one > ZERO);
  const tax = taxTermsOn(tenant, businessOn);
  return { count: due.length, amountCentavos: sum(due.map((one) => askedFor(tax, one))) };
}

/**
 * Charges the fees of bills, each as a bill of its own of today, due by the rules of its connection. The subscribers are
 * locked by the caller, who also applies credit and writes the audit entries last.
 */
export async function chargeFees(
  useCase: UseCase,
  judged: readonly (Omit<JudgedLateBill, "changeCentavos"> & { amountCentavos: Centavos })[],
): Promise<AuditInput[]> {
  const { trx, tenant, at, business: { today } } = useCase;
  const issued = await issueEach(
    useCase,
    judged.map((one) => {
      const { bill, amountCentavos } = one;
      const { termsDays, graceDays } = rulesOf(
        tenant,
        rulesColumns(bill.plan_rules),
        rulesColumns(bill.own_rules),
      );
      return {
        kind: "late_fee",
        subscriberId: bill.subscriber_id,
        subscriptionId: bill.subscription_id,
        dueOn: today.add({ days: termsDays.value }),
        graceDays: graceDays.value,
        lines: [{
          kind: "late_fee",
          description: sayFee(one),
          periodStart: today,
          periodEnd: today.add({ days: 1 }),
          amountCentavos,
          subscriptionId: null,
        }],
      };
    }),
  );
  const charged = judged.map((one, i) => {
    const feeBill = issued[i];
    if (feeBill === undefined) throw new Error(`Cannot charge the fee of ${one.bill.id}: it has no bill`);
    return { ...one, feeBill };
  });
  const fees = charged.map(({ bill, feeBill, principalCentavos, amountCentavos }): NewLateFee => ({
    fee_bill_id: feeBill.id,
    bill_id: bill.id,
    principal_centavos: principalCentavos,
    amount_centavos: amountCentavos,
    charged_on: today,
  }));
  await insertLateFees(trx, fees);
  return charged.map(({ bill, feeBill, unpaidCentavos }) => ({
    action: "bill.late_fee_charged",
    subjectKind: "bill",
    subjectId: feeBill.id,
    subscriberId: bill.subscriber_id,
    summary: coded("audit_late_fee", {
      number: feeBill.number,
      amount: feeBill.totalCentavos,
      late: bill.number,
      due: bill.due_on,
    }),
    details: { bill_id: bill.id, unpaid_centavos: unpaidCentavos.toString() },
    at,
    businessOn: today,
  }));
}

function sayFee(
  { bill, fee, unpaidCentavos: unpaid, principalCentavos: base }: Omit<JudgedLateBill, "changeCentavos">,
): Coded {
  const values = { number: bill.number, due: bill.due_on, from: bill.late_fee_on, unpaid };
  if (fee.kind === "flat") return coded("line_late_fee", values);
  const rate = String(fee.rateBp / 100);
  return base === unpaid
    ? coded("line_late_fee_percent", { ...values, rate })
    : coded("line_late_fee_percent_vat", { ...values, base, rate });
}

/**
 * Puts the late fees of a subscriber right after a posting that changed what was paid in time: one that should not have
 * been charged goes back at once, one that now is due is charged by the next run (LF-05). The subscriber is locked by the
 * caller.
 */
async function settleLateFees(useCase: UseCase, subscriberId: string): Promise<void> {
  const { trx, business: { today } } = useCase;
  for (const bill of await listLateBills(trx, { subscriberId, begunOn: today })) {
    const judged = judgeLateBill(bill, today);
    const { changeCentavos } = judged;
    if (bill.fee_bill_id === null) {
      const isDue = changeCentavos > ZERO && bill.late_fee_look_on === null;
      if (isDue) await updateLookAgain(trx, bill.id, bill.late_fee_on);
      continue;
    }
    if (changeCentavos >= ZERO) continue;
    const right = centavos((bill.fee_centavos ?? 0n) + changeCentavos);
    const reason = coded("fee_back_in_time", { number: bill.number, from: bill.late_fee_on });
    const isBack = await giveFeeBack(useCase, bill.fee_bill_id, "in_time", reason);
    if (!isBack || right === ZERO) continue;
    const audits = await chargeFees(useCase, [{ ...judged, amountCentavos: right }]);
    // What was given back, and what the posting left over, pay it.
    await applyIdleCredit(trx, [subscriberId], useCase.booking);
    await recordAudits(trx, useCase.actor, audits);
  }
}

/** All fees of a subscriber after a posting: for paying late, and for coming back. */
export async function settleFees(useCase: UseCase, subscriberId: string): Promise<void> {
  await settleLateFees(useCase, subscriberId);
  await settleReconnections(useCase, subscriberId);
}

/** The fee of a bill that was taken back goes with it. The subscriber is locked by the caller. */
export async function endFeeOfVoid(
  useCase: UseCase,
  { feeBillId, number }: { feeBillId: string; number: string },
): Promise<void> {
  await giveFeeBack(useCase, feeBillId, "bill_void", coded("fee_back_void", { number }));
}

/**
 * Takes a fee back: an unpaid one is voided, one that was paid or reported gets a credit memo of what was not given back
 * already (billing rule 9). False: nothing of it stood.
 */
async function giveFeeBack(
  useCase: UseCase,
  feeBillId: string,
  why: "in_time" | "bill_void",
  reason: Coded,
): Promise<boolean> {
  const { trx, at } = useCase;
  const bill = await findBill(trx, feeBillId);
  if (bill === null) throw new Error(`Cannot give a late fee back: its bill ${feeBillId} does not exist`);
  const given = await sumMemosOfBill(trx, bill.id);
  // What a person has waived stands as waived: it is not charged again.
  if (bill.status !== "issued" || given >= bill.total_centavos) return false;
  if (!await updateLateFeeEnded(trx, feeBillId, { ended_at: at, ended_why: why })) return false;
  if (given === 0n && correctionOf(toCorrected(bill)).kind === "void") {
    await takeBillBack(useCase, bill, { reason: formatCoded(reason), periods: "never" });
  } else {
    await giveMemo(useCase, {
      subscriberId: bill.subscriber_id,
      kind: "correction",
      reason,
      amountCentavos: centavos(bill.total_centavos - given),
      billId: bill.id,
    });
  }
  return true;
}
