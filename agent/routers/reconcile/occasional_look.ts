import type { Logger } from "@/shared/log.ts";
import { OptionalRead, type OptionalReadOptions } from "./optional_read.ts";
import type { RouterPort } from "./ports.ts";

/** How often to look, at whatever it is. */
export interface LookOptions {
  monotonicMs(): number;
  /** How long a look holds while nothing makes another one due. */
  everyMs: number;
  log: Logger;
}

export interface OccasionalLookOptions<T> extends LookOptions, OptionalReadOptions<T> {
  onChange(found: T): void;
}

/** Something small about a router that is looked at now and then, over one connection. */
export class OccasionalLook<T> {
  readonly #options: OccasionalLookOptions<T>;
  readonly #read: OptionalRead<T>;
  #found: T;
  #lookedAtMs = -Infinity;

  constructor(options: OccasionalLookOptions<T>) {
    this.#options = options;
    this.#read = new OptionalRead(options);
    this.#found = options.untold;
  }

  /** What the last look found. */
  get found(): T {
    return this.#found;
  }

  /** Reads when it is due for a reason of the caller's, or when the last look is long ago. */
  async look(router: RouterPort, { isDue }: { isDue: boolean }): Promise<void> {
    const { monotonicMs, everyMs, onChange } = this.#options;
    const now = monotonicMs();
    if (!isDue && now - this.#lookedAtMs < everyMs) return;
    const found = await this.#read.from(router);
    this.#lookedAtMs = now;
    if (found !== this.#found) onChange(found);
    this.#found = found;
  }
}
