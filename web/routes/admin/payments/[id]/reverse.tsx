import { centavos, formatPeso, subtract, sum, ZERO } from "@/shared/money/mod.ts";
import { found } from "@/web/app/frame/page_context.ts";
import { define } from "@/web/app/state.ts";
import { Banner } from "@/web/components/facts/Banner.tsx";
import { LinkButton } from "@/web/components/form/Button.tsx";
import { TextField } from "@/web/components/form/TextField.tsx";
import type { Translate } from "@/web/messages/mod.ts";
import { idParams } from "@/web/route_table/fields.ts";
import { reverseForm } from "@/web/route_table/payments.ts";
import { askOrRun } from "@/web/services/approvals/ask_or_run.ts";
import { type AllocationRow, listLiveAllocations } from "@/web/store/payments/allocations.ts";
import { listRefundsOfSource } from "@/web/store/payments/refunds.ts";
import { findPayment, type PaymentListRow } from "@/web/store/payments/payments.ts";
import { afterAsking, GateNote, gateVerb, loadGate } from "../../approvals/(_parts)/gate.tsx";

const question = define.question({
  params: idParams,
  input: reverseForm,
  load: async (trx, { params, state, moment }) => {
    const payment = found(await findPayment(trx, params.id));
    return {
      payment,
      shares: await listLiveAllocations(trx, { sourceId: params.id }),
      refunds: await listRefundsOfSource(trx, payment.id),
      gate: await loadGate(trx, { state, moment }, "payment_reversal", {
        amountCentavos: centavos(payment.amount_centavos),
        subscriberId: payment.subscriber_id,
      }),
      amount: formatPeso(centavos(payment.amount_centavos)),
      path: `/admin/payments/${payment.id}`,
    };
  },
  leave: ({ payment, path }) => payment.status === "reversed" ? path : null,
  permission: "payment:reverse",
  audit: "payment.reversed",
  summary: "Reverse a payment",
  title: ({ t, loaded: { payment } }) => t("payments.reverse_heading", { number: payment.number }),
  windowTitle: ({ t, loaded: { payment } }) => t("payments.reverse_title", { number: payment.number }),
  back: ({ t, loaded: { path, payment } }) => ({
    href: path,
    label: t("payments.one", { number: payment.number }),
  }),
  blocked: ({ t, loaded: { refunds } }) =>
    refunds.length === 0 ? null : (
      <Banner
        tone="info"
        title={t("corrections.memo_refunded")}
        actions={refunds.map((refund) => (
          <LinkButton href={`/admin/refunds/${refund.refund_id}`}>{refund.number}</LinkButton>
        ))}
      >
        {t("corrections.memo_refunded_note", {
          amount: formatPeso(sum(refunds.map((refund) => centavos(refund.amount_centavos)))),
        })}
      </Banner>
    ),
  question: ({ t, loaded: { payment, amount } }) =>
    t("payments.reverse_question", { number: payment.number, amount, name: payment.subscriber_name }),
  tone: "danger",
  effect: ({ t, loaded: { payment, shares } }) => effectOf(t, payment, shares),
  verb: ({ t, loaded: { amount, gate } }) => gateVerb(gate, t, t("payments.reverse_verb", { amount })),
  labels: { reason: "tables.reason" },
  children: ({ t, field, loaded: { gate } }) => (
    <>
      <GateNote gate={gate} t={t} />
      <p>{t("payments.reverse_note")}</p>
      <TextField {...field("reason")} hint={t("payments.reverse_hint")} autofocus />
    </>
  ),
  submit: ({ reason }, { call, loaded: { payment } }) =>
    askOrRun(...call, { kind: "payment_reversal", input: { paymentId: payment.id, reason }, reason }),
  done: (done, { state, loaded: { path } }) =>
    afterAsking(state, done, { done: () => `${path}?done=reversed`, cannotRead: path }),
});

export default question.page;
export const { handler, route } = question;

function effectOf(t: Translate, payment: PaymentListRow, shares: readonly AllocationRow[]): string {
  const applied = centavos(payment.applied_centavos);
  const credit = subtract(centavos(payment.amount_centavos), applied);
  const parts = [];
  if (applied > ZERO) {
    const bills = [...new Set(shares.map((share) => share.bill_number))];
    const named = bills.length <= 3 ? bills.join(", ") : t("payments.bills", { n: bills.length });
    parts.push(t("payments.reverse_owed", { amount: formatPeso(applied), bills: named }));
  }
  if (credit > ZERO) parts.push(t("payments.reverse_credit", { amount: formatPeso(credit) }));
  return t("payments.reverse_effect", { name: payment.subscriber_name, parts: parts.join(" ") });
}
