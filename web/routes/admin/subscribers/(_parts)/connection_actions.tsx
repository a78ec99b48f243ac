import { may } from "@/web/app/frame/page_context.ts";
import { REASONS_BY_HAND } from "@/web/app/words/page_words.ts";
import type { RouteEntries } from "@/web/app/route_table.ts";
import type { AppState } from "@/web/app/state.ts";
import { ActionForm, type ButtonKind, LinkButton } from "@/web/components/form/Button.tsx";
import type { IconName } from "@/web/components/facts/icon_paths.ts";
import type { MessageKey } from "@/web/messages/mod.ts";
import { route as activate } from "../[id]/activate.ts";
import { route as disconnect } from "../[id]/disconnect.tsx";
import { route as endHold } from "../[id]/end-hold.ts";
import { route as hold } from "../[id]/hold.tsx";
import { route as plan } from "../[id]/plan/index.tsx";
import { route as reconnect } from "../[id]/reconnect.tsx";
import { route as remove } from "../[id]/remove.tsx";
import { route as secret } from "../[id]/secret/index.tsx";
import type { ConnectionView } from "./load_subscriber.ts";

/** A thing that may be done about a connection. Who may is what its route says. */
interface ConnectionAction {
  /** Below the subscriber's address. */
  path: string;
  route: RouteEntries;
  label: (view: ConnectionView) => MessageKey;
  /** Whether it makes sense as the connection stands. */
  isOffered: (view: ConnectionView) => boolean;
  /** It opens over the page. */
  dialog?: true;
  kind?: ButtonKind;
  icon?: IconName;
}

const isPending = ({ connection }: ConnectionView) => connection.status === "pending";
const isHeld = ({ connection }: ConnectionView) => connection.hold_until !== null;
const isOffByHand = ({ reasons }: ConnectionView) =>
  reasons.some(({ reason }) => REASONS_BY_HAND.includes(reason));

/** Everything that may be done about a connection, in the order of its buttons. */
const CONNECTION_ACTIONS: readonly ConnectionAction[] = [
  {
    path: "activate",
    route: activate,
    label: () => "subscribers.activate",
    isOffered: (view) => isPending(view) && view.connection.secret !== "wanted",
    kind: "primary",
  },
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
  {
    path: "secret",
    route: secret,
    label: () => "subscribers.secret",
    isOffered: ({ connection }) => connection.secret === "made",
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
  const { id, subscriber_id: subscriberId } = view.connection;
  const offered = CONNECTION_ACTIONS.filter((action) => mayDo(state, action) && action.isOffered(view));
  return (
    <>
      {offered.map(({ path, route, label, dialog, kind, icon }) => {
        const address = `/admin/subscribers/${subscriberId}/${path}`;
        const look = { small: true, kind, icon, children: state.t(label(view)) };
        return isPage(route)
          ? <LinkButton key={path} {...look} href={`${address}?connection=${id}`} dialog={dialog} />
          : (
            <ActionForm
              key={path}
              {...look}
              action={address}
              csrfToken={state.csrfToken}
              values={{ connection: id }}
            />
          );
      })}
    </>
  );
}

/** A page asks first; what has none is done by its button. */
function isPage(route: RouteEntries): boolean {
  return route.GET !== undefined;
}

function mayDo(state: AppState, { route }: ConnectionAction): boolean {
  const entry = route.GET ?? route.POST;
  return entry?.audience === "staff" && entry.permission !== "signed_in" && may(state, entry.permission);
}
