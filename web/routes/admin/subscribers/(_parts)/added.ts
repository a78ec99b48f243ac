import type { Context } from "fresh";
import type { AppState } from "@/web/app/state.ts";
import { may } from "@/web/app/frame/page_context.ts";
import { unitText } from "@/web/route_table/prepaid.ts";
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
  { done, isLinked, buys }: {
    done: string;
    isLinked: boolean;
    /** What is bought at once, as a part of an address; null: nothing, or by who may not take money. */
    buys: string | null;
  },
) {
  const { subscriberId, subscriptionId, password, notSent } = added;
  const path = `/admin/subscribers/${subscriberId}`;
  if (password === null && notSent === null && isLinked) {
    const buying = `${path}/buy?connection=${subscriptionId}&${buys}`;
    return ctx.redirect(buys === null ? `${path}?done=${done}` : buying, 303);
  }
  const code = notSent === null ? done : "not_sent";
  const next = buys === null ? "" : `&${buys}`;
  const response = ctx.redirect(`${path}/secret?connection=${subscriptionId}&done=${code}${next}`, 303);
  if (password !== null) {
    response.headers.append(
      "set-cookie",
      passwordCookie(ctx.state, subscriberId, { subscriptionId, password }),
    );
  }
  return response;
}

/** What the form says is bought at once and when it begins, where who sends it may take money. */
export function boughtAtOnce(
  state: AppState,
  { billing, buys = "", activation }: { billing: string; buys?: string | undefined; activation: string },
): string | null {
  const isSaid = billing === "prepaid" && unitText.safeParse(buys).success;
  const begins = activation === "first_session" ? "first_session" : "day";
  return isSaid && may(state, "payment:post") ? `unit=${buys}&begins=${begins}` : null;
}
