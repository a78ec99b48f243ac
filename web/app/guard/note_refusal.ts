import type { Context } from "fresh";
import type { SecurityReason } from "@/web/domain/access/mod.ts";
import type { AppState } from "@/web/app/state.ts";

/** Hears of a request that a guard refused. */
export type OnRefused = (
  ctx: Context<AppState>,
  reason: Extract<SecurityReason, "permission" | "form_token" | "origin" | "audience" | "host">,
) => void;

/** Writes refusals into the security log. The route is named, never what was asked of it. */
export const noteRefusal: OnRefused = ({ state, req, route }, reason) => {
  // A guard that stands before the session is read leaves it undefined.
  const session = state.session ?? null;
  state.security.note({
    tenantId: session === null || session.audience === "operator" ? null : session.tenantId,
    kind: "refused",
    reason,
    account: session === null ? "" : session.audience === "staff" ? session.email : session.name,
    staffUserId: session?.audience === "staff" ? session.staffUserId : null,
    ip: state.clientIp,
    requestId: state.requestId,
    // Under a strange name no route is asked for, and a made-up method would be an entry of its own.
    place: reason === "host" ? "" : `${req.method} ${route ?? ""}`.trim(),
  });
};
