/**
 * A TCP way to a router that can go silent: what is on its way is swallowed, and neither side hears of an end, as when a
 * radio link drops. Connections made after that work.
 */
export class SilentLink implements AsyncDisposable {
  readonly #target: { host: string; port: number };
  readonly #listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  readonly #conns = new Set<Deno.Conn>();
  readonly #serving: Promise<unknown>[] = [];
  readonly #accepting: Promise<void>;
  /** Bytes that the connections of this generation may still bring from the router. */
  #budget = { left: Infinity };
  connections = 0;

  constructor(target: { host: string; port: number }) {
    this.#target = target;
    this.#accepting = this.#accept();
  }

  get port(): number {
    return this.#listener.addr.port;
  }

  /** The connections of now, or the next one if there is none, go silent after so many more bytes from the router. */
  silenceAfter(bytes: number): void {
    this.#budget.left = bytes;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listener.close();
    await this.#accepting;
    for (const conn of this.#conns) close(conn);
    await Promise.all(this.#serving);
  }

  async #accept(): Promise<void> {
    for await (const conn of this.#listener) this.#serving.push(this.#serve(conn));
  }

  async #serve(client: Deno.Conn): Promise<void> {
    this.#conns.add(client);
    this.connections++;
    // A connection that comes after a silence begins a new generation.
    if (this.connections > 1 && this.#budget.left <= 0) this.#budget = { left: Infinity };
    const budget = this.#budget;
    const { host, port } = this.#target;
    const router = await Deno.connect({ hostname: host, port });
    this.#conns.add(router);
    const isSilent = () => budget.left <= 0;
    await Promise.all([
      pipe(client, router, (bytes) => isSilent() ? bytes.subarray(0, 0) : bytes, isSilent),
      pipe(router, client, (bytes) => {
        const passed = bytes.subarray(0, Math.max(0, Math.min(bytes.length, budget.left)));
        budget.left -= bytes.length;
        return passed;
      }, isSilent),
    ]);
  }
}

async function pipe(
  from: Deno.Conn,
  to: Deno.Conn,
  pass: (bytes: Uint8Array) => Uint8Array,
  isSilent: () => boolean,
): Promise<void> {
  const buffer = new Uint8Array(16_384);
  try {
    for (;;) {
      const count = await from.read(buffer);
      if (count === null) break;
      let bytes = pass(buffer.subarray(0, count));
      while (bytes.length > 0) bytes = bytes.subarray(await to.write(bytes));
    }
  } catch (error) {
    if (!isGone(error)) throw error;
  }
  // An end does not get through a silent link either.
  if (!isSilent()) close(to);
}

function close(conn: Deno.Conn): void {
  try {
    conn.close();
  } catch (error) {
    if (!isGone(error)) throw error;
  }
}

function isGone(error: unknown): boolean {
  return [
    Deno.errors.BadResource,
    Deno.errors.BrokenPipe,
    Deno.errors.ConnectionReset,
    Deno.errors.Interrupted,
  ]
    .some((kind) => error instanceof kind);
}
