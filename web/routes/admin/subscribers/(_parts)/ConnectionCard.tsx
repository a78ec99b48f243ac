import { LinkButton } from "@/web/components/form/Button.tsx";
import { coded } from "@/shared/codes/mod.ts";
import { codedText, storedText } from "@/web/messages/coded_text.ts";
import { formatDate } from "@/shared/calendar/mod.ts";
import { centavos } from "@/shared/money/mod.ts";
import { Banner } from "@/web/components/facts/Banner.tsx";
import { Card } from "@/web/components/facts/Card.tsx";
import { CommandStatus } from "@/web/components/facts/CommandStatus.tsx";
import { CodeText } from "@/web/components/facts/CopyBlock.tsx";
import { DateText } from "@/web/components/facts/DateText.tsx";
import { FactList } from "@/web/components/facts/FactList.tsx";
import { Money } from "@/web/components/facts/Money.tsx";
import { useT } from "@/web/components/i18n.ts";
import { LinkPill } from "@/web/components/facts/Pill.tsx";
import { PppUser } from "@/web/components/facts/PppUser.tsx";
import { may, type PageMoment } from "@/web/app/frame/page_context.ts";
import type { AppState } from "@/web/app/state.ts";
import { ownWords, scheduleWords } from "@/web/app/words/price_words.tsx";
import { ConnectionPills, serviceOf } from "@/web/app/words/pills.tsx";
import { shortDay } from "@/web/app/words/page_words.ts";
import { ConnectionActions, isHoldable } from "./connection_actions.tsx";
import type { ConnectionView } from "./load_subscriber.ts";
import { secretStage } from "./secret_progress.ts";
import { sayRule } from "../../(_rules)/rule_fields.tsx";
import { rulesColumns } from "@/web/store/billing/own_rules.ts";
import type { SubscriptionDetail } from "@/web/store/subscribers/subscriptions.ts";
import type { Translate } from "@/web/messages/mod.ts";
import { rulesOf } from "@/web/services/billing/rule_levels.ts";
import { plannedEndFacts, plannedModeFacts, plannedPayerFacts, prepaidFacts } from "./prepaid_facts.tsx";
import { explainConnection, explainDelivery } from "./why.ts";

interface ConnectionCardProps {
  view: ConnectionView;
  moment: PageMoment;
  state: AppState;
  /** The page's heading carries the pills of the only one. */
  isOnly: boolean;
}

