import { page } from "fresh";
import { formatDate } from "@/shared/calendar/mod.ts";
import { centavos, formatPeso, subtract, sum, ZERO } from "@/shared/money/mod.ts";
import { readInput, readParams } from "@/web/app/form/input.ts";
import { define } from "@/web/app/state.ts";
import { Banner } from "@/web/components/facts/Banner.tsx";
import { LinkButton } from "@/web/components/form/Button.tsx";
import { Card } from "@/web/components/facts/Card.tsx";
import { CommandStatus } from "@/web/components/facts/CommandStatus.tsx";
import { InstantText } from "@/web/components/facts/DateText.tsx";
import { FactList } from "@/web/components/facts/FactList.tsx";
import { Flash } from "@/web/components/frame/Flash.tsx";
import { useT } from "@/web/components/i18n.ts";
import type { Translate } from "@/web/messages/mod.ts";
import { Columns } from "@/web/components/frame/Layout.tsx";
import { LiveRegion } from "@/web/components/frame/LiveRegion.tsx";
import { PageHeader } from "@/web/components/frame/PageHeader.tsx";
import { Pill } from "@/web/components/facts/Pill.tsx";
import { StoredText } from "@/web/components/facts/StoredText.tsx";
import { idParams } from "@/web/route_table/fields.ts";
import { paymentQuery } from "@/web/route_table/payments.ts";
import { findPayment, type PaymentListRow } from "@/web/store/payments/payments.ts";
import { findBalanceAfter } from "@/web/store/billing/ledger.ts";
import { listRefundsOfSource } from "@/web/store/payments/refunds.ts";
import { findLogoDate } from "@/web/store/settings/tenant_logos.ts";
import { findFirstResult } from "@/web/store/payments/payment_results.ts";
import { listPaymentShares } from "@/web/store/payments/payments_page.ts";
import { found, may, momentOf, type PageMoment, readPage } from "@/web/app/frame/page_context.ts";
import { type ConnectionView, loadConnections } from "../../subscribers/(_parts)/load_subscriber.ts";
import { explainDelivery, isOnItsWay } from "../../subscribers/(_parts)/why.ts";
import { Receipt } from "../(_parts)/Receipt.tsx";
import { sourceLinks } from "../../memos/(_parts)/source_links.tsx";
import type { RouteEntries } from "@/web/app/route_table.ts";

