import { WINDOW_BYTES, WINDOW_MESSAGES } from "@/shared/protocol/mod.ts";

/**
 * What was sent and not yet acknowledged. With it full nothing more is queued: state is level-triggered, so the link
 * remembers only that there is something to send.
 */
export class SendWindow {
  #sent: { seq: number; bytes: number; atMs: number }[] = [];
  #bytes = 0;

  get isOpen(): boolean {
    return this.#sent.length < WINDOW_MESSAGES && this.#bytes < WINDOW_BYTES;
  }

  /** When the oldest unacknowledged message was sent; null when there is none. */
  get oldestMs(): number | null {
    return this.#sent[0]?.atMs ?? null;
  }

  add(seq: number, bytes: number, atMs: number): void {
    this.#sent.push({ seq, bytes, atMs });
    this.#bytes += bytes;
  }

  /** Takes a cumulative ack. */
  acknowledge(ack: number): void {
    while (this.#sent.length > 0 && this.#sent[0]!.seq <= ack) this.#bytes -= this.#sent.shift()!.bytes;
  }
}
