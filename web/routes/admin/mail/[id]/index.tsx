import { page } from "fresh";
import { actorText } from "@/web/app/words/actor_words.ts";
import { readInput, readParams } from "@/web/app/form/input.ts";
import { found, may, momentOf, readPage } from "@/web/app/frame/page_context.ts";
import type { RouteEntries } from "@/web/app/route_table.ts";
import { define } from "@/web/app/state.ts";
import { Banner } from "@/web/components/facts/Banner.tsx";
import { Card } from "@/web/components/facts/Card.tsx";
import { CodeText } from "@/web/components/facts/CopyBlock.tsx";
import { DateText } from "@/web/components/facts/DateText.tsx";
import { type Fact, FactList } from "@/web/components/facts/FactList.tsx";
import { StoredText } from "@/web/components/facts/StoredText.tsx";
import { LinkButton } from "@/web/components/form/Button.tsx";
import { Flash } from "@/web/components/frame/Flash.tsx";
import { Columns } from "@/web/components/frame/Layout.tsx";
import { LiveRegion } from "@/web/components/frame/LiveRegion.tsx";
import { PageHeader } from "@/web/components/frame/PageHeader.tsx";
import { formatCount, formatInstant } from "@/web/format.ts";
import type { Translate } from "@/web/messages/mod.ts";
import { mailPageQuery } from "@/web/route_table/deliveries.ts";
import { idParams } from "@/web/route_table/fields.ts";
import { listLinesOf } from "@/web/store/access/system_log_page.ts";
import { findMail, type MailRow } from "@/web/store/mail/mail_page.ts";
import { findPayment } from "@/web/store/payments/payments.ts";
import { capitalised, MailPill, reasonWords } from "../(_parts)/mail_words.tsx";

const LINES = 20;

export default define.page<typeof handler>(function MailPage({ data, state }) {
  const { mail, payment, lines, moment, done } = data;
  const { t } = state;
  return (
    <>
      <LiveRegion id="mail-head">
        <PageHeader
          title={t(`deliveries.occasion_${mail.occasion}`)}
          back={{ href: "/admin/mail", label: t("deliveries.title") }}
          pills={<MailPill mail={mail} />}
          lead={<span class="wrap">{mail.address ?? capitalised(t("deliveries.reason_no_address"))}</span>}
          actions={may(state, "mail:send") && mail.state !== "queued" && mail.subscriber_id !== null && (
            <LinkButton icon="mail" href={`/admin/mail/${mail.id}/again`} dialog>
              {t("deliveries.again")}
            </LinkButton>
          )}
        />
      </LiveRegion>
      <Flash
        done={done}
        messages={{ again: t("deliveries.done_again"), now: t("deliveries.done_now") }}
      />
      <LiveRegion id="mail">
        {mail.is_perhaps_double && (
          <Banner tone="warn" title={t("deliveries.perhaps_twice")}>
            {t("deliveries.perhaps_twice_why")}
          </Banner>
        )}
        <Columns
          main={
            <>
              <Card title={t("deliveries.delivery")}>
                <FactList facts={deliveryFacts(t, mail, moment.zone)} />
              </Card>
              {may(state, "system_log:read") && lines.length > 0 && (
                <Card title={t("log.title")}>
                  <FactList
                    facts={lines.map((line) => ({
                      label: formatInstant(line.at, moment.zone, t),
                      value: <StoredText text={line.message ?? ""} isSentence />,
                    }))}
                  />
                </Card>
              )}
            </>
          }
          side={
            <Card title={t("deliveries.about")}>
              <FactList
                facts={[
                  ...recipientFacts(t, mail, may(state, "staff:read")),
                  ...(mail.bill_id === null || !may(state, "bill:read") ? [] : [{
                    label: t("deliveries.bill"),
                    value: <a href={`/admin/bills/${mail.bill_id}`}>{mail.bill_number}</a>,
                  }]),
                  ...(payment === null || !may(state, "payment:read") ? [] : [{
                    label: t("deliveries.payment"),
                    value: <a href={`/admin/payments/${payment.id}`}>{payment.number}</a>,
                  }]),
                  { label: t("deliveries.day"), value: <DateText date={mail.created_on} /> },
                  { label: t("deliveries.by"), value: actorText(t, mail.created_by) },
                ]}
              />
            </Card>
          }
        />
      </LiveRegion>
    </>
  );
});

