import { refused } from "@/web/app/errors/refused.ts";
import type { IncomingMessage } from "node:http";
import { HttpError } from "fresh";

/** How slowly a body may arrive. */
export interface BodyPace {
  /** A body may always take so long, and pause so long. */
  graceMs: number;
  /** Beyond that it has to keep up with this. Slow phones do (2G brings some 3,000). */
  bytesPerSecondMin: number;
}

/** The client went away before it had sent everything. Not an error of ours: it is counted, not logged. */
export class ClientGoneError extends HttpError {
  constructor() {
    super(400, "The request broke off.");
  }
}

/** A request's body as it arrives, read on demand, within its pace. */
export class RequestBody {
  readonly stream: ReadableStream<Uint8Array<ArrayBuffer>>;
  readonly #incoming: IncomingMessage;
  readonly #pace: BodyPace;
  readonly #chunks: AsyncIterator<Uint8Array<ArrayBuffer>>;
  readonly #ended = Promise.withResolvers<never>();
  #waitedMs = 0;
  #bytes = 0;
  #problem: HttpError | null = null;

  constructor(incoming: IncomingMessage, pace: BodyPace) {
    this.#incoming = incoming;
    this.#pace = pace;
    this.#chunks = incoming[Symbol.asyncIterator]() as AsyncIterator<Uint8Array<ArrayBuffer>>;
    // Whoever reads hears of it; a body that nobody reads may end as it likes.
    this.#ended.promise.catch(() => {});
    this.stream = new ReadableStream({
      pull: async (controller) => {
        const { done, value } = await this.#next();
        if (done === true) controller.close();
        else controller.enqueue(new Uint8Array(value));
      },
    }, { highWaterMark: 0 });
  }

  /** Whether everything has arrived. */
  get isComplete(): boolean {
    return this.#incoming.complete;
  }

  /** Why it was ended before its end; null when it was not, or by the client. */
  get problem(): HttpError | null {
    return this.#problem;
  }

  /** Ends it for whoever reads it. */
  end(problem: HttpError): void {
    if (this.isComplete || this.#problem !== null) return;
    this.#problem = problem;
    this.#ended.reject(problem);
  }

  async #next(): Promise<IteratorResult<Uint8Array<ArrayBuffer>>> {
    const { graceMs, bytesPerSecondMin } = this.#pace;
    const allowedMs = graceMs + this.#bytes * 1000 / bytesPerSecondMin - this.#waitedMs;
    const timer = setTimeout(
      () => this.end(refused("too_slow")),
      Math.max(0, Math.min(graceMs, allowedMs)),
    );
    const askedAt = performance.now();
    try {
      const result = await Promise.race([this.#chunks.next(), this.#ended.promise]);
      // Only the client's time counts, not that of whoever reads slowly.
      this.#waitedMs += performance.now() - askedAt;
      if (result.done !== true) this.#bytes += result.value.byteLength;
      return result;
    } catch (error) {
      throw this.#problem ?? (this.isComplete ? error : new ClientGoneError());
    } finally {
      clearTimeout(timer);
    }
  }
}
