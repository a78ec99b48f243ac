import type { LiveTopic } from "@/web/store/live/live_topics.ts";
import type { LiveEvent } from "./event_ring.ts";

/** Messages that wait for a client that does not read; then it is dropped, and resumes when it reads again. */
export const QUEUE_MAX = 64;

/** One open page: what it hears, as an event stream. */
export class LiveStream {
  readonly tenantId: string;
  readonly sessionId: string;
  readonly body: ReadableStream<Uint8Array>;
  readonly #topics: ReadonlySet<LiveTopic>;
  readonly #encoder = new TextEncoder();
  readonly #onClosed: () => void;
  #controller: ReadableStreamDefaultController<Uint8Array> | null = null;

  constructor(
    who: { tenantId: string; sessionId: string; topics: readonly LiveTopic[] },
    onClosed: (stream: LiveStream) => void,
  ) {
    this.tenantId = who.tenantId;
    this.sessionId = who.sessionId;
    this.#topics = new Set(who.topics);
    this.#onClosed = () => onClosed(this);
    this.body = new ReadableStream({
      start: (controller) => {
        this.#controller = controller;
      },
      cancel: () => this.#ended(),
    }, new CountQueuingStrategy({ highWaterMark: QUEUE_MAX }));
  }

  get isClosed(): boolean {
    return this.#controller === null;
  }

  /** How long the browser waits before it comes back: spread, so that a restart does not bring all at once. */
  sendRetry(ms: number): void {
    this.#write(`retry: ${ms}\n\n`);
  }

  /** Sends news of topics that this page waits for. */
  sendNews({ id, topics }: LiveEvent): void {
    const heard = topics.filter((topic) => this.#topics.has(topic));
    if (heard.length > 0) {
      this.#write(`id: ${id}\nevent: news\ndata: ${JSON.stringify({ topics: heard })}\n\n`);
    }
  }

  /** Something may have been missed: the page has to look again, whatever it waits for. */
  sendResync(position: string): void {
    this.#write(`id: ${position}\nevent: resync\ndata: {}\n\n`);
  }

  /** A comment keeps proxies from closing the connection; the event tells the page that it is heard, and the time. */
  sendBeat(position: string, now: Temporal.Instant): void {
    this.#write(
      `: beat\n\nid: ${position}\nevent: beat\ndata: ${JSON.stringify({ at: now.toString() })}\n\n`,
    );
  }

  close(): void {
    const controller = this.#controller;
    if (controller === null) return;
    this.#ended();
    controller.close();
  }

  #write(text: string): void {
    if (this.#controller === null) return;
    if ((this.#controller.desiredSize ?? 0) <= 0) return this.close();
    this.#controller.enqueue(this.#encoder.encode(text));
  }

  #ended(): void {
    if (this.#controller === null) return;
    this.#controller = null;
    this.#onClosed();
  }
}
