import { LoginError, ProtocolError, RouterOsError } from "@/shared/routeros/mod.ts";
import { openSealed, type SealingKeyPair } from "@/shared/crypto/mod.ts";
import {
  type RouterIdentityMessage,
  routerSealContext,
  type RouterSettings,
  type RouterStatus,
} from "@/shared/protocol/mod.ts";
import { messageOf } from "../../journal/files.ts";
import type { ConnectRouter, RouterPort } from "./ports.ts";

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
}): Promise<OpenRouter> {
  const { settings, signal } = options;
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
  });
  try {
    return { router, identity: await router.identity() };
  } catch (error) {
    await router.close();
    throw error;
  }
}

/** What a failure means for the router's state on the screen, its code, and the sentence that goes with it. */
export function statusOfFailure(
  error: unknown,
): { status: RouterStatus; code: string | undefined; message: string } {
  const code = error instanceof RouterOsError || error instanceof SealedError ? error.code : undefined;
  return { status: stateAfter(error), code, message: messageOf(error) };
}

function stateAfter(error: unknown): RouterStatus {
  if (error instanceof LoginError) {
    if (error.reason === "bad_credentials") return "wrong_password";
    return error.reason === "unsupported_version" ? "unsupported" : "error";
  }
  if (error instanceof SealedError) return "wrong_password";
  if (error instanceof ProtocolError) return "error";
  if (error instanceof RouterOsError) return error.code === "router_permission" ? "error" : "unreachable";
  return "error";
}

/** Too many wrong passwords lock an account or fill the router's log: such a retry is slow. */
export function isSlowRetry(status: RouterStatus): boolean {
  return status === "wrong_password" || status === "wrong_router" || status === "unsupported";
}
