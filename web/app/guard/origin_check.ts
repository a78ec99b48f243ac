import { refused } from "@/web/app/errors/refused.ts";
import { type Middleware } from "fresh";
import type { OnRefused } from "./note_refusal.ts";
import type { AppState } from "@/web/app/state.ts";

const SAFE_METHODS = new Set(["GET", "HEAD", "OPTIONS"]);

/** Settings of {@linkcode originCheck}. */
export interface OriginCheckOptions {
  /** The address that browsers use, where a proxy does not pass it on as the request's host. */
  publicUrl?: URL;
  /** Told of every request from elsewhere. */
  onRefused?: OnRefused;
}

/**
 * Refuses state-changing requests that a browser sends from another site.
 *
 * A client that sends neither Origin, Sec-Fetch-Site nor cookies is not a browser acting for somebody, and passes.
 */
export function originCheck(options: OriginCheckOptions = {}): Middleware<AppState> {
  return (ctx) => {
    const hosts = [ctx.url.host, options.publicUrl?.host];
    if (SAFE_METHODS.has(ctx.req.method) || isSameOrigin(ctx.req, hosts)) return ctx.next();
    options.onRefused?.(ctx, "origin");
    throw refused("other_site");
  };
}

function isSameOrigin({ headers }: Request, hosts: (string | undefined)[]): boolean {
  const site = headers.get("sec-fetch-site");
  if (site !== null && site !== "same-origin") return false;
  const origin = headers.get("origin");
  // Hosts and not origins: behind a proxy that ends TLS the browser's scheme is not ours.
  if (origin !== null) return URL.canParse(origin) && hosts.includes(new URL(origin).host);
  return site !== null || !headers.has("cookie");
}
