import { formatDate } from "@/shared/calendar/mod.ts";
import { centavos, formatPeso, ZERO } from "@/shared/money/mod.ts";
import { found, may, mustBeAllowed } from "@/web/app/frame/page_context.ts";
import { define } from "@/web/app/state.ts";
import { RadioCards } from "@/web/components/form/SelectField.tsx";
import { TextField } from "@/web/components/form/TextField.tsx";
import { decideForm } from "@/web/route_table/bills.ts";
import { idParams } from "@/web/route_table/fields.ts";
import { amountUpheld, decideDispute, graceUntil } from "@/web/services/billing/dispute_bill.ts";
import { findBill } from "@/web/store/billing/bills.ts";
import { listDisputesOf } from "@/web/store/billing/disputes.ts";

const DECISIONS = ["upheld", "rejected", "withdrawn"] as const;

const question = define.question({
  params: idParams,
  input: decideForm,
  load: async (trx, { params }) => {
    const bill = found(await findBill(trx, params.id));
    const dispute = (await listDisputesOf(trx, bill.id)).find(({ decision }) => decision === null) ?? null;
    return {
      bill,
      dispute,
      number: bill.number ?? "",
      path: `/admin/bills/${bill.id}`,
      amount: formatPeso(centavos(dispute?.amount_centavos ?? 0n)),
      /** Of the memo, where it is upheld. */
      memo: formatPeso(dispute === null ? ZERO : await amountUpheld(trx, bill, dispute)),
    };
  },
  leave: ({ bill, dispute, path }) => dispute === null || bill.status !== "issued" ? path : null,
  permission: "bill:dispute",
  audit: "bill.dispute_decided",
  summary: "Decide the dispute of a bill",
  title: ({ t, loaded: { number } }) => t("bills.decide_heading", { number }),
  back: ({ t, loaded: { path, number } }) => ({ href: path, label: t("bills.one", { number }) }),
  question: ({ t, loaded: { bill, dispute, number, amount } }) =>
    t("bills.decide_question", {
      number,
      amount,
      name: bill.subscriber_name,
      reason: dispute?.reason ?? "",
    }),
  effect: ({ t, loaded: { bill }, moment }) =>
    t("bills.decide_effect", {
      until: formatDate(graceUntil(bill, { tenant: moment.tenant, business: moment }), t.locale),
    }),
  verb: ({ t }) => t("bills.decide_verb"),
  labels: { decision: "bills.decide_choice", reason: "bills.decide_note" },
  children: ({ t, field, state, loaded: { memo } }) => (
    <>
      <RadioCards
        {...field("decision")}
        options={DECISIONS.filter((value) => value !== "upheld" || may(state, "memo:post")).map((value) => ({
          value,
          label: t(`bills.decide_${value}`),
          note: t(`bills.decide_${value}_note`, { amount: memo }),
        }))}
      />
      <TextField {...field("reason")} />
    </>
  ),
  submit: ({ decision, reason }, { call, state, loaded: { bill } }) => {
    // It gives a memo.
    if (decision === "upheld") mustBeAllowed(state, "memo:post");
    return decideDispute(...call, { billId: bill.id, decision, note: reason });
  },
  done: (_value, { loaded: { path } }) => `${path}?done=decided`,
});

export default question.page;
export const { handler, route } = question;
