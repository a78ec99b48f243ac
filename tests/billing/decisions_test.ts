import assert from "node:assert/strict";
import pg from "pg";
import { assertOk } from "@/tests/support/expect.ts";
import { createTestDatabase, type TestDatabase } from "@/tests/support/postgres.ts";
import { withScene } from "@/tests/support/scene.ts";
import { issueBills } from "@/web/services/billing/issue_bills.ts";
import { billOne, mendParked } from "@/web/services/billing/mend_parked.ts";
import { voidBill } from "@/web/services/billing/void_bill.ts";
import { updateDaysUnexplained } from "@/web/store/billing/decided_days.ts";
import { listDecisions } from "@/web/store/billing/parked_bills.ts";
import { assertBooksHold, createIsp, type Isp, liveUntil, pay, todayOf } from "./isp.ts";

const day = Temporal.PlainDate.from;

/** What is charged of a connection, as `2026-02-01 2026-03-01 billed`. */
async function charged(isp: Isp, n: number): Promise<string[]> {
  const rows = await isp.run((trx) =>
    trx.selectFrom("charged_periods").select(["period_start", "period_end", "state", "price_centavos"])
      .where("subscription_id", "=", isp.subscriptionIds[n]!).orderBy("period_start").execute()
  );
  return rows.map((row) => `${row.period_start} ${row.period_end} ${row.state} ${row.price_centavos ?? "-"}`);
}

/** A void February of a connection as the migration leaves what it cannot explain. */
async function forgetFebruary(isp: Isp, n: number): Promise<void> {
  const february = { subscription_id: isp.subscriptionIds[n]!, period_start: "2026-02-01" };
  const { bill_id: billId } = await isp.run((trx) =>
    trx.selectFrom("charged_periods").select("bill_id").where(
      "subscription_id",
      "=",
      february.subscription_id,
    )
      .where("period_start", "=", day(february.period_start)).executeTakeFirstOrThrow()
  );
  assertOk(await voidBill(isp.context, isp.tenantId, isp.actor, { billId: billId!, reason: "Forgotten" }));
  await isp.run(async (trx) => {
    await trx.updateTable("charged_periods").set({ freed_bill_id: null })
      .where("subscription_id", "=", february.subscription_id)
      .where("period_start", "=", day(february.period_start)).execute();
    await updateDaysUnexplained(trx, [february]);
  });
}

async function parked(isp: Isp): Promise<string[]> {
  return (await isp.run((trx) => listDecisions(trx))).filter((row) => row.reason !== null)
    .map((row) => `${row.ppp_name} ${/"code":"(\w+)"/.exec(row.reason ?? "")?.[1]}`);
}

async function setLine(isp: Isp, n: number, fields: Record<string, unknown>): Promise<void> {
  await isp.run((trx) =>
    trx.updateTable("subscriptions").set(fields).where("id", "=", isp.subscriptionIds[n]!).execute()
  );
}

Deno.test("a parked connection says why, is mended at the field that is wrong, and is billed alone", async () => {
  await using database = await createTestDatabase();
  const isp = await createIsp(database, { subscribers: 4 });
  const call = [isp.context, isp.tenantId, isp.actor] as const;
  await setLine(isp, 0, { activated_on: null });
  await setLine(isp, 1, { activated_on: day("2020-01-01") });
  await liveUntil(isp, "2026-02-01T10:00");
  await setLine(isp, 2, { billed_through_on: day("2026-01-10"), next_bill_on: day("2026-02-02") });
  await liveUntil(isp, "2026-02-03T10:00");
  assert.deepEqual(await parked(isp), [
    "user1 parked_not_activated",
    "user2 parked_too_many",
    "user3 parked_ahead",
  ]);
  const again = assertOk(await billOne(...call, { subscriptionId: isp.subscriptionIds[0]! }));
  assert.deepEqual([again.issued, again.failed], [0, 1], "nothing was mended");
  const outside = await mendParked(...call, {
    subscriptionId: isp.subscriptionIds[1]!,
    day: day("2020-01-01"),
  });
  assert.equal(!outside.ok && outside.code, "mend_day_outside");
  const first = assertOk(
    await mendParked(...call, { subscriptionId: isp.subscriptionIds[0]!, day: day("2026-01-10") }),
  );
  assert.deepEqual([first.issued, first.amountCentavos], [1, 70_968n]);
  assertOk(await mendParked(...call, { subscriptionId: isp.subscriptionIds[1]!, day: day("2026-01-01") }));
  const third = assertOk(await mendParked(...call, { subscriptionId: isp.subscriptionIds[2]! }));
  assert.deepEqual([third.issued, third.failed], [0, 0], "it stands where its days end");
  assert.deepEqual(await parked(isp), []);
  await liveUntil(isp, "2026-03-02T10:00");
  for (const n of [0, 1, 2, 3]) assert.equal((await charged(isp, n)).length, 2, `of user${n + 1}`);
  await assertBooksHold(isp);
  const refused = await billOne(...call, { subscriptionId: isp.subscriptionIds[0]! });
  assert.equal(!refused.ok && refused.code, "not_parked");
});

