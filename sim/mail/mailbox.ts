import { type MailHead, messageIdOf, readHead, type ReadMail, readMail } from "./read_mail.ts";

/** How a message came in. */
export interface Delivery {
  mailFrom: string;
  rcptTo: readonly string[];
  /** Encrypted on its way. */
  isSecure: boolean;
  /** Who had signed in; null: nobody. */
  user: string | null;
  /** Whether the client was told that it is taken; not after a cut. */
  isAnswered: boolean;
}

/** A mail that the server took. */
export interface TakenMail extends Delivery {
  /** Counts up from 1. */
  id: number;
  takenAt: Temporal.Instant;
  raw: Uint8Array;
  /** With its brackets; empty where there is none. */
  messageId: string;
}

/** How much is kept; the oldest go first. */
export interface MailboxLimits {
  mails: number;
  bytes: number;
}

const LIMITS: MailboxLimits = { mails: 5_000, bytes: 200_000_000 };

/** The mails that a server took, in their order. */
export class Mailbox {
  readonly #limits: MailboxLimits;
  readonly #mails = new Map<number, TakenMail>();
  readonly #heads = new WeakMap<TakenMail, Promise<MailHead>>();
  /** How often each Message-ID came in, also of mails that are gone from the box. */
  readonly #timesById = new Map<string, number>();
  readonly #listeners = new Set<(mail: TakenMail) => void>();
  #bytes = 0;
  #taken = 0;

  constructor(limits: Partial<MailboxLimits> = {}) {
    this.#limits = { ...LIMITS, ...limits };
  }

  /** How many came in since the start. */
  get taken(): number {
    return this.#taken;
  }

  /** Times that each Message-ID was taken; what is there twice was delivered twice. */
  get timesByMessageId(): ReadonlyMap<string, number> {
    return this.#timesById;
  }

  add(raw: Uint8Array, delivery: Delivery): TakenMail {
    const messageId = messageIdOf(raw);
    const mail = { ...delivery, id: ++this.#taken, takenAt: Temporal.Now.instant(), raw, messageId };
    this.#mails.set(mail.id, mail);
    this.#bytes += raw.length;
    this.#timesById.set(messageId, (this.#timesById.get(messageId) ?? 0) + 1);
    for (const [id, old] of this.#mails) {
      if (this.#mails.size <= this.#limits.mails && this.#bytes <= this.#limits.bytes) break;
      this.#mails.delete(id);
      this.#bytes -= old.raw.length;
    }
    for (const listener of this.#listeners) listener(mail);
    return mail;
  }

  /** What is kept, oldest first. */
  list(): TakenMail[] {
    return [...this.#mails.values()];
  }

  find(id: number): TakenMail | null {
    return this.#mails.get(id) ?? null;
  }

  /** Who, to whom and about what; read once. */
  head(mail: TakenMail): Promise<MailHead> {
    const known = this.#heads.get(mail) ?? readHead(mail.raw);
    this.#heads.set(mail, known);
    return known;
  }

  /** The whole mail; read each time, as one with files is large. */
  read(mail: TakenMail): Promise<ReadMail> {
    return readMail(mail.raw);
  }

  /** Told of each mail that is taken. Gives back how to stop. */
  listen(listener: (mail: TakenMail) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** The first mail that fits, also one that is there already; rejects when none comes in time. */
  async wait(fits: (mail: TakenMail) => boolean, { timeoutMs, what }: Waiting): Promise<TakenMail> {
    const there = this.list().find(fits);
    if (there !== undefined) return there;
    const { promise, resolve, reject } = Promise.withResolvers<TakenMail>();
    const stop = this.listen((mail) => fits(mail) && resolve(mail));
    const timer = setTimeout(() => {
      reject(new Error(`Cannot see ${what}: ${this.#taken} mails came, none of them within ${timeoutMs} ms`));
    }, timeoutMs);
    try {
      return await promise;
    } finally {
      clearTimeout(timer);
      stop();
    }
  }

  /** Throws away what is kept; the counts go on. */
  clear(): void {
    this.#mails.clear();
    this.#bytes = 0;
  }
}

/** How long one waits, and for what. */
export interface Waiting {
  timeoutMs: number;
  /** Said when it does not come. */
  what: string;
}
