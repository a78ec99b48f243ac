import type { Context } from "fresh";
import type { AppState } from "@/web/app/state.ts";
import { passwordCookie } from "./secret_cookie.ts";

/** What adding a connection has made. */
interface Added {
  subscriberId: string;
  subscriptionId: string;
  /** Shown once; null where none was made. */
  password: string | null;
  /** Why the secret was not sent to the router; null when it was, or none was asked for. */
  notSent: string | null;
}

/** Where one goes after a connection was added: to its secret, where there is something to see of it. */
export function afterAdding(
  ctx: Context<AppState>,
  added: Added,
  { done, isLinked }: { done: string; isLinked: boolean },
) {
  const { subscriberId, subscriptionId, password, notSent } = added;
  const path = `/admin/subscribers/${subscriberId}`;
  if (password === null && notSent === null && isLinked) return ctx.redirect(`${path}?done=${done}`, 303);
  const code = notSent === null ? done : "not_sent";
  const response = ctx.redirect(`${path}/secret?connection=${subscriptionId}&done=${code}`, 303);
  if (password !== null) {
    response.headers.append(
      "set-cookie",
      passwordCookie(ctx.state, subscriberId, { subscriptionId, password }),
    );
  }
  return response;
}