export const route: RouteEntries = {
  GET: {
    audience: "staff",
    permission: "mail:read",
    params: idParams,
    input: mailPageQuery,
    summary: "One message: what became of it, and why",
  },
};

export const handler = define.handlers({
  async GET(ctx) {
    const { id } = readParams(ctx.state, idParams);
    const { done } = readInput(ctx.state, mailPageQuery);
    const moment = momentOf(ctx.state);
    const data = await readPage(ctx.state, async (trx) => {
      const mail = found(await findMail(trx, id));
      return {
        mail,
        payment: mail.payment_id === null ? null : await findPayment(trx, mail.payment_id),
        lines: await listLinesOf(trx, id, LINES),
      };
    });
    ctx.state.title = ctx.state.t(`deliveries.occasion_${data.mail.occasion}`);
    ctx.state.live = ["mail"];
    return page({ ...data, moment, done });
  },
});

/** A subscriber with their account, or one of the company's own people. */
function recipientFacts(t: Translate, mail: MailRow, maySeeStaff: boolean): Fact[] {
  const { subscriber_id: subscriberId, staff_user_id: staffUserId, recipient_name: name } = mail;
  if (subscriberId === null) {
    return [{
      label: t("deliveries.of_staff"),
      value: staffUserId !== null && maySeeStaff ? <a href={`/admin/staff/${staffUserId}`}>{name}</a> : name,
    }];
  }
  return [
    { label: t("deliveries.subscriber"), value: <a href={`/admin/subscribers/${subscriberId}`}>{name}</a> },
    { label: t("tables.account"), value: <CodeText>{mail.account_number}</CodeText> },
  ];
}

function deliveryFacts(t: Translate, mail: MailRow, zone: string): Fact[] {
  const time = (at: Temporal.Instant) => formatInstant(at, zone, t);
  const why = mail.state === "sent" ? null : reasonWords(t, mail.reason);
  return [
    ...(why === null ? [] : [{ label: t("deliveries.reason"), value: capitalised(why) }]),
    { label: t("deliveries.channel"), value: t(`deliveries.channel_${mail.channel}`) },
    { label: t("deliveries.address"), value: mail.address && <span class="wrap">{mail.address}</span> },
    ...(mail.subject === null ? [] : [{ label: t("deliveries.subject"), value: mail.subject }]),
    { label: t("deliveries.queued_at"), value: time(mail.created_at) },
    ...(mail.sent_at === null ? [] : [{ label: t("deliveries.sent_at"), value: time(mail.sent_at) }]),
    { label: t("deliveries.tries"), value: formatCount(mail.attempts) },
    ...(mail.state === "queued" && mail.attempts > 0
      ? [{ label: t("deliveries.next_try"), value: time(mail.next_attempt_at) }]
      : []),
    ...(mail.state === "queued" && mail.business_after_at !== null
      ? [{ label: t("deliveries.not_before"), value: time(mail.business_after_at) }]
      : []),
    ...(mail.server_words === null ? [] : [{
      label: t("deliveries.words"),
      value: <span class="wrap" lang="en">{mail.server_words}</span>,
    }]),
    ...(mail.message_id === null ? [] : [{
      label: t("deliveries.message_id"),
      value: <CodeText>{mail.message_id}</CodeText>,
    }]),
    ...(mail.attachment_sha256 === null ? [] : [{
      label: t("deliveries.statement"),
      value: <CodeText>{mail.attachment_sha256.slice(0, 16)}</CodeText>,
    }]),
  ];
}
