import { page } from "fresh";
import { formatDate } from "@/shared/calendar/mod.ts";
import { centavos, formatPeso, subtract, sum, ZERO } from "@/shared/money/mod.ts";
import { readInput, readParams } from "@/web/app/input.ts";
import { define } from "@/web/app/state.ts";
import { Banner } from "@/web/components/Banner.tsx";
import { LinkButton } from "@/web/components/Button.tsx";
import { Card } from "@/web/components/Card.tsx";
import { CommandStatus } from "@/web/components/CommandStatus.tsx";
import { DateText, InstantText } from "@/web/components/DateText.tsx";
import { FactList } from "@/web/components/FactList.tsx";
import { Flash } from "@/web/components/Flash.tsx";
import { Columns } from "@/web/components/Layout.tsx";
import { LiveRegion } from "@/web/components/LiveRegion.tsx";
import { PageHeader } from "@/web/components/PageHeader.tsx";
import { Pill } from "@/web/components/Pill.tsx";
import { idParams } from "@/web/route_table/fields.ts";
import { paymentQuery } from "@/web/route_table/payments.ts";
import { findPayment, type PaymentListRow } from "@/web/store/payments.ts";
import { findFirstResult } from "@/web/store/payment_results.ts";
import { listPaymentShares } from "@/web/store/payments_page.ts";
import { found, may, momentOf, type PageMoment, readPage } from "../../(_billing)/page_context.ts";
import { type ConnectionView, loadConnections } from "../../subscribers/(_parts)/load_subscriber.ts";
import { explainDelivery, isOnItsWay } from "../../subscribers/(_parts)/why.ts";
import { Receipt } from "../(_parts)/Receipt.tsx";

const MESSAGES = {
  posted: "The payment is posted.",
  posted_before: "This form was sent before. It is one payment, shown here.",
  reversed: "The payment is reversed. Nobody is cut by this; the next cut run decides.",
};

export default define.page<typeof handler>(function PaymentPage({ data, state }) {
  const { payment, shares, restored, moment, done } = data;
  const path = `/admin/payments/${payment.id}`;
  const isPosted = payment.status === "posted";
  const change = payment.tendered_centavos === null
    ? null
    : subtract(centavos(payment.tendered_centavos), centavos(payment.amount_centavos));
  const canPost = may(state, "payment:post");
  return (
    <>
      <PageHeader
        title={`Payment ${payment.number}`}
        back={{ href: "/admin/payments", label: "Payments" }}
        pills={isPosted ? <Pill tone="ok">Posted</Pill> : <Pill tone="mute">Reversed</Pill>}
        actions={
          <>
            {isPosted && may(state, "payment:reverse") && (
              <LinkButton href={`${path}/reverse`}>Reverse…</LinkButton>
            )}
            <LinkButton href={`/admin/subscribers/${payment.subscriber_id}`}>Open subscriber</LinkButton>
            {canPost && (
              <LinkButton kind="primary" icon="cash" href="/admin/payments/new">Post another</LinkButton>
            )}
          </>
        }
      />
      <div class="no-print">
        <Flash done={done} messages={{ ...MESSAGES, posted: <Posted change={change} /> }} />
      </div>
      {!isPosted && (
        <Banner tone="warn" title="Reversed">
          {payment.reversed_at && <InstantText at={payment.reversed_at} timeZone={moment.zone} />}:{" "}
          {payment.reverse_reason}
        </Banner>
      )}
      <Columns
        main={
          <Receipt
            payment={payment}
            shares={shares}
            change={change}
            tenant={moment.tenant.name}
            credit={creditOf(payment, shares)}
          />
        }
        side={
          <>
            {restored.length > 0 && (
              <LiveRegion id="restored">
                <Restored views={restored} moment={moment} />
              </LiveRegion>
            )}
            <Card title="About">
              <FactList
                facts={[
                  {
                    label: "Recorded",
                    value: (
                      <>
                        <DateText date={payment.recorded_on} />, by {payment.recorded_by}
                      </>
                    ),
                  },
                  { label: "Note", value: payment.note },
                ]}
              />
            </Card>
          </>
        }
      />
    </>
  );
});

export const handler = define.handlers({
  async GET(ctx) {
    const { id } = readParams(ctx.state, idParams);
    const { done } = readInput(ctx.state, paymentQuery);
    const moment = momentOf(ctx.state);
    const data = await readPage(ctx.state, async (trx) => {
      const payment = found(await findPayment(trx, id));
      const first = await findFirstResult(trx, payment);
      const views = first.restored.length === 0
        ? []
        : await loadConnections(trx, payment.subscriber_id, [], moment);
      return {
        payment,
        shares: (await listPaymentShares(trx, id)).filter(
          (share) => share.released_at === null || payment.status === "reversed",
        ),
        restored: views.filter(({ connection }) => first.restored.includes(connection.id)),
      };
    });
    ctx.state.title = `Payment ${data.payment.number}, ${formatDate(data.payment.received_on)}`;
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
  return change === null || change === 0n ? <>The payment is posted.</> : (
    <>
      The payment is posted. Change due: <b>{formatPeso(centavos(change))}</b>
    </>
  );
}

/** Connections that this payment brought back, and how far that has come. */
function Restored({ views, moment }: { views: readonly ConnectionView[]; moment: PageMoment }) {
  const isDone = views.every((view) => explainDelivery(view)?.state === "done");
  return (
    <div class="no-print">
      <Card title={isDone ? "Internet is back" : "Internet comes back"}>
        <FactList
          facts={views.map((view) => {
            const delivery = explainDelivery(view);
            return {
              label: view.connection.plan_name,
              value: delivery === null ? "Nothing to do on the router" : (
                <CommandStatus
                  state={delivery.state}
                  detail={delivery.words}
                  readAt={delivery.readAt}
                  now={moment.now}
                  timeZone={moment.zone}
                />
              ),
            };
          })}
        />
      </Card>
    </div>
  );
}

function creditOf(payment: PaymentListRow, shares: readonly { amount_centavos: bigint }[]) {
  if (payment.status === "reversed") return ZERO;
  const applied = sum(shares.map((share) => centavos(share.amount_centavos)));
  return subtract(centavos(payment.amount_centavos), applied);
}
