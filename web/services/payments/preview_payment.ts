import { add, type Centavos, centavos, sum } from "@/shared/money/mod.ts";
import { allocatePayment } from "@/web/domain/payments/mod.ts";
import { listOpenBills } from "@/web/store/billing/bills.ts";
import { findSubscriberBalance } from "@/web/store/billing/ledger.ts";
import type { TenantTransaction } from "@/web/store/db/tenant_transaction.ts";
import { type TenantRow } from "@/web/store/settings/tenants.ts";
import { restoredBy } from "./restored_by.ts";
import { splitShares, stillOpen, toOpenBalance } from "./apply_credit.ts";
import { listCutNow } from "@/web/store/cuts/block_reasons.ts";

/** What a payment would do; nothing is written. */
export interface PaymentPreview {
  /** Everything that is open, before the payment. */
  owedCentavos: Centavos;
  /** Credit that the subscriber has already. */
  creditBeforeCentavos: Centavos;
  /** Open bills in the order in which they would be paid. */
  bills: {
    billId: string;
    number: string;
    periodStart: Temporal.PlainDate;
    periodEnd: Temporal.PlainDate;
    dueOn: Temporal.PlainDate;
    balanceCentavos: Centavos;
    /** Zero: this payment does not reach it. */
    appliedCentavos: Centavos;
  }[];
  /** Left over, as credit for the next bill. */
  creditCentavos: Centavos;
  /** Subscriptions that are cut now and would come back. */
  restores: string[];
}

/** Shows where a payment would go. An amount of zero lists what is open. */
export async function previewPayment(
  trx: TenantTransaction,
  tenant: TenantRow,
  today: Temporal.PlainDate,
  input: { subscriberId: string; amountCentavos: Centavos; targetBillId?: string | undefined },
): Promise<PaymentPreview> {
  const open = await listOpenBills(trx, [input.subscriberId]);
  const openBills = open.map(toOpenBalance);
  const targetBillId = input.targetBillId ?? null;
  const { allocations, creditCentavos } = input.amountCentavos > 0n
    ? allocatePayment({ amountCentavos: input.amountCentavos, targetBillId, openBills })
    : { allocations: [], creditCentavos: centavos(0n) };
  const applied = new Map(allocations.map((share) => [share.billId, share.amountCentavos]));
  const left = stillOpen(open, splitShares(allocations, open));
  const cut = await listCutNow(trx, input.subscriberId);
  const before = centavos((await findSubscriberBalance(trx, input.subscriberId)).creditCentavos);
  const restores = await restoredBy(trx, tenant, today, cut, {
    open,
    left,
    creditCentavos: add(before, creditCentavos),
  });
  const inOrder = [...open].sort((a, b) => Number(b.id === targetBillId) - Number(a.id === targetBillId));
  return {
    owedCentavos: sum(openBills.map((bill) => bill.balanceCentavos)),
    creditBeforeCentavos: before,
    bills: inOrder.map((bill) => ({
      billId: bill.id,
      number: bill.number,
      periodStart: bill.period_start,
      periodEnd: bill.period_end,
      dueOn: bill.due_on,
      balanceCentavos: centavos(bill.balance_centavos),
      appliedCentavos: applied.get(bill.id) ?? centavos(0n),
    })),
    creditCentavos,
    restores,
  };
}
