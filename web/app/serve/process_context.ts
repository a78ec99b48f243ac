import type { Middleware } from "fresh";
import { forwardedAddress } from "@/web/domain/access/mod.ts";
import type { DemoControl } from "@/web/gateways/demo_control/mod.ts";
import type { KnownBrowsers } from "@/web/gateways/known_browsers/mod.ts";
import type { SecurityLog } from "@/web/services/access/security_log.ts";
import { RecordOpenings } from "@/web/services/privacy/record_openings.ts";
import type { LiveHub } from "@/web/services/live/live_hub.ts";
import type { ServiceContext } from "@/web/services/context.ts";
import type { AppState } from "@/web/app/state.ts";

/** What {@linkcode processContext} needs. */
export interface ProcessContextOptions extends ProxySettings {
  services: ServiceContext;
  /** The same on connections of its own, for requests that only read. @default services */
  reading?: ServiceContext;
  security: SecurityLog;
  /** @default {one of its own, on the same services} */
  openings?: RecordOpenings;
  browsers: KnownBrowsers;
  /** The demo's supervisor; null outside the demo. */
  demo: DemoControl | null;
  /** Address that agents are told to connect to. */
  agentUrl: string;
  /** Fans news out to open pages. @default {nobody listens, pages poll} */
  liveHub?: LiveHub;
}

/** What is known about a proxy in front. */
export interface ProxySettings {
  /** Whether its X-Forwarded-For and X-Forwarded-Proto may be believed. */
  trustProxy: boolean;
  /** The address that browsers use. */
  publicUrl: URL;
}

/** Puts the process's parts and what is known about the client on the state of every request. */
export function processContext(options: ProcessContextOptions): Middleware<AppState> {
  const openings = options.openings ?? new RecordOpenings(options.services);
  return (ctx) => {
    const isRead = ctx.req.method === "GET" || ctx.req.method === "HEAD";
    ctx.state.services = isRead ? options.reading ?? options.services : options.services;
    ctx.state.security = options.security;
    ctx.state.openings = openings;
    ctx.state.browsers = options.browsers;
    ctx.state.demo = options.demo;
    ctx.state.agentUrl = options.agentUrl;
    ctx.state.liveHub = options.liveHub ?? null;
    ctx.state.shell = null;
    ctx.state.clientIp = clientIp(ctx.req.headers, ctx.info.remoteAddr, options.trustProxy);
    ctx.state.isHttps = isHttps(ctx.req.headers, ctx.url, options);
    return ctx.next();
  };
}

/** The last hop that our own proxy wrote; earlier ones are whatever the client claims. */
export function clientIp(headers: Headers, remote: Deno.Addr, trustProxy: boolean): string {
  const forwarded = trustProxy ? forwardedAddress(headers.get("x-forwarded-for")) : null;
  if (forwarded !== null) return forwarded;
  return remote.transport === "tcp" || remote.transport === "udp" ? remote.hostname : "local";
}

/** Whether the browser uses https: our own address is http where a proxy ends TLS. */
export function isHttps(headers: Headers, url: URL, { trustProxy, publicUrl }: ProxySettings): boolean {
  if (url.protocol === "https:" || publicUrl.protocol === "https:") return true;
  return trustProxy && lastOf(headers, "x-forwarded-proto").toLowerCase() === "https";
}

function lastOf(headers: Headers, name: string): string {
  return headers.get(name)?.split(",").at(-1)?.trim() ?? "";
}
