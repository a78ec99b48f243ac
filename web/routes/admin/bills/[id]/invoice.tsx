import { found } from "@/web/app/frame/page_context.ts";
import { define } from "@/web/app/state.ts";
import { TextField } from "@/web/components/form/TextField.tsx";
import { birInvoiceForm } from "@/web/route_table/corrections.ts";
import { idParams } from "@/web/route_table/fields.ts";
import { noteBirInvoice } from "@/web/services/billing/note_bir_invoice.ts";
import { findBill } from "@/web/store/billing/bills.ts";

const form = define.form({
  params: idParams,
  input: birInvoiceForm,
  load: async (trx, { params }) => found(await findBill(trx, params.id)),
  leave: (bill) => bill.status === "issued" ? null : `/admin/bills/${bill.id}`,
  permission: "bill:void",
  audit: "bill.bir_invoice_noted",
  summary: "Note the BIR invoice of a bill",
  title: ({ t, loaded: { number } }) => t("corrections.invoice_of", { number: number ?? "" }),
  back: ({ t, loaded: { id, number } }) => ({
    href: `/admin/bills/${id}`,
    label: t("bills.one", { number: number ?? "" }),
  }),
  labels: { invoice: "corrections.invoice" },
  values: (bill) => ({ invoice: bill.bir_invoice_no ?? "" }),
  fields: ({ t, field }) => (
    <TextField {...field("invoice")} mono hint={t("corrections.invoice_hint")} autofocus />
  ),
  verb: ({ t }) => t("corrections.invoice_verb"),
  submit: ({ invoice }, { call, loaded }) => noteBirInvoice(...call, { billId: loaded.id, invoice }),
  done: (_value, { loaded: { id } }) => `/admin/bills/${id}?done=invoice_noted`,
});

export default form.page;
export const { handler, route } = form;
