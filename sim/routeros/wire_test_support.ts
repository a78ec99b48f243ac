import { encodeSentence, SentenceDecoder } from "@/shared/routeros/mod.ts";
import { type RouterOsSim, type RouterOsSimOptions, startRouterOsSim } from "./server.ts";

/** A client that knows nothing but bytes. */
export class Wire {
  readonly replies: string[][] = [];
  readonly #decoder = new SentenceDecoder();
  #isHungUp = false;
  byteCount = 0;
  isClosed = false;

  constructor(readonly conn: Deno.TcpConn) {
    void this.#read();
  }

  async send(...sentences: string[][]): Promise<void> {
    for (const words of sentences) await this.conn.write(encodeSentence(words));
  }

  /** All of them in one piece. */
  async sendAtOnce(...sentences: string[][]): Promise<void> {
    const bytes = sentences.flatMap((words) => [...encodeSentence(words)]);
    await this.conn.write(new Uint8Array(bytes));
  }

  hangUp(): void {
    this.#isHungUp = true;
    this.conn.close();
  }

  /** Closes our side, unless it hung up before. */
  close(): void {
    if (!this.#isHungUp) this.conn.close();
  }

  async #read(): Promise<void> {
    const buffer = new Uint8Array(65_536);
    try {
      for (let count; (count = await this.conn.read(buffer)) !== null;) {
        this.byteCount += count;
        for (const { words } of this.#decoder.push(buffer.subarray(0, count))) this.replies.push([...words]);
      }
    } catch {
      // Closed from our side: the test is over.
    }
    this.isClosed = true;
  }
}

/** Waits for a condition, for five seconds at most. */
export async function until(isTrue: () => boolean): Promise<void> {
  const deadline = performance.now() + 5_000;
  while (!isTrue()) {
    if (performance.now() > deadline) throw new Error("Cannot go on: the condition did not come true in 5 s");
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

export type Dial = () => Promise<Wire>;

/** A simulated router for as long as `body` takes, and clients that are closed after it. */
export async function withSim(
  options: RouterOsSimOptions,
  body: (sim: RouterOsSim, dial: Dial) => Promise<void>,
): Promise<void> {
  const sim = startRouterOsSim(options);
  const wires: Wire[] = [];
  try {
    await body(sim, async () => {
      const wire = new Wire(await Deno.connect({ hostname: sim.host, port: sim.port }));
      wires.push(wire);
      return wire;
    });
  } finally {
    await sim.close();
    await until(() => wires.every((wire) => wire.isClosed));
    for (const wire of wires) wire.close();
  }
}

export const LOGIN = ["/login", "=name=admin", "=password=admin"];

/** A client that is logged in. */
export async function login(dial: Dial): Promise<Wire> {
  const wire = await dial();
  await wire.send(LOGIN);
  await until(() => wire.replies.length === 1);
  wire.replies.length = 0;
  return wire;
}
