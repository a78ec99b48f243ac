import assert from "node:assert/strict";
import { eq, TimeoutError, TrapError } from "@/shared/routeros/mod.ts";
import { until } from "@/tests/support/until.ts";
import { acceptLogin, connectTo, FakeRouter, outcome } from "./fake_router_test_support.ts";
import { UnaddressedError } from "./request.ts";
import type { Change } from "./session.ts";

Deno.test("!empty and !done give no rows, with and without a tag in between", async () => {
  const router = new FakeRouter();
  const session = await connectTo(router);
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
  const session = await connectTo(router);
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
  const session = await connectTo(router);
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

Deno.test("replies with an unknown tag and a second done are ignored", async () => {
  const router = new FakeRouter();
  const session = await connectTo(router);
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
  const session = await connectTo(router, { window: 100 });
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
  const session = await connectTo(router);
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
  const session = await connectTo(router);
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
  const session = await connectTo(router);
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
  const session = await connectTo(router, { writeRate: { perSecond: 20, burst: 1 } });
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
  const session = await connectTo(router, { window: 1 });
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

Deno.test("a command whose reason is gone when its turn comes is never sent, and those behind it are", async () => {
  const router = new FakeRouter(acceptLogin);
  const session = await connectTo(router, { window: 1 });
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

Deno.test("a row without the id that was asked for is left out and reported", async () => {
  const reported: [string, number][] = [];
  const router = new FakeRouter();
  const session = await connectTo(router, {
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
  const session = await connectTo(router);
  for (const numbers of ["", "*1,", ",*1", "*1,,*2"]) {
    const error = await outcome(session.call("/ppp/secret/set", { numbers, disabled: true }));
    assert.ok(error instanceof UnaddressedError && !error.sentButUnconfirmed, numbers);
  }
  assert.ok(await outcome(session.call("/ppp/secret/remove", { ".id": "" })) instanceof UnaddressedError);
  assert.equal(router.received.length, 1, "the login only");
  await session.close();
});
