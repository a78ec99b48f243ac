import type { Logger } from "@/shared/log.ts";
import { TimeoutError, TrapError } from "@/shared/routeros/mod.ts";
import type { RouterPort } from "./ports.ts";

export interface OptionalReadOptions<T> {
  /** What is read, for the log. */
  what: string;
  read(router: RouterPort): Promise<T>;
  /** What counts for a router that may not or cannot tell. */
  untold: T;
  log: Logger;
}

/** Something that is good to know of a router and not needed. Over a connection that once timed out it is not asked again. */
export class OptionalRead<T> {
  readonly #options: OptionalReadOptions<T>;
  #isMute = false;

  constructor(options: OptionalReadOptions<T>) {
    this.#options = options;
  }

  async from(router: RouterPort): Promise<T> {
    const { what, read, untold, log } = this.#options;
    if (this.#isMute) return untold;
    try {
      return await read(router);
    } catch (error) {
      this.#isMute = error instanceof TimeoutError;
      if (!this.#isMute && !(error instanceof TrapError)) throw error;
      log.debug("router_not_told", { what, error });
      return untold;
    }
  }
}