export default define.page<typeof handler>(function PaymentPage({ data, state }) {
  const { payment, shares, restored, moment, done } = data;
  const { t } = state;
  const path = `/admin/payments/${payment.id}`;
  const isPosted = payment.status === "posted";
  const change = payment.tendered_centavos === null
    ? null
    : subtract(centavos(payment.tendered_centavos), centavos(payment.amount_centavos));
  const canPost = may(state, "payment:post");
  const links = may(state, "bill:read") ? sourceLinks(t, shares, data.refunds) : [];
  return (
    <>
      <PageHeader
        title={t("payments.one", { number: payment.number })}
        back={{ href: "/admin/payments", label: t("tables.list_payments") }}
        pills={isPosted
          ? <Pill tone="ok">{t("tables.posted")}</Pill>
          : <Pill tone="mute">{t("tables.reversed")}</Pill>}
        actions={
          <>
            {isPosted && may(state, "payment:reverse") && (
              <LinkButton href={`${path}/reverse`} dialog>{t("payments.reverse_link")}</LinkButton>
            )}
            <LinkButton href={`/admin/subscribers/${payment.subscriber_id}`}>
              {t("payments.open_subscriber")}
            </LinkButton>
            {canPost && (
              <LinkButton kind="primary" icon="cash" href="/admin/payments/new">
                {t("payments.post_another")}
              </LinkButton>
            )}
          </>
        }
      />
      <div class="no-print">
        <Flash
          done={done}
          messages={{
            posted: <Posted change={change} />,
            posted_before: t("payments.done_before"),
            reversed: t("payments.done_reversed"),
          }}
        />
      </div>
      {!isPosted && (
        <Banner tone="warn" title={t("tables.reversed")}>
          {payment.reversed_at && <InstantText at={payment.reversed_at} timeZone={moment.zone} />}:{" "}
          <StoredText text={payment.reverse_reason ?? ""} />
        </Banner>
      )}
      <Columns
        main={
          <Receipt
            payment={payment}
            shares={shares}
            change={change}
            balanceAfter={data.balanceAfter}
            logoAt={data.logoAt}
            moment={moment}
            credit={creditOf(payment, shares, data.refunds)}
            refunds={data.refunds}
          />
        }
        side={
          <>
            {restored.length > 0 && (
              <LiveRegion id="restored">
                <Restored views={restored} since={payment.recorded_at} moment={moment} />
              </LiveRegion>
            )}
            {links.length > 0 && (
              <div class="no-print">
                <Card title={t("corrections.leads_to")}>
                  <FactList facts={links} />
                </Card>
              </div>
            )}
            {payment.note !== null && (
              <div class="no-print">
                <Card title={t("payments.note")}>{payment.note}</Card>
              </div>
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
    permission: "payment:read",
    params: idParams,
    input: paymentQuery,
    summary: "One payment with its receipt",
  },
};

export const handler = define.handlers({
  async GET(ctx) {
    const { id } = readParams(ctx.state, idParams);
    const { done } = readInput(ctx.state, paymentQuery);
    const moment = momentOf(ctx.state);
    const data = await readPage(ctx.state, async (trx) => {
      const payment = found(await findPayment(trx, id));
      const isPosted = payment.status === "posted";
      const first = await findFirstResult(trx, payment);
      const views = first.restored.length === 0
        ? []
        : await loadConnections(trx, payment.subscriber_id, [], moment);
      return {
        payment,
        logoAt: await findLogoDate(trx),
        balanceAfter: isPosted ? centavos(await findBalanceAfter(trx, payment)) : null,
        shares: (await listPaymentShares(trx, id)).filter(
          (share) => share.released_at === null || payment.status === "reversed",
        ),
        refunds: await listRefundsOfSource(trx, id),
        restored: views.filter(({ connection }) => first.restored.includes(connection.id)),
      };
    });
    const { t } = ctx.state;
    ctx.state.title = t("payments.one_on", {
      number: data.payment.number,
      day: formatDate(data.payment.received_on, t.locale),
    });
    if (done === "posted" && data.restored.some((view) => isOnItsWay(view))) {
      ctx.state.refreshSeconds = 5;
    }
    if (data.restored.length > 0) {
      ctx.state.live = data.restored.map(({ connection }) => `router:${connection.router_id}` as const);
    }
    return page({ ...data, moment, done });
  },
});

function Posted({ change }: { change: bigint | null }) {
  const t = useT();
  return change === null || change === 0n ? <>{t("payments.done_posted")}</> : (
    <>
      {t("payments.done_change")} <b>{formatPeso(centavos(change))}</b>
    </>
  );
}

interface RestoredProps {
  views: readonly ConnectionView[];
  /** When the payment was recorded. */
  since: Temporal.Instant;
  moment: PageMoment;
}

/** Connections that this payment restored, and how far that has come: only a session that was read is "back". */
function Restored({ views, since, moment }: RestoredProps) {
  const t = useT();
  return (
    <div class="no-print">
      <Card title={t(`payments.is_${restoredState(t, views, since)}`)}>
        <FactList
          facts={views.map((view) => {
            const delivery = explainDelivery(t, view);
            return {
              label: view.connection.plan_name,
              value: delivery === null ? t("payments.nothing_to_do") : (
                <>
                  <CommandStatus
                    state={delivery.state}
                    detail={delivery.words}
                    readAt={delivery.readAt}
                    now={moment.now}
                    timeZone={moment.zone}
                  />
                  {delivery.state === "done" && view.connection.desired_disabled === false && (
                    <div class="note">
                      {t(isSessionRead(view, since) ? "payments.session_read" : "payments.session_none")}
                    </div>
                  )}
                </>
              ),
            };
          })}
        />
      </Card>
    </div>
  );
}

/** The least that is true of all of them. */
function restoredState(
  t: Translate,
  views: readonly ConnectionView[],
  since: Temporal.Instant,
): "off" | "coming" | "enabled" | "back" {
  if (views.some((view) => view.connection.desired_disabled === true)) return "off";
  if (views.some((view) => explainDelivery(t, view)?.state !== "done")) return "coming";
  return views.every((view) => isSessionRead(view, since)) ? "back" : "enabled";
}

function isSessionRead({ connection }: ConnectionView, since: Temporal.Instant): boolean {
  const seen = connection.observed_at;
  return connection.connection === "online" && seen !== null && Temporal.Instant.compare(seen, since) >= 0;
}

/** What waits for a bill: neither on one nor paid back. */
function creditOf(
  payment: PaymentListRow,
  shares: readonly { amount_centavos: bigint }[],
  refunds: readonly { amount_centavos: bigint }[],
) {
  if (payment.status === "reversed") return ZERO;
  const used = sum([...shares, ...refunds].map((share) => centavos(share.amount_centavos)));
  return subtract(centavos(payment.amount_centavos), used);
}
