import { page } from "fresh";
import { centavos, formatPeso, subtract, ZERO } from "@/shared/money/mod.ts";
import { readInput, readParams } from "@/web/app/form/input.ts";
import { define } from "@/web/app/state.ts";
import { LinkButton } from "@/web/components/form/Button.tsx";
import { Banner } from "@/web/components/facts/Banner.tsx";
import { Card } from "@/web/components/facts/Card.tsx";
import { CodeText } from "@/web/components/facts/CopyBlock.tsx";
import { EmptyState } from "@/web/components/facts/EmptyState.tsx";
import { FactList } from "@/web/components/facts/FactList.tsx";
import { Flash } from "@/web/components/frame/Flash.tsx";
import { Columns } from "@/web/components/frame/Layout.tsx";
import { useT } from "@/web/components/i18n.ts";
import { LiveRegion } from "@/web/components/frame/LiveRegion.tsx";
import { Money } from "@/web/components/facts/Money.tsx";
import { formatInstant } from "@/web/format.ts";
import { PageHeader } from "@/web/components/frame/PageHeader.tsx";
import { NoAccess } from "@/web/components/facts/States.tsx";
import { idParams } from "@/web/route_table/fields.ts";
import { subscriberQuery } from "@/web/route_table/subscribers.ts";
import { listGranters } from "@/web/store/access/staff.ts";
import { balanceOf as owedOn } from "@/web/app/words/due_words.ts";
import { address, may, momentOf, type PageMoment, readPage } from "@/web/app/frame/page_context.ts";
import { keysOfBill, keysOfSubscriber } from "../../(_lists)/keys_of.ts";
import { DeliveriesCard } from "../../mail/(_parts)/DeliveriesCard.tsx";
import { BillsTable, LedgerTable } from "../(_parts)/AccountTables.tsx";
import { isHoldable } from "../(_parts)/connection_actions.tsx";
import { ConnectionCard } from "../(_parts)/ConnectionCard.tsx";
import { loadSubscriber, type SubscriberView } from "../(_parts)/load_subscriber.ts";
import { SubscriberTabs } from "../(_parts)/SubscriberTabs.tsx";
import { TimelineCard } from "../(_parts)/TimelineCard.tsx";
import { mailWishFacts } from "../(_parts)/mail_wishes.tsx";
import { RequestsCard } from "../(_parts)/RequestsCard.tsx";
import { isOnItsWay } from "../(_parts)/why.ts";
import type { RouteEntries } from "@/web/app/route_table.ts";
import { HeaderActions, HeaderPills } from "../(_parts)/SubscriberHeader.tsx";

const DONE = [
  "opening_taken_over",
  "opening_taken_back",
  "saved",
  "held",
  "hold_ended",
  "hold_ended_listed",
  "disconnected",
  "reconnected",
  "reason_removed",
  "added",
  "connection_added",
  "secret_withdrawn",
  "secret_linked",
  "activated",
  "removed",
  "plan_changed",
  "plan_planned",
  "plan_cancelled",
  "price_agreed",
  "rules",
  "ended",
  "end_planned",
  "end_asked",
  "end_cooling",
  "end_taken_back",
  "bought",
  "bought_first",
  "renewal",
  "mode",
  "mode_cancelled",
  "payer",
  "payer_planned",
  "payer_cancelled",
] as const;

export default define.page<typeof handler>(function SubscriberPage({ data, state }) {
  const { view, moment, query } = data;
  const { subscriber, connections } = view;
  const path = `/admin/subscribers/${subscriber.id}`;
  const seesMoney = may(state, "bill:read");
  // The others stand in the account below.
  const open = view.bills.filter((bill) => owedOn(bill) > ZERO);
  const { t } = state;
  const messages = Object.fromEntries(DONE.map((done) => [done, t(`subscribers.done_${done}`)]));
  return (
    <>
      <PageHeader
        title={subscriber.name}
        back={{ href: "/admin/subscribers", label: t("subscribers.title") }}
        pills={<HeaderPills view={view} today={moment.today} seesMoney={seesMoney} />}
        lead={
          <>
            <CodeText>{subscriber.account_number}</CodeText>
            {seesMoney && (
              <>
                {" · "}
                {t("tables.balance")}{" "}
                <b>
                  <Money amount={balanceOf(view)} balance />
                </b>
              </>
            )}
          </>
        }
        actions={<HeaderActions view={view} state={state} />}
        keys={keysOfSubscriber(state, { subscriberId: subscriber.id, hold: onlyHoldable(view) })}
      />
      {seesMoney && <SubscriberTabs subscriber={subscriber} current="overview" />}
      <Flash done={query.done} messages={messages} />
      <Columns
        main={
          <>
            <LiveRegion id="connections">
              <div class="stack">
                <RequestsCard requests={view.requests} moment={moment} />
                {connections.length === 0 && (
                  <Card title={t("subscribers.connections")}>
                    <EmptyState
                      icon="plug"
                      title={t("subscribers.no_connection")}
                      actions={may(state, "subscriber:write") && (
                        <LinkButton kind="primary" href={`${path}/connection`}>
                          {t("subscribers.add_connection")}
                        </LinkButton>
                      )}
                    >
                      {t("subscribers.no_connection_note")}
                    </EmptyState>
                  </Card>
                )}
                {isOverWithCredit(view) && may(state, "refund:post") && (
                  <Banner
                    tone="info"
                    actions={
                      <LinkButton href={`${path}/refund`}>{t("subscribers.credit_pay_back")}</LinkButton>
                    }
                  >
                    {t("subscribers.credit_left", { amount: formatPeso(centavos(view.creditCentavos)) })}
                  </Banner>
                )}
                {connections.map((connection) => (
                  <ConnectionCard
                    view={connection}
                    moment={moment}
                    state={state}
                    isOnly={connections.length === 1}
                  />
                ))}
              </div>
            </LiveRegion>
            <Facts view={view} moment={moment} />
            {!seesMoney && (
              <Card title={state.t("shell.nav_bills")}>
                <NoAccess permission="bill:read" granters={data.granters} />
              </Card>
            )}
            {seesMoney && (open.length > 0 || view.bills.length === 0) && (
              <BillsTable
                bills={open}
                today={moment.today}
                subscriberId={subscriber.id}
                isSeveral={connections.length > 1}
                keysOf={(bill) =>
                  keysOfBill(state, {
                    id: bill.id,
                    subscriberId: subscriber.id,
                    isOpen: owedOn(bill) > ZERO,
                  })}
              />
            )}
            {seesMoney && (view.ledger.rows.length > 0 || query.ledger !== undefined) && (
              <LedgerTable
                subscriberId={subscriber.id}
                today={moment.today}
                ledger={view.ledger}
                olderHref={view.ledger.next === null
                  ? undefined
                  : address(path, { ledger: view.ledger.next })}
                newestHref={query.ledger === undefined ? undefined : path}
              />
            )}
          </>
        }
        side={
          <>
            {view.mails !== null && (
              <LiveRegion id="deliveries">
                <DeliveriesCard
                  mails={view.mails}
                  href={`/admin/mail?subscriber=${subscriber.id}`}
                  zone={moment.zone}
                />
              </LiveRegion>
            )}
            <TimelineCard
              timeline={view.timeline}
              timeZone={moment.zone}
              olderHref={view.timeline.next === null
                ? undefined
                : address(path, { older: view.timeline.next })}
              newestHref={query.older === undefined ? undefined : path}
              auditHref={may(state, "audit:read")
                ? address("/admin/audit", { subscriber: subscriber.id })
                : undefined}
            />
          </>
        }
      />
    </>
  );
});

