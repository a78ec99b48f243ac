import assert from "node:assert/strict";
import type { RequestListener } from "node:http";
import { connect, type Socket } from "node:net";
import { createLogger } from "@/shared/log.ts";
import { until } from "@/tests/support/until.ts";
import { type HttpListener, type ListenerOptions, openListener } from "./mod.ts";

const WHOLE = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
const SLOW = "GET /slow HTTP/1.1\r\nHost: a\r\n\r\n";
const HALF = "GET / HTTP/1.1\r\nHost: a\r\nX: ";

/** A port with its guests; this machine's addresses stand for networks. */
class Port implements AsyncDisposable {
  readonly lines: string[] = [];
  readonly guests: Guest[] = [];
  #listener: HttpListener | null = null;

  static async open(options: Partial<ListenerOptions>, onRequest?: RequestListener): Promise<Port> {
    const port = new Port();
    const log = createLogger(
      (line) => port.lines.push(line),
      () => Temporal.Instant.fromEpochMilliseconds(0),
    );
    const common = { name: "test", port: 0, hostname: "127.0.0.1", log, isUnbound: () => false };
    port.#listener = await openListener(
      { ...common, ...options },
      onRequest ?? ((_request, response) => void response.end("ok")),
    );
    return port;
  }

  /** @param from the last number of the address that it comes from */
  come(from = 1): Guest {
    const guest = new Guest(this.#listener?.port ?? 0, `127.0.0.${from}`);
    this.guests.push(guest);
    return guest;
  }

  /** @param from as of {@linkcode come} */
  async say(text: string, from = 1): Promise<Guest> {
    const guest = this.come(from);
    await guest.say(text);
    return guest;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const guest of this.guests) guest.socket.destroy();
    await this.#listener?.close();
  }
}

class Guest {
  readonly socket: Socket;
  heard = "";
  isClosed = false;

  constructor(port: number, localAddress: string) {
    this.socket = connect({ port, host: "127.0.0.1", localAddress });
    this.socket.on("data", (bytes: Uint8Array) => this.heard += new TextDecoder().decode(bytes));
    this.socket.on("error", () => this.isClosed = true);
    this.socket.on("close", () => this.isClosed = true);
  }

  say(text: string): Promise<void> {
    return new Promise((resolve) => this.socket.write(text, () => resolve()));
  }

  async answered(times = 1): Promise<void> {
    await until(() => this.heard.split("200 OK").length > times, { what: `answer ${times}` });
  }
}

/** A port that answers `/slow` when it is told to. */
async function slowPort(options: Partial<ListenerOptions>) {
  const released = Promise.withResolvers<void>();
  let underWay = 0;
  const port = await Port.open({ headerMs: 60_000, ...options }, (request, response) => {
    if (request.url !== "/slow") return void response.end("ok");
    underWay += 1;
    void released.promise.then(() => response.end("ok"));
  });
  return {
    port,
    release: () => released.resolve(),
    underWay: () => underWay,
    /** So many requests that are being answered. */
    async busy(count: number, from?: number): Promise<Guest[]> {
      const before = underWay;
      const guests: Guest[] = [];
      for (let i = 0; i < count; i++) guests.push(await port.say(SLOW, from));
      await until(() => underWay === before + count, { what: `${count} under way` });
      return guests;
    },
  };
}

async function pass(ms: number, what: string): Promise<void> {
  const begun = performance.now();
  await until(() => performance.now() - begun > ms, { what });
}

Deno.test("one network has its share of the connections of a port, and the others have room", async () => {
  await using port = await Port.open({ connectionsMax: 80 });
  const greedy: Guest[] = [];
  for (let i = 0; i < 60; i++) greedy.push(await port.say(HALF, 7));
  await until(() => greedy.filter(({ isClosed }) => isClosed).length === 20, { what: "20 of 60 refused" });
  await (await port.say(WHOLE, 8)).answered();
  // Whoever closes one may open one.
  const kept = greedy.find(({ isClosed }) => !isClosed);
  kept?.socket.destroy();
  await until(async () => {
    const next = await port.say(WHOLE, 7);
    await until(() => next.isClosed || next.heard !== "", { what: "it is taken or refused" });
    return next.heard.includes("200 OK");
  }, { what: "room again" });
});

Deno.test("behind a trusted proxy, and from this machine itself, a network is many people", async () => {
  for (const options of [{ trustProxy: true }, { isUnbound: undefined as never }]) {
    await using port = await Port.open({ connectionsMax: 80, ...options });
    for (let i = 0; i < 60; i++) await (await port.say(WHOLE, 7)).answered();
    assert.equal(port.guests.filter(({ isClosed }) => isClosed).length, 0);
  }
});

