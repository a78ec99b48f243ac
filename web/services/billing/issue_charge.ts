import { coded, formatCoded } from "@/shared/codes/mod.ts";
import { AMOUNT_MAX, type Centavos, centavos } from "@/shared/money/mod.ts";
import { err, type Failure, ok, type Result } from "@/shared/result.ts";
import {
  askedFor,
  NO_OWN_RULES,
  pricedOf,
  type RulesInEffect,
  rulesInEffect,
} from "@/web/domain/billing/mod.ts";
import { CHARGE_MAX } from "@/web/domain/payments/limits.ts";
import { type BillDetail, type BillRow, findBill } from "@/web/store/billing/bills.ts";
import { findPlan } from "@/web/store/billing/plans.ts";
import { listConnectionsToFile } from "@/web/store/billing/charge_places.ts";
import { lockSubscription } from "@/web/store/subscribers/subscriptions.ts";
import { lockSubscriber } from "@/web/store/subscribers/subscribers.ts";
import { applyIdleCredit } from "../payments/apply_credit.ts";
import { recordAudit } from "../audit.ts";
import type { Actor, ServiceContext } from "../context.ts";
import { runOnce } from "../payments/run_once.ts";
import { runUseCase, type UseCase } from "../use_case.ts";
import { issueBill } from "./issue_bill.ts";
import { companyRules, rulesOf } from "./rule_levels.ts";
import { taxTermsOn } from "./tax_terms.ts";

/** A one-time charge, or a debit memo that corrects a bill upwards. */
export interface ChargeInput {
  subscriberId: string;
  kind: Extract<BillRow["kind"], "one_time" | "debit_memo">;
  /** What it is for, as the subscriber reads it. */
  what: string;
  amountCentavos: Centavos;
  /** Whose service it is for; null: nobody's, and nobody is cut for it alone (rule R21). */
  subscriptionId: string | null;
  /** Id of the bill to be, made once per form: the same form sent twice is one bill. */
  billId: string;
}

/** A charge that stands in the books. */
export interface Charged {
  billId: string;
  number: string;
  /** Paid out of credit at once. */
  paidCentavos: bigint;
  /** The same form was sent before. */
  duplicate: boolean;
}

/** Why nothing is charged. */
export type ChargeCode =
  | "subscriber_not_found"
  | "charge_needs_connection"
  | "subscription_not_found"
  | "charge_what_required"
  | "text_too_long"
  | "payment_amount_not_positive"
  | "payment_amount_too_large"
  | "charge_key_used"
  | "charge_was_voided";

/** Issues a bill of one line, due by the terms of whose service it is for; credit is applied to it at once. */
export async function issueCharge(
  context: ServiceContext,
  tenantId: string,
  actor: Actor,
  input: ChargeInput,
): Promise<Result<Charged, ChargeCode>> {
  const charge = { ...input, what: input.what.trim() };
  const refusal = checkCharge(charge);
  if (refusal !== null) return refusal;
  return await runOnce(() => runUseCase(context, tenantId, actor, (useCase) => issue(useCase, charge)));
}

function checkCharge({ what, amountCentavos }: ChargeInput): Failure<ChargeCode> | null {
  if (what === "") return err("charge_what_required");
  if (what.length > CHARGE_MAX.what) return err("text_too_long", { max: CHARGE_MAX.what });
  if (amountCentavos <= 0n) return err("payment_amount_not_positive");
  return amountCentavos > AMOUNT_MAX ? err("payment_amount_too_large", { max: AMOUNT_MAX }) : null;
}

/** Whether a bill is what the form asks for: all that was typed, not the amount alone. */
function isSameCharge(
  bill: BillDetail,
  { subscriberId, kind, what, amountCentavos, subscriptionId }: ChargeInput,
) {
  const [line] = bill.lines;
  return bill.subscriber_id === subscriberId && bill.kind === kind &&
    pricedOf(bill.tax_mode, bill.total_centavos, bill.vat_centavos) === amountCentavos &&
    line?.subscription_id === subscriptionId &&
    line.description === formatCoded(coded("line_charge", { what }));
}

async function issue(useCase: UseCase, input: ChargeInput): Promise<Result<Charged, ChargeCode>> {
  const { trx, at, actor, tenant, business, booking } = useCase;
  const { subscriberId, kind, what, amountCentavos, subscriptionId } = input;
  if (await lockSubscriber(trx, subscriberId) === null) return err("subscriber_not_found");
  const first = await findBill(trx, input.billId);
  if (first !== null) {
    const number = first.number ?? "";
    if (!isSameCharge(first, input)) return err("charge_key_used", { number });
    if (first.status === "void") return err("charge_was_voided", { number });
    return ok({ billId: first.id, number, paidCentavos: first.paid_centavos, duplicate: true });
  }
  const connections = await listConnectionsToFile(trx, subscriberId);
  const [place] = connections;
  if (place === undefined) return err("charge_needs_connection");
  if (subscriptionId !== null && !connections.includes(subscriptionId)) return err("subscription_not_found");
  const { today } = business;
  if (askedFor(taxTermsOn(tenant, today), amountCentavos) > AMOUNT_MAX) {
    return err("payment_amount_too_large", { max: AMOUNT_MAX });
  }
  const { termsDays, graceDays } = await termsOf(useCase, subscriptionId);
  const bill = await issueBill(useCase, {
    id: input.billId,
    kind,
    subscriberId,
    subscriptionId: subscriptionId ?? place,
    dueOn: today.add({ days: termsDays.value }),
    graceDays: graceDays.value,
    lines: [{
      kind: "one_time",
      description: coded("line_charge", { what }),
      periodStart: today,
      periodEnd: today.add({ days: 1 }),
      amountCentavos,
      subscriptionId,
    }],
  });
  const shares = await applyIdleCredit(trx, [subscriberId], booking);
  const paidCentavos = shares.filter((share) => share.billId === bill.id)
    .reduce((total, share) => total + share.amountCentavos, 0n);
  await recordAudit(trx, actor, {
    action: "bill.charged",
    subjectKind: "bill",
    subjectId: bill.id,
    subscriberId,
    summary: coded("audit_bill_charged", { number: bill.number, amount: bill.totalCentavos, what }),
    details: { kind, paid_centavos: centavos(paidCentavos).toString() },
    at,
    businessOn: today,
  });
  return ok({ billId: bill.id, number: bill.number, paidCentavos, duplicate: false });
}

/** The rules of a connection and of its plan, where it is for one; else the company's. */
async function termsOf({ trx, tenant }: UseCase, subscriptionId: string | null): Promise<RulesInEffect> {
  const connection = subscriptionId === null ? null : await lockSubscription(trx, subscriptionId);
  const plan = connection === null ? null : await findPlan(trx, connection.plan_id);
  return plan === null || connection === null
    ? rulesInEffect(companyRules(tenant), NO_OWN_RULES)
    : rulesOf(tenant, plan, connection);
}
