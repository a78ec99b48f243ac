import assert from "node:assert/strict";
import { ClosedError, ConnectError, LoginError, ProtocolError, TimeoutError } from "@/shared/routeros/mod.ts";
import { connectTo, FakeRouter, outcome } from "./fake_router_test_support.ts";

Deno.test("login sends name and password in one sentence of one write", async () => {
  const router = new FakeRouter();
  const session = await connectTo(router);
  assert.deepEqual(router.received, [["/login", "=name=agent", "=password=s3cret"]]);
  assert.equal(router.writeCount, 1);
  await session.close();
});

Deno.test("a refused login is a LoginError without the password, and the connection is closed", async () => {
  const router = new FakeRouter((_words, self) => {
    self.reply("!trap", "=message=invalid user name or password (6)");
    self.reply("!done");
  });
  const error = await outcome(connectTo(router));
  assert.ok(error instanceof LoginError);
  assert.equal(error.reason, "bad_credentials");
  assert.ok(!`${error.message}${error.stack}${JSON.stringify(error)}`.includes("s3cret"));
  assert.ok(router.isClosed);
});

Deno.test("a router that asks for the old login is told apart as too old", async () => {
  const router = new FakeRouter((_words, self) => self.reply("!done", "=ret=abc123"));
  const error = await outcome(connectTo(router));
  assert.ok(error instanceof LoginError);
  assert.equal(error.reason, "unsupported_version");
  assert.equal(error.code, "router_version_unsupported");
  assert.ok(router.isClosed);
});

Deno.test("a router that closes during the login is a LoginError that names what to check", async () => {
  const router = new FakeRouter((_words, self) => self.end());
  const error = await outcome(connectTo(router));
  assert.ok(error instanceof LoginError);
  assert.match(error.message, /session limit/);
});

Deno.test("a link that breaks in the middle of the answer to a login is a ClosedError, not a refusal", async () => {
  const router = new FakeRouter((_words, self) => {
    self.raw(Uint8Array.of(5, 0x21, 0x64));
    self.end();
  });
  assert.ok(await outcome(connectTo(router)) instanceof ClosedError);
});

Deno.test("a login without an answer ends at its deadline", async () => {
  const router = new FakeRouter(() => undefined);
  assert.ok(await outcome(connectTo(router, { deadlineMs: 30 })) instanceof TimeoutError);
  assert.ok(router.isClosed);
});

Deno.test("bytes of another protocol are a ProtocolError", async () => {
  // "H" is 72, so the 72 letters after it pass for a word, and the zero for the end of a sentence.
  const page = `HTTP/1.1 400 Bad Request\r\n`.padEnd(73, ".") + "\0";
  const router = new FakeRouter((_words, self) => self.raw(new TextEncoder().encode(page)));
  assert.ok(await outcome(connectTo(router)) instanceof ProtocolError);
});

Deno.test("a trap at the login counts, whether a done, a close, a fatal word or nothing follows it", async () => {
  const ends: ((self: FakeRouter) => void)[] = [
    (self) => self.reply("!done"),
    (self) => self.end(),
    (self) => self.reply("!fatal", "too many commands before login"),
    () => undefined,
  ];
  for (const [i, end] of ends.entries()) {
    const router = new FakeRouter((_words, self) => {
      self.reply("!trap", "=message=invalid user name or password (6)");
      end(self);
    });
    const error = await outcome(connectTo(router, { connectTimeoutMs: i === 3 ? 30 : 30_000 }));
    assert.ok(error instanceof LoginError, String(error));
    assert.equal(error.reason, "bad_credentials");
    assert.match(error.message, /the router said "invalid user name or password \(6\)"/);
  }
});

Deno.test("a stream of one's own has the one deadline too, and an abort ends it with its own reason", async () => {
  const never = (signal: AbortSignal) =>
    new Promise<never>((_, reject) => {
      if (signal.aborted) reject(signal.reason);
      signal.addEventListener("abort", () => reject(signal.reason), { once: true });
    });
  const late = await outcome(connectTo(new FakeRouter(), { transport: never, connectTimeoutMs: 20 }));
  assert.ok(late instanceof ConnectError, String(late));
  assert.match(late.message, /no answer within 20 ms/);
  const controller = new AbortController();
  const aborted = outcome(connectTo(new FakeRouter(), { transport: never, signal: controller.signal }));
  controller.abort();
  assert.equal(await aborted, controller.signal.reason);
  assert.equal(
    await outcome(connectTo(new FakeRouter(), { transport: never, signal: controller.signal })),
    controller.signal.reason,
  );
});
