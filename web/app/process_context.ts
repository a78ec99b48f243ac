import type { Middleware } from "fresh";
import type { DemoControl } from "@/web/gateways/demo_control/mod.ts";
import type { EnqueueImport } from "@/web/services/confirm_import.ts";
import type { EnqueueImport } from "@/web/services/confirm_import.ts";
import type { ServiceContext } from "@/web/services/context.ts";
import type { AppState } from "./state.ts";

/** What {@linkcode processContext} needs. */
export interface ProcessContextOptions {
  services: ServiceContext;
  /** Whether X-Forwarded-For of the proxy in front may be believed. */
  trustProxy: boolean;
  /** The demo's supervisor; null outside the demo. */
  demo: DemoControl | null;
  /** Address that agents are told to connect to. */
  agentUrl: string;
  enqueueImport: EnqueueImport;
}

/** Puts the process's parts and the client's address on the state of every request. */
export function processContext(options: ProcessContextOptions): Middleware<AppState> {
  return (ctx) => {
    ctx.state.services = options.services;
    ctx.state.demo = options.demo;
    ctx.state.agentUrl = options.agentUrl;
    ctx.state.enqueueImport = options.enqueueImport;
    ctx.state.shell = null;
    ctx.state.clientIp = clientIp(ctx.req.headers, ctx.info.remoteAddr, options.trustProxy);
    return ctx.next();
  };
}

/** The last hop that our own proxy wrote; earlier ones are whatever the client claims. */
export function clientIp(headers: Headers, remote: Deno.Addr, trustProxy: boolean): string {
  const forwarded = trustProxy ? headers.get("x-forwarded-for")?.split(",").at(-1)?.trim() : undefined;
  if (forwarded !== undefined && forwarded !== "") return forwarded;
  return remote.transport === "tcp" || remote.transport === "udp" ? remote.hostname : "local";
}
