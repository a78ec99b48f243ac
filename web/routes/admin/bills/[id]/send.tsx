import { found } from "@/web/app/frame/page_context.ts";
import { noFields } from "@/web/app/form/no_fields.ts";
import { define } from "@/web/app/state.ts";
import { LinkButton } from "@/web/components/form/Button.tsx";
import { EmptyState } from "@/web/components/facts/EmptyState.tsx";
import { idParams } from "@/web/route_table/fields.ts";
import { sendBillNow } from "@/web/services/mail/send_again.ts";
import { findBill } from "@/web/store/billing/bills.ts";
import { listBillMails } from "@/web/store/mail/mail_page.ts";
import { findSkipReason } from "@/web/store/mail/send_again.ts";
import { findSubscriber } from "@/web/store/subscribers/subscribers.ts";

const question = define.question({
  params: idParams,
  input: noFields,
  load: async (trx, { params }) => {
    const bill = found(await findBill(trx, params.id));
    const mail = (await listBillMails(trx, [bill.id])).get(bill.id);
    return {
      bill,
      path: `/admin/bills/${bill.id}`,
      address: found(await findSubscriber(trx, bill.subscriber_id)).email,
      before: mail === undefined || mail.state === "skipped" ? null : mail.state,
      why: await findSkipReason(trx, { subscriberId: bill.subscriber_id, occasion: "bill_issued" }),
    };
  },
  permission: "mail:send",
  audit: "mail.bill_sent",
  summary: "Mail a bill that was not mailed",
  title: ({ t }) => t("deliveries.send_now"),
  back: ({ t, loaded: { bill, path } }) => ({
    href: path,
    label: t("bills.one", { number: bill.number ?? t("bills.draft") }),
  }),
  blocked: ({ t, loaded: { bill, before, why, path } }) => {
    const title = bill.status !== "issued"
      ? t("codes_deliveries.mail_of_void_bill")
      : before === "queued"
      ? t("codes_deliveries.mail_waits_already")
      : before !== null
      ? t("codes_deliveries.mail_sent_before")
      : why !== null
      ? t("codes_deliveries.mail_not_sendable", { why })
      : null;
    return title && (
      <EmptyState
        icon="mail"
        title={title}
        actions={
          <>
            {before !== null && (
              <LinkButton kind="primary" href={`/admin/mail?bill=${bill.id}`}>
                {t("deliveries.all_of_bill")}
              </LinkButton>
            )}
            <LinkButton href={path}>{t("deliveries.back_to_bill")}</LinkButton>
          </>
        }
      />
    );
  },
  question: ({ t, loaded: { bill, address } }) =>
    t("deliveries.now_question", { number: bill.number ?? "", email: address ?? "" }),
  effect: ({ t }) => t("deliveries.now_effect"),
  verb: ({ t }) => t("deliveries.now_verb"),
  submit: (_input, { call, loaded: { bill } }) => sendBillNow(...call, { billId: bill.id }),
  done: ({ mailId }) => `/admin/mail/${mailId}?done=now`,
});

export default question.page;
export const { handler, route } = question;
