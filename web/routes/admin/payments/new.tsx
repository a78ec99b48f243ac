import { formatDate } from "@/shared/calendar/mod.ts";
import { typed } from "@/web/app/frame/page_context.ts";
import { type AppState, define } from "@/web/app/state.ts";
import { Card } from "@/web/components/facts/Card.tsx";
import { CodeText } from "@/web/components/facts/CopyBlock.tsx";
import { Button } from "@/web/components/form/Button.tsx";
import { Columns } from "@/web/components/frame/Layout.tsx";
import { newPaymentQuery, paymentForm } from "@/web/route_table/payments.ts";
import { recordPayment } from "@/web/services/payments/record_payment.ts";
import { FindPayer } from "./(_parts)/FindPayer.tsx";
import { loadNewPayment } from "./(_parts)/payment_form.ts";
import { PaymentFields, PreviewCard } from "./(_parts)/PaymentFields.tsx";

const form = define.form({
  query: newPaymentQuery,
  input: paymentForm,
  load: loadNewPayment,
  permission: "payment:post",
  audit: "payment.recorded",
  summary: "Preview or post a payment",
  readers: { permission: "payment:post", summary: "Find who pays, then the payment form" },
  leave: (loaded) => loaded.step === "find" ? loaded.only : null,
  windowTitle: ({ t }) => t("tables.sub_post_payment"),
  title: ({ t, loaded }) =>
    loaded.step === "find"
      ? t("tables.sub_post_payment")
      : t("payments.post_for", { name: loaded.subscriber.name }),
  back: ({ t, loaded }) =>
    loaded.step === "find"
      ? { href: "/admin/payments", label: t("tables.list_payments") }
      : { href: `/admin/subscribers/${loaded.subscriber.id}`, label: loaded.subscriber.name },
  lead: ({ t, loaded }) =>
    loaded.step === "pay" && (
      <>
        <CodeText>{loaded.subscriber.account_number}</CodeText>, {formatDate(loaded.today, t.locale)}
      </>
    ),
  blocked: ({ t, loaded }) =>
    loaded.step === "find"
      ? (
        <FindPayer
          action="/admin/payments/new"
          label={t("payments.who")}
          hint={t("payments.who_hint")}
          q={loaded.q}
          matches={loaded.matches}
          hrefOf={(row) => `/admin/payments/new?subscriber=${row.subscriberId}`}
        />
      )
      : null,
  labels: {
    amount: "tables.amount",
    method: "tables.method",
    tendered: "payments.tendered",
    received: "payments.received_on",
    reference: "tables.reference",
    bill: "payments.pay_first",
    note: "payments.note",
  },
  values: (loaded) => loaded.step === "find" ? {} : loaded.values,
  // What was shown first is kept through every question and correction: who posted since is asked about at its end.
  hidden: ({ many }) =>
    Object.fromEntries((["key", "subscriber", "shown"] as const).map((name) => [name, many(name)[0] ?? ""])),
  fields: (form) => form.loaded.step === "pay" && <PaymentFields form={form} paying={form.loaded} />,
  refused: "payments.nothing_posted",
  verb: ({ t }) => t("tables.sub_post_payment"),
  preview: "when_valid",
  otherVerbs: ({ t }) => <Button name="intent" value="preview">{t("payments.preview")}</Button>,
  page: ({ loaded }, parts) =>
    loaded.step === "pay" && (
      <>
        {parts.header}
        <Columns main={<Card>{parts.form}</Card>} side={<PreviewCard paying={loaded} />} />
      </>
    ),
  submit: (input, { call, state }) =>
    recordPayment(...call, {
      subscriberId: input.subscriber,
      amountCentavos: input.amount,
      method: input.method,
      receivedOn: input.received,
      idempotencyKey: input.key,
      confirmLargeAmount: isOverruled(state, "confirm_large", "amount"),
      confirmDuplicateReference: isOverruled(state, "confirm_reference", "reference"),
      confirmOldDate: isOverruled(state, "confirm_date", "received"),
      ...(input.shown === undefined ? {} : { paymentsShown: input.shown }),
      ...(input.confirm_paid === undefined ? {} : { confirmPaidMeanwhile: input.confirm_paid }),
      ...(input.confirm_target === undefined ? {} : { confirmTarget: input.confirm_target }),
      ...(input.tendered === null ? {} : { tenderedCentavos: input.tendered }),
      ...(input.reference === "" ? {} : { reference: input.reference }),
      ...(input.note === "" ? {} : { note: input.note }),
      ...(input.bill === null ? {} : { targetBillId: input.bill }),
    }),
  doubts: {
    title: "payments.not_posted_yet",
    verb: "payments.post_anyway",
    codes: {
      amount_too_large: { overrule: "confirm_large", about: ({ typed }) => typed("amount") },
      duplicate_reference: { overrule: "confirm_reference", about: ({ typed }) => typed("reference") },
      received_on_old: { overrule: "confirm_date", about: ({ typed }) => typed("received") },
      target_not_open: { overrule: "confirm_target", about: (_asked, { number }) => String(number) },
      paid_meanwhile: { overrule: "confirm_paid", about: (_asked, { number }) => String(number) },
    },
  },
  at: {
    amount_too_large: "amount",
    duplicate_reference: "reference",
    received_on_in_future: "received",
    received_on_old: "received",
    received_on_too_old: "received",
    bill_not_found: "bill",
    target_not_open: "bill",
  },
  done: ({ paymentId, duplicate }) =>
    `/admin/payments/${paymentId}?done=${duplicate ? "posted_before" : "posted"}`,
  undo: ({ paymentId }) => paymentId,
});

export default form.page;
export const { handler, route } = form;

/** Whether a person has overruled the doubt about just what stands in the field now. */
function isOverruled(state: AppState, flag: string, about: string): boolean {
  const said = typed(state, flag);
  return said !== "" && said === typed(state, about);
}
