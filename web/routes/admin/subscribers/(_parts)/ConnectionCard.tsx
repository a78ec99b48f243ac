import { formatDate } from "@/shared/calendar/mod.ts";
import { centavos } from "@/shared/money/mod.ts";
import { Banner } from "@/web/components/Banner.tsx";
import { ActionForm, LinkButton } from "@/web/components/Button.tsx";
import { Card } from "@/web/components/Card.tsx";
import { CommandStatus } from "@/web/components/CommandStatus.tsx";
import { CodeText } from "@/web/components/CopyBlock.tsx";
import { DateText } from "@/web/components/DateText.tsx";
import { FactList } from "@/web/components/FactList.tsx";
import { Money } from "@/web/components/Money.tsx";
import { useT } from "@/web/components/i18n.ts";
import { LinkPill } from "@/web/components/Pill.tsx";
import type { PageMoment } from "@/web/app/page_context.ts";
import { ConnectionPills, serviceOf } from "@/web/app/pills.tsx";
import { REASONS_BY_HAND, shortDay } from "@/web/app/page_words.ts";
import type { ConnectionView } from "./load_subscriber.ts";
import { secretStage } from "./secret_progress.ts";
import { explainConnection, explainDelivery } from "./why.ts";

interface ConnectionCardProps {
  view: ConnectionView;
  moment: PageMoment;
  csrfToken: string;
  can: { money: boolean; hold: boolean; suspend: boolean; write: boolean };
}

/** One connection: what it is, whether it is on and why, and what may be done about it. */
export function ConnectionCard({ view, moment, csrfToken, can }: ConnectionCardProps) {
  const t = useT();
  const { connection } = view;
  const delivery = explainDelivery(t, view);
  const service = serviceOf(connection, moment.today);
  return (
    <Card
      title={connection.plan_name}
      keys={{
        h: can.hold && isHoldable(view) &&
          `/admin/subscribers/${connection.subscriber_id}/hold?connection=${connection.id}`,
      }}
      aside={
        <ConnectionPills
          service={service}
          link={connection.connection}
          heldUntil={connection.hold_until === null
            ? undefined
            : shortDay(connection.hold_until, moment.today, t.locale)}
        />
      }
      foot={connection.status === "cancelled"
        ? null
        : <Actions view={view} csrfToken={csrfToken} can={can} />}
    >
      <p class="verdict">{explainConnection(view, moment, can.money, t)}</p>
      {connection.stopped_from_on !== null && (
        <Banner tone="bad" title={t("subscribers.for_termination")}>
          {t("subscribers.for_termination_note", { on: formatDate(connection.stopped_from_on, t.locale) })}
        </Banner>
      )}
      <FactList
        facts={[
          ...(can.money
            ? [{ label: t("tables.price"), value: <Money amount={centavos(connection.price_centavos)} /> }]
            : []),
          ...(can.money && connection.balance_centavos > 0n
            ? [{
              label: t("subscribers.to_pay"),
              value: <Money amount={centavos(connection.balance_centavos)} />,
            }]
            : []),
          { label: t("tables.user"), value: <CodeText>{connection.ppp_name}</CodeText> },
          { label: t("tables.router"), value: `${connection.router_name}, ${connection.site_name}` },
          ...(connection.hold_until === null ? [] : [{
            label: t("words.service_held"),
            value: t("subscribers.held_value", {
              day: shortDay(connection.hold_until, moment.today, t.locale),
              reason: connection.hold_reason ?? "",
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
          {
            label: t("subscribers.cycle_day"),
            value: connection.anchor_day ??
              (connection.status === "pending" ? t("subscribers.billing_own") : moment.tenant.cycle_day),
          },
          // Bills that have stopped have no next one, and a cancelled connection has none either.
          ...(connection.next_bill_on === null || connection.stopped_from_on !== null ||
              connection.status === "cancelled"
            ? []
            : [{
              label: t("subscribers.next_bill"),
              value: <DateText date={connection.next_bill_on} today={moment.today} />,
            }]),
        ]}
      />
    </Card>
  );
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

/** A hold puts off a cut: of a connection that is on, or that is held already. */
export function isHoldable({ connection, reasons }: Pick<ConnectionView, "connection" | "reasons">): boolean {
  const isLive = connection.status !== "cancelled" && connection.status !== "pending";
  return isLive && (connection.hold_until !== null || reasons.length === 0);
}

function Actions({ view, csrfToken, can }: Omit<ConnectionCardProps, "moment">) {
  const t = useT();
  const { connection, reasons } = view;
  const base = `/admin/subscribers/${connection.subscriber_id}`;
  const query = `?connection=${connection.id}`;
  const values = { connection: connection.id };
  const isPending = connection.status === "pending";
  const isOffByHand = reasons.some(({ reason }) => REASONS_BY_HAND.includes(reason));
  const isHeld = connection.hold_until !== null;
  return (
    <>
      {can.write && isPending && connection.secret !== "wanted" && (
        <ActionForm small kind="primary" action={`${base}/activate`} csrfToken={csrfToken} values={values}>
          {t("subscribers.activate")}
        </ActionForm>
      )}
      {can.hold && isHoldable(view) && (
        <LinkButton small icon="clock" href={`${base}/hold${query}`}>
          {isHeld ? t("subscribers.extend_short") : t("tables.bulk_hold")}
        </LinkButton>
      )}
      {can.hold && isHeld && (
        <ActionForm small action={`${base}/end-hold`} csrfToken={csrfToken} values={values}>
          {t("tonight.end_hold")}
        </ActionForm>
      )}
      {can.suspend && isOffByHand && (
        <LinkButton small icon="plug" href={`${base}/reconnect${query}`} dialog>
          {t("subscribers.reconnect")}
        </LinkButton>
      )}
      {can.suspend && !isPending && !isOffByHand && (
        <LinkButton small icon="unplug" href={`${base}/disconnect${query}`} dialog>
          {t("subscribers.disconnect_link")}
        </LinkButton>
      )}
      {can.write && (
        <LinkButton small href={`${base}/plan${query}`}>{t("subscribers.plan_change")}</LinkButton>
      )}
      {can.write && connection.secret === "made" && (
        <LinkButton small href={`${base}/secret${query}`}>{t("subscribers.secret")}</LinkButton>
      )}
      {can.write && connection.billed_through_on === null && (
        <LinkButton small kind="quiet" href={`${base}/remove${query}`}>{t("subscribers.remove")}</LinkButton>
      )}
    </>
  );
}