export const route: RouteEntries = {
  GET: {
    audience: "staff",
    permission: "subscriber:read",
    params: idParams,
    input: subscriberQuery,
    summary: "One subscriber: connections, bills, account, timeline",
  },
};

export const handler = define.handlers({
  async GET(ctx) {
    const { id } = readParams(ctx.state, idParams);
    const query = readInput(ctx.state, subscriberQuery);
    const moment = momentOf(ctx.state);
    const seesMoney = may(ctx.state, "bill:read");
    const seesMail = may(ctx.state, "mail:read");
    const { view, granters } = await readPage(ctx.state, async (trx) => ({
      view: await loadSubscriber(trx, id, moment, {
        ...query,
        seesMoney,
        seesMail,
        seesRequests: may(ctx.state, "approval:read"),
      }),
      granters: seesMoney ? [] : await listGranters(trx),
    }));
    ctx.state.title = view.subscriber.name;
    const routers = new Set(view.connections.map(({ connection }) => connection.router_id));
    ctx.state.live = [
      `subscriber:${id}`,
      ...(seesMail ? ["mail" as const] : []),
      ...[...routers].map((router) => `router:${router}` as const),
    ];
    const isAwaited = query.done === "disconnected" || query.done === "reconnected";
    if (isAwaited && view.connections.some(isOnItsWay)) ctx.state.refreshSeconds = 5;
    return page({ view, moment, query, granters });
  },
});

/** Nothing will use the credit any more: it can be paid back. */
function isOverWithCredit({ connections, creditCentavos }: SubscriberView): boolean {
  return creditCentavos > 0n && connections.length > 0 &&
    connections.every(({ connection }) => connection.status === "cancelled");
}

/** The connection that `h` means where none is focused: only where there is no choice. */
function onlyHoldable({ connections }: SubscriberView): string | null {
  const [first, ...others] = connections.filter((view) => view.connection.status !== "cancelled");
  return first !== undefined && others.length === 0 && isHoldable(first) ? first.connection.id : null;
}

function balanceOf(view: SubscriberView) {
  return subtract(centavos(view.owedCentavos), centavos(view.creditCentavos));
}

interface FactsProps {
  view: SubscriberView;
  moment: PageMoment;
}

function Facts({ view: { subscriber, consent, refusal }, moment }: FactsProps) {
  const t = useT();
  const { phone, email, address, barangay, city, notes } = subscriber;
  const place = [address, barangay, city].filter((part) => part !== null).join(", ");
  return (
    <Card title={t("subscribers.contact")}>
      <FactList
        facts={[
          { label: t("subscribers.phone"), value: phone && <a href={`tel:${phone}`}>{phone}</a> },
          { label: t("subscribers.email"), value: email && <a href={`mailto:${email}`}>{email}</a> },
          ...(refusal === null ? [] : [{
            label: t("deliveries.refused_fact"),
            value: (
              <>
                {t(`deliveries.kind_${refusal.kind}`)}: <span class="wrap" lang="en">{refusal.words}</span>
                {" "}
                <span class="note">{formatInstant(refusal.refused_at, moment.zone, t)}</span>
              </>
            ),
          }]),
          { label: t("subscribers.address"), value: place === "" ? undefined : place },
          ...mailWishFacts(t, { subscriber, consent, moment }),
          ...(notes === null ? [] : [{ label: t("subscribers.notes"), value: notes }]),
        ]}
      />
    </Card>
  );
}
