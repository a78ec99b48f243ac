import type { LiveTopic } from "@/web/store/live/live_topics.ts";

/** One piece of news. */
export interface LiveEvent {
  /** Position in the ring that it was told in: `<ring>-<sequence>`. */
  id: string;
  topics: readonly LiveTopic[];
}

/** How many events a page may have missed and still resume. */
export const RING_EVENTS = 256;

/** The latest events of one tenant on one node. Its name is in every position, so that no other ring's is taken for it. */
export class EventRing {
  readonly #name: string;
  #events: LiveEvent[] = [];
  #sequence = 0;

  constructor(name: string) {
    this.#name = name;
  }

  /** Where somebody stands who knows everything so far. */
  get position(): string {
    return `${this.#name}-${this.#sequence}`;
  }

  add(topics: readonly LiveTopic[]): LiveEvent {
    this.#sequence += 1;
    const event = { id: this.position, topics };
    this.#events.push(event);
    if (this.#events.length > RING_EVENTS) this.#events.shift();
    return event;
  }

  /** What came after a position; null when that is not known any more. */
  after(position: string): readonly LiveEvent[] | null {
    const [, name, digits] = /^(.+)-(\d{1,15})$/.exec(position) ?? [];
    const missed = this.#sequence - Number(digits);
    if (name !== this.#name || missed < 0 || missed > this.#events.length) return null;
    return missed === 0 ? [] : this.#events.slice(-missed);
  }
}
