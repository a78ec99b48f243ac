import { encodeSentence, Greeting, type Sentence, SentenceDecoder } from "@/shared/routeros/mod.ts";
import type { Duplex } from "./transport.ts";

/** Who is told what arrives. */
export interface WireEvents {
  /** Bytes came, before the sentences in them. */
  onBytes(): void;
  onSentence(sentence: Sentence): void;
  /** Asked after each piece that was read: no more is read until this settles. Null to go on at once. */
  readiness(): Promise<void> | null;
  /** Called once: with the error that ended the stream, or null at an orderly end. */
  onEnd(error: unknown): void;
}

/** Sentences over a byte stream. What is queued while a write is under way leaves together in the next one. */
export class Wire {
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  #queue: Uint8Array[] = [];
  #isWriting = false;
  #isClosed = false;

  constructor(readonly duplex: Duplex, readonly events: WireEvents) {
    this.#writer = duplex.writable.getWriter();
    this.#reader = duplex.readable.getReader();
    // A broken stream is reported by the read or the write that meets it.
    this.#writer.closed.catch(() => undefined);
  }

  /** Reads until the stream ends. */
  async run(): Promise<void> {
    const greeting = new Greeting();
    const decoder = new SentenceDecoder();
    try {
      for (;;) {
        const { value, done } = await this.#reader.read();
        if (done) break;
        this.events.onBytes();
        greeting.push(value);
        for (const sentence of decoder.push(value)) this.events.onSentence(sentence);
        if (decoder.failure !== null) throw decoder.failure;
        const readiness = this.events.readiness();
        if (readiness !== null) await readiness;
      }
      this.#end(null);
    } catch (error) {
      this.#end(error);
    }
  }

  send(words: readonly string[]): void {
    if (this.#isClosed) return;
    this.#queue.push(encodeSentence(words));
    if (!this.#isWriting) void this.#flush();
  }

  close(): void {
    this.#isClosed = true;
    this.duplex.close();
  }

  async #flush(): Promise<void> {
    this.#isWriting = true;
    try {
      while (this.#queue.length > 0 && !this.#isClosed) {
        const batch = concat(this.#queue);
        this.#queue = [];
        await this.#writer.write(batch);
      }
    } catch (error) {
      this.#end(error);
    }
    this.#isWriting = false;
  }

  #end(error: unknown): void {
    if (this.#isClosed && error !== null) error = null;
    this.close();
    this.events.onEnd(error);
  }
}

function concat(parts: readonly Uint8Array[]): Uint8Array {
  const only = parts.length === 1 ? parts[0] : undefined;
  if (only !== undefined) return only;
  const all = new Uint8Array(parts.reduce((size, part) => size + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    all.set(part, offset);
    offset += part.length;
  }
  return all;
}
