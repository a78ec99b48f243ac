import { formatDate } from "@/shared/calendar/mod.ts";
import { centavos, formatPeso } from "@/shared/money/mod.ts";
import { balanceOf } from "@/web/app/words/due_words.ts";
import { found } from "@/web/app/frame/page_context.ts";
import { define } from "@/web/app/state.ts";
import { MoneyField } from "@/web/components/form/NumberField.tsx";
import { TextField } from "@/web/components/form/TextField.tsx";
import { disputeForm } from "@/web/route_table/bills.ts";
import { idParams } from "@/web/route_table/fields.ts";
import { disputeBill } from "@/web/services/billing/dispute_bill.ts";
import { findBill } from "@/web/store/billing/bills.ts";
import { listDisputesOf } from "@/web/store/billing/disputes.ts";

const question = define.question({
  params: idParams,
  input: disputeForm,
  load: async (trx, { params }) => {
    const bill = found(await findBill(trx, params.id));
    const disputes = await listDisputesOf(trx, bill.id);
    const isOpen = disputes.some((dispute) => dispute.decision === null);
    return { bill, isOpen, number: bill.number ?? "", path: `/admin/bills/${bill.id}` };
  },
  leave: ({ bill, isOpen, path }) => isOpen || balanceOf(bill) === 0n ? path : null,
  permission: "bill:dispute",
  audit: "bill.disputed",
  summary: "Dispute a bill or a part of it",
  title: ({ t, loaded: { number } }) => t("bills.dispute_heading", { number }),
  back: ({ t, loaded: { path, number } }) => ({ href: path, label: t("bills.one", { number }) }),
  question: ({ t, loaded: { bill, number } }) =>
    t("bills.dispute_question", {
      number,
      name: bill.subscriber_name,
      amount: formatPeso(centavos(bill.total_centavos)),
    }),
  effect: ({ t, moment: { tenant, today } }) => {
    const by = formatDate(today.add({ days: tenant.dispute_days }), t.locale);
    return `${t("bills.dispute_effect", { by })} ${t("bills.dispute_back")}`;
  },
  verb: ({ t }) => t("bills.dispute_verb"),
  labels: { amount: "bills.dispute_part", reason: "tables.reason" },
  children: ({ t, field }) => (
    <>
      <MoneyField {...field("amount")} hint={t("bills.dispute_part_hint")} />
      <TextField {...field("reason")} hint={t("bills.dispute_reason_hint")} autofocus />
    </>
  ),
  submit: ({ amount, reason }, { call, loaded: { bill } }) =>
    disputeBill(...call, { billId: bill.id, amountCentavos: amount, reason }),
  done: (_value, { loaded: { path } }) => `${path}?done=disputed`,
});

export default question.page;
export const { handler, route } = question;
