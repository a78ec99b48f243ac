import { found } from "@/web/app/frame/page_context.ts";
import { define } from "@/web/app/state.ts";
import { noFields } from "@/web/app/form/no_fields.ts";
import { idParams } from "@/web/route_table/fields.ts";
import { takeAddressBack } from "@/web/services/mail/take_address_back.ts";
import { findBill } from "@/web/store/billing/bills.ts";

const question = define.question({
  params: idParams,
  input: noFields,
  load: async (trx, { params }) => found(await findBill(trx, params.id)),
  leave: ({ id, status }) => status === "draft" ? `/admin/bills/${id}` : null,
  permission: "mail:send",
  audit: "bill.address_taken_back",
  summary: "Take the public address of a bill back",
  title: ({ t }) => t("public_bill.take_back"),
  back: ({ t, loaded: { id, number } }) => ({
    href: `/admin/bills/${id}`,
    label: t("bills.one", { number: number ?? "" }),
  }),
  question: ({ t, loaded: { number } }) => t("public_bill.take_back_question", { number: number ?? "" }),
  effect: ({ t }) => t("public_bill.take_back_effect"),
  tone: "danger",
  verb: ({ t }) => t("public_bill.take_back"),
  submit: (_input, { call, loaded: { id } }) => takeAddressBack(...call, { billId: id }),
  done: (_value, { loaded: { id } }) => `/admin/bills/${id}?done=address_back`,
});

export default question.page;
export const { handler, route } = question;
