import { may } from "@/web/app/frame/page_context.ts";
import type { RouteEntries } from "@/web/app/route_table.ts";
import type { AppState } from "@/web/app/state.ts";
import { ActionForm, type ButtonKind, LinkButton } from "@/web/components/form/Button.tsx";
import type { IconName } from "@/web/components/facts/icon_paths.ts";
import type { MessageKey } from "@/web/messages/mod.ts";
import type { SubscriptionDetail } from "@/web/store/subscribers/subscriptions.ts";

/** A thing that may be done about a connection. Who may is what its route says. */
export interface ConnectionAction<View> {
  /** Below the subscriber's address. */
  path: string;
  route: RouteEntries;
  label: (view: View) => MessageKey;
  /** Whether it makes sense as the connection stands. */
  isOffered: (view: View, state: AppState) => boolean;
  /** It is done at once, though its address has a page too. */
  atOnce?: true;
  /** It opens over the page. */
  dialog?: true;
  kind?: ButtonKind;
  icon?: IconName;
}

interface OfferedActionsProps<View> {
  actions: readonly ConnectionAction<View>[];
  view: View;
  state: AppState;
}

/** The buttons of a connection: what this person may do about it now. */
export function OfferedActions<View extends { connection: Pick<SubscriptionDetail, "id" | "subscriber_id"> }>(
  { actions, view, state }: OfferedActionsProps<View>,
) {
  const { id, subscriber_id: subscriberId } = view.connection;
  const offered = actions.filter((action) => mayDo(state, action) && action.isOffered(view, state));
  return (
    <>
      {offered.map((action) => {
        const { path, label, dialog, kind, icon } = action;
        const address = `/admin/subscribers/${subscriberId}/${path}`;
        const look = { small: true, kind, icon, children: state.t(label(view)) };
        return asksFirst(action)
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

type Place = Pick<ConnectionAction<never>, "route" | "atOnce">;

/** A page asks first; what has none is done by its button. */
function asksFirst({ route, atOnce }: Place): boolean {
  return route.GET !== undefined && atOnce !== true;
}

function mayDo(state: AppState, action: Place): boolean {
  const entry = asksFirst(action) ? action.route.GET : action.route.POST;
  return entry?.audience === "staff" && entry.permission !== "signed_in" && may(state, entry.permission);
}
