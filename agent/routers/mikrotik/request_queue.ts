import type { Priority, Request } from "./request.ts";
import type { TokenBucket } from "./token_bucket.ts";

const PRIORITIES: readonly Priority[] = ["restore", "normal", "cut", "profile"];

/** Requests that wait for a place on the wire: restores first, writes only with a permit. */
export class RequestQueue {
  readonly #byPriority: Record<Priority, Request[]> = { restore: [], normal: [], cut: [], profile: [] };
  #isWriteHeld = false;

  constructor(readonly bucket: TokenBucket) {}

  /** Whether the last `next()` left a write waiting for a permit. */
  get isWriteHeld(): boolean {
    return this.#isWriteHeld;
  }

  push(request: Request): void {
    this.#byPriority[request.priority].push(request);
  }

  remove(request: Request): void {
    const queue = this.#byPriority[request.priority];
    const index = queue.indexOf(request);
    if (index >= 0) queue.splice(index, 1);
  }

  /** Takes the first request that may go now. A write without a permit lets reads pass, but no write of lower rank. */
  next(): Request | null {
    this.#isWriteHeld = false;
    for (const priority of PRIORITIES) {
      const queue = this.#byPriority[priority];
      const index = queue.findIndex((request) => this.#mayGo(request));
      if (index >= 0) return queue.splice(index, 1)[0] ?? null;
    }
    return null;
  }

  #mayGo(request: Request): boolean {
    if (!request.isWrite) return true;
    if (!this.#isWriteHeld && this.bucket.take()) return true;
    this.#isWriteHeld = true;
    return false;
  }

  /** Milliseconds until a held write may go. */
  waitMs(): number {
    return this.bucket.waitMs();
  }

  /** Takes everything out. */
  drain(): Request[] {
    return PRIORITIES.flatMap((priority) => this.#byPriority[priority].splice(0));
  }
}
