import type { RouterWorld } from "./world.ts";

/** Timers that all end with the simulator. */
export class Timers {
  readonly #pending = new Set<ReturnType<typeof setTimeout>>();

  get size(): number {
    return this.#pending.size;
  }

  after(ms: number, run: () => void): () => void {
    const id = setTimeout(() => {
      this.#pending.delete(id);
      run();
    }, ms);
    this.#pending.add(id);
    return () => {
      clearTimeout(id);
      this.#pending.delete(id);
    };
  }

  clear(): void {
    for (const id of this.#pending) clearTimeout(id);
    this.#pending.clear();
  }
}

interface Client {
  callerId: string;
  /** What the box was given; null dials in with whatever the secret has. */
  password: string | null;
  cancel: (() => void) | null;
}

/** The subscribers' boxes: each dials until it has a session, again after a kick, and is refused while its secret is disabled. */
export class Dialer {
  readonly #clients = new Map<string, Client>();
  #isHalted = false;

  /** `redialMs` is how long a box waits before it tries again. */
  constructor(readonly world: RouterWorld, readonly timers: Timers, public redialMs: number) {
    world.active.listen((row, removed) => removed && this.#redial(row["name"] ?? ""));
    world.secrets.listen((row) => this.#redial(row["name"] ?? ""));
  }

  get names(): string[] {
    return [...this.#clients.keys()];
  }

  /** Begins dialing; the first attempt is made at once. A box with another password than the secret's is refused. */
  start(name: string, callerId: string, password: string | null = null): void {
    this.#clients.get(name)?.cancel?.();
    this.#clients.set(name, { callerId, password, cancel: null });
    this.#dial(name);
  }

  stop(name: string): void {
    this.#clients.get(name)?.cancel?.();
    this.#clients.delete(name);
  }

  /** While halted (a router that is off) nobody can dial. */
  halt(): void {
    this.#isHalted = true;
    for (const client of this.#clients.values()) {
      client.cancel?.();
      client.cancel = null;
    }
  }

  resume(): void {
    this.#isHalted = false;
    for (const name of this.#clients.keys()) this.#redial(name);
  }

  #mayConnect(name: string): boolean {
    const given = this.#clients.get(name)?.password ?? null;
    return this.world.dialedSecrets(name).some((row) =>
      row["disabled"] !== "true" && (given === null || given === row["password"])
    );
  }

  #hasSession(name: string): boolean {
    return this.world.active.named(name).length > 0;
  }

  #redial(name: string): void {
    const client = this.#clients.get(name);
    if (client === undefined || client.cancel !== null || this.#isHalted) return;
    if (this.#hasSession(name) || !this.#mayConnect(name)) return;
    client.cancel = this.timers.after(this.redialMs, () => {
      client.cancel = null;
      this.#dial(name);
    });
  }

  #dial(name: string): void {
    const client = this.#clients.get(name);
    if (client === undefined || this.#hasSession(name) || !this.#mayConnect(name)) return;
    this.world.openSession(name, client.callerId);
  }
}
