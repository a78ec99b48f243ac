import type { Context } from "fresh";
import { isApi } from "@/web/app/errors/errors.ts";
import { refused } from "@/web/app/errors/refused.ts";
import type { RouteEntry } from "@/web/app/route_table.ts";
import type { AppState } from "@/web/app/state.ts";
import { CONFIRM_PASSKEY_PATH, CONFIRM_PATH } from "./ask_again.tsx";

/** What somebody reaches who has to add a second factor first: the pages for that, the ways out, and the question who they are. */
const ENROLLING = "/admin/settings/second-factor";
const REACHED: readonly string[] = [
  "/admin/sign-out",
  "/admin/companies",
  "/logo",
  CONFIRM_PATH,
  CONFIRM_PASSKEY_PATH,
];

/**
 * Leads whoever has to add a second factor first to where they do; to them there is no other route. They have no
 * permission meanwhile, so what needs one is not there for them in any case.
 */
export function enrolFirst(
  ctx: Context<AppState>,
  { audience, permission, pattern, method }: RouteEntry,
): Response | null {
  const { session } = ctx.state;
  if (audience !== "staff" || session?.audience !== "staff" || session.mustEnrol !== true) return null;
  const isWay = REACHED.includes(pattern) || pattern === ENROLLING || pattern.startsWith(`${ENROLLING}/`);
  if (permission === "signed_in" && isWay) return null;
  if (
    isApi(ctx) || method !== "GET" || !(ctx.req.headers.get("accept") ?? "*/*").match(/text\/html|\*\/\*/)
  ) {
    throw refused("not_found");
  }
  return ctx.redirect(ENROLLING, 303);
}
