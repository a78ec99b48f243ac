import { encodeSentence } from "@/shared/routeros/mod.ts";
import type { Hub } from "./hub.ts";
import { codePageText } from "./text.ts";

const FLUSH_BYTES = 64 * 1024;
/** What waits for a client that reads too slowly, before a command that repeats itself waits too. */
const FULL_BYTES = 1024 * 1024;

/** Sends sentences in order, with the output faults applied. */
export class Output {
  readonly #queue: Uint8Array[] = [];
  #queuedBytes = 0;
  #isPumping = false;
  #isBroken = false;
  #isSilent = false;
  #closeWhenFlushed = false;

  constructor(readonly conn: Pick<Deno.Conn, "write">, readonly hub: Hub, readonly onClosed: () => void) {}

  /** Whether the other side reads slower than it is told. */
  get isFull(): boolean {
    return this.#queuedBytes > FULL_BYTES;
  }

  send(words: readonly string[]): void {
    if (this.#isBroken || this.#closeWhenFlushed) return;
    const { faults } = this.hub;
    const bytes = encodeSentence(faults.cp1252 ? words.map(codePageText) : words);
    if (faults.sentencesBeforeDrop === 0) {
      this.#push(bytes.subarray(0, Math.ceil(bytes.length / 2)));
      return this.closeAfterFlush();
    }
    if (faults.sentencesBeforeDrop !== null) faults.sentencesBeforeDrop--;
    this.#push(bytes);
  }

  /** No more sentences; the connection closes when those before are out. */
  closeAfterFlush(): void {
    this.#closeWhenFlushed = true;
    if (!this.#isPumping) this.#close();
  }

  #push(bytes: Uint8Array): void {
    this.#queue.push(bytes);
    this.#queuedBytes += bytes.length;
    if (!this.#isPumping) this.#pump();
  }

  async #pump(): Promise<void> {
    this.#isPumping = true;
    // One turn of the event queue, so that the sentences of one reply leave together.
    await Promise.resolve();
    try {
      while (this.#queue.length > 0) await this.#write(this.#takeBatch());
    } catch (error) {
      if (!isConnectionGone(error)) throw error;
      this.#isBroken = true;
    }
    this.#isPumping = false;
    if (this.#closeWhenFlushed || this.#isBroken) this.#close();
  }

  #takeBatch(): Uint8Array {
    const first = this.#queue.shift() ?? new Uint8Array(0);
    const batch = [first];
    let size = first.length;
    let taken = 0;
    while (taken < this.#queue.length && size < FLUSH_BYTES) {
      const next = this.#queue[taken++];
      if (next !== undefined) size += batch[batch.push(next) - 1]?.length ?? 0;
    }
    this.#queue.splice(0, taken);
    this.#queuedBytes -= size;
    return concat(batch, size);
  }

  async #write(bytes: Uint8Array): Promise<void> {
    const step = this.hub.faults.oneByteChunks ? 1 : bytes.length;
    const allowed = this.#spend(bytes.length);
    for (let start = 0; start < allowed; start += step) {
      await writeAll(this.conn, bytes.subarray(start, Math.min(start + step, allowed)));
    }
  }

  /** How many of these bytes still leave before the line goes silent. */
  #spend(count: number): number {
    const { faults } = this.hub;
    if (this.#isSilent) return 0;
    if (faults.bytesBeforeSilence === null) return count;
    const allowed = Math.min(count, faults.bytesBeforeSilence);
    faults.bytesBeforeSilence -= allowed;
    if (faults.bytesBeforeSilence === 0) {
      // This connection only: a new one works, as through a router in between that forgot the old one.
      this.#isSilent = true;
      faults.bytesBeforeSilence = null;
    }
    return allowed;
  }

  #close(): void {
    this.#isBroken = true;
    this.onClosed();
  }
}

async function writeAll(conn: Pick<Deno.Conn, "write">, bytes: Uint8Array): Promise<void> {
  let offset = 0;
  while (offset < bytes.length) offset += await conn.write(bytes.subarray(offset));
}

function concat(parts: readonly Uint8Array[], size: number): Uint8Array {
  const all = new Uint8Array(size);
  let offset = 0;
  for (const part of parts) {
    all.set(part, offset);
    offset += part.length;
  }
  return all;
}

/** The other side left, or we closed under the operation: the end of a connection, not a fault. */
export function isConnectionGone(error: unknown): boolean {
  return error instanceof Deno.errors.BrokenPipe || error instanceof Deno.errors.ConnectionReset ||
    error instanceof Deno.errors.ConnectionAborted || error instanceof Deno.errors.NotConnected ||
    error instanceof Deno.errors.BadResource || error instanceof Deno.errors.Interrupted ||
    // Over TLS: gone without a goodbye, or no TLS at all.
    error instanceof Deno.errors.UnexpectedEof || error instanceof Deno.errors.InvalidData;
}
