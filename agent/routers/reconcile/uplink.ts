import type { Logger } from "@/shared/log.ts";
import { TimeoutError, TrapError } from "@/shared/routeros/mod.ts";
import type { PortRoute, RouterPort } from "./ports.ts";

export interface UplinkOptions {
  monotonicMs(): number;
  /** How long a look holds when nothing is to be done to anybody. */
  everyMs: number;
  log: Logger;
}

/** Whether a site has a way out, as its router sees it. While it has none its cuts wait: nobody could pay over it. */
export class Uplink {
  readonly #options: UplinkOptions;
  #isDown = false;
  #lookedAtMs = -Infinity;
  /** It did not answer in time: it is not asked again over this connection. */
  #isMute = false;

  constructor(options: UplinkOptions) {
    this.#options = options;
  }

  get isDown(): boolean {
    return this.#isDown;
  }

  /** Reads the routes when somebody is about to be cut, or when the last look is long ago. */
  async look(router: RouterPort, { isCutDue }: { isCutDue: boolean }): Promise<void> {
    const now = this.#options.monotonicMs();
    if (this.#isMute) return;
    if (!isCutDue && now - this.#lookedAtMs < this.#options.everyMs) return;
    const isDown = await this.#read(router);
    this.#lookedAtMs = now;
    if (isDown !== this.#isDown) this.#options.log.warn("router_uplink", { is_down: isDown });
    this.#isDown = isDown;
  }

  /** A router that may not or cannot tell counts as up. */
  async #read(router: RouterPort): Promise<boolean> {
    try {
      return isUplinkDown(await router.listDefaultRoutes());
    } catch (error) {
      this.#isMute = error instanceof TimeoutError;
      if (!this.#isMute && !(error instanceof TrapError)) throw error;
      this.#options.log.debug("router_routes_not_read", { error });
      return false;
    }
  }
}

/** There is a way out that somebody wants, and none of them leads anywhere. */
export function isUplinkDown(routes: readonly PortRoute[]): boolean {
  const wanted = routes.filter(({ disabled }) => !disabled);
  return wanted.length > 0 && wanted.every(({ active }) => active === false);
}
