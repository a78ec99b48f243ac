import assert from "node:assert/strict";
import {
  AnswerTooLongError,
  ClosedError,
  ConnectError,
  encodeSentence,
  eq,
  FatalError,
  LoginError,
  ProtocolError,
  type Reply,
  RouterOsError,
  TimeoutError,
  TrapError,
} from "@/shared/routeros/mod.ts";
import { until } from "@/tests/support/until.ts";
import { acceptLogin, FakeRouter } from "./fake_router_test_support.ts";
import { Request, UnaddressedError } from "./request.ts";
import { type Change, RouterOsSession } from "./session.ts";
import type { SessionOptions } from "./session_options.ts";

function connect(router: FakeRouter, options: Partial<SessionOptions> = {}): Promise<RouterOsSession> {
  return RouterOsSession.connect({
    host: "fake",
    user: "agent",
    password: "s3cret",
    transport: router.transport,
    ...options,
  });
}

/** A rejection as a value, so that it is watched from the start. */
function outcome(promise: Promise<unknown>): Promise<unknown> {
  return promise.then((value) => value, (error: unknown) => error);
}

Deno.test("login sends name and password in one sentence of one write", async () => {
  const router = new FakeRouter();
  const session = await connect(router);
  assert.deepEqual(router.received, [["/login", "=name=agent", "=password=s3cret"]]);
  assert.equal(router.writeCount, 1);
  await session.close();
});

Deno.test("a refused login is a LoginError without the password, and the connection is closed", async () => {
  const router = new FakeRouter((_words, self) => {
    self.reply("!trap", "=message=invalid user name or password (6)");
    self.reply("!done");
  });
  const error = await outcome(connect(router));
  assert.ok(error instanceof LoginError);
  assert.equal(error.reason, "bad_credentials");
  assert.ok(!`${error.message}${error.stack}${JSON.stringify(error)}`.includes("s3cret"));
  assert.ok(router.isClosed);
});

Deno.test("a router that asks for the old login is told apart as too old", async () => {
  const router = new FakeRouter((_words, self) => self.reply("!done", "=ret=abc123"));
  const error = await outcome(connect(router));
  assert.ok(error instanceof LoginError);
  assert.equal(error.reason, "unsupported_version");
  assert.equal(error.code, "router_version_unsupported");
  assert.ok(router.isClosed);
});

Deno.test("a router that closes during the login is a LoginError that names what to check", async () => {
  const router = new FakeRouter((_words, self) => self.end());
  const error = await outcome(connect(router));
  assert.ok(error instanceof LoginError);
  assert.match(error.message, /session limit/);
});

Deno.test("a link that breaks in the middle of the answer to a login is a ClosedError, not a refusal", async () => {
  const router = new FakeRouter((_words, self) => {
    self.raw(Uint8Array.of(5, 0x21, 0x64));
    self.end();
  });
  assert.ok(await outcome(connect(router)) instanceof ClosedError);
});

Deno.test("a login without an answer ends at its deadline", async () => {
  const router = new FakeRouter(() => undefined);
  assert.ok(await outcome(connect(router, { deadlineMs: 30 })) instanceof TimeoutError);
  assert.ok(router.isClosed);
});

Deno.test("bytes of another protocol are a ProtocolError", async () => {
  // "H" is 72, so the 72 letters after it pass for a word, and the zero for the end of a sentence.
  const page = `HTTP/1.1 400 Bad Request\r\n`.padEnd(73, ".") + "\0";
  const router = new FakeRouter((_words, self) => self.raw(new TextEncoder().encode(page)));
  assert.ok(await outcome(connect(router)) instanceof ProtocolError);
});

Deno.test("!empty and !done give no rows, with and without a tag in between", async () => {
  const router = new FakeRouter();
  const session = await connect(router);
  const call = session.call("/ppp/active/print", {}, { query: eq("name", "x"), proplist: [".id"] });
  await until(() => router.count("/ppp/active/print") === 1);
  assert.deepEqual(router.received.at(-1), ["/ppp/active/print", "=.proplist=.id", "?name=x", ".tag=1"]);
  router.reply("!empty", ".tag=1");
  router.reply("!empty");
  router.reply("!done", ".tag=1");
  assert.deepEqual(await call, { rows: [], ret: null, empty: true });
  await session.close();
});

