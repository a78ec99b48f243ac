import { refused } from "@/web/app/errors/refused.ts";
import { type Middleware } from "fresh";
import { isKnownHost, type KnownHosts } from "@/web/domain/access/mod.ts";
import type { OnRefused } from "./note_refusal.ts";
import type { AppState } from "@/web/app/state.ts";

/** What asks by the address of a node and not by its name: load balancers, monitors. It says nothing but that it lives. */
const HEALTH = "/health";

/**
 * Refuses requests under a host name that is not ours, also to read: a stranger's page would read for its owner. Static
 * files, which are the same for everybody, come before it, so that the refusal looks like a page.
 */
export function hostCheck(
  options: { hosts: KnownHosts; onRefused?: OnRefused },
): Middleware<AppState> {
  return (ctx) => {
    if (ctx.url.pathname === HEALTH || isKnownHost(ctx.url.hostname, options.hosts)) return ctx.next();
    options.onRefused?.(ctx, "host");
    throw refused("unknown_host");
  };
}
