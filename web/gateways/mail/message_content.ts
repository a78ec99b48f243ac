import { Buffer } from "node:buffer";
import { Duplex, Readable } from "node:stream";

/** The content of a message, which is asked for when the server is ready for it. */
export class MessageContent extends Readable {
  #isHandedOver = false;
  #refusal: Error | null = null;
  readonly #bytes: Uint8Array;
  readonly #begin: () => Promise<boolean>;

  constructor(bytes: Uint8Array, begin: () => Promise<boolean>) {
    super();
    this.#bytes = bytes;
    this.#begin = begin;
  }

  /** The last byte was handed on: from here on it may have been delivered. */
  get isHandedOver(): boolean {
    return this.#isHandedOver;
  }

  /** Why it was not begun. */
  get refusal(): Error | null {
    return this.#refusal;
  }

  /**
   * nodemailer asks for it once the server has said 354. Its stream looks at each byte for dots and line ends, which takes
   * a sixth of all that a mail costs us (decision 0066); so what comes out of that stream is put there ready, and the
   * stream adds the end of the message.
   */
  override pipe<T extends NodeJS.WritableStream>(toServer: T): T {
    this.#begin().then((mayBegin) => {
      if (!mayBegin) {
        throw new SendingTaken("Cannot hand over message: another process sends for this tenant");
      }
      if (this.destroyed) return;
      if (!(toServer instanceof Duplex)) {
        throw new Error("Cannot hand over message: nodemailer has another stream");
      }
      this.#isHandedOver = true;
      toServer.push(linesOnTheWire(this.#bytes));
      toServer.end();
    }).catch((error: unknown) => {
      this.#refusal = error instanceof Error ? error : new Error(String(error));
      this.destroy(this.#refusal);
    });
    return toServer;
  }

  override _read(): void {}
}

/** A line end that is not both characters, or a dot that begins a line. */
const NOT_AS_IT_IS = /\r(?!\n)|(?<!\r)\n|(?:^|\n)\./;

/**
 * A message as it goes over the wire, without the line end that belongs to its end: dots that begin a line are doubled,
 * and a line ends in both characters. A lone one, which one server takes for a line end and another does not, would let
 * a message hold a second one.
 */
export function linesOnTheWire(bytes: Uint8Array): Uint8Array {
  const message = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  // One character for each byte.
  const text = message.toString("latin1");
  const wire = NOT_AS_IT_IS.test(text)
    ? Buffer.from(text.replace(/\r\n?|\n/g, "\r\n").replace(/(^|\n)\./g, "$1.."), "latin1")
    : message;
  return wire.length >= 2 && wire.at(-2) === 0x0d && wire.at(-1) === 0x0a ? wire.subarray(0, -2) : wire;
}

/** The message may not be begun by this process. */
export class SendingTaken extends Error {
  override name = "SendingTaken";
}
