import { formatPeriod } from "@/shared/calendar/mod.ts";
import { centavos, formatPeso, ZERO } from "@/shared/money/mod.ts";
import { balanceOf } from "@/web/app/words/due_words.ts";
import { found } from "@/web/app/frame/page_context.ts";
import { define } from "@/web/app/state.ts";
import { TextField } from "@/web/components/form/TextField.tsx";
import type { Translate } from "@/web/messages/mod.ts";
import { voidForm } from "@/web/route_table/bills.ts";
import { idParams } from "@/web/route_table/fields.ts";
import { voidBill } from "@/web/services/billing/void_bill.ts";
import { type BillDetail, findBill } from "@/web/store/billing/bills.ts";

const question = define.question({
  params: idParams,
  input: voidForm,
  load: async (trx, { params }) => {
    const bill = found(await findBill(trx, params.id));
    return { bill, number: bill.number ?? "", path: `/admin/bills/${bill.id}` };
  },
  leave: ({ bill, path }) => bill.status === "issued" ? null : path,
  permission: "bill:void",
  audit: "bill.voided",
  summary: "Void a bill",
  title: ({ t, loaded: { number } }) => t("bills.void_heading", { number }),
  back: ({ t, loaded: { path, number } }) => ({ href: path, label: t("bills.one", { number }) }),
  question: ({ t, loaded: { bill, number } }) =>
    t("bills.void_question", {
      number,
      name: bill.subscriber_name,
      amount: formatPeso(centavos(bill.total_centavos)),
    }),
  tone: "danger",
  effect: ({ t, loaded: { bill } }) => effectOf(t, bill),
  verb: ({ t, loaded: { number } }) => t("bills.void_verb", { number }),
  labels: { reason: "tables.reason" },
  children: ({ t, field, loaded: { bill } }) => (
    <>
      <p>{t("bills.void_note", { period: formatPeriod(bill.period_start, bill.period_end, t.locale) })}</p>
      <TextField {...field("reason")} hint={t("bills.reason_hint")} autofocus />
    </>
  ),
  submit: ({ reason }, { call, loaded: { bill } }) => voidBill(...call, { billId: bill.id, reason }),
  done: (_value, { loaded: { path } }) => `${path}?done=voided`,
});

export default question.page;
export const { handler, route } = question;

function effectOf(t: Translate, bill: BillDetail): string {
  const balance = balanceOf(bill);
  const paid = centavos(bill.paid_centavos);
  const owed = balance > ZERO
    ? t("bills.void_owed", { name: bill.subscriber_name, amount: formatPeso(balance) })
    : t("bills.void_nothing");
  const released = paid > ZERO ? ` ${t("bills.void_released", { amount: formatPeso(paid) })}` : "";
  return `${owed}${released} ${t("bills.void_service")}`;
}