/** One connection: what it is, whether it is on and why, and what may be done about it. */
export function ConnectionCard({ view, moment, state, isOnly }: ConnectionCardProps) {
  const seesMoney = may(state, "bill:read");
  const t = useT();
  const { connection } = view;
  const delivery = explainDelivery(t, view);
  const service = serviceOf(connection, moment.today);
  return (
    <Card
      title={connection.plan_name}
      keys={{
        h: may(state, "hold:write") && isHoldable(view) &&
          `/admin/subscribers/${connection.subscriber_id}/hold?connection=${connection.id}`,
      }}
      aside={isOnly ? undefined : (
        <ConnectionPills
          service={service}
          link={connection.connection}
          heldUntil={connection.hold_until === null
            ? undefined
            : shortDay(connection.hold_until, moment.today, t.locale)}
        />
      )}
      foot={connection.status === "cancelled"
        ? may(state, "subscriber:write") && (
          // The account goes on: its number, its bills and payments, and this connection stay with it.
          <LinkButton
            small
            href={`/admin/subscribers/${connection.subscriber_id}/connection?plan=${connection.plan_id}`}
          >
            {t("subscribers.come_back")}
          </LinkButton>
        )
        : <ConnectionActions view={view} state={state} />}
    >
      <p class="verdict">{explainConnection(view, moment, seesMoney, t)}</p>
      {connection.stopped_from_on !== null && (
        <Banner tone="bad" title={t("subscribers.for_termination")}>
          {t("subscribers.for_termination_note", { on: formatDate(connection.stopped_from_on, t.locale) })}
        </Banner>
      )}
      <FactList
        facts={[
          ...(seesMoney ? [{ label: t("tables.price"), value: <Price pay={view.pay} /> }] : []),
          ...(seesMoney && connection.balance_centavos > 0n
            ? [{
              label: t("subscribers.to_pay"),
              value: <Money amount={centavos(connection.balance_centavos)} />,
            }]
            : []),
          {
            label: t("tables.user"),
            value: <PppUser name={connection.ppp_name} service={connection.ppp_service} />,
          },
          { label: t("tables.router"), value: `${connection.router_name}, ${connection.site_name}` },
          ...(connection.connection === "online" && connection.address !== null
            ? [{ label: t("subscribers.session_address"), value: <CodeText>{connection.address}</CodeText> }]
            : []),
          ...(connection.hold_until === null ? [] : [{
            label: t("words.service_held"),
            value: t("subscribers.held_value", {
              day: shortDay(connection.hold_until, moment.today, t.locale),
              reason: storedText(t, connection.hold_reason ?? ""),
            }),
          }]),
          ...(service === "disconnected"
            ? [{ label: t("subscribers.session"), value: <LinkPill state={connection.connection} /> }]
            : []),
          ...(connection.secret === "wanted"
            ? [{ label: t("subscribers.secret"), value: <SecretChip view={view} moment={moment} /> }]
            : []),
          ...(delivery === null ? [] : [{
            label: t("subscribers.on_router"),
            value: (
              <CommandStatus
                state={delivery.state}
                detail={delivery.words}
                readAt={delivery.readAt}
                now={moment.now}
                timeZone={moment.zone}
              />
            ),
          }]),
          ...(connection.next_plan_on === null ? [] : [{
            label: t("subscribers.next_plan"),
            value: (
              <>
                {connection.next_plan_name}, <DateText date={connection.next_plan_on} today={moment.today} />
              </>
            ),
          }]),
          ...plannedModeFacts(view, moment, state),
          ...plannedPayerFacts(view, moment, state),
          ...plannedEndFacts(view, moment, state),
          ...(connection.billing_mode === "prepaid" ? prepaidFacts(view, moment, state) : [{
            label: t("subscribers.cycle_day"),
            value: connection.anchor_day ??
              (connection.status === "pending" ? t("subscribers.billing_own") : moment.tenant.cycle_day),
          }]),
          ...(seesMoney && connection.status !== "cancelled" ? ruleFacts(connection, moment, t) : []),
          // Bills that have stopped have no next one, and a cancelled connection has none either.
          ...(connection.next_bill_on === null || connection.stopped_from_on !== null ||
              connection.status === "cancelled"
            ? []
            : [{
              label: t("subscribers.next_bill"),
              value: <DateText date={connection.next_bill_on} today={moment.today} />,
            }]),
          ...(seesMoney ? view.reconnections : []).map(({ cutOn, backOn, amountCentavos }) => ({
            label: t("subscribers.on_next_bill"),
            value: (
              <>
                <Money amount={amountCentavos} />
                <div class="note">
                  {codedText(t, coded("line_reconnection", { cut: cutOn, back: backOn }))}
                </div>
              </>
            ),
          })),
        ]}
      />
    </Card>
  );
}

/** What a whole period costs, until when, and why it is not the plan's price. */
function Price({ pay }: { pay: ConnectionView["pay"] }) {
  const t = useT();
  const own = ownWords(t, pay.now);
  return (
    <>
      {scheduleWords(t, pay)}
      {own !== null && <div class="note">{own}</div>}
    </>
  );
}

/** Days to pay, grace and fees with the level that they come from. */
function ruleFacts(connection: SubscriptionDetail, { tenant }: PageMoment, t: Translate) {
  const rules = rulesOf(tenant, rulesColumns(connection.plan_rules), connection);
  const unlike = (["suspendedPolicy", "stopAfterUnpaidBills"] as const).filter((name) =>
    rules[name].from !== "company"
  );
  return (["termsDays", "graceDays", ...unlike, "lateFee", "reconnectionFeeCentavos"] as const).map((
    name,
  ) => ({
    label: t(name === "lateFee" ? "settings.field_lateFeeKind" : `settings.field_${name}`),
    value: sayRule(t, name, rules[name]),
  }));
}

/** How far the secret of a connection that waits for it has come, and the way to the page that follows it. */
function SecretChip(
  { view: { connection, secretCommand }, moment }: Pick<ConnectionCardProps, "view" | "moment">,
) {
  const t = useT();
  const stage = secretStage({ connection, command: secretCommand });
  const href = `/admin/subscribers/${connection.subscriber_id}/secret?connection=${connection.id}`;
  const state = stage === "queued" || stage === "sent" ? stage : "failed";
  return (
    <span class="cluster">
      {stage === "not_sent"
        ? <span class="note">{t("subscribers.stage_not_sent")}</span>
        : <CommandStatus state={state} now={moment.now} timeZone={moment.zone} />}
      <a href={href}>{t("subscribers.secret_follow")}</a>
    </span>
  );
}