Deno.test("bare rows are rows, and ret comes with done", async () => {
  const router = new FakeRouter();
  const session = await connect(router);
  const call = session.call("/ppp/secret/add", { name: "x", disabled: true, comment: undefined });
  await until(() => router.count("/ppp/secret/add") === 1);
  assert.deepEqual(router.received.at(-1), ["/ppp/secret/add", "=name=x", "=disabled=yes", ".tag=1"]);
  router.reply("!re", ".tag=1");
  router.reply("!done", ".tag=1", "=ret=*5");
  assert.deepEqual(await call, { rows: [{}], ret: "*5", empty: false });
  await session.close();
});

Deno.test("several traps and one done are one error with all texts, and later commands work", async () => {
  const router = new FakeRouter();
  const session = await connect(router);
  const refused = outcome(session.call("/system/routerboard/print"));
  await until(() => router.count("/system/routerboard/print") === 1);
  router.reply("!trap", ".tag=1", "=category=0", "=message=no such command or directory (routerboard)");
  router.reply("!trap", ".tag=1", "=message=no such command prefix");
  router.reply("!done", ".tag=1");
  const error = await refused;
  assert.ok(error instanceof TrapError);
  assert.equal(error.traps.length, 2);
  const later = session.call("/system/identity/print");
  await until(() => router.count("/system/identity/print") === 1);
  router.reply("!re", ".tag=2", "=name=R1");
  router.reply("!done", ".tag=2");
  assert.deepEqual((await later).rows, [{ name: "R1" }]);
  await session.close();
});

Deno.test("!fatal rejects everything in flight and everything that waits", async () => {
  const router = new FakeRouter();
  const session = await connect(router, { window: 1 });
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
  const session = await connect(router);
  const call = outcome(session.call("/a/print"));
  await until(() => router.count("/a/print") === 1);
  router.reply("!what", ".tag=1");
  const error = await call;
  assert.ok(error instanceof ProtocolError && error.sentButUnconfirmed);
  assert.ok(!session.isOpen);
});

