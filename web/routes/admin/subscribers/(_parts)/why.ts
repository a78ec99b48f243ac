import { localDate } from "@/shared/calendar/mod.ts";
import { centavos, formatPeso } from "@/shared/money/mod.ts";
import { pastGraceCentavos } from "@/web/domain/dunning/mod.ts";
import type { Translate } from "@/web/messages/mod.ts";
import { formatDuration, formatRelative, formatTime } from "@/web/format.ts";
import type { PageMoment } from "../../(_billing)/page_context.ts";
import { REASON_WORDS, shortDay } from "../../(_billing)/words.ts";
import type { ConnectionView } from "./load_subscriber.ts";

/** Why a connection is on, off or not known: one or two sentences. */
export function explainConnection(
  view: ConnectionView,
  moment: PageMoment,
  seesMoney: boolean,
  t: Translate,
): string {
  const { connection, reasons } = view;
  if (connection.status === "cancelled") return "Cancelled. Nothing is billed.";
  if (reasons.some(({ reason }) => reason === "nonpayment")) return explainCut(view, moment, seesMoney);
  if (reasons.length > 0) return explainReasons(view, moment);
  if (connection.status === "pending") return t(`subscribers.pending_${pendingWhy(connection)}`);
  return explainLink(view, moment);
}

/** What a connection that has not begun waits for. */
function pendingWhy({ secret, activation }: ConnectionView["connection"]): "secret" | "session" | "hand" {
  if (secret === "wanted") return "secret";
  return activation === "first_session" ? "session" : "hand";
}

function explainCut(view: ConnectionView, moment: PageMoment, seesMoney: boolean): string {
  const cut = view.reasons.find(({ reason }) => reason === "nonpayment");
  const others = view.reasons.filter(({ reason }) => reason !== "nonpayment");
  const since = cut === undefined ? "" : ` since ${shortDay(cut.added_on, moment.today)}`;
  if (!seesMoney) return `Disconnected${since}: bills are past grace. A payment brings it back at once.`;
  const owed = pastGraceCentavos(
    view.openBills.map((bill) => ({
      balanceCentavos: centavos(bill.balance_centavos),
      dueOn: bill.due_on,
      graceDays: bill.grace_days,
    })),
    moment.today,
  );
  const amount = formatPeso(owed);
  const back = others.length === 0
    ? `Posting ${amount} brings it back at once.`
    : `Posting ${amount} clears this; it stays off for: ${
      others.map(({ reason }) => REASON_WORDS[reason].toLowerCase()).join(", ")
    }.`;
  return `Disconnected: ${amount} past grace${since}. ${back}`;
}

function explainReasons({ reasons }: ConnectionView, { today }: PageMoment): string {
  const parts = reasons.map(({ reason, note, added_on, added_by }) =>
    `${REASON_WORDS[reason]}${note === null ? "" : ` (${note})`} since ${
      shortDay(added_on, today)
    }, by ${added_by}`
  );
  return `Disconnected: ${parts.join("; ")}. A payment does not bring it back.`;
}

function explainLink({ connection, delivery }: ConnectionView, { now, zone }: PageMoment): string {
  const today = localDate(now, zone);
  if (connection.connection === "online") {
    const address = connection.address === null ? "" : ` as ${connection.address}`;
    const uptime = connection.uptime_seconds === null
      ? ""
      : ` for ${formatDuration(Number(connection.uptime_seconds) * 1000 + ageMs(connection, now))}`;
    return `Online${address}${uptime}.`;
  }
  if (connection.connection === "offline") {
    const seen = connection.observed_at === null
      ? ""
      : ` (read ${formatRelative(connection.observed_at, now)})`;
    return `Service is on, but the customer has no session${seen}. Check their router and the line to it.`;
  }
  const heard = delivery?.heartbeat_at ?? null;
  const isAgentSilent = heard === null || now.since(heard).total("seconds") > 90;
  if (isAgentSilent) {
    const since = heard === null ? "" : ` since ${momentWords(heard, zone, today)}`;
    return `Unknown: the agent of ${connection.site_name} is not connected${since}; nobody is cut because of that.`;
  }
  if (connection.router_status !== "online") {
    const since = delivery?.router_status_at ?? null;
    const words = since === null ? "" : ` since ${momentWords(since, zone, today)}`;
    return `Unknown: router ${connection.router_name} not reachable${words}; nobody is cut because of that.`;
  }
  return `Unknown: the router has not been read yet for ${connection.ppp_name}.`;
}

/** The session went on since the router was read. */
function ageMs({ observed_at: seen }: ConnectionView["connection"], now: Temporal.Instant): number {
  return seen === null ? 0 : Math.max(0, now.epochMilliseconds - seen.epochMilliseconds);
}

/** `14:02` today, else `22 Nov, 14:02`; real time, so compared with the real day. */
function momentWords(at: Temporal.Instant, zone: string, today: Temporal.PlainDate): string {
  const day = at.toZonedDateTimeISO(zone).toPlainDate();
  const time = formatTime(at, zone);
  return day.equals(today) ? time : `${shortDay(day, today)}, ${time}`;
}

/** How far the newest wish has come, and what it rests on. Null while nothing is asked of the router. */
export function explainDelivery(
  { connection, delivery }: ConnectionView,
): { state: "queued" | "sent" | "done" | "failed"; words: string; readAt: Temporal.Instant | null } | null {
  if (delivery?.generation === null || delivery?.generation === undefined) return null;
  const isOff = connection.desired_disabled === true;
  const wish = isOff ? "Disable" : "Enable";
  const readAt = delivery.router_observed_at;
  if (connection.drift === "failed") return { state: "failed", words: `${wish}: the router refused`, readAt };
  if (delivery.generation <= (delivery.applied_generation ?? -1n)) {
    return { state: "done", words: `${isOff ? "Disabled" : "Enabled"} on the router`, readAt };
  }
  const isStored = delivery.generation <= (delivery.stored_generation ?? -1n);
  return isStored
    ? { state: "sent", words: `${wish}: the agent has it`, readAt }
    : { state: "queued", words: `${wish}: waits for the agent`, readAt };
}

/** Whether a wish is under way to a router that answers, so that looking again soon is worth it. */
export function isOnItsWay(view: ConnectionView): boolean {
  const state = explainDelivery(view)?.state;
  return (state === "queued" || state === "sent") && view.delivery?.router_status === "online";
}
