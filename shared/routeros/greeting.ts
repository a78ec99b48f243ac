import { OtherServiceError, type ServiceKind } from "./errors.ts";

/** How servers begin that people point a router's address at by mistake. */
const SIGNATURES: readonly (readonly [ServiceKind, string])[] = [
  ["ssh", "SSH-"],
  ["web", "HTTP/"],
  ["web", "<!"],
  ["web", "<h"],
  ["web", "<H"],
  ["tls", "\x15\x03"],
  ["tls", "\x16\x03"],
];

/** Bytes after which nothing is left to decide. */
const LONGEST = 5;

/**
 * Looks at the first bytes of a connection. Every reply of the RouterOS API begins with a short word that begins with
 * "!"; without this look the banner of another server is taken for the length of a long word, and waited for.
 */
export class Greeting {
  #first = "";
  #isDecided = false;

  /** @throws {OtherServiceError} when the bytes so far cannot be the RouterOS API */
  push(chunk: Uint8Array): void {
    for (const byte of chunk) {
      if (this.#isDecided) return;
      // Empty sentences carry nothing.
      if (byte === 0 && this.#first === "") continue;
      this.#first += String.fromCharCode(byte);
      this.#decide();
    }
  }

  #decide(): void {
    const first = this.#first;
    if (first.length < 2) return;
    this.#isDecided = first.charCodeAt(0) < 0x20 && first[1] === "!";
    if (this.#isDecided) return;
    for (const [kind, signature] of SIGNATURES) {
      if (first.startsWith(signature)) throw new OtherServiceError(kind);
    }
    const isUndecided = first.length < LONGEST && SIGNATURES.some(([, text]) => text.startsWith(first));
    if (!isUndecided) throw new OtherServiceError("other");
  }
}
