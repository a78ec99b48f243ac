import type { Logger } from "@/shared/log.ts";
import { messageOf } from "../journal/files.ts";
import type { RouterPort } from "../routers/reconcile/ports.ts";

export interface FirstSessionsOptions {
  openRouter(routerId: string): RouterPort | null;
  /** The router's loop looks now and reports. */
  wake(routerId: string): void;
  monotonicMs(): number;
  log: Logger;
}

const LOOK_MS = 3_000;
/** An installer stands beside the box for that long; after it the usual passes are quick enough. */
const WATCH_MS = 60 * 60_000;

/**
 * Looks often for the first session of names that have just got a secret, so that whoever waits before the screen sees it
 * within seconds and not with the next pass. Asks for these names only; no timer while nobody is awaited.
 */
export class FirstSessions {
  readonly #options: FirstSessionsOptions;
  /** Until when, by router and name. */
  readonly #awaited = new Map<string, Map<string, number>>();
  #timer: ReturnType<typeof setTimeout> | null = null;

  constructor(options: FirstSessionsOptions) {
    this.#options = options;
  }

  watch(routerId: string, name: string): void {
    const names = this.#awaited.get(routerId) ?? new Map<string, number>();
    this.#awaited.set(routerId, names.set(name, this.#options.monotonicMs() + WATCH_MS));
    this.#schedule();
  }

  stop(): void {
    this.#awaited.clear();
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }

  #schedule(): void {
    if (this.#awaited.size === 0) return;
    this.#timer ??= setTimeout(() => void this.#look(), LOOK_MS);
  }

  async #look(): Promise<void> {
    for (const [routerId, names] of [...this.#awaited]) {
      const nowMs = this.#options.monotonicMs();
      for (const [name, untilMs] of names) if (untilMs < nowMs) names.delete(name);
      const router = this.#options.openRouter(routerId);
      if (router !== null && names.size > 0) await this.#lookAt(routerId, router, names);
      if (names.size === 0) this.#awaited.delete(routerId);
    }
    this.#timer = null;
    this.#schedule();
  }

  async #lookAt(routerId: string, router: RouterPort, names: Map<string, number>): Promise<void> {
    try {
      const online = await router.findSessions([...names.keys()]);
      for (const name of online) names.delete(name);
      if (online.length > 0) this.#options.wake(routerId);
    } catch (error) {
      // The loop tells what became of the router; here the next look tries again.
      this.#options.log.debug("first_session_not_seen", { reason: messageOf(error) });
    }
  }
}
