import { centavos, formatCentavosPlain, formatPeso, subtract } from "@/shared/money/mod.ts";
import { balanceOf } from "@/web/app/words/due_words.ts";
import { found } from "@/web/app/frame/page_context.ts";
import { define } from "@/web/app/state.ts";
import { TextField } from "@/web/components/form/TextField.tsx";
import { writeOffForm } from "@/web/route_table/corrections.ts";
import { idParams } from "@/web/route_table/fields.ts";
import { issueMemo } from "@/web/services/payments/issue_memo.ts";
import { previewPayment } from "@/web/services/payments/preview_payment.ts";
import { findBill } from "@/web/store/billing/bills.ts";

const question = define.question({
  params: idParams,
  input: writeOffForm,
  load: async (trx, { params, moment }) => {
    const bill = found(await findBill(trx, params.id));
    const rest = balanceOf(bill);
    const subscriberId = bill.subscriber_id;
    return {
      bill,
      rest,
      number: bill.number ?? "",
      path: `/admin/bills/${bill.id}`,
      key: crypto.randomUUID(),
      preview: await previewPayment(trx, moment.tenant, moment.today, {
        subscriberId,
        amountCentavos: rest,
        targetBillId: bill.id,
      }),
    };
  },
  leave: ({ bill, rest, path }, { isSent }) =>
    isSent || (bill.status === "issued" && rest > 0n) ? null : path,
  permission: "memo:write_off",
  audit: "memo.written_off",
  summary: "Write off what is owed on a bill",
  title: ({ t, loaded: { number } }) => t("corrections.write_off_of", { number }),
  back: ({ t, loaded: { path, number } }) => ({ href: path, label: t("bills.one", { number }) }),
  question: ({ t, loaded: { bill, number, rest } }) =>
    t("corrections.write_off_question", { number, name: bill.subscriber_name, amount: formatPeso(rest) }),
  tone: "danger",
  effect: ({ t, loaded: { bill, rest, preview } }) => {
    const after = formatPeso(subtract(preview.owedCentavos, rest));
    const owes = t("corrections.owes_after", { name: bill.subscriber_name, amount: after });
    return preview.restores.length === 0
      ? owes
      : `${owes} ${t("corrections.comes_back", { n: preview.restores.length })}`;
  },
  verb: ({ t, loaded: { rest } }) => t("corrections.write_off_verb", { amount: formatPeso(rest) }),
  labels: { reason: "tables.reason" },
  values: ({ key, rest }) => ({ key, amount: formatCentavosPlain(rest) }),
  hidden: ({ many }) => ({ key: many("key")[0] ?? "", amount: many("amount")[0] ?? "" }),
  children: ({ t, field }) => (
    <>
      <p>{t("corrections.write_off_note")}</p>
      <TextField {...field("reason")} hint={t("bills.reason_hint")} autofocus />
    </>
  ),
  submit: ({ key, amount, reason }, { call, loaded: { bill } }) =>
    issueMemo(...call, {
      subscriberId: bill.subscriber_id,
      kind: "write_off",
      reason,
      amountCentavos: centavos(amount),
      billId: bill.id,
      idempotencyKey: key,
    }),
  done: ({ memoId, duplicate }) => `/admin/memos/${memoId}?done=${duplicate ? "before" : "written_off"}`,
  undo: ({ memoId }) => memoId,
});

export default question.page;
export const { handler, route } = question;
