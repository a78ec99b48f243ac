import assert from "node:assert/strict";
import type { RequestListener } from "node:http";
import { connect, type Socket } from "node:net";
import { createLogger } from "@/shared/log.ts";
import { until } from "@/tests/support/until.ts";
import { type HttpListener, type ListenerOptions, openListener } from "./mod.ts";

const WHOLE = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
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
  async say(text: string, from = 1): Promise<Guest> {
    const guest = new Guest(this.#listener?.port ?? 0, `127.0.0.${from}`);
    this.guests.push(guest);
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

  async answered(): Promise<void> {
    await until(() => this.heard.includes("200 OK"), { what: "an answer" });
  }
}

Deno.test("one network has its share of the connections of a port, and the others have room", async () => {
  await using port = await Port.open({ connectionsMax: 80 });
  const greedy: Guest[] = [];
  for (let i = 0; i < 40; i++) greedy.push(await port.say(HALF, 7));
  await until(() => greedy.filter(({ isClosed }) => isClosed).length === 20, { what: "20 of 40 refused" });
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
    for (let i = 0; i < 40; i++) await (await port.say(WHOLE, 7)).answered();
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
  const begun = performance.now();
  await until(() => performance.now() - begun > 1_100, { what: "the half requests are old" });
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
    const begun = performance.now();
    await until(() => performance.now() - begun > 120, { what: "room may be made again" });
    await (await port.say(WHOLE, 5)).answered();
  }
});

Deno.test("what is being answered gives way to nobody", async () => {
  const release = Promise.withResolvers<void>();
  await using port = await Port.open({ connectionsMax: 20, headerMs: 60_000 }, (request, response) => {
    if (request.url === "/slow") void release.promise.then(() => response.end("ok"));
    else response.end("ok");
  });
  const slow = await port.say("GET /slow HTTP/1.1\r\nHost: a\r\n\r\n", 3);
  for (let i = 0; i < 60; i++) void port.say(HALF, 10 + i);
  const begun = performance.now();
  await until(() => performance.now() - begun > 1_500, { what: "the attack was under way" });
  assert.equal(slow.isClosed, false);
  release.resolve();
  await slow.answered();
});
