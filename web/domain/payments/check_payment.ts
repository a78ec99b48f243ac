import { formatDateShort } from "@/shared/calendar/mod.ts";
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
    return err("payment_amount_not_positive", "Enter an amount above ₱0.00");
  }
  if (payment.amountCentavos > AMOUNT_MAX) {
    return err("payment_amount_too_large", "Enter an amount of at most ₱99,999,999,999.99");
  }
  if (Temporal.PlainDate.compare(payment.receivedOn, payment.today) > 0) {
    const today = formatDateShort(payment.today);
    return err(
      "received_on_in_future",
      `The received date is in the future: enter ${today} or an earlier date`,
    );
  }
  return ok(null);
}
