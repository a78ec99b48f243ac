import assert from "node:assert/strict";
import pg from "pg";
import { withScene } from "@/tests/support/scene.ts";
import { bookChecksOf } from "@/web/domain/billing/mod.ts";
import { checkBooksJob } from "@/web/jobs/check_books.ts";
import { checkBooks, checkBooksAtNight } from "@/web/services/billing/check_books.ts";
import { issueBills } from "@/web/services/billing/issue_bills.ts";
import { findLastBookCheck, insertBookCheck } from "@/web/store/billing/book_checks.ts";
import { assertOk } from "@/tests/support/expect.ts";
import { createTestDatabase, type TestDatabase } from "@/tests/support/postgres.ts";
import { assertBooksHold, createIsp, type Isp, todayOf } from "./isp.ts";

Deno.test("the books are checked once a night from two o'clock, of every tenant in its own zone", async () => {
  await using database = await createTestDatabase();
  const isp = await createIsp(database, { subscribers: 2, start: "2026-01-01T00:00:00+08:00" });
  const north = await createIsp(database, { subscribers: 1, start: "2026-01-01T00:00:00+08:00" });
  await north.run((trx) =>
    trx.updateTable("tenants").set({ time_zone: "Europe/Berlin" }).where("id", "=", north.tenantId).execute()
  );
  const look = async (local: string) => {
    isp.clock.set(`${local}+08:00`);
    await checkBooksJob.handle({ context: isp.context, send: () => Promise.resolve() }, {});
    return [await timesOf(isp), await timesOf(north)];
  };
  // Half past five in Manila is half past ten in the evening of the day before in Berlin.
  assert.deepEqual(await look("2026-01-05T01:59:00"), [0, 1]);
  assert.deepEqual(await look("2026-01-05T02:00:00"), [1, 1]);
  assert.deepEqual(await look("2026-01-05T05:30:00"), [1, 1]);
  assert.deepEqual(await look("2026-01-05T23:59:00"), [1, 2], "three in the afternoon in Berlin");
  // The web was off at two: the check is made as soon as it is back.
  assert.deepEqual(await look("2026-01-07T19:20:00"), [2, 3]);
  isp.clock.advance({ seconds: 1 });
  const last = await checkBooks(isp.context, isp.tenantId, "Maria Santos");
  assert.deepEqual(await isp.run(findLastBookCheck), last);
  assert.deepEqual(last.broken, []);
  for (let more = 0; more < 60; more++) {
    await isp.run((trx) => insertBookCheck(trx, { ...last, id: crypto.randomUUID() }));
  }
  assert.equal(await timesOf(isp), 60);
});

Deno.test("after a clock was set back the newest check counts, on its page and on Today, and is not the one deleted", () =>
  withScene("2026-02-10T10:00", async ({ database, isp, owner }) => {
    for (let n = 0; n < 60; n++) await checkBooks(isp.context, isp.tenantId, "Maria Santos");
    await breakBills(database, 1);
    isp.clock.set("2026-02-10T08:00:00+08:00");
    const found = await checkBooks(isp.context, isp.tenantId, "Ana Reyes");
    assert.equal((await isp.run(findLastBookCheck))?.id, found.id);
    assert.match((await owner.get("/admin/settings/books")).text, /Asked by Ana Reyes/);
    assert.match((await owner.get("/admin")).text, /The check of the books found/);
  }));

Deno.test("a check that fails keeps no other provider from its own, and the job says that it failed", async () => {
  await using database = await createTestDatabase();
  const start = "2026-01-01T00:00:00+08:00";
  const both = [
    await createIsp(database, { subscribers: 1, start }),
    await createIsp(database, { subscribers: 1, start }),
  ];
  for (const [n, broken] of both.entries()) {
    const other = both[1 - n]!;
    const setZone = (zone: string) =>
      broken.run((trx) =>
        trx.updateTable("tenants").set({ time_zone: zone }).where("id", "=", broken.tenantId).execute()
      );
    await setZone("Nowhere/Else");
    other.clock.set(`2026-01-0${5 + n}T03:00:00+08:00`);
    const job = checkBooksJob.handle({ context: other.context, send: () => Promise.resolve() }, {});
    await assert.rejects(async () => await job, AggregateError);
    await setZone("Asia/Manila");
    assert.equal(await timesOf(other), 1);
    assert.equal(await timesOf(broken), n);
  }
});

