import { actorText } from "@/web/app/words/actor_words.ts";
import { storedText } from "@/web/messages/coded_text.ts";
import { localDate } from "@/shared/calendar/mod.ts";
import { centavos, formatPeso } from "@/shared/money/mod.ts";
import { pastGraceCentavos } from "@/web/domain/cuts/mod.ts";
import type { Translate } from "@/web/messages/mod.ts";
import { formatDuration, formatRelative, formatTime } from "@/web/format.ts";
import type { PageMoment } from "@/web/app/frame/page_context.ts";
import { shortDay } from "@/web/app/words/page_words.ts";
import type { ConnectionView } from "./load_subscriber.ts";

/** Why a connection is on, off or not known: one or two sentences. */
export function explainConnection(
  view: ConnectionView,
  moment: PageMoment,
  seesMoney: boolean,
  t: Translate,
): string {
  const { connection, reasons } = view;
  if (connection.status === "cancelled") return t("subscribers.why_cancelled");
  if (reasons.some(({ reason }) => reason === "nonpayment")) return explainCut(t, view, moment, seesMoney);
  if (reasons.length > 0) return explainReasons(t, view, moment);
  if (connection.status === "pending") return explainWaiting(t, connection);
  return explainLink(t, view, moment);
}

/** What a connection that has not begun waits for, and whether it is paid for. */
function explainWaiting(
  t: Translate,
  { secret, activation, billing_mode: mode, first_purchase: first }: ConnectionView["connection"],
): string {
  const onSession = activation === "first_session" ? "session" : "hand";
  const why = secret === "wanted" ? "secret" : onSession;
  if (mode !== "prepaid") return t(`subscribers.pending_${why}`);
  if (first === null) return t(secret === "wanted" ? "prepaid.waits_secret_money" : "prepaid.waits_money");
  const { unit, count, quantity } = first;
  const what = `${quantity === 1 ? "" : `${quantity} × `}${t(`prepaid.unit_${unit}`, { n: count })}`;
  return t(`prepaid.paid_waits_${activation === "first_session" ? "session" : why}`, { what });
}

function explainCut(t: Translate, view: ConnectionView, moment: PageMoment, seesMoney: boolean): string {
  const cut = view.reasons.find(({ reason }) => reason === "nonpayment");
  const others = view.reasons.filter(({ reason }) => reason !== "nonpayment");
  const since = cut === undefined ? "" : sinceWords(t, shortDay(cut.added_on, moment.today, t.locale));
  if (view.connection.billing_mode === "prepaid" && others.length === 0) {
    return t("prepaid.why_cut", { since });
  }
  if (!seesMoney) return t("subscribers.why_cut", { since });
  const owed = pastGraceCentavos(
    view.openBills.map((bill) => ({
      balanceCentavos: centavos(bill.balance_centavos),
      disputedCentavos: centavos(bill.disputed_centavos),
      dueOn: bill.due_on,
      graceDays: bill.grace_days,
    })),
    moment.today,
  );
  const amount = formatPeso(owed);
  const back = others.length === 0 ? t("subscribers.why_back", { amount }) : t("subscribers.why_clears", {
    amount,
    reasons: others.map(({ reason }) => t(`words.reason_${reason}`).toLowerCase()).join(", "),
  });
  return t("subscribers.why_cut_owed", { amount, since, back });
}

function explainReasons(t: Translate, { reasons }: ConnectionView, { today }: PageMoment): string {
  const parts = reasons.map(({ reason, note, added_on, added_by }) =>
    t("subscribers.reason_line", {
      reason: `${t(`words.reason_${reason}`)}${note === null ? "" : ` (${storedText(t, note)})`}`,
      day: shortDay(added_on, today, t.locale),
      by: actorText(t, added_by),
    })
  );
  return t("subscribers.why_reasons", { parts: parts.join("; ") });
}

