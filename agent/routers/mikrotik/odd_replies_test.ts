import assert from "node:assert/strict";
import fc from "fast-check";
import { encodeSentence, RouterOsError } from "@/shared/routeros/mod.ts";
import { until } from "@/tests/support/until.ts";
import { acceptLogin, connectTo, FakeRouter } from "./fake_router_test_support.ts";

type Mixture = [name: string, replies: string[][], rows: number | "refused", isEmpty: boolean];

const MIXTURES: Mixture[] = [
  ["!empty twice", [["!empty"], ["!empty"], ["!done"]], 0, true],
  ["!empty after a row", [["!re", "=a=1"], ["!empty"], ["!done"]], 1, true],
  ["!empty before a row", [["!empty"], ["!re", "=a=1"], ["!done"]], 1, true],
  ["!empty with words", [["!empty", "=x=y", "z"], ["!done"]], 0, true],
  ["!empty and a refusal", [["!empty"], ["!trap", "=message=no such item"], ["!done"]], "refused", true],
  [
    "a row after a refusal",
    [["!trap", "=message=no such item"], ["!re", "=a=1"], ["!done"]],
    "refused",
    false,
  ],
  ["a refusal without words", [["!trap"], ["!done"]], "refused", false],
  ["rows without anything", [["!re"], ["!re"], ["!done"]], 2, false],
  ["a row with one name twice", [["!re", "=a=1", "=a=2"], ["!done", "=ret=x"]], 1, false],
];

for (const [name, replies, rows, isEmpty] of MIXTURES) {
  Deno.test(`an answer of ${name} settles the command, and the next one is answered`, async () => {
    const router = new FakeRouter();
    const session = await connectTo(router);
    const call = session.call("/a/print").then((result) => result, (error: unknown) => error);
    await until(() => router.count("/a/print") === 1);
    for (const words of replies) router.reply(...words, ".tag=1");
    const result = await call;
    if (rows === "refused") assert.ok(result instanceof RouterOsError && !result.sentButUnconfirmed);
    else {assert.deepEqual([
        (result as { rows: unknown[] }).rows.length,
        (result as { empty: boolean }).empty,
      ], [rows, isEmpty]);}
    const next = session.call("/b/print");
    await until(() => router.count("/b/print") === 1);
    router.reply("!done", ".tag=2");
    assert.deepEqual((await next).rows, []);
    await session.close();
  });
}

Deno.test("an untagged row of nobody is passed over, and an untagged !done ends nothing", async () => {
  const router = new FakeRouter();
  const session = await connectTo(router);
  const call = session.call("/a/print");
  await until(() => router.count("/a/print") === 1);
  router.reply("!re", "=a=1");
  router.reply("!done");
  router.reply("!re", ".tag=1", "=b=2");
  router.reply("!done", ".tag=1");
  assert.deepEqual((await call).rows, [{ b: "2" }]);
  await session.close();
});

Deno.test("what has ended is not cancelled, and a cancel that comes too late harms no one", async () => {
  const router = new FakeRouter();
  const session = await connectTo(router);
  const controller = new AbortController();
  const call = session.call("/a/print", {}, { signal: controller.signal });
  await until(() => router.count("/a/print") === 1);
  router.reply("!done", ".tag=1");
  await call;
  controller.abort();
  assert.equal(router.count("/cancel"), 0);
  const stream = session.stream("/b/print");
  await until(() => router.count("/b/print") === 1);
  router.reply("!re", ".tag=2");
  await stream.next();
  router.reply("!done", ".tag=2");
  await stream.return?.();
  await stream.return?.();
  router.reply("!trap", ".tag=3", "=category=0", "=message=no such item");
  router.reply("!done", ".tag=3");
  assert.ok(session.isOpen);
  await session.close();
});

/** Pieces of these bytes, cut where the generator wants. */
function pieces(bytes: Uint8Array, cuts: readonly number[]): Uint8Array[] {
  const ends = [...new Set(cuts.map((cut) => cut % (bytes.length + 1))), bytes.length].toSorted((a, b) =>
    a - b
  );
  return ends.map((end, i) => bytes.slice(ends[i - 1] ?? 0, end)).filter((piece) => piece.length > 0);
}

const reply = fc.tuple(
  fc.constantFrom("!re", "!done", "!trap", "!empty", "!fatal", "!what", ""),
  fc.array(fc.oneof(fc.constantFrom(".tag=1", ".tag=2", "=.id=*1", "=message=no", "=ret=*1"), fc.string()), {
    maxLength: 4,
  }),
).map(([type, words]) => encodeSentence([type, ...words].filter((word) => word !== "")));

Deno.test("whatever comes after the login, in whatever pieces, every command ends typed and in time", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.oneof({ weight: 3, arbitrary: reply }, fc.uint8Array({ maxLength: 40 })), {
        maxLength: 12,
      }),
      fc.array(fc.nat(2_000), { maxLength: 8 }),
      async (parts, cuts) => {
        const router = new FakeRouter(acceptLogin);
        const session = await connectTo(router, { deadlineMs: 25 });
        const calls = ["/a/print", "/b/set"].map((command) => session.call(command));
        const ends = Promise.allSettled(calls);
        for (const piece of pieces(Uint8Array.from(parts.flatMap((part) => [...part])), cuts)) {
          router.raw(piece);
        }
        for (const end of await ends) {
          if (end.status === "rejected") assert.ok(end.reason instanceof RouterOsError, String(end.reason));
        }
        await session.close();
      },
    ),
    { numRuns: 150 },
  );
});
