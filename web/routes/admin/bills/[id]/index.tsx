import { page } from "fresh";
import { ZERO } from "@/shared/money/mod.ts";
import { readInput, readParams } from "@/web/app/form/input.ts";
import { define } from "@/web/app/state.ts";
import { LinkButton } from "@/web/components/form/Button.tsx";
import { Card } from "@/web/components/facts/Card.tsx";
import { CodeText } from "@/web/components/facts/CopyBlock.tsx";
import { DateText } from "@/web/components/facts/DateText.tsx";
import { type Fact, FactList } from "@/web/components/facts/FactList.tsx";
import { Flash } from "@/web/components/frame/Flash.tsx";
import { Columns } from "@/web/components/frame/Layout.tsx";
import { LiveRegion } from "@/web/components/frame/LiveRegion.tsx";
import { Money } from "@/web/components/facts/Money.tsx";
import { PageHeader } from "@/web/components/frame/PageHeader.tsx";
import { BillPill } from "@/web/components/facts/Pill.tsx";
import { formatPeriod } from "@/shared/calendar/mod.ts";
import { type OpenSplit } from "@/web/domain/payments/mod.ts";
import { billQuery } from "@/web/route_table/bills.ts";
import { idParams } from "@/web/route_table/fields.ts";
import { explainBill } from "@/web/services/billing/explain_bill.ts";
import { type BillDetail, findBill } from "@/web/store/billing/bills.ts";
import { listOpenOnDay } from "@/web/store/billing/account_lines.ts";
import { withheldSplit } from "@/web/services/payments/withheld_split.ts";
import type { TenantTransaction } from "@/web/store/db/tenant_transaction.ts";
import { findSubscriber } from "@/web/store/subscribers/subscribers.ts";
import { listMails, type MailRow } from "@/web/store/mail/mail_page.ts";
import { findUnwritten } from "@/web/store/mail/unwritten.ts";
import { listDisputesOf } from "@/web/store/billing/disputes.ts";
import { listSubscriptionDetails } from "@/web/store/subscribers/subscriptions.ts";
import type { Translate } from "@/web/messages/mod.ts";
import { balanceOf, describeDue, statusOf } from "@/web/app/words/due_words.ts";
import { found, may, momentOf, readPage } from "@/web/app/frame/page_context.ts";
import type { RouteEntries } from "@/web/app/route_table.ts";
import { DisputeCard } from "../(_parts)/DisputeCard.tsx";
import { keysOfBill } from "../../(_lists)/keys_of.ts";
import { DELIVERIES_SHOWN, DeliveriesCard } from "../../mail/(_parts)/DeliveriesCard.tsx";
import { BillCorrections } from "../(_parts)/BillCorrections.tsx";
import { billLineFacts } from "../(_parts)/BillLines.tsx";
import { BillShares } from "../(_parts)/BillShares.tsx";
import { PublicAddressCard } from "../(_parts)/PublicAddressCard.tsx";