Deno.test("bills are issued while the books are checked, and what is checked is one moment", async () => {
  await using database = await createTestDatabase();
  const isp = await createIsp(database, { subscribers: 120 });
  isp.clock.set("2026-02-01T00:05:00+08:00");
  const input = { businessOn: todayOf(isp), trigger: "scheduled", batchSize: 20 } as const;
  const issued = issueBills(isp.context, isp.tenantId, isp.actor, input);
  const checks = [];
  for (let n = 0; n < 4; n++) checks.push(await checkBooks(isp.context, isp.tenantId, "Night"));
  assert.equal(assertOk(await issued).issued, 120);
  for (const { broken } of checks) assert.deepEqual(broken, []);
  await assertBooksHold(isp);
});

Deno.test("Books checked says what each check means and what is broken, with links, and Today says so too", () =>
  withScene("2026-02-10T10:00", async ({ database, isp, app, owner }) => {
    assert.match((await owner.get("/admin/settings/books")).text, /Not checked yet/);
    await checkBooksAtNight(isp.context, isp.tenantId);
    const well = await owner.get("/admin/settings/books");
    assert.match(well.text, /Everything holds/);
    assert.match(well.text, /Rows looked at \d+/);
    assert.match(well.text, /nothing is charged twice and nothing is forgotten/);
    assert.doesNotMatch((await owner.get("/admin")).text, /add up/);

    const bill = await breakBills(database, 1);
    isp.clock.advance({ seconds: 1 });
    await checkBooks(isp.context, isp.tenantId, "Maria Santos");
    const broken = await owner.get("/admin/settings/books");
    assert.match(broken.text, /\d things do not add up/);
    assert.match(broken.text, /Asked by Maria Santos/);
    assert.ok(broken.html.includes(`<a href="/admin/bills/${bill.id}">${bill.number}</a>`));
    assert.match(broken.text, /lines 100000/);
    assert.match(
      (await owner.get("/admin")).text,
      /The check of the books found \d things that do not add up/,
    );
    const cashier = await app.signIn(isp.tenantId, "Cashier");
    assert.doesNotMatch((await cashier.get("/admin")).text, /add up/, "who may not see it is not sent there");

    assert.equal((await cashier.post("/admin/settings/books/check", {})).status, 404);
    assert.equal(
      (await owner.post("/admin/settings/books/check", {})).location,
      "/admin/settings/books?done=asked",
    );
    assert.match((await owner.get("/admin/settings/books?done=asked")).text, /are being checked/);
    isp.clock.advance({ hours: 51 });
    const later = await app.signIn(isp.tenantId, "Owner");
    assert.match((await later.get("/admin/settings/books")).text, /more than two days old/);
  }));

Deno.test("a flood of one kind of finding hides no other kind", async () => {
  await using database = await createTestDatabase();
  const isp = await createIsp(database, { subscribers: 60 });
  isp.clock.set("2026-02-01T00:05:00+08:00");
  assertOk(
    await issueBills(isp.context, isp.tenantId, isp.actor, {
      businessOn: todayOf(isp),
      trigger: "scheduled",
    }),
  );
  await breakBills(database, 60);
  const { broken, broken_count } = await checkBooks(isp.context, isp.tenantId, "Maria Santos");
  assert.ok(broken_count >= 180, String(broken_count));
  assert.deepEqual(new Set(broken.map(({ name }) => name)), new Set(["M1", "c"]));
  assert.equal(broken.length, 40);
});

Deno.test("every check that the store names has its words", async () => {
  const named = new Set<string>();
  const folder = new URL("../../web/store/billing/", import.meta.url);
  for await (const { name: file } of Deno.readDir(folder)) {
    if (!file.endsWith("invariants.ts")) continue;
    const text = await Deno.readTextFile(new URL(file, folder));
    for (
      const [, name = ""] of text.matchAll(/select (?:distinct )?'((?:M\d+|[a-h])(?:, (?:M\d+|[a-h]))*)'/g)
    ) {
      named.add(name);
    }
  }
  assert.ok(named.size > 10);
  for (const name of named) assert.notEqual(bookChecksOf(name), null, name);
  assert.equal(bookChecksOf("M77"), null);
});

async function timesOf(isp: Isp): Promise<number> {
  const rows = await isp.run((trx) => trx.selectFrom("book_checks").select("id").execute());
  return rows.length;
}

/** As nobody but the owner of the tables could. */
async function breakBills(
  { superuserUrl }: TestDatabase,
  count: number,
): Promise<{ id: string; number: string }> {
  const client = new pg.Client({ connectionString: superuserUrl });
  await client.connect();
  try {
    const { rows } = await client.query<{ id: string; number: string }>(
      `update bills set total_centavos = total_centavos + 5
        where id in (select id from bills where status = 'issued' order by number limit $1) returning id, number`,
      [count],
    );
    return rows[0]!;
  } finally {
    await client.end();
  }
}
