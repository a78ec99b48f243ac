import type { Row } from "@/shared/routeros/mod.ts";

/** Where the rows of a request go, one by one. */
export interface RowSink {
  /** The rows of a listen: it takes no place in the window and may be silent for long. */
  readonly isEndless: boolean;
  push(row: Row): void;
  end(error: unknown): void;
}

/** What a stream tells the session that feeds it. */
export interface RowStreamEvents {
  /** Enough rows wait for the reader: no more is to be read from the router. Said again only after `onDrained`. */
  onFull(): void;
  onDrained(): void;
  /** The reader left before the end. */
  onLeave(): void;
}

/** Rows that may wait for a slow reader, beside those of the bytes that were read already. */
const MAX_WAITING = 1_000;

/** Rows of one command as they arrive, in the shape that the reader wants. One reader, one row at a time. */
export class RowStream<T> implements AsyncIterableIterator<T>, RowSink {
  #rows: T[] = [];
  #taken = 0;
  #isFull = false;
  #isOver = false;
  #error: unknown = null;
  #reader: PromiseWithResolvers<IteratorResult<T>> | null = null;

  constructor(
    readonly isEndless: boolean,
    readonly shape: (row: Row) => T,
    readonly events: RowStreamEvents,
  ) {}

  push(row: Row): void {
    if (this.#isOver) return;
    const value = this.shape(row);
    if (this.#reader !== null) {
      const reader = this.#reader;
      this.#reader = null;
      return reader.resolve({ value, done: false });
    }
    this.#rows.push(value);
    if (this.#isFull || this.#rows.length - this.#taken < MAX_WAITING) return;
    this.#isFull = true;
    this.events.onFull();
  }

  /** No more rows come; those that wait are still given, then the error if there is one. */
  end(error: unknown): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#error = error;
    // Nothing more is kept for this reader, who may never come for what waits.
    this.#drained();
    const reader = this.#reader;
    this.#reader = null;
    if (reader === null) return;
    if (error === null) reader.resolve({ value: undefined, done: true });
    else reader.reject(this.#takeError());
  }

  next(): Promise<IteratorResult<T>> {
    if (this.#taken < this.#rows.length) return Promise.resolve({ value: this.#take(), done: false });
    if (this.#error !== null) return Promise.reject(this.#takeError());
    if (this.#isOver) return Promise.resolve({ value: undefined, done: true });
    if (this.#reader !== null) throw new TypeError("Cannot read the rows: the row before has not come");
    this.#reader = Promise.withResolvers();
    return this.#reader.promise;
  }

  /** The reader leaves: what waits is dropped, and the router is told to stop. */
  return(): Promise<IteratorResult<T>> {
    this.#rows = [];
    this.#taken = 0;
    this.#error = null;
    if (!this.#isOver) this.events.onLeave();
    this.end(null);
    return Promise.resolve({ value: undefined, done: true });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  #take(): T {
    const value = this.#rows[this.#taken++] as T;
    const waiting = this.#rows.length - this.#taken;
    if (waiting === 0) {
      this.#rows = [];
      this.#taken = 0;
    }
    if (waiting <= MAX_WAITING / 2) this.#drained();
    return value;
  }

  #drained(): void {
    if (!this.#isFull) return;
    this.#isFull = false;
    this.events.onDrained();
  }

  #takeError(): unknown {
    const error = this.#error;
    this.#error = null;
    return error;
  }
}
