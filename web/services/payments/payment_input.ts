import { sha256Hex } from "@/shared/crypto/mod.ts";
import { type Centavos, centavos } from "@/shared/money/mod.ts";
import { err, type Failure, ok, type Result } from "@/shared/result.ts";
import { checkPayment, type PaymentProblem, readReference } from "@/web/domain/payments/mod.ts";
import { PAYMENT_MAX } from "@/web/domain/payments/limits.ts";

/** A payment as a person posts it. */
export interface PaymentInput {
  subscriberId: string;
  amountCentavos: Centavos;
  /** Cash handed over, to compute the change. */
  tenderedCentavos?: Centavos;
  method: "cash" | "gcash" | "maya" | "bank" | "check" | "other" | "withholding_2307";
  /** Business date on which the money was received; may be back-dated. */
  receivedOn: Temporal.PlainDate;
  /** Required for everything but cash. */
  reference?: string;
  note?: string;
  /** Paid first; otherwise the oldest due bill is. */
  targetBillId?: string;
  /** Made once per form; the same form sent twice is one payment. */
  idempotencyKey: string;
  /** The person has seen that the amount is above ₱1,000,000. */
  confirmLargeAmount?: boolean;
  /** The person has seen that the reference is on another payment. */
  confirmDuplicateReference?: boolean;
  /** How many payments the subscriber had when the form was opened; without it nothing is asked about later ones. */
  paymentsShown?: number;
  /** Number of the payment that came in between and that the person has seen; another one is asked about again. */
  confirmPaidMeanwhile?: string;
  /** Number of the bill that is void or paid and that the person has seen; another one is asked about again. */
  confirmTarget?: string;
  /** The person has seen that the received date is more than a year ago. */
  confirmOldDate?: boolean;
}

/** Why a payment is refused before the books are looked at. */
export type PaymentInputProblem =
  | PaymentProblem
  | "amount_too_large"
  | "tendered_too_small"
  | "received_on_old"
  | "received_on_too_old"
  | "reference_required"
  | "text_too_long"
  | "idempotency_key_missing";

const AMOUNT_LIMIT = centavos(9_999_999_999n);
const AMOUNT_DOUBTED = 100_000_000n;

/** Checks what can be checked without the books. */
export function checkPaymentInput(
  input: PaymentInput,
  today: Temporal.PlainDate,
): Result<null, PaymentInputProblem> {
  const key = checkKey(input.idempotencyKey);
  if (key !== null) return key;
  const basic = checkPayment({ ...input, today });
  if (!basic.ok) return basic;
  const amount = checkAmount(input);
  if (!amount.ok) return amount;
  const text = checkText(input);
  if (!text.ok) return text;
  return checkAge(input, today);
}

/** A key that a form was made with. */
export function checkKey(key: string): Failure<"idempotency_key_missing"> | null {
  return /^[\x21-\x7e]{8,200}$/.test(key) ? null : err("idempotency_key_missing");
}

function checkAmount(input: PaymentInput): Result<null, PaymentInputProblem> {
  if (input.amountCentavos > AMOUNT_LIMIT) {
    return err("payment_amount_too_large", { max: AMOUNT_LIMIT });
  }
  if (input.amountCentavos > AMOUNT_DOUBTED && input.confirmLargeAmount !== true) {
    return err("amount_too_large", { amount: input.amountCentavos });
  }
  if (input.tenderedCentavos !== undefined && input.tenderedCentavos < input.amountCentavos) {
    return err("tendered_too_small");
  }
  if (input.tenderedCentavos !== undefined && input.tenderedCentavos > AMOUNT_LIMIT) {
    return err("payment_amount_too_large", { max: AMOUNT_LIMIT });
  }
  return ok(null);
}

function checkText(input: PaymentInput): Result<null, PaymentInputProblem> {
  const reference = readReference(input.reference ?? "");
  if (input.method !== "cash" && reference === "") {
    return err("reference_required");
  }
  if (reference.length > PAYMENT_MAX.reference) return err("text_too_long", { max: PAYMENT_MAX.reference });
  if ((input.note?.length ?? 0) > PAYMENT_MAX.note) return err("text_too_long", { max: PAYMENT_MAX.note });
  return ok(null);
}

function checkAge(input: PaymentInput, today: Temporal.PlainDate): Result<null, PaymentInputProblem> {
  const { receivedOn } = input;
  const oldest = today.subtract({ years: 2 });
  if (Temporal.PlainDate.compare(receivedOn, oldest) < 0) {
    return err("received_on_too_old", { from: oldest });
  }
  const isOld = Temporal.PlainDate.compare(receivedOn, today.subtract({ years: 1 })) < 0;
  if (isOld && input.confirmOldDate !== true) {
    return err("received_on_old", { day: receivedOn });
  }
  return ok(null);
}

/** What makes two forms the same payment. Confirmations do not count: they belong to the conversation. */
export async function hashPaymentInput(input: PaymentInput): Promise<string> {
  return await sha256Hex(JSON.stringify([
    input.subscriberId,
    input.amountCentavos.toString(),
    input.tenderedCentavos?.toString() ?? null,
    input.method,
    input.receivedOn.toString(),
    readReference(input.reference ?? "") || null,
    input.note?.trim() || null,
    input.targetBillId ?? null,
  ]));
}
