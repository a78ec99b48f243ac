import assert from "node:assert/strict";
import {
  AnswerTooLongError,
  ClosedError,
  encodeSentence,
  FatalError,
  ProtocolError,
  type Reply,
  RouterOsError,
  TrapError,
} from "@/shared/routeros/mod.ts";
import { until } from "@/tests/support/until.ts";
import { acceptLogin, connectTo, FakeRouter, outcome } from "./fake_router_test_support.ts";
import { Request } from "./request.ts";
import type { SessionOptions } from "./session_options.ts";

Deno.test("!fatal rejects everything in flight and everything that waits", async () => {
  const router = new FakeRouter();
  const session = await connectTo(router, { window: 1 });
  const calls = [outcome(session.call("/a/set")), outcome(session.call("/b/set"))];
  await until(() => router.count("/a/set") === 1);
  router.reply("!fatal", "not logged in");
  const [sent, waiting] = await Promise.all(calls);
  assert.ok(sent instanceof FatalError && sent.sentButUnconfirmed);
  assert.ok(waiting instanceof FatalError && !waiting.sentButUnconfirmed);
  assert.ok(await outcome(session.call("/c/print")) instanceof ClosedError);
});

Deno.test("an unknown reply word ends the session with a ProtocolError", async () => {
  const router = new FakeRouter();
  const session = await connectTo(router);
  const call = outcome(session.call("/a/print"));
  await until(() => router.count("/a/print") === 1);
  router.reply("!what", ".tag=1");
  const error = await call;
  assert.ok(error instanceof ProtocolError && error.sentButUnconfirmed);
  assert.ok(!session.isOpen);
});

Deno.test("an answer without end is left at its size, with the cause, and the session ends", async () => {
  const router = new FakeRouter();
  const session = await connectTo(router);
  let isOver = false;
  const call = outcome(session.call("/ppp/secret/print")).finally(() => isOver = true);
  await until(() => router.count("/ppp/secret/print") === 1);
  const row = encodeSentence(["!re", `=comment=${"x".repeat(1_000_000)}`, ".tag=1"]);
  await until(() => {
    router.raw(row);
    return isOver;
  }, { everyMs: 1, what: "the end of it" });
  const error = await call;
  assert.ok(error instanceof AnswerTooLongError, String(error));
  assert.equal(error.code, "router_endless_answer");
  assert.match(error.message, /\/ppp\/secret\/print gave over 500000 rows or 32 MB/);
  assert.ok(!session.isOpen);
});

Deno.test("an answer of ever more empty rows is left too", () => {
  const request = new Request("/ppp/secret/print", [], "1", {});
  const row = { type: "!re", tag: "1", attributes: {}, reason: null } as unknown as Reply;
  for (let i = 0; i < 500_000; i++) request.accept(row);
  assert.throws(() => request.accept(row), AnswerTooLongError);
  assert.equal(request.rows.length, 0);
});

Deno.test("an answer of ever more refusals is left too", () => {
  const trap = { type: "!trap", tag: "1", attributes: { message: "x".repeat(1_000) }, reason: null };
  const request = new Request("/ppp/secret/set", [], "1", {});
  const accept = (letters: number) => request.accept(trap as unknown as Reply, letters);
  for (let i = 0; i < 32; i++) accept(1_048_576);
  assert.throws(() => accept(1_048_576), AnswerTooLongError);
  assert.equal(request.traps.length, 0);
});

Deno.test("an end of stream in the middle of a row rejects every call and says what had been sent", async () => {
  const router = new FakeRouter();
  const session = await connectTo(router, { window: 2 });
  const calls = [1, 2, 3].map((n) => outcome(session.call(`/menu${n}/set`)));
  await until(() => router.count("/menu2/set") === 1);
  router.raw(Uint8Array.of(3, 0x21, 0x72));
  router.end();
  const errors = await Promise.all(calls);
  assert.deepEqual(errors.map((error) => error instanceof ClosedError && error.sentButUnconfirmed), [
    true,
    true,
    false,
  ]);
  await session.ended;
});

Deno.test("a link that dies silently is noticed by the keepalive", async () => {
  const router = new FakeRouter();
  const session = await connectTo(router, { keepaliveMs: 20, deadlineMs: 200 });
  await session.ended;
  assert.equal(router.count("/system/identity/print"), 1);
  assert.ok(await outcome(session.call("/a/print")) instanceof ClosedError);
});

Deno.test("a link that drips bytes and answers nothing is noticed by the keepalive too", async () => {
  const router = new FakeRouter();
  const session = await connectTo(router, { keepaliveMs: 20, silenceMs: 100, deadlineMs: 200 });
  let isOver = false;
  void session.ended.then(() => isOver = true);
  await until(() => router.count("/system/identity/print") === 1);
  await until(() => {
    router.raw(Uint8Array.of(0));
    return isOver;
  }, { everyMs: 5, timeoutMs: 5_000, what: "the end of the session" });
  assert.equal(router.count("/system/identity/print"), 1);
  const error = await outcome(session.call("/a/print"));
  assert.ok(error instanceof ClosedError && /answered nothing for 200 ms/.test(error.message), String(error));
});

