import { hmacSha256, timingSafeEqual, toBase64Url } from "@/shared/crypto/mod.ts";
import { CHALLENGE_TTL_MS } from "@/shared/protocol/mod.ts";

/**
 * Nonces without state: HMAC over agent and expiry, so that any node can check what another one gave out. A nonce may
 * be used more than once in its minute; it is worth nothing without the agent's key.
 */
export class Challenger {
  readonly #secret: Uint8Array<ArrayBuffer>;

  constructor(secret: Uint8Array<ArrayBuffer>) {
    this.#secret = secret;
  }

  /** A nonce for one agent, good for a minute of server time. */
  async nonceFor(agentId: string, nowMs: number): Promise<string> {
    const expiresMs = nowMs + CHALLENGE_TTL_MS;
    return `${expiresMs}.${await this.#tag(agentId, String(expiresMs))}`;
  }

  async isGood(nonce: string, agentId: string, nowMs: number): Promise<boolean> {
    const match = /^(\d{1,16})\.([A-Za-z0-9_-]+)$/.exec(nonce);
    if (!match) return false;
    const [, expires = "", tag = ""] = match;
    const encoder = new TextEncoder();
    const isOurs = timingSafeEqual(encoder.encode(tag), encoder.encode(await this.#tag(agentId, expires)));
    return isOurs && nowMs <= Number(expires);
  }

  async #tag(agentId: string, expires: string): Promise<string> {
    return toBase64Url(await hmacSha256(this.#secret, `linya-challenge-1|${agentId}|${expires}`));
  }
}
