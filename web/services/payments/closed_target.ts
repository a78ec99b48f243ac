import { centavos } from "@/shared/money/mod.ts";
import { err, type Failure } from "@/shared/result.ts";
import { allocatePayment } from "@/web/domain/payments/mod.ts";
import { type BillRow, listOpenBills, lockBill } from "@/web/store/billing/bills.ts";
import type { TenantTransaction } from "@/web/store/db/tenant_transaction.ts";
import { toOpenBalance } from "./apply_credit.ts";
import type { PaymentInput } from "./payment_input.ts";

/** Why a bill takes no money; null when it does. */
export function closedAs(
  bill: Pick<BillRow, "status" | "total_centavos" | "paid_centavos">,
): "void" | "paid" | null {
  if (bill.status === "void") return "void";
  return bill.paid_centavos < bill.total_centavos ? null : "paid";
}

/**
 * The bill that a payment is meant for was voided, or paid by somebody else meanwhile: said with where the money would go
 * instead, and posted once a person has seen it.
 */
export async function refuseClosedTarget(
  trx: TenantTransaction,
  input: PaymentInput,
): Promise<Failure<"target_not_open"> | null> {
  if (input.targetBillId === undefined) return null;
  const bill = await lockBill(trx, input.targetBillId);
  const state = bill === null ? null : closedAs(bill);
  const number = bill?.number ?? "";
  if (state === null || input.confirmTarget === number) return null;
  const open = await listOpenBills(trx, [input.subscriberId]);
  const { allocations, creditCentavos } = allocatePayment({
    amountCentavos: centavos(input.amountCentavos),
    targetBillId: null,
    openBills: open.map(toOpenBalance),
  });
  const numbers = allocations.map(({ billId }) => open.find(({ id }) => id === billId)?.number ?? "");
  return err("target_not_open", {
    number,
    state,
    bills: numbers.join(", "),
    goes: goesTo(numbers.length > 0, creditCentavos > 0n),
    credit: creditCentavos,
  });
}

function goesTo(hasBills: boolean, hasCredit: boolean): "bills" | "both" | "credit" {
  if (!hasBills) return "credit";
  return hasCredit ? "both" : "bills";
}
