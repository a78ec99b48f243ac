import { accountKey, DEFAULT_PPP_SERVICE } from "@/shared/protocol/mod.ts";
import type { RouterPort } from "./ports.ts";

/** What an account is looked up by: its key, and the ids of its rows. */
export interface WrittenTo {
  name: string;
  ids: readonly string[];
}

/**
 * Accounts that Linya itself is writing to, or has written to since they were last read: nothing that is read of them
 * was done by somebody else. A reading counts only when it began after the write had ended, because the router may
 * answer the two in either order.
 */
export class OwnWrites {
  readonly #running = new Map<string, number>();
  readonly #ended = new Map<string, number>();
  #moment = 0;

  /** The moment at which a reading begins. */
  beginReading(): number {
    return ++this.#moment;
  }

  /** A reading that began then was taken for what is seen: older writes are accounted for. */
  settle(readingFrom: number): void {
    for (const [name, at] of this.#ended) if (at < readingFrom) this.#ended.delete(name);
  }

  /** Nothing is being written, and nothing was that has not been read since. */
  get isIdle(): boolean {
    return this.#running.size + this.#ended.size === 0;
  }

  isOwn({ name, ids }: WrittenTo): boolean {
    return this.#isTouched(name) || ids.some((id) => this.#isTouched(rowKey(id)));
  }

  #isTouched(key: string): boolean {
    return this.#running.has(key) || this.#ended.has(key);
  }

  /** Runs a write to these accounts or rows. */
  async during<T>(keys: readonly string[], write: () => Promise<T>): Promise<T> {
    for (const key of keys) this.#running.set(key, (this.#running.get(key) ?? 0) + 1);
    try {
      return await write();
    } finally {
      const at = ++this.#moment;
      for (const key of keys) {
        const left = (this.#running.get(key) ?? 1) - 1;
        if (left === 0) this.#running.delete(key);
        else this.#running.set(key, left);
        this.#ended.set(key, at);
      }
    }
  }
}

/** No account has such a key. */
function rowKey(id: string): string {
  return `\0${id}`;
}

/** What is to be forgotten before a write that another process could not tell from a person's. */
export interface Forgetting {
  forget(names: readonly string[]): Promise<void>;
  forgetRow(id: string): Promise<void>;
}

/** The same router, its writes noted as ours. */
export function noteWrites(port: RouterPort, own: OwnWrites, seen: Forgetting): RouterPort {
  return {
    ended: port.ended,
    identity: () => port.identity(),
    listSecrets: (options) => port.listSecrets(options),
    listProfiles: () => port.listProfiles(),
    listActive: () => port.listActive(),
    listDefaultRoutes: () => port.listDefaultRoutes(),
    listLog: () => port.listLog(),
    isClockUnset: () => port.isClockUnset(),
    findSessions: (accounts) => port.findSessions(accounts),
    findSecrets: (account) => port.findSecrets(account),
    kick: (accounts, options) => port.kick(accounts, options),
    close: () => port.close(),
    setDisabled: (accounts, disabled, options) =>
      own.during(accounts, () => port.setDisabled(accounts, disabled, options)),
    moveToProfile: (moves, profile, options) =>
      own.during(moves.map(({ account }) => account), () => port.moveToProfile(moves, profile, options)),
    addSecret: (secret) => {
      const account = accountKey({ service: DEFAULT_PPP_SERVICE, name: secret.name });
      return own.during([account], async () => {
        await seen.forget([account]);
        await port.addSecret(secret);
      });
    },
    setSecret: (id, change) =>
      own.during([rowKey(id)], async () => {
        await seen.forgetRow(id);
        await port.setSecret(id, change);
      }),
  };
}