function explainLink(
  t: Translate,
  { connection, delivery }: ConnectionView,
  { now, zone }: PageMoment,
): string {
  const today = localDate(now, zone);
  if (connection.connection === "online") {
    const uptime = connection.uptime_seconds === null ? "" : ` ${
      t("subscribers.why_for", {
        time: formatDuration(Number(connection.uptime_seconds) * 1000 + ageMs(connection, now), t),
      })
    }`;
    return t("subscribers.why_online", { uptime });
  }
  if (connection.connection === "offline") {
    const seen = connection.observed_at === null
      ? ""
      : ` ${t("subscribers.why_read", { ago: formatRelative(connection.observed_at, now, t) })}`;
    return t("subscribers.why_offline", { seen });
  }
  const heard = delivery?.heartbeat_at ?? null;
  const isAgentSilent = heard === null || now.since(heard).total("seconds") > 90;
  if (isAgentSilent) {
    const since = heard === null ? "" : sinceWords(t, momentWords(t, heard, zone, today));
    return t("subscribers.why_agent", { site: connection.site_name, since });
  }
  if (connection.router_status !== "online") {
    const since = delivery?.router_status_at ?? null;
    const words = since === null ? "" : sinceWords(t, momentWords(t, since, zone, today));
    return t("subscribers.why_router", { router: connection.router_name, since: words });
  }
  return t("subscribers.why_unread", { user: connection.ppp_name });
}

/** The session went on since the router was read. */
function ageMs({ observed_at: seen }: ConnectionView["connection"], now: Temporal.Instant): number {
  return seen === null ? 0 : Math.max(0, now.epochMilliseconds - seen.epochMilliseconds);
}

/** ` since 22 Nov`, to stand after a word. */
function sinceWords(t: Translate, day: string): string {
  return ` ${t("subscribers.why_since", { day })}`;
}

/** `14:02` today, else `22 Nov, 14:02`; real time, so compared with the real day. */
function momentWords(t: Translate, at: Temporal.Instant, zone: string, today: Temporal.PlainDate): string {
  const day = at.toZonedDateTimeISO(zone).toPlainDate();
  const time = formatTime(at, zone);
  return day.equals(today) ? time : `${shortDay(day, today, t.locale)}, ${time}`;
}

type DeliveryState = "queued" | "sent" | "done" | "failed";

/** How far the newest wish has come. Null while nothing is asked of the router. */
function deliveryState({ connection, delivery }: ConnectionView): DeliveryState | null {
  if (delivery?.generation === null || delivery?.generation === undefined) return null;
  if (connection.drift === "failed" || oddReading(connection) !== null) return "failed";
  // What was read back since is done, also while cuts of others on the router wait for their hour.
  const isOn = connection.desired_disabled === false && connection.seen_disabled === false;
  if (isOn && connection.drift === null && isReadSince(connection.observed_at, delivery.changed_at)) {
    return "done";
  }
  // It was done; somebody has disabled it since, and the agent enables it again.
  if (!isOn && connection.drift === "disabled_by_hand") return "sent";
  if (delivery.generation <= (delivery.applied_generation ?? -1n)) return "done";
  return delivery.generation <= (delivery.stored_generation ?? -1n) ? "sent" : "queued";
}

/** What was read of the secret that the agent does not bring to what the books want; null when nothing was. */
function oddReading(
  { drift, desired_disabled: isOff }: ConnectionView["connection"],
): "missing" | "enabled_by_hand" | null {
  if (drift === "missing") return drift;
  return drift === "enabled_by_hand" && isOff === true ? drift : null;
}

function isReadSince(readAt: Temporal.Instant | null, changedAt: Temporal.Instant | null): boolean {
  return readAt !== null && changedAt !== null && Temporal.Instant.compare(readAt, changedAt) >= 0;
}

/** How far the newest wish has come, and what it rests on. Null while nothing is asked of the router. */
export function explainDelivery(
  t: Translate,
  view: ConnectionView,
): { state: DeliveryState; words: string; readAt: Temporal.Instant | null } | null {
  const state = deliveryState(view);
  if (state === null) return null;
  return { state, words: deliveryWords(t, view, state), readAt: view.delivery?.router_observed_at ?? null };
}

function deliveryWords(t: Translate, { connection }: ConnectionView, state: DeliveryState): string {
  const odd = oddReading(connection);
  if (odd !== null) return t(`tonight.seen_${odd}`);
  return connection.desired_disabled === true
    ? t(`subscribers.wish_off_${state}`)
    : t(`subscribers.wish_on_${state}`);
}

/** Whether a wish is under way to a router that answers, so that looking again soon is worth it. */
export function isOnItsWay(view: ConnectionView): boolean {
  const state = deliveryState(view);
  return (state === "queued" || state === "sent") && view.delivery?.router_status === "online";
}