Deno.test("a day that does not come from the books is passed over for good", async () => {
  await using database = await createTestDatabase();
  const isp = await createIsp(database, { subscribers: 1, start: "2022-06-01T00:00:00+08:00" });
  isp.clock.set("2026-02-01T00:05:00+08:00");
  await setLine(isp, 0, { billed_through_on: day("2022-07-01") });
  const run = { businessOn: todayOf(isp), trigger: "manual" } as const;
  const call = [isp.context, isp.tenantId, isp.actor] as const;
  assertOk(await issueBills(...call, run));
  assert.deepEqual(await parked(isp), ["user1 parked_too_many"]);
  const mended = { subscriptionId: isp.subscriptionIds[0]!, day: day("2026-01-01") };
  assert.equal(assertOk(await mendParked(...call, mended)).issued, 1);
  assert.deepEqual(await charged(isp, 0), [
    "2022-07-01 2026-01-01 never -",
    "2026-01-01 2026-02-01 billed 100000",
  ]);
});

Deno.test("whom the database refuses is found among a whole batch and parked; everybody else is billed", async () => {
  await using database = await createTestDatabase();
  const isp = await createIsp(database, { subscribers: 23 });
  await refuse(database, isp.subscriptionIds[7]!);
  isp.clock.set("2026-02-01T00:05:00+08:00");
  const call = [isp.context, isp.tenantId, isp.actor] as const;
  const run = { businessOn: todayOf(isp), trigger: "scheduled", batchSize: 12 } as const;
  const result = assertOk(await issueBills(...call, run));
  assert.deepEqual([result.issued, result.failed], [22, 1]);
  assert.deepEqual(await parked(isp), ["user8 parked_refused"]);
  assert.deepEqual(await issueBills(...call, run), { ok: true, value: result }, "again does nothing twice");
  await assertBooksHold(isp);
  await asOwner(database, "drop trigger refuse_one on bills");
  const one = assertOk(await billOne(...call, { subscriptionId: isp.subscriptionIds[7]! }));
  assert.deepEqual([one.issued, await parked(isp)], [1, []]);
  await assertBooksHold(isp);
});

async function asOwner(database: TestDatabase, statements: string): Promise<void> {
  const client = new pg.Client({ connectionString: database.superuserUrl });
  await client.connect();
  await client.query(statements);
  await client.end();
}

async function refuse(database: TestDatabase, subscriptionId: string): Promise<void> {
  await asOwner(
    database,
    `create function refuse_one() returns trigger language plpgsql as $$ begin
      if new.subscription_id = '${subscriptionId}' then
        raise exception 'this one not' using errcode = 'check_violation';
      end if;
      return new; end $$;
    create trigger refuse_one before insert on bills for each row execute function refuse_one()`,
  );
}

