import { uuidv7 } from "@/shared/ids.ts";
import type { WebMessage } from "@/shared/protocol/mod.ts";
import type { Permit, RequestPermit } from "../routers/reconcile/ports.ts";
import { type Link, LinkClosedError } from "./link.ts";

type Grant = Extract<WebMessage, { t: "permit.grant" }>;

const ANSWER_WITHIN_MS = 10_000;

/** Asks the web for permits, and ties each to the connection that it came over (R3). */
export class PermitRequests {
  readonly #pending = new Map<string, (grant: Grant | null) => void>();
  readonly #nowMs: () => number;
  readonly #monotonicMs: () => number;
  #link: Link | null = null;

  constructor(options: { nowMs: () => number; monotonicMs: () => number }) {
    this.#nowMs = options.nowMs;
    this.#monotonicMs = options.monotonicMs;
  }

  linkUp(link: Link): void {
    this.#link = link;
  }

  linkDown(): void {
    this.#link = null;
    for (const settle of this.#pending.values()) settle(null);
    this.#pending.clear();
  }

  /** Hands a grant to whoever asked. */
  receive(grant: Grant): void {
    this.#pending.get(grant.request_id)?.(grant);
    this.#pending.delete(grant.request_id);
  }

  /** The question for one router. */
  forRouter(routerId: string): RequestPermit {
    return (request) => this.#request(routerId, request);
  }

  async #request(routerId: string, request: Parameters<RequestPermit>[0]): Promise<Permit | null> {
    const link = this.#link;
    if (link === null || !link.isOpen) return null;
    const requestId = uuidv7(this.#nowMs());
    const { promise, resolve } = Promise.withResolvers<Grant | null>();
    this.#pending.set(requestId, resolve);
    const timer = setTimeout(() => resolve(null), ANSWER_WITHIN_MS);
    try {
      const { lineage, generation, names } = request;
      await link.send({
        t: "permit.request",
        router_id: routerId,
        lineage,
        request_id: requestId,
        generation,
        names: [...names],
      });
      // The web starts counting after this moment, so ours is the earlier end.
      const sentMs = this.#monotonicMs();
      const grant = await promise;
      return grant === null ? null : this.#permitOf(grant, names, link, sentMs);
    } catch (error) {
      if (error instanceof LinkClosedError) return null;
      throw error;
    } finally {
      clearTimeout(timer);
      this.#pending.delete(requestId);
    }
  }

  #permitOf(grant: Grant, asked: readonly string[], link: Link, sentMs: number): Permit {
    const granted = new Set(grant.names);
    return {
      names: new Set(asked.filter((name) => granted.has(name))),
      isValid: () => link.isOpen && this.#link === link && this.#monotonicMs() < sentMs + grant.valid_ms,
    };
  }
}
