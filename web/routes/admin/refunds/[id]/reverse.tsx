import { centavos, formatPeso } from "@/shared/money/mod.ts";
import { found } from "@/web/app/frame/page_context.ts";
import { define } from "@/web/app/state.ts";
import { TextField } from "@/web/components/form/TextField.tsx";
import { takeBackForm } from "@/web/route_table/corrections.ts";
import { idParams } from "@/web/route_table/fields.ts";
import { previewPayment } from "@/web/services/payments/preview_payment.ts";
import { reverseRefund } from "@/web/services/payments/reverse_refund.ts";
import { findRefund } from "@/web/store/payments/refunds.ts";

const question = define.question({
  params: idParams,
  input: takeBackForm,
  load: async (trx, { params, moment }) => {
    const refund = found(await findRefund(trx, params.id));
    const amount = centavos(refund.amount_centavos);
    return {
      refund,
      amount,
      path: `/admin/refunds/${refund.id}`,
      preview: await previewPayment(trx, moment.tenant, moment.today, {
        subscriberId: refund.subscriber_id,
        amountCentavos: amount,
      }),
    };
  },
  leave: ({ refund, path }) => refund.reversed_at === null ? null : path,
  permission: "refund:post",
  audit: "refund.reversed",
  summary: "Reverse a refund that did not go through",
  title: ({ t, loaded: { refund } }) => t("corrections.reverse_refund", { number: refund.number }),
  back: ({ t, loaded: { path, refund } }) => ({
    href: path,
    label: t("corrections.one_refund", { number: refund.number }),
  }),
  question: ({ t, loaded: { refund, amount } }) =>
    t("corrections.reverse_refund_question", {
      number: refund.number,
      name: refund.subscriber_name,
      amount: formatPeso(amount),
    }),
  tone: "danger",
  effect: ({ t, loaded: { amount, preview } }) => {
    const paid = preview.bills.filter((bill) => bill.appliedCentavos > 0n).map((bill) => bill.number);
    return paid.length === 0
      ? t("corrections.credit_again", { amount: formatPeso(amount) })
      : t("corrections.credit_pays", { amount: formatPeso(amount), bills: paid.join(", ") });
  },
  verb: ({ t, loaded: { refund } }) => t("corrections.reverse_refund_verb", { number: refund.number }),
  labels: { reason: "tables.reason" },
  children: ({ t, field }) => (
    <>
      <p>{t("corrections.reverse_refund_note")}</p>
      <TextField {...field("reason")} hint={t("bills.reason_hint")} autofocus />
    </>
  ),
  submit: ({ reason }, { call, loaded: { refund } }) =>
    reverseRefund(...call, { refundId: refund.id, reason }),
  done: (_value, { loaded: { path } }) => `${path}?done=reversed`,
});

export default question.page;
export const { handler, route } = question;