Deno.test("at a port that is nearly full half requests give way first, the oldest before the others, then who waits", async () => {
  await using port = await Port.open({ connectionsMax: 50, isUnbound: () => true, headerMs: 60_000 });
  const waiting: Guest[] = [];
  for (let i = 0; i < 20; i++) {
    const guest = await port.say(WHOLE);
    await guest.answered();
    waiting.push(guest);
  }
  const halves: Guest[] = [];
  for (let i = 0; i < 19; i++) halves.push(await port.say(HALF));
  await pass(1_100, "the half requests are old");
  const next = await port.say(WHOLE);
  await next.answered();
  await until(() => halves.some(({ isClosed }) => isClosed), { what: "one gives way" });
  assert.equal(halves[0]?.isClosed, true);
  assert.ok(!waiting.some(({ isClosed }) => isClosed), "somebody who only waited was closed");
});

Deno.test("slow half requests from many networks do not keep a port: whoever sends a whole request is answered", async () => {
  await using port = await Port.open({ connectionsMax: 50, headerMs: 60_000 });
  for (let round = 0; round < 6; round++) {
    for (let i = 0; i < 30; i++) void port.say(HALF, 10 + (round * 30 + i) % 200);
    await pass(120, "room may be made again");
    await (await port.say(WHOLE, 5)).answered();
  }
});

Deno.test("what is being answered gives way to nobody", async () => {
  const { port, busy, release } = await slowPort({ connectionsMax: 20 });
  await using _ = port;
  const [slow] = await busy(1, 3);
  for (let i = 0; i < 60; i++) void port.say(HALF, 10 + i);
  await pass(1_500, "the attack was under way");
  assert.equal(slow?.isClosed, false);
  release();
  await slow?.answered();
});

Deno.test("whoever comes to a port where the others are all under way is not sent away while there is a place", async () => {
  const { port, busy, underWay } = await slowPort({ connectionsMax: 20, isUnbound: () => true });
  await using _ = port;
  await busy(16);
  for (let places = 4; places > 0; places--) {
    const next = port.come();
    await pass(250, "room was looked for more than once");
    assert.equal(next.isClosed, false, `closed with ${places} places left`);
    await next.say(SLOW);
    await until(() => underWay() === 21 - places, { what: "it is under way" });
  }
});

Deno.test("a network at its share makes room by what it does not use, and is refused when it uses all", async () => {
  const { port, busy } = await slowPort({ connectionsMax: 80 });
  await using _ = port;
  const idle: Guest[] = [];
  for (let i = 0; i < 40; i++) {
    const guest = await port.say(WHOLE, 7);
    await guest.answered();
    idle.push(guest);
  }
  await (await port.say(WHOLE, 7)).answered();
  await until(() => idle[0]?.isClosed === true, { what: "the oldest of its own gave way" });
  assert.equal(idle.filter(({ isClosed }) => isClosed).length, 1);
  const working = await busy(40, 7);
  const refused = await port.say(WHOLE, 7);
  await until(() => refused.isClosed, { what: "the one above the share" });
  assert.equal(refused.heard, "");
  assert.ok(!working.some(({ isClosed }) => isClosed), "somebody who was being answered was closed");
  await (await port.say(WHOLE, 8)).answered();
});

Deno.test("a port that was full of busy connections makes room when they are answered, though nobody can arrive", async () => {
  const { port, busy, release } = await slowPort({ connectionsMax: 20, isUnbound: () => true });
  await using _ = port;
  const guests = await busy(20);
  release();
  for (const guest of guests) await guest.answered();
  await until(() => guests.filter(({ isClosed }) => isClosed).length === 5, { what: "room is made" });
  await (await port.say(WHOLE)).answered();
});

Deno.test("a second request counts from its own first byte, not from the answer before it", async () => {
  await using port = await Port.open({ connectionsMax: 50, isUnbound: () => true, headerMs: 60_000 });
  for (let i = 0; i < 39; i++) await (await port.say(WHOLE)).answered();
  const [honest, stuck] = port.guests.slice(-2);
  assert.ok(honest && stuck);
  await pass(1_100, "the answers are old");
  await honest.say(HALF);
  await stuck.say(HALF);
  const closed = () => port.guests.filter(({ isClosed }) => isClosed).length;
  await (await port.say(WHOLE)).answered();
  await until(() => closed() === 1, { what: "one that waited gives way" });
  assert.deepEqual([honest.isClosed, stuck.isClosed], [false, false]);
  await honest.say("1\r\n\r\n");
  await honest.answered(2);
  await pass(1_100, "the half request is old");
  await (await port.say(WHOLE)).answered();
  await until(() => closed() === 2, { what: "the half request gives way" });
  assert.equal(stuck.isClosed, true);
});
