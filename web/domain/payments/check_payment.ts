import { AMOUNT_MAX, type Centavos } from "@/shared/money/mod.ts";
import { err, ok, type Result } from "@/shared/result.ts";

/** Why a payment is refused before it touches the books. */
export type PaymentProblem =
  | "payment_amount_not_positive"
  | "payment_amount_too_large"
  | "received_on_in_future";

/** Checks a payment that a person is about to post. A received date may be back-dated, never in the future (rule 8). */
export function checkPayment(
  payment: { amountCentavos: Centavos; receivedOn: Temporal.PlainDate; today: Temporal.PlainDate },
): Result<null, PaymentProblem> {
  if (payment.amountCentavos <= 0n) {
    return err("payment_amount_not_positive");
  }
  if (payment.amountCentavos > AMOUNT_MAX) {
    return err("payment_amount_too_large", { max: AMOUNT_MAX });
  }
  if (Temporal.PlainDate.compare(payment.receivedOn, payment.today) > 0) {
    return err("received_on_in_future", { today: payment.today });
  }
  return ok(null);
}