Deno.test("close says quit, rejects what waits, and does not wait for a silent router", async () => {
  const router = new FakeRouter((words, self) => words[0] === "/login" && self.reply("!done"));
  const session = await connectTo(router);
  const call = outcome(session.call("/a/print"));
  await until(() => router.count("/a/print") === 1);
  await session.close();
  assert.ok(await call instanceof ClosedError);
  assert.equal(router.count("/quit"), 1);
  assert.ok(router.isClosed);
});

Deno.test("an answer before a bad byte in one chunk is still an answer, then the session ends", async () => {
  const router = new FakeRouter();
  const session = await connectTo(router);
  const answered = session.call("/a/print");
  const open = outcome(session.call("/b/set"));
  await until(() => router.count("/b/set") === 1);
  router.raw(Uint8Array.of(...encodeSentence(["!done", ".tag=1", "=ret=*1"]), 0xff));
  assert.deepEqual((await answered).ret, "*1");
  assert.ok(await open instanceof ProtocolError);
  assert.ok(!session.isOpen);
});

Deno.test("a print in the middle of which the link goes silent ends within the limit, not at its deadline", async () => {
  const router = new FakeRouter();
  const session = await connectTo(router, { silenceMs: 80, window: 1 });
  const began = performance.now();
  const print = outcome(session.call("/ppp/secret/print", {}, { deadlineMs: 60_000 }));
  const waiting = outcome(session.call("/ppp/secret/set"));
  await until(() => router.count("/ppp/secret/print") === 1);
  router.reply("!re", ".tag=1", "=.id=*1");
  router.raw(Uint8Array.of(3, 0x21, 0x72));
  const [sent, unsent] = await Promise.all([print, waiting]);
  assert.ok(sent instanceof ClosedError && sent.sentButUnconfirmed, String(sent));
  assert.match(sent.message, /nothing was heard from it for 80 ms/);
  assert.ok(unsent instanceof ClosedError && !unsent.sentButUnconfirmed);
  assert.ok(performance.now() - began < 5_000);
  await session.ended;
});

Deno.test("a slow command is waited for while the router answers what is asked beside it", async () => {
  const router = new FakeRouter((words, self) => {
    acceptLogin(words, self);
    if (words[0] === "/system/identity/print") self.reply("!done", `.tag=${self.tagOf(words[0])}`);
  });
  const session = await connectTo(router, { silenceMs: 60, window: 1 });
  const slow = session.call("/ppp/secret/print", {}, { deadlineMs: 60_000 });
  await until(() => router.count("/system/identity/print") >= 3, { what: "three times half of the limit" });
  assert.ok(session.isOpen);
  router.reply("!done", ".tag=1");
  await slow;
  await session.close();
});

Deno.test("an idle router that answers is asked again and again and keeps its connection", async () => {
  const router = new FakeRouter((words, self) => {
    acceptLogin(words, self);
    if (words[0] === "/system/identity/print") self.reply("!trap", `.tag=${self.tagOf(words[0])}`);
    if (words[0] === "/system/identity/print") self.reply("!done", `.tag=${self.tagOf(words[0])}`);
  });
  const session = await connectTo(router, { silenceMs: 1_000, keepaliveMs: 10 });
  await until(() => router.count("/system/identity/print") >= 3);
  assert.ok(session.isOpen);
  await session.close();
});

Deno.test("a command that the router refused before it closed is told by the refusal, as not confirmed", async () => {
  const router = new FakeRouter();
  const session = await connectTo(router);
  const call = outcome(session.call("/ppp/secret/set", { numbers: "*1,*2" }));
  await until(() => router.count("/ppp/secret/set") === 1);
  router.reply("!trap", ".tag=1", "=message=no such item (4)");
  router.end();
  const error = await call;
  assert.ok(error instanceof TrapError && error.sentButUnconfirmed, String(error));
});

Deno.test("however a connection ends, each command is told whether it had been sent", async () => {
  const ends: [string, (router: FakeRouter) => void, Partial<SessionOptions>][] = [
    ["closed", (router) => router.end(), {}],
    ["fatal", (router) => router.reply("!fatal", "session terminated"), {}],
    ["not the protocol", (router) => router.raw(Uint8Array.of(0xf8)), {}],
    ["an unknown word", (router) => router.reply("!what"), {}],
    ["silent", () => undefined, { silenceMs: 40 }],
    ["no answer in time", () => undefined, { deadlineMs: 40, silenceMs: 1_000 }],
  ];
  for (const [name, end, options] of ends) {
    const router = new FakeRouter();
    const session = await connectTo(router, { window: 1, ...options });
    const sent = outcome(session.call("/ppp/secret/set", { numbers: "*1" }));
    const waiting = outcome(session.call("/ppp/secret/set", { numbers: "*2" }));
    await until(() => router.count("/ppp/secret/set") === 1);
    end(router);
    const told = await sent;
    assert.ok(told instanceof RouterOsError && told.sentButUnconfirmed, `${name}: ${told}`);
    await session.close();
    const unsent = await waiting;
    // After a deadline the next command gets the place; every other end takes it out before it was sent.
    if (name !== "no answer in time") {
      assert.ok(unsent instanceof RouterOsError && !unsent.sentButUnconfirmed, `${name}: ${unsent}`);
    }
  }
});
