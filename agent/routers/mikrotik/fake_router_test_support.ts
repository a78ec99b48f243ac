import { encodeSentence, SentenceDecoder } from "@/shared/routeros/mod.ts";
import { RouterOsSession } from "./session.ts";
import type { SessionOptions } from "./session_options.ts";
import type { Duplex } from "./transport.ts";

/** The router's end of an in-memory connection, scripted by a test sentence by sentence. */
export class FakeRouter {
  /** Sentences that the client sent, oldest first. */
  readonly received: string[][] = [];
  /** How many writes they came in. */
  writeCount = 0;
  isClosed = false;
  readonly #toClient = new TransformStream<Uint8Array, Uint8Array>();
  readonly #writer = this.#toClient.writable.getWriter();
  readonly #decoder = new SentenceDecoder();
  readonly #answer: (words: string[], router: FakeRouter) => void;

  /** `answer` is called for every sentence; by default the login succeeds and the rest is left to the test. */
  constructor(answer: (words: string[], router: FakeRouter) => void = acceptLogin) {
    this.#answer = answer;
    this.#writer.closed.catch(() => undefined);
  }

  readonly transport = (): Promise<Duplex> =>
    Promise.resolve({
      readable: this.#toClient.readable,
      writable: new WritableStream<Uint8Array>({ write: (bytes) => this.#receive(bytes) }),
      close: () => this.end(),
    });

  reply(...words: string[]): void {
    this.raw(encodeSentence(words));
  }

  raw(bytes: Uint8Array): void {
    this.#writer.write(bytes).catch(() => undefined);
  }

  end(): void {
    if (this.isClosed) return;
    this.isClosed = true;
    this.#writer.close().catch(() => undefined);
  }

  /** The tag of the newest sentence with this command word. */
  tagOf(command: string): string {
    const words = this.received.findLast((sentence) => sentence[0] === command);
    return words?.find((word) => word.startsWith(".tag="))?.slice(5) ?? "";
  }

  count(command: string): number {
    return this.received.filter((words) => words[0] === command).length;
  }

  #receive(bytes: Uint8Array): void {
    this.writeCount++;
    for (const { words } of this.#decoder.push(bytes)) {
      this.received.push(words);
      this.#answer(words, this);
    }
  }
}

/** Lets the client in and answers nothing else. */
export function acceptLogin(words: string[], router: FakeRouter): void {
  if (words[0] === "/login") router.reply("!done");
  if (words[0] === "/quit") router.end();
}

/** A session with it. */
export function connectTo(
  router: FakeRouter,
  options: Partial<SessionOptions> = {},
): Promise<RouterOsSession> {
  return RouterOsSession.connect({
    host: "fake",
    user: "agent",
    password: "s3cret",
    transport: router.transport,
    ...options,
  });
}

/** A rejection as a value, so that it is watched from the start. */
export function outcome(promise: Promise<unknown>): Promise<unknown> {
  return promise.then((value) => value, (error: unknown) => error);
}
