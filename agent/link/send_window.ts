import { WINDOW_BYTES, WINDOW_MESSAGES } from "@/shared/protocol/mod.ts";

/** What was sent and is not acknowledged yet. It bounds what a web that stopped reading can cost. */
export class SendWindow {
  readonly #sent: { seq: number; bytes: number; onAck: () => void }[] = [];
  #bytes = 0;

  get messages(): number {
    return this.#sent.length;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Whether a frame of this size may go now. One frame always may, or nothing would ever move. */
  hasRoomFor(bytes: number): boolean {
    if (this.#sent.length === 0) return true;
    return this.#sent.length < WINDOW_MESSAGES && this.#bytes + bytes <= WINDOW_BYTES;
  }

  add(seq: number, bytes: number, onAck: () => void): void {
    this.#sent.push({ seq, bytes, onAck });
    this.#bytes += bytes;
  }

  /** Takes a cumulative ack. */
  acknowledge(ack: number): void {
    while (this.#sent[0] !== undefined && this.#sent[0].seq <= ack) {
      const { bytes, onAck } = this.#sent.shift()!;
      this.#bytes -= bytes;
      onAck();
    }
  }
}
