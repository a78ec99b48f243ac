import { type Centavos, centavos, formatCentavosPlain, parsePeso, ZERO } from "@/shared/money/mod.ts";
import type { AppState } from "@/web/app/state.ts";
import { type PaymentPreview, previewPayment } from "@/web/services/payments/preview_payment.ts";
import type { RecordPaymentCode } from "@/web/services/payments/record_payment.ts";
import { countPayments } from "@/web/store/payments/payments.ts";
import { findSubscriber } from "@/web/store/subscribers/subscribers.ts";
import { listSubscriptionDetails } from "@/web/store/subscribers/subscriptions.ts";
import type { TenantTransaction } from "@/web/store/db/tenant_transaction.ts";
import { found, type PageMoment, typed } from "@/web/app/frame/page_context.ts";

/** What stands in the fields. */
export interface PaymentValues {
  key: string;
  bill: string;
  amount: string;
  tendered: string;
  method: string;
  received: string;
  reference: string;
  note: string;
  confirm_large: string;
  confirm_reference: string;
  confirm_date: string;
  confirm_paid: string;
  /** How many payments the subscriber had when the form was opened; later ones came in between. */
  shown: string;
}

/** A doubt that the person may overrule: the flag to set, and the value it is about. */
export interface Doubt {
  flag: "confirm_large" | "confirm_reference" | "confirm_date" | "confirm_paid";
  message: string;
  /** The flag counts for this value only; another one is doubted again. */
  value: string;
}

/** Everything the payment form shows. */
export interface PaymentFormData {
  subscriber: { id: string; name: string; account_number: string };
  preview: PaymentPreview;
  /** What is in the amount field; null when it cannot be read. */
  amount: Centavos | null;
  changeDue: Centavos | null;
  /** Plans of the connections that come back. */
  restores: string[];
  today: Temporal.PlainDate;
  values: PaymentValues;
  problems: Record<string, string>;
  doubt: Doubt | null;
}

/** Field that each refusal is shown at. */
export const FIELD: Record<RecordPaymentCode, string> = {
  payment_amount_not_positive: "amount",
  payment_amount_too_large: "amount",
  amount_too_large: "amount",
  tendered_too_small: "tendered",
  received_on_in_future: "received",
  received_on_old: "received",
  received_on_too_old: "received",
  reference_required: "reference",
  text_too_long: "",
  idempotency_key_missing: "",
  idempotency_mismatch: "",
  subscriber_not_found: "",
  bill_not_found: "bill",
  paid_meanwhile: "",
  duplicate_reference: "reference",
};

/** Values of a fresh form. */
export function freshValues(
  { preview, paymentsShown }: { preview: PaymentPreview; paymentsShown: number },
  bill: string,
  today: Temporal.PlainDate,
): PaymentValues {
  const target = preview.bills.find((row) => row.billId === bill);
  const owed = target?.balanceCentavos ?? preview.owedCentavos;
  return {
    key: crypto.randomUUID(),
    bill: target === undefined ? "" : bill,
    amount: owed > ZERO ? formatCentavosPlain(owed) : "",
    tendered: "",
    method: "cash",
    received: today.toString(),
    reference: "",
    note: "",
    confirm_large: "",
    confirm_reference: "",
    confirm_date: "",
    confirm_paid: "",
    shown: String(paymentsShown),
  };
}

/** Values as they were sent. */
export function typedValues(state: AppState): PaymentValues {
  const names = [
    "key",
    "bill",
    "amount",
    "tendered",
    "method",
    "received",
    "reference",
    "note",
    "confirm_large",
    "confirm_reference",
    "confirm_date",
    "confirm_paid",
    "shown",
  ] as const;
  return Object.fromEntries(names.map((name) => [name, typed(state, name)])) as unknown as PaymentValues;
}

/** What the form shows besides its values: who pays, and where the amount would go. */
export async function loadPaymentForm(
  trx: TenantTransaction,
  moment: PageMoment,
  input: { subscriberId: string; values: PaymentValues | null; bill: string },
): Promise<Omit<PaymentFormData, "problems" | "doubt">> {
  const subscriber = found(await findSubscriber(trx, input.subscriberId));
  const preview = (amountCentavos: Centavos, targetBillId: string) =>
    previewPayment(trx, moment.tenant, moment.today, {
      subscriberId: subscriber.id,
      amountCentavos,
      targetBillId: targetBillId === "" ? undefined : targetBillId,
    });
  // Counted before the bills are read: a payment between the two is asked about rather than missed.
  const paymentsShown = await countPayments(trx, subscriber.id);
  const values = input.values ??
    freshValues({ preview: await preview(ZERO, input.bill), paymentsShown }, input.bill, moment.today);
  const amount = parsePeso(values.amount.slice(0, 100));
  const tendered = parsePeso(values.tendered.slice(0, 100));
  const shown = await preview(amount.ok ? amount.value : ZERO, values.bill);
  const connections = await listSubscriptionDetails(trx, { subscriberId: subscriber.id }, moment);
  const change = amount.ok && tendered.ok ? tendered.value - amount.value : null;
  return {
    subscriber,
    values,
    preview: shown,
    amount: amount.ok ? amount.value : null,
    changeDue: change !== null && change >= 0n && values.method === "cash" ? centavos(change) : null,
    restores: connections.filter(({ id }) => shown.restores.includes(id)).map((row) => row.plan_name),
    today: moment.today,
  };
}
