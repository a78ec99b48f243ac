import { TimeoutError, TrapError } from "@/shared/routeros/mod.ts";
import type { RouterPort } from "./ports.ts";
import type { UplinkOptions } from "./uplink.ts";

/**
 * Whether the router knows what time it is. A board without a battery begins in 1970 after a power cut until a time
 * server answers: its log and the moments of its sessions mean nothing until then. Nothing of ours depends on it.
 */
export class ClockLook {
  readonly #options: UplinkOptions;
  #isUnset = false;
  #lookedAtMs = -Infinity;
  /** It did not answer in time: it is not asked again over this connection. */
  #isMute = false;

  constructor(options: UplinkOptions) {
    this.#options = options;
  }

  get isUnset(): boolean {
    return this.#isUnset;
  }

  /** Reads the clock when the last look is long ago, and at every chance while it is known to be wrong. */
  async look(router: RouterPort): Promise<void> {
    const now = this.#options.monotonicMs();
    if (this.#isMute || (!this.#isUnset && now - this.#lookedAtMs < this.#options.everyMs)) return;
    const isUnset = await this.#read(router);
    this.#lookedAtMs = now;
    if (isUnset !== this.#isUnset) this.#options.log.warn("router_clock", { is_unset: isUnset });
    this.#isUnset = isUnset;
  }

  /** A router that may not or cannot tell counts as one that knows. */
  async #read(router: RouterPort): Promise<boolean> {
    try {
      return await router.isClockUnset();
    } catch (error) {
      this.#isMute = error instanceof TimeoutError;
      if (!this.#isMute && !(error instanceof TrapError)) throw error;
      this.#options.log.debug("router_clock_not_read", { error });
      return false;
    }
  }
}
