import { found } from "@/web/app/frame/page_context.ts";
import { define } from "@/web/app/state.ts";
import { LinkButton } from "@/web/components/form/Button.tsx";
import { EmptyState } from "@/web/components/facts/EmptyState.tsx";
import { formatInstant } from "@/web/format.ts";
import { idParams } from "@/web/route_table/fields.ts";
import { sendAgainForm } from "@/web/route_table/deliveries.ts";
import { sendAgain } from "@/web/services/mail/send_again.ts";
import { isStaffOccasion } from "@/web/domain/mail/staff.ts";
import { findBill } from "@/web/store/billing/bills.ts";
import { findMail } from "@/web/store/mail/mail_page.ts";
import { findSkipReason } from "@/web/store/mail/send_again.ts";
import { findSubscriber } from "@/web/store/subscribers/subscribers.ts";
import { stateWord } from "../(_parts)/mail_words.tsx";

const question = define.question({
  params: idParams,
  input: sendAgainForm,
  load: async (trx, { params }) => {
    const mail = found(await findMail(trx, params.id));
    const { subscriber_id: subscriberId, occasion } = mail;
    const bill = mail.bill_id === null ? null : await findBill(trx, mail.bill_id);
    return {
      mail,
      path: `/admin/mail/${mail.id}`,
      address: subscriberId === null ? null : found(await findSubscriber(trx, subscriberId)).email,
      isVoid: bill?.status === "void",
      isToStaff: subscriberId === null,
      why: subscriberId === null || isStaffOccasion(occasion)
        ? null
        : await findSkipReason(trx, { subscriberId, occasion }),
      key: crypto.randomUUID(),
    };
  },
  permission: "mail:send",
  audit: "mail.sent_again",
  summary: "Send a message again",
  title: ({ t }) => t("deliveries.again"),
  back: ({ t, loaded: { mail, path } }) => ({
    href: path,
    label: t(`deliveries.occasion_${mail.occasion}`),
  }),
  blocked: ({ t, loaded: { mail, isVoid, isToStaff, why, path } }) => {
    const title = isToStaff
      ? t("codes_deliveries.mail_to_staff")
      : mail.state === "queued"
      ? t("codes_deliveries.mail_waits_already")
      : isVoid
      ? t("codes_deliveries.mail_of_void_bill")
      : why !== null
      ? t("codes_deliveries.mail_not_sendable", { why })
      : null;
    return title && (
      <EmptyState
        icon="mail"
        title={title}
        actions={
          <>
            {why === "refused_address" && (
              <LinkButton kind="primary" href="/admin/mail/refused">
                {t("deliveries.refused_link")}
              </LinkButton>
            )}
            <LinkButton href={path}>{t("deliveries.back_to_message")}</LinkButton>
          </>
        }
      />
    );
  },
  question: ({ t, loaded: { mail, address } }) =>
    t("deliveries.again_question", { name: mail.recipient_name, email: address ?? "" }),
  effect: ({ t, loaded: { mail, address }, moment: { zone } }) => (
    <>
      <p>
        {mail.state === "sent" && mail.sent_at !== null
          ? t("deliveries.went_before", {
            at: formatInstant(mail.sent_at, zone, t),
            email: mail.address ?? "",
          })
          : t("deliveries.tried_before", {
            at: formatInstant(mail.created_at, zone, t),
            state: stateWord(t, mail),
          })}
      </p>
      <p>
        {address !== null && mail.address !== null && address.toLowerCase() !== mail.address.toLowerCase()
          ? t("deliveries.again_elsewhere", { email: address })
          : t("deliveries.again_same")}
      </p>
    </>
  ),
  values: ({ key }) => ({ key }),
  hidden: ({ many }) => ({ key: many("key")[0] ?? "" }),
  verb: ({ t }) => t("deliveries.again_verb"),
  submit: ({ key }, { call, loaded: { mail } }) => sendAgain(...call, { mailId: mail.id, key }),
  done: ({ mailId }) => `/admin/mail/${mailId}?done=again`,
});

export default question.page;
export const { handler, route } = question;