export default define.page<typeof handler>(function BillPage({ data, state }) {
  const { bill, connection, disputes, explained, withheld, publicAddress, mails, unwritten, moment, done } =
    data;
  const isDisputed = disputes.some(({ decision }) => decision === null);
  const { t } = state;
  const status = statusOf(bill, moment.today);
  const balance = balanceOf(bill);
  const path = `/admin/bills/${bill.id}`;
  return (
    <>
      <PageHeader
        title={t("bills.one", { number: bill.number ?? t("bills.draft") })}
        back={{ href: "/admin/bills", label: t("tables.list_bills") }}
        pills={<BillPill state={status} />}
        keys={keysOfBill(state, { id: bill.id, subscriberId: bill.subscriber_id, isOpen: balance > ZERO })}
        lead={describeDue(t, bill, connection, moment)}
        actions={
          <>
            {bill.status === "issued" && may(state, "bill:dispute") && (isDisputed || balance > ZERO) && (
              <LinkButton href={`${path}/${isDisputed ? "decide" : "dispute"}`} dialog>
                {t(isDisputed ? "bills.decide_link" : "bills.dispute_link")}
              </LinkButton>
            )}
            {bill.number !== null && (
              <LinkButton icon="import" href={`${path}/statement.pdf`}>{t("statements.open_pdf")}</LinkButton>
            )}
            <BillCorrections bill={bill} state={state} />
            {balance > ZERO && may(state, "payment:post") && (withheld?.certificateCentavos ?? ZERO) > ZERO &&
              (
                <LinkButton
                  href={`/admin/payments/new?subscriber=${bill.subscriber_id}&bill=${bill.id}&method=withholding_2307`}
                >
                  {t("payments.post_certificate")}
                </LinkButton>
              )}
            {balance > ZERO && may(state, "payment:post") && (
              <LinkButton
                kind="primary"
                icon="cash"
                href={`/admin/payments/new?subscriber=${bill.subscriber_id}&bill=${bill.id}`}
              >
                {t("tables.sub_post_payment")}
              </LinkButton>
            )}
          </>
        }
      />
      <Flash
        done={done}
        messages={{
          voided: t("bills.done_voided"),
          voided_only: t("corrections.done_voided_only"),
          invoice_noted: t("corrections.done_invoice"),
          charged: t("corrections.done_charged"),
          charged_before: t("corrections.done_charged_before"),
          disputed: t("bills.done_disputed"),
          decided: t("bills.done_decided"),
          address_back: t("public_bill.taken_back"),
        }}
      />
      <Columns
        main={
          <>
            <Card title={t("bills.billed")}>
              <FactList sum facts={[...billLineFacts(t, bill, explained), ...withheldFacts(t, withheld)]} />
              {bill.tax_mode !== "non_vat" && <p class="note" lang="en">{t("account.soa_note")}</p>}
            </Card>
            <BillShares bill={bill} canOpen={may(state, "payment:read")} />
          </>
        }
        side={
          <>
            {disputes.map((dispute) => (
              <DisputeCard key={dispute.id} dispute={dispute} bill={bill} today={moment.today} />
            ))}
            {mails !== null && (
              <LiveRegion id="deliveries">
                <DeliveriesCard
                  mails={mails}
                  href={`/admin/mail?bill=${bill.id}`}
                  zone={moment.zone}
                  unwritten={unwritten}
                >
                  {bill.status === "issued" && isUnsent(mails) && unwritten !== "waits" &&
                    may(state, "mail:send") && (
                    <LinkButton small icon="mail" href={`${path}/send`} dialog>
                      {t("deliveries.send_now")}
                    </LinkButton>
                  )}
                </DeliveriesCard>
              </LiveRegion>
            )}
            <Card title={t("bills.about")}>
              <FactList
                facts={[
                  {
                    label: t("tables.subscriber"),
                    value: <a href={`/admin/subscribers/${bill.subscriber_id}`}>{bill.subscriber_name}</a>,
                  },
                  { label: t("tables.account"), value: <CodeText>{bill.account_number}</CodeText> },
                  { label: t("tables.user"), value: bill.ppp_name && <CodeText>{bill.ppp_name}</CodeText> },
                  {
                    label: t("tables.period"),
                    value: formatPeriod(bill.period_start, bill.period_end, t.locale),
                  },
                  { label: t("tables.issued"), value: bill.issued_on && <DateText date={bill.issued_on} /> },
                  { label: t("tables.due"), value: bill.due_on && <DateText date={bill.due_on} /> },
                  ...(bill.late_fee_on === null ? [] : [{
                    label: t("bills.late_fee_from"),
                    value: <DateText date={bill.late_fee_on} />,
                  }]),
                  { label: t("bills.grace"), value: t("bills.grace_days", { n: bill.grace_days }) },
                  ...(bill.bir_invoice_no === null ? [] : [{
                    label: t("corrections.invoice"),
                    value: <CodeText>{bill.bir_invoice_no}</CodeText>,
                  }]),
                ]}
              />
            </Card>
            {publicAddress !== null && (
              <PublicAddressCard
                address={publicAddress}
                billId={bill.id}
                canTakeBack={may(state, "mail:send")}
              />
            )}
          </>
        }
      />
    </>
  );
});

export const route: RouteEntries = {
  GET: {
    audience: "staff",
    permission: "bill:read",
    params: idParams,
    input: billQuery,
    summary: "One bill with its lines and payments",
  },
};

export const handler = define.handlers({
  async GET(ctx) {
    const { id } = readParams(ctx.state, idParams);
    const { done } = readInput(ctx.state, billQuery);
    const moment = momentOf(ctx.state);
    const data = await readPage(ctx.state, async (trx) => {
      const bill = found(await findBill(trx, id));
      const [connection] = await listSubscriptionDetails(
        trx,
        { subscriptionId: bill.subscription_id },
        moment,
      );
      const mails = may(ctx.state, "mail:read")
        ? (await listMails(trx, { billId: id }, { limit: DELIVERIES_SHOWN })).rows
        : null;
      const explained = await explainBill(trx, bill, connection?.activated_on ?? null);
      return {
        bill,
        connection: connection ?? null,
        explained,
        withheld: await readWithheld(trx, bill),
        disputes: await listDisputesOf(trx, id),
        mails,
        unwritten: mails?.length === 0 ? await findUnwritten(trx, id) : null,
      };
    });
    const { t, services: { links } } = ctx.state;
    ctx.state.title = t("bills.one", { number: data.bill.number ?? t("bills.draft") });
    if (data.mails !== null) ctx.state.live = ["mail"];
    const publicAddress = data.bill.status === "draft" ? null : await links?.billAddress(data.bill) ?? null;
    return page({ ...data, publicAddress, moment, done });
  },
});

/** The bill itself was never mailed, nor waits to be. */
function isUnsent(mails: readonly MailRow[]): boolean {
  return mails.every((mail) => mail.occasion !== "bill_issued" || mail.state === "skipped");
}

/** How what is open is to be paid by who withholds tax. */
function withheldFacts(t: Translate, withheld: OpenSplit | null): Fact[] {
  if (withheld === null || withheld.certificateCentavos === ZERO) return [];
  return [
    { label: t("payments.in_money"), value: <Money amount={withheld.moneyCentavos} /> },
    { label: t("payments.by_certificate"), value: <Money amount={withheld.certificateCentavos} /> },
  ];
}

async function readWithheld(trx: TenantTransaction, bill: BillDetail): Promise<OpenSplit | null> {
  const subscriber = await findSubscriber(trx, bill.subscriber_id);
  const rateBp = subscriber?.withholding_rate_bp ?? null;
  if (rateBp === null || balanceOf(bill) === ZERO) return null;
  const open = await listOpenOnDay(trx, { subscriberId: bill.subscriber_id });
  return withheldSplit(open.filter(({ id }) => id === bill.id), rateBp);
}
