import { REASONS_BY_HAND } from "@/web/app/words/page_words.ts";
import { may } from "@/web/app/frame/page_context.ts";
import type { AppState } from "@/web/app/state.ts";
import { route as activate } from "../[id]/activate.ts";
import { route as buy } from "../[id]/buy.tsx";
import { route as disconnect } from "../[id]/disconnect.tsx";
import { route as end } from "../[id]/end/index.tsx";
import { route as endHold } from "../[id]/end-hold.ts";
import { route as hold } from "../[id]/hold.tsx";
import { route as mode } from "../[id]/mode/index.tsx";
import { route as payer } from "../[id]/payer/index.tsx";
import { route as plan } from "../[id]/plan/index.tsx";
import { route as price } from "../[id]/price/index.tsx";
import { route as reconnect } from "../[id]/reconnect.tsx";
import { route as remove } from "../[id]/remove.tsx";
import { route as rules } from "../[id]/rules.tsx";
import { route as secret } from "../[id]/secret/index.tsx";
import type { ConnectionView } from "./load_subscriber.ts";
import { type ConnectionAction, OfferedActions } from "./OfferedActions.tsx";
import { buysFirst, mayActivate } from "./waiting_connection.ts";

const isPending = ({ connection }: ConnectionView) => connection.status === "pending";
const isServed = ({ status }: ConnectionView["connection"]) =>
  status === "active" || status === "disconnected";
const sellsTo = ({ connection }: ConnectionView) =>
  connection.billing_mode === "prepaid" && isServed(connection);
const isHeld = ({ connection }: ConnectionView) => connection.hold_until !== null;
const isOffByHand = ({ reasons }: ConnectionView) =>
  reasons.some(({ reason }) => REASONS_BY_HAND.includes(reason));

/** Everything that may be done about a connection, in the order of its buttons. */
const CONNECTION_ACTIONS: readonly ConnectionAction<ConnectionView>[] = [
  {
    path: "activate",
    route: activate,
    label: () => "subscribers.activate",
    isOffered: ({ connection }) => mayActivate(connection),
    kind: "primary",
  },
  {
    path: "buy",
    route: buy,
    label: () => "prepaid.begin",
    isOffered: ({ connection }, state) => buysFirst(connection) && may(state, "subscriber:write"),
    kind: "primary",
  },
  { path: "buy", route: buy, label: () => "prepaid.buy", isOffered: sellsTo, kind: "primary" },
  {
    path: "hold",
    route: hold,
    label: (view) => isHeld(view) ? "subscribers.extend_short" : "tables.bulk_hold",
    isOffered: isHoldable,
    icon: "clock",
  },
  { path: "end-hold", route: endHold, label: () => "tonight.end_hold", isOffered: isHeld },
  {
    path: "reconnect",
    route: reconnect,
    label: () => "subscribers.reconnect",
    isOffered: isOffByHand,
    dialog: true,
    icon: "plug",
  },
  {
    path: "disconnect",
    route: disconnect,
    label: () => "subscribers.disconnect_link",
    isOffered: (view) => !isPending(view) && !isOffByHand(view),
    dialog: true,
    icon: "unplug",
  },
  { path: "plan", route: plan, label: () => "subscribers.plan_change", isOffered: () => true },
  { path: "price", route: price, label: () => "prices.own_action", isOffered: () => true },
  { path: "rules", route: rules, label: () => "subscribers.rules", isOffered: () => true },
  {
    path: "mode",
    route: mode,
    label: () => "prepaid.mode",
    isOffered: ({ connection }) => isServed(connection),
  },
  {
    path: "payer",
    route: payer,
    label: () => "payers.action",
    isOffered: ({ connection }) => isServed(connection),
  },
  {
    path: "secret",
    route: secret,
    label: () => "subscribers.secret",
    isOffered: ({ connection }) => connection.secret === "made",
  },
  {
    path: "end",
    route: end,
    label: () => "subscribers.end",
    isOffered: (view) => !isPending(view) && view.connection.billed_through_on !== null,
    kind: "quiet",
  },
  {
    path: "remove",
    route: remove,
    label: () => "subscribers.remove",
    isOffered: ({ connection }) => connection.billed_through_on === null,
    kind: "quiet",
  },
];

/** A hold puts off a cut: of a connection that is on, or that is held already. */
export function isHoldable({ connection, reasons }: Pick<ConnectionView, "connection" | "reasons">): boolean {
  const isLive = connection.status !== "cancelled" && connection.status !== "pending";
  return isLive && (connection.hold_until !== null || reasons.length === 0);
}

/** The buttons of a connection: what this person may do about it now. */
export function ConnectionActions({ view, state }: { view: ConnectionView; state: AppState }) {
  return <OfferedActions actions={CONNECTION_ACTIONS} view={view} state={state} />;
}
