import { centavos, formatCentavosPlain, formatPeso, subtract } from "@/shared/money/mod.ts";
import { balanceOf } from "@/web/app/words/due_words.ts";
import { found } from "@/web/app/frame/page_context.ts";
import { define } from "@/web/app/state.ts";
import { TextField } from "@/web/components/form/TextField.tsx";
import { writeOffForm } from "@/web/route_table/corrections.ts";
import { idParams } from "@/web/route_table/fields.ts";
import { askOrRun } from "@/web/services/approvals/ask_or_run.ts";
import { previewPayment } from "@/web/services/payments/preview_payment.ts";
import { findBill } from "@/web/store/billing/bills.ts";
import { afterAsking, GateNote, gateVerb, loadGate } from "../../approvals/(_parts)/gate.tsx";

const question = define.question({
  params: idParams,
  input: writeOffForm,
  load: async (trx, { params, moment, state }) => {
    const bill = found(await findBill(trx, params.id));
    const rest = balanceOf(bill);
    const subscriberId = bill.subscriber_id;
    return {
      bill,
      rest,
      number: bill.number ?? "",
      path: `/admin/bills/${bill.id}`,
      gate: await loadGate(trx, { state, moment }, "write_off", { amountCentavos: rest, subscriberId }),
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
  verb: ({ t, loaded: { rest, gate } }) =>
    gateVerb(gate, t, t("corrections.write_off_verb", { amount: formatPeso(rest) })),
  labels: { reason: "tables.reason" },
  values: ({ key, rest }) => ({ key, amount: formatCentavosPlain(rest) }),
  hidden: ({ many }) => ({ key: many("key")[0] ?? "", amount: many("amount")[0] ?? "" }),
  children: ({ t, field, loaded: { gate } }) => (
    <>
      <GateNote gate={gate} t={t} />
      <p>{t("corrections.write_off_note")}</p>
      <TextField {...field("reason")} hint={t("bills.reason_hint")} autofocus />
    </>
  ),
  submit: ({ key, amount, reason }, { call, loaded: { bill } }) =>
    askOrRun(...call, {
      kind: "write_off",
      input: {
        subscriberId: bill.subscriber_id,
        kind: "write_off",
        reason,
        amountCentavos: centavos(amount),
        billId: bill.id,
        idempotencyKey: key,
      },
      reason,
    }),
  done: (done, { state, loaded: { path } }) =>
    afterAsking(state, done, {
      done: ({ memoId, duplicate }) => `/admin/memos/${memoId}?done=${duplicate ? "before" : "written_off"}`,
      cannotRead: path,
    }),
  undo: (done, { loaded: { bill } }) => done.outcome === "done" ? done.value.memoId : bill.id,
});

export default question.page;
export const { handler, route } = question;
