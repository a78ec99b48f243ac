import { LoginError, ProtocolError, RouterOsError, TrapError } from "@/shared/routeros/mod.ts";
import { openSealed, type SealingKeyPair } from "@/shared/crypto/mod.ts";
import {
  type RouterIdentityMessage,
  routerSealContext,
  type RouterSettings,
  type RouterStatus,
} from "@/shared/protocol/mod.ts";
import { messageOf } from "../../journal/files.ts";
import type { ConnectRouter, RouterAddress, RouterPort } from "./ports.ts";

/** An open router and who it says it is. */
export interface OpenRouter {
  router: RouterPort;
  identity: RouterIdentityMessage;
}

/** The sealed password does not open with this agent's key. */
export class SealedError extends Error {
  readonly code = "router_password_sealed_elsewhere";
}

/** Logs in with the sealed password and reads the identity; writes nothing. Whoever calls compares the identity (R12). */
export async function openRouter(options: {
  settings: RouterSettings;
  sealing: SealingKeyPair;
  connect: ConnectRouter;
  signal: AbortSignal;
  onSkippedRows?: RouterAddress["onSkippedRows"];
}): Promise<OpenRouter> {
  const { settings, signal, onSkippedRows } = options;
  const password = await openSealed(
    options.sealing,
    settings.sealed_credentials,
    routerSealContext(settings.router_id),
  );
  if (password === null) {
    throw new SealedError(
      `Cannot log in to ${settings.name}: its password was stored for another agent. Enter it again in the router's settings`,
    );
  }
  const router = await options.connect({
    host: settings.host,
    port: settings.port,
    user: settings.username,
    password,
    signal,
    ...(onSkippedRows === undefined ? {} : { onSkippedRows }),
  });
  try {
    return { router, identity: await router.identity() };
  } catch (error) {
    await router.close();
    throw error;
  }
}

/** What a failure means for the router's state on the screen, its code, and the sentence that goes with it. */
export interface Failure {
  status: RouterStatus;
  code: string | undefined;
  message: string;
}

export function failureOf(error: unknown): Failure {
  return { status: statusAfter(error), code: codeOf(error), message: messageOf(error) };
}

function statusAfter(error: unknown): RouterStatus {
  if (error instanceof LoginError) {
    if (error.reason === "bad_credentials") return "wrong_password";
    return error.reason === "unsupported_version" ? "unsupported" : "error";
  }
  if (error instanceof SealedError) return "wrong_password";
  if (error instanceof ProtocolError) return "error";
  if (error instanceof RouterOsError) return error.code === "router_permission" ? "error" : "unreachable";
  return "error";
}

function codeOf(error: unknown): string | undefined {
  if (isReadRefusal(error)) return "router_may_not_read";
  return error instanceof RouterOsError || error instanceof SealedError ? error.code : undefined;
}

function isReadRefusal(error: unknown): boolean {
  return isRefusal(error) && READ_COMMAND.test(error.command);
}

/** The user of Linya may not write, told by a write that the router refused. */
export function isWriteRefusal(error: unknown): error is TrapError {
  return isRefusal(error) && !READ_COMMAND.test(error.command);
}

function isRefusal(error: unknown): error is TrapError {
  return error instanceof TrapError && error.kind === "Permission";
}

const READ_COMMAND = /\/(print|getall|get|listen)$/;

/** Failures that pass only when a person does something: each try is a line in the router's log, or locks the account. */
const SLOW_CODES: ReadonlySet<string> = new Set([
  "router_login_refused",
  "router_login_said",
  "router_api_not_allowed",
  "router_sessions_full",
  "router_version_unsupported",
  "router_password_sealed_elsewhere",
  "router_may_not_read",
  "router_port_is_ssh",
  "router_port_is_web",
  "router_port_is_tls",
]);

/** A router that is starting closes connections too: only one that goes on closing them is left alone for a while. */
const QUICK_TRIES_WHEN_CLOSED = 6;

/** Whether the next try is to wait minutes. `tries` counts those that failed in a row, this one included. */
export function isSlowRetry({ code }: Failure, tries: number): boolean {
  if (code === "router_login_not_allowed") return tries > QUICK_TRIES_WHEN_CLOSED;
  return code !== undefined && SLOW_CODES.has(code);
}

/** The router went away while nothing was asked of it. */
export class ConnectionLost extends Error {
  readonly code = "router_connection_closed";

  constructor() {
    super("Cannot reach the router any more: the connection was closed");
  }
}

/** Failures of the router or the way to it; anything else is ours and goes up to the supervisor. */
export function isRouterFailure(error: unknown): boolean {
  return error instanceof Error && "code" in error && String(error.code).startsWith("router_");
}
