import type { Reply } from "@/shared/routeros/mod.ts";
import type { Request } from "./request.ts";

/** Requests that were sent and have not ended, found by the tag of a reply. */
export class OpenRequests {
  readonly #byTag = new Map<string, Request>();
  /** The login, which goes without a tag because that is the form every version is known to take. */
  #untagged: Request | null = null;
  /** The small question whose only use is an answer; outside of the window. */
  #ping: Request | null = null;
  #lastTag = 0;
  #running = 0;

  /** How many take a place in the window. */
  get running(): number {
    return this.#running;
  }

  /** Whether an answer is due. A listen may be silent. */
  get isWaiting(): boolean {
    return this.#running > 0 || this.#ping !== null;
  }

  get hasPing(): boolean {
    return this.#ping !== null;
  }

  nextTag(): string {
    return String(++this.#lastTag);
  }

  add(request: Request): void {
    if (request.tag === null) this.#untagged = request;
    else this.#byTag.set(request.tag, request);
    if (request.tag !== null && !request.isEndless) this.#running++;
  }

  addPing(request: Request): void {
    this.#ping = request;
    this.#byTag.set(request.tag ?? "", request);
  }

  /** Whom a reply is for; null for late rows of an abandoned command, a second `!done`, the answer to a cancel. */
  of(reply: Reply): Request | null {
    return reply.tag === null ? this.#untagged : this.#byTag.get(reply.tag) ?? null;
  }

  remove(request: Request): void {
    if (this.#untagged === request) this.#untagged = null;
    if (request.tag === null || !this.#byTag.delete(request.tag)) return;
    if (request === this.#ping) this.#ping = null;
    else if (!request.isEndless) this.#running--;
  }

  all(): Request[] {
    return [...this.#untagged === null ? [] : [this.#untagged], ...this.#byTag.values()];
  }
}
