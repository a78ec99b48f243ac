import { centavos } from "@/shared/money/mod.ts";
import { ActionForm, LinkButton } from "@/web/components/Button.tsx";
import { Card } from "@/web/components/Card.tsx";
import { CodeText } from "@/web/components/CopyBlock.tsx";
import { DateText } from "@/web/components/DateText.tsx";
import { FactList } from "@/web/components/FactList.tsx";
import { Money } from "@/web/components/Money.tsx";
import { CommandPill, LinkPill } from "@/web/components/Pill.tsx";
import type { PageMoment } from "../../(_billing)/page_context.ts";
import { ConnectionPills, serviceOf } from "../../(_billing)/pills.tsx";
import { REASONS_BY_HAND, shortDay } from "../../(_billing)/words.ts";
import type { ConnectionView } from "./load_subscriber.ts";
import { explainConnection, explainDelivery } from "./why.ts";

interface ConnectionCardProps {
  view: ConnectionView;
  moment: PageMoment;
  csrfToken: string;
  can: { money: boolean; hold: boolean; suspend: boolean };
}

/** One connection: what it is, whether it is on and why, and what may be done about it. */
export function ConnectionCard({ view, moment, csrfToken, can }: ConnectionCardProps) {
  const { connection } = view;
  const delivery = explainDelivery(view, moment);
  const service = serviceOf(connection, moment.today);
  return (
    <Card
      title={connection.plan_name}
      aside={
        <ConnectionPills
          service={service}
          link={connection.connection}
          heldUntil={connection.hold_until === null
            ? undefined
            : shortDay(connection.hold_until, moment.today)}
        />
      }
      foot={connection.status === "cancelled"
        ? null
        : <Actions view={view} csrfToken={csrfToken} can={can} />}
    >
      <p class="verdict">{explainConnection(view, moment, can.money)}</p>
      <FactList
        facts={[
          ...(can.money
            ? [{ label: "Price", value: <Money amount={centavos(connection.price_centavos)} /> }]
            : []),
          { label: "PPPoE user", value: <CodeText>{connection.ppp_name}</CodeText> },
          { label: "Router", value: `${connection.router_name}, ${connection.site_name}` },
          ...(connection.hold_until === null ? [] : [{
            label: "Held",
            value: `until ${shortDay(connection.hold_until, moment.today)}: ${connection.hold_reason ?? ""}`,
          }]),
          ...(service === "disconnected"
            ? [{ label: "Session", value: <LinkPill state={connection.connection} /> }]
            : []),
          ...(delivery === null ? [] : [{
            label: "Secret",
            value: (
              <span class="cluster">
                <CommandPill state={delivery.state} />
                <span class="note">{delivery.words}</span>
              </span>
            ),
          }]),
          { label: "Cycle day", value: connection.anchor_day ?? moment.tenant.cycle_day },
          {
            label: "Next bill",
            value: connection.next_bill_on === null
              ? undefined
              : <DateText date={connection.next_bill_on} today={moment.today} />,
          },
        ]}
      />
    </Card>
  );
}

function Actions({ view, csrfToken, can }: Omit<ConnectionCardProps, "moment">) {
  const { connection, reasons } = view;
  const base = `/admin/subscribers/${connection.subscriber_id}`;
  const query = `?connection=${connection.id}`;
  const isOffByHand = reasons.some(({ reason }) => REASONS_BY_HAND.includes(reason));
  const isHeld = connection.hold_until !== null;
  return (
    <>
      {can.hold && (isHeld || reasons.length === 0) && (
        <LinkButton small icon="clock" href={`${base}/hold${query}`}>
          {isHeld ? "Extend hold" : "Hold until…"}
        </LinkButton>
      )}
      {can.hold && isHeld && (
        <ActionForm
          small
          action={`${base}/end-hold`}
          csrfToken={csrfToken}
          values={{ connection: connection.id }}
        >
          End hold
        </ActionForm>
      )}
      {can.suspend && isOffByHand && (
        <LinkButton small icon="plug" href={`${base}/reconnect${query}`}>Reconnect</LinkButton>
      )}
      {can.suspend && !isOffByHand && (
        <LinkButton small icon="unplug" href={`${base}/disconnect${query}`}>Disconnect…</LinkButton>
      )}
    </>
  );
}
