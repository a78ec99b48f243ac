import { useT } from "@/web/components/i18n.ts";
import { Cluster } from "@/web/components/frame/Layout.tsx";
import { BillPill, ConnectionPill, LinkPill } from "@/web/components/facts/Pill.tsx";
import type { ConnectionState } from "@/web/components/words/state_words.ts";
import type { BillStatus } from "@/web/domain/billing/mod.ts";
import { type SubscriptionState, subscriptionState } from "@/web/domain/network/mod.ts";
import type { Connection } from "@/web/store/subscribers/connections.ts";
import type { SubscriptionDetail } from "@/web/store/subscribers/subscriptions.ts";

interface ConnectionPillsProps {
  service: SubscriptionState | null;
  link: Connection;
  /** Last day of a hold, in words. */
  heldUntil?: string | undefined;
}

/** The state of a connection: what stands against it, else what the router last said. */
export function ConnectionPills({ service, link, heldUntil }: ConnectionPillsProps) {
  const t = useT();
  if (service === null) return null;
  if (service === "active") return <LinkPill state={link} />;
  const suffix = service === "held" && heldUntil !== undefined
    ? t("words.until", { day: heldUntil })
    : undefined;
  const pill = <ConnectionPill state={stateFor(service)} suffix={suffix} />;
  if (service !== "held") return pill;
  return (
    <Cluster>
      <LinkPill state={link} />
      {pill}
    </Cluster>
  );
}

/** The bill pill of a list; nothing while no bill was ever issued. */
export function BillPillOrNone({ status }: { status: BillStatus | null }) {
  const t = useT();
  return status === null ? <span class="note">{t("words.none")}</span> : <BillPill state={status} />;
}

/** The state of a connection today. */
export function serviceOf(connection: SubscriptionDetail, today: Temporal.PlainDate): SubscriptionState {
  return subscriptionState({
    status: connection.status,
    blockReasons: connection.reasons,
    holdUntil: connection.hold_until,
    today,
  });
}

function stateFor(service: SubscriptionState): ConnectionState {
  return service === "pending_install" ? "pending" : service;
}
