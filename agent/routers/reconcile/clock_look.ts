import { type LookOptions, OccasionalLook } from "./occasional_look.ts";
import type { RouterPort } from "./ports.ts";

/**
 * Whether the router knows what time it is. A board without a battery begins in 1970 after a power cut until a time
 * server answers: its log and the moments of its sessions mean nothing until then. Nothing of ours depends on it.
 */
export class ClockLook {
  readonly #look: OccasionalLook<boolean>;

  constructor(options: LookOptions) {
    this.#look = new OccasionalLook({
      ...options,
      what: "clock",
      read: (router) => router.isClockUnset(),
      // A router that may not or cannot tell counts as one that knows.
      untold: false,
      onChange: (isUnset) => options.log.warn("router_clock", { is_unset: isUnset }),
    });
  }

  get isUnset(): boolean {
    return this.#look.found;
  }

  /** Reads the clock when the last look is long ago, and at every chance while it is known to be wrong. */
  async look(router: RouterPort): Promise<void> {
    await this.#look.look(router, { isDue: this.isUnset });
  }
}