Deno.test("an answer without end is left at its size, with the cause, and the session ends", async () => {
  const router = new FakeRouter();
  const session = await connect(router);
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

Deno.test("an end of stream in the middle of a row rejects every call and says what had been sent", async () => {
  const router = new FakeRouter();
  const session = await connect(router, { window: 2 });
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

Deno.test("replies with an unknown tag and a second done are ignored", async () => {
  const router = new FakeRouter();
  const session = await connect(router);
  const first = session.call("/a/print");
  await until(() => router.count("/a/print") === 1);
  router.reply("!re", ".tag=99", "=x=1");
  router.reply("!done", ".tag=1");
  router.reply("!done", ".tag=1");
  assert.deepEqual((await first).rows, []);
  assert.ok(session.isOpen);
  await session.close();
});

Deno.test("rows of a hundred commands that come interleaved find their own call", async () => {
  const router = new FakeRouter();
  const session = await connect(router, { window: 100 });
  const calls = Array.from({ length: 100 }, (_, i) => session.call(`/menu/print`, { n: i }));
  await until(() => router.count("/menu/print") === 100);
  for (const round of ["a", "b"]) {
    for (let tag = 100; tag >= 1; tag--) router.reply("!re", `.tag=${tag}`, `=${round}=${tag}`);
  }
  for (let tag = 1; tag <= 100; tag++) router.reply("!done", `.tag=${tag}`);
  const results = await Promise.all(calls);
  results.forEach(({ rows }, i) => assert.deepEqual(rows, [{ a: String(i + 1) }, { b: String(i + 1) }]));
  await session.close();
});

Deno.test("an abort sends cancel and settles at once; the replies that follow harm no one", async () => {
  const router = new FakeRouter();
  const session = await connect(router);
  const controller = new AbortController();
  const call = outcome(session.call("/ppp/secret/print", {}, { signal: controller.signal }));
  await until(() => router.count("/ppp/secret/print") === 1);
  controller.abort();
  assert.equal(await call, controller.signal.reason);
  await until(() => router.count("/cancel") === 1);
  assert.deepEqual(router.received.at(-1), ["/cancel", "=tag=1", ".tag=2"]);
  router.reply("!trap", ".tag=1", "=category=2", "=message=interrupted");
  router.reply("!done", ".tag=2");
  router.reply("!done", ".tag=1");
  const later = session.call("/a/print");
  await until(() => router.count("/a/print") === 1);
  router.reply("!done", `.tag=${router.tagOf("/a/print")}`);
  assert.deepEqual((await later).rows, []);
  await session.close();
});

Deno.test("an expired deadline cancels, says that a write may have happened, and drops late rows", async () => {
  const router = new FakeRouter();
  const session = await connect(router);
  const error = await outcome(session.call("/ppp/secret/set", {}, { deadlineMs: 20 }));
  assert.ok(error instanceof TimeoutError && error.sentButUnconfirmed);
  assert.equal(router.count("/cancel"), 1);
  router.reply("!re", ".tag=1", "=late=1");
  router.reply("!done", ".tag=1");
  assert.ok(session.isOpen);
  await session.close();
});

Deno.test("no more than the window is on the wire at once", async () => {
  const router = new FakeRouter();
  const session = await connect(router);
  const calls = Array.from({ length: 10 }, () => session.call("/menu/print"));
  await until(() => router.count("/menu/print") === 4);
  for (let tag = 1; tag <= 10; tag++) {
    assert.equal(router.count("/menu/print"), Math.min(10, tag + 3));
    router.reply("!done", `.tag=${tag}`);
    await until(() => router.count("/menu/print") === Math.min(10, tag + 4));
  }
  await Promise.all(calls);
  await session.close();
});

Deno.test("writes wait for their rate, reads pass them, and restores overtake cuts", async () => {
  const router = new FakeRouter((words, self) => {
    acceptLogin(words, self);
    const tag = words.find((word) => word.startsWith(".tag="));
    if (tag !== undefined) self.reply("!done", tag);
  });
  const session = await connect(router, { writeRate: { perSecond: 20, burst: 1 } });
  const calls = [
    session.call("/cut1/set", {}, { priority: "cut" }),
    session.call("/cut2/set", {}, { priority: "cut" }),
    session.call("/restore/set", {}, { priority: "restore" }),
    session.call("/read/print"),
  ];
  await Promise.all(calls);
  const order = router.received.map((words) => words[0]).filter((word) => word !== "/login");
  assert.deepEqual(order, ["/cut1/set", "/read/print", "/restore/set", "/cut2/set"]);
  await session.close();
});

Deno.test("a listen gives changes and removals, in both spellings, and it takes no place in the window", async () => {
  const router = new FakeRouter();
  const session = await connect(router, { window: 1 });
  const controller = new AbortController();
  const changes: Change[] = [];
  const listening = (async () => {
    const stream = session.listen("/ppp/active/listen", { signal: controller.signal });
    for await (const change of stream) changes.push(change);
  })();
  await until(() => router.count("/ppp/active/listen") === 1);
  router.reply("!re", ".tag=1", "=.id=*A", "=name=juan");
  router.reply("!re", ".tag=1", "=.id=*A", "=.dead=true");
  router.reply("!re", ".tag=1", "=.id=*B", "=.dead=yes");
  const call = session.call("/a/print");
  await until(() => router.count("/a/print") === 1);
  router.reply("!done", ".tag=2");
  await call;
  assert.deepEqual(changes, [
    { row: { ".id": "*A", name: "juan" }, isRemoved: false },
    { row: { ".id": "*A", ".dead": "true" }, isRemoved: true },
    { row: { ".id": "*B", ".dead": "yes" }, isRemoved: true },
  ]);
  controller.abort();
  await listening;
  await until(() => router.count("/cancel") === 1);
  await session.close();
});

Deno.test("a link that dies silently is noticed by the keepalive", async () => {
  const router = new FakeRouter();
  const session = await connect(router, { keepaliveMs: 20, deadlineMs: 200 });
  await session.ended;
  assert.equal(router.count("/system/identity/print"), 1);
  assert.ok(await outcome(session.call("/a/print")) instanceof ClosedError);
});

Deno.test("close says quit, rejects what waits, and does not wait for a silent router", async () => {
  const router = new FakeRouter((words, self) => words[0] === "/login" && self.reply("!done"));
  const session = await connect(router);
  const call = outcome(session.call("/a/print"));
  await until(() => router.count("/a/print") === 1);
  await session.close();
  assert.ok(await call instanceof ClosedError);
  assert.equal(router.count("/quit"), 1);
  assert.ok(router.isClosed);
});

Deno.test("a command whose reason is gone when its turn comes is never sent, and those behind it are", async () => {
  const router = new FakeRouter(acceptLogin);
  const session = await connect(router, { window: 1 });
  const first = session.call("/system/identity/print");
  let isStillWanted = true;
  const second = outcome(session.call("/ppp/secret/set", {}, { isStillWanted: () => isStillWanted }));
  const third = session.call("/ppp/active/print");
  isStillWanted = false;
  await until(() => router.received.length === 2, { what: "the first command" });
  router.reply("!done", `.tag=${router.tagOf("/system/identity/print")}`);
  await first;
  assert.equal((await second as { code?: string }).code, "router_command_withdrawn");
  await until(() => router.received.length === 3, { what: "the third command" });
  router.reply("!done", `.tag=${router.tagOf("/ppp/active/print")}`);
  await third;
  assert.deepEqual(router.received.map(([command]) => command), [
    "/login",
    "/system/identity/print",
    "/ppp/active/print",
  ]);
  await session.close();
});

Deno.test("an answer before a bad byte in one chunk is still an answer, then the session ends", async () => {
  const router = new FakeRouter();
  const session = await connect(router);
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
  const session = await connect(router, { silenceMs: 80, window: 1 });
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
  const session = await connect(router, { silenceMs: 60, window: 1 });
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
  const session = await connect(router, { silenceMs: 1_000, keepaliveMs: 10 });
  await until(() => router.count("/system/identity/print") >= 3);
  assert.ok(session.isOpen);
  await session.close();
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
    const error = await outcome(connect(router, { connectTimeoutMs: i === 3 ? 30 : 30_000 }));
    assert.ok(error instanceof LoginError, String(error));
    assert.equal(error.reason, "bad_credentials");
    assert.match(error.message, /the router said "invalid user name or password \(6\)"/);
  }
});

Deno.test("a command that the router refused before it closed is told by the refusal, as not confirmed", async () => {
  const router = new FakeRouter();
  const session = await connect(router);
  const call = outcome(session.call("/ppp/secret/set", { numbers: "*1,*2" }));
  await until(() => router.count("/ppp/secret/set") === 1);
  router.reply("!trap", ".tag=1", "=message=no such item (4)");
  router.end();
  const error = await call;
  assert.ok(error instanceof TrapError && error.sentButUnconfirmed, String(error));
});

Deno.test("a row without the id that was asked for is left out and reported", async () => {
  const reported: [string, number][] = [];
  const router = new FakeRouter();
  const session = await connect(router, {
    onSkippedRows: (command, count) => reported.push([command, count]),
  });
  const call = session.call("/ppp/secret/print", {}, { proplist: [".id", "name"] });
  await until(() => router.count("/ppp/secret/print") === 1);
  router.reply("!re", ".tag=1", "=name=ana");
  router.reply("!re", ".tag=1", "=.id=", "=name=ben");
  router.reply("!re", ".tag=1", "=.id=*3", "=name=cai");
  router.reply("!done", ".tag=1");
  assert.deepEqual((await call).rows, [{ ".id": "*3", name: "cai" }]);
  assert.deepEqual(reported, [["/ppp/secret/print", 2]]);
  await session.close();
});

Deno.test("a write that names nothing, alone or among others, is never sent", async () => {
  const router = new FakeRouter();
  const session = await connect(router);
  for (const numbers of ["", "*1,", ",*1", "*1,,*2"]) {
    const error = await outcome(session.call("/ppp/secret/set", { numbers, disabled: true }));
    assert.ok(error instanceof UnaddressedError && !error.sentButUnconfirmed, numbers);
  }
  assert.ok(await outcome(session.call("/ppp/secret/remove", { ".id": "" })) instanceof UnaddressedError);
  assert.equal(router.received.length, 1, "the login only");
  await session.close();
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
    const session = await connect(router, { window: 1, ...options });
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

Deno.test("a stream of one's own has the one deadline too, and an abort ends it with its own reason", async () => {
  const never = (signal: AbortSignal) =>
    new Promise<never>((_, reject) => {
      if (signal.aborted) reject(signal.reason);
      signal.addEventListener("abort", () => reject(signal.reason), { once: true });
    });
  const late = await outcome(connect(new FakeRouter(), { transport: never, connectTimeoutMs: 20 }));
  assert.ok(late instanceof ConnectError, String(late));
  assert.match(late.message, /no answer within 20 ms/);
  const controller = new AbortController();
  const aborted = outcome(connect(new FakeRouter(), { transport: never, signal: controller.signal }));
  controller.abort();
  assert.equal(await aborted, controller.signal.reason);
  assert.equal(
    await outcome(connect(new FakeRouter(), { transport: never, signal: controller.signal })),
    controller.signal.reason,
  );
});