Deno.test("days that nothing explains are billed at the plan and price that were shown, or never, and either is undone", async () => {
  await withScene("2026-04-02T10:00", async ({ isp, app, owner }) => {
    for (const n of [0, 1, 2, 3]) await forgetFebruary(isp, n);
    for (const n of [0, 1, 2, 3]) await pay(isp, n, 9_000);
    const [a, b] = isp.subscriptionIds;
    assert.match((await owner.get("/admin")).text, /4 connections have days that nothing explains/);
    const page = await owner.get(`/admin/decisions/${a}`);
    assert.match(page.text, /Fiber 50, 1–28 Feb 2026/);
    assert.match(page.text, /Bill ₱1,000\.00/);
    const cheaper = await owner.get(`/admin/decisions/${a}?plan=${isp.planId}&price=800`);
    assert.match(cheaper.text, /Bill ₱800\.00/);
    const hidden = (html: string, name: string) =>
      new RegExp(`name="${name}" value="([^"]*)"`).exec(html)?.[1] ?? "";
    const form = { seen: hidden(cheaper.html, "seen"), plan: isp.planId, price: "800.00", total: "800.00" };
    const stale = await owner.post(`/admin/decisions/${a}/bill`, { ...form, total: "1.00" });
    assert.equal(stale.status, 422);
    const billed = await owner.post(`/admin/decisions/${a}/bill`, form);
    assert.equal(billed.status, 303, billed.text);
    assert.deepEqual((await charged(isp, 0))[1], "2026-02-01 2026-03-01 to_bill_again 80000");
    const entry = /undo=(\d+)/.exec(billed.location)?.[1] ?? "";
    assert.equal((await owner.post("/admin/undo", { entry, back: "" })).status, 303);
    assert.deepEqual((await charged(isp, 0))[1], "2026-02-01 2026-03-01 unexplained -");
    assert.equal((await owner.post(`/admin/decisions/${a}/bill`, form)).status, 303);
    const never = await owner.post(`/admin/decisions/${b}/never`, { seen: form.seen });
    assert.equal(never.status, 303, never.text);
    assert.deepEqual((await charged(isp, 1))[1], "2026-02-01 2026-03-01 never -");
    assert.equal((await owner.post(`/admin/decisions/${b}/never`, { seen: form.seen })).status, 422);
    await decideMany(isp, owner);
    await liveUntil(isp, "2026-04-03T10:00");
    assert.deepEqual((await charged(isp, 0))[1], "2026-02-01 2026-03-01 billed 80000");
    assert.deepEqual((await charged(isp, 3))[1], "2026-02-01 2026-03-01 billed 100000");
    const later = await app.signIn(isp.tenantId, "Owner");
    assert.match((await later.get("/admin/decisions")).text, /Nothing needs a decision/);
  });
});

/** The third and fourth at once: never, undone, and then billed. */
async function decideMany(isp: Isp, owner: Parameters<Parameters<typeof withScene>[1]>[0]["owner"]) {
  const list = await owner.get("/admin/decisions?kind=unexplained");
  assert.match(list.text, /Subscriber 00003/);
  assert.doesNotMatch(list.text, /Subscriber 00001/);
  const ticked = {
    id: [isp.subscriptionIds[2]!, isp.subscriptionIds[3]!],
    list: "decisions",
    back: "/admin/decisions",
  };
  const ask = async (path: string) => {
    const question = await owner.post(path, { ...ticked, step: "ask" });
    assert.equal(question.status, 200, question.text);
    const value = (name: string) =>
      new RegExp(`name="${name}" value="([^"]*)"`).exec(question.html)?.[1] ?? "";
    return {
      question,
      fields: {
        ...ticked,
        step: "do",
        key: value("key"),
        seen: value("seen"),
        count: "2",
        total: value("total"),
      },
    };
  };
  const never = await ask("/admin/bulk/never-bill");
  const done = await owner.post("/admin/bulk/never-bill", never.fields);
  assert.equal(done.status, 303, done.text);
  assert.deepEqual((await charged(isp, 3))[1], "2026-02-01 2026-03-01 never -");
  const entry = /undo=(\d+)/.exec(done.location)?.[1] ?? "";
  assert.equal((await owner.post("/admin/undo", { entry, back: "" })).status, 303);
  const bill = await ask("/admin/bulk/bill-days");
  assert.match(bill.question.text, /₱2,000\.00 together/);
  assert.equal((await owner.post("/admin/bulk/bill-days", bill.fields)).status, 303);
  assert.deepEqual((await charged(isp, 2))[1], "2026-02-01 2026-03-01 to_bill_again 100000");
}
