import assert from "node:assert/strict";
import { encodeSentence, SentenceDecoder, TimeoutError, TrapError } from "@/shared/routeros/mod.ts";
import { until } from "@/tests/support/until.ts";
import { acceptLogin, FakeRouter } from "./fake_router_test_support.ts";
import { RouterOsSession } from "./session.ts";
import type { SessionOptions } from "./session_options.ts";
import type { Duplex } from "./transport.ts";

function connect(
  transport: () => Promise<Duplex>,
  options: Partial<SessionOptions> = {},
): Promise<RouterOsSession> {
  return RouterOsSession.connect({ host: "fake", user: "agent", password: "s3cret", transport, ...options });
}

const ROWS = 100_000;
const ROWS_IN_PIECE = 100;

/** A router whose table is made only as fast as it is read. */
class BigTable {
  rowsSent = 0;
  readonly commands: string[] = [];
  readonly #decoder = new SentenceDecoder();
  #answers: Uint8Array[] = [];
  #isPrinting = false;
  #wake: (() => void) | null = null;

  readonly transport = (): Promise<Duplex> =>
    Promise.resolve({
      readable: new ReadableStream<Uint8Array>({ pull: (controller) => this.#pull(controller) }, {
        highWaterMark: 0,
      }),
      writable: new WritableStream<Uint8Array>({ write: (bytes) => this.#receive(bytes) }),
      close: () => {},
    });

  #receive(bytes: Uint8Array): void {
    for (const { words } of this.#decoder.push(bytes)) {
      const [command = ""] = words;
      this.commands.push(command);
      const tag = words.filter((word) => word.startsWith(".tag="));
      if (command === "/ppp/secret/print") this.#isPrinting = true;
      else this.#answers.push(encodeSentence(["!done", ...tag]));
    }
    this.#wake?.();
  }

  async #pull(controller: ReadableStreamDefaultController<Uint8Array>): Promise<void> {
    while (this.#answers.length === 0 && !this.#isPrinting) {
      await new Promise<void>((resolve) => this.#wake = resolve);
    }
    const answer = this.#answers.shift();
    controller.enqueue(answer ?? this.#piece());
  }

  #piece(): Uint8Array {
    const rows = Array.from({ length: ROWS_IN_PIECE }, () => {
      return encodeSentence([
        "!re",
        ".tag=1",
        `=.id=*${(++this.rowsSent).toString(16)}`,
        "=name=juan.delacruz",
      ]);
    });
    if (this.rowsSent < ROWS) return Uint8Array.from(rows.flatMap((row) => [...row]));
    this.#isPrinting = false;
    return Uint8Array.from([...rows, encodeSentence(["!done", ".tag=1"])].flatMap((row) => [...row]));
  }
}

Deno.test("a print of a hundred thousand rows is read as fast as its reader takes them, and no faster", async () => {
  const table = new BigTable();
  const session = await connect(table.transport, { silenceMs: 300, keepaliveMs: 20, rowGapMs: 300 });
  let taken = 0;
  let mostAhead = 0;
  for await (const row of session.stream("/ppp/secret/print")) {
    assert.equal(row[".id"], `*${(++taken).toString(16)}`);
    mostAhead = Math.max(mostAhead, table.rowsSent - taken);
    if (taken === 5_000) {
      // Longer than any limit on silence: a reader that rests is no dead link, and what it does not read is not late.
      const before = table.rowsSent;
      await new Promise((resolve) => setTimeout(resolve, 700));
      assert.ok(table.rowsSent - before <= 3_000, "the router goes on while nobody reads");
      assert.ok(session.isOpen);
    }
  }
  assert.equal(taken, ROWS);
  assert.ok(mostAhead <= 1_000 + 3 * ROWS_IN_PIECE, `${mostAhead} rows waited`);
  await session.close();
});

Deno.test("a reader that leaves tells the router to stop, and the next command is answered", async () => {
  const table = new BigTable();
  const session = await connect(table.transport);
  for await (const row of session.stream("/ppp/secret/print")) if (row[".id"] === "*a") break;
  await until(() => table.commands.includes("/cancel"));
  assert.ok(session.isOpen);
  await session.close();
});

Deno.test("rows that came before a refusal are given, then the refusal", async () => {
  const router = new FakeRouter();
  const session = await connect(router.transport);
  const stream = session.stream("/ppp/secret/print");
  await until(() => router.count("/ppp/secret/print") === 1);
  router.reply("!re", ".tag=1", "=name=ana");
  router.reply("!trap", ".tag=1", "=message=no such item");
  router.reply("!done", ".tag=1");
  assert.deepEqual(await stream.next(), { value: { name: "ana" }, done: false });
  await assert.rejects(stream.next(), TrapError);
  assert.deepEqual(await stream.next(), { value: undefined, done: true });
  assert.ok(session.isOpen);
  await session.close();
});

/** Answers pings and nothing else. */
function answersPings(words: string[], self: FakeRouter): void {
  acceptLogin(words, self);
  if (words[0] === "/system/identity/print") self.reply("!done", `.tag=${self.tagOf(words[0])}`);
}

Deno.test("a print that stops in the middle of its rows ends by the gap, though pings are answered", async () => {
  const router = new FakeRouter(answersPings);
  const session = await connect(router.transport, { rowGapMs: 400, silenceMs: 250 });
  const options = { deadlineMs: 60_000 };
  const all = session.call("/ppp/secret/print", {}, options).catch((error: unknown) => error);
  const stream = session.stream("/ppp/active/print", {}, options);
  await until(() => router.count("/ppp/active/print") === 1);
  for (const menu of ["/ppp/secret/print", "/ppp/active/print"]) {
    router.reply("!re", `.tag=${router.tagOf(menu)}`);
  }
  await stream.next();
  const error = await all;
  assert.ok(error instanceof TimeoutError && error.sentButUnconfirmed, String(error));
  assert.match(error.message, /stopped in the middle of its rows for 400 ms/);
  await assert.rejects(stream.next(), TimeoutError);
  assert.equal(router.count("/cancel"), 2);
  assert.ok(router.count("/system/identity/print") > 0, "it was asked meanwhile");
  assert.ok(session.isOpen);
  await session.close();
});

Deno.test("rows that keep coming slowly are waited for, and what has given no row yet has its whole deadline", async () => {
  const router = new FakeRouter(answersPings);
  const session = await connect(router.transport, { rowGapMs: 300, silenceMs: 400 });
  const slow = session.call("/ppp/secret/print");
  const late = session.call("/ppp/profile/print");
  await until(() => router.count("/ppp/profile/print") === 1);
  for (let row = 0; row < 10; row++) {
    await new Promise((resolve) => setTimeout(resolve, 40));
    router.reply("!re", ".tag=1");
  }
  router.reply("!done", ".tag=1");
  assert.equal((await slow).rows.length, 10);
  router.reply("!done", ".tag=2");
  assert.equal((await late).rows.length, 0);
  await session.close();
});

Deno.test("a connection that ends while its reader is behind gives what came and then the end", async () => {
  const router = new FakeRouter();
  const session = await connect(router.transport);
  const stream = session.stream("/ppp/secret/print");
  await until(() => router.count("/ppp/secret/print") === 1);
  for (let row = 0; row < 1_500; row++) router.reply("!re", ".tag=1");
  router.end();
  let taken = 0;
  await assert.rejects(async () => {
    for await (const _row of stream) taken++;
  }, /closed/);
  assert.equal(taken, 1_500);
  await session.ended;
});

Deno.test("a stream that is ended while its reader is behind holds nobody else back", async () => {
  const router = new FakeRouter();
  const session = await connect(router.transport);
  const controller = new AbortController();
  const stream = session.stream("/ppp/secret/print", {}, { signal: controller.signal });
  await until(() => router.count("/ppp/secret/print") === 1);
  for (let row = 0; row < 1_200; row++) router.reply("!re", ".tag=1");
  const call = session.call("/system/identity/print");
  await until(() => router.count("/system/identity/print") === 1);
  router.reply("!done", `.tag=${router.tagOf("/system/identity/print")}`);
  controller.abort();
  assert.deepEqual((await call).rows, []);
  await assert.rejects(async () => {
    for await (const _row of stream);
  }, { name: "AbortError" });
  await session.close();
});
