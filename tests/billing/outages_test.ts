import assert from "node:assert/strict";
import { centavos } from "@/shared/money/mod.ts";
import { assertOk, assertRefused } from "@/tests/support/expect.ts";
import { createTestDatabase } from "@/tests/support/postgres.ts";
import { creditOutages, creditOutagesOfDay } from "@/web/services/billing/credit_outages.ts";
import {
  correctOutage,
  endOutage,
  recordOutage,
  takeOutageBack,
} from "@/web/services/billing/record_outage.ts";
import { disputeBill } from "@/web/services/billing/dispute_bill.ts";
import { runDueDays } from "@/web/services/billing/run_due_days.ts";
import { voidBill } from "@/web/services/billing/void_bill.ts";
import { suspendSubscription } from "@/web/services/cuts/suspend_subscription.ts";
import { voidMemo } from "@/web/services/payments/void_memo.ts";
import { listDueOutageCredits } from "@/web/services/billing/due_outage_credits.ts";
import { findOutageReview, upsertOutageReview } from "@/web/store/billing/outage_credits.ts";
import { findOutage } from "@/web/store/billing/outages.ts";
import { getTenant } from "@/web/store/settings/tenants.ts";
import { assertBooksHold, createIsp, type Isp, liveUntil, offNow, pay, todayOf } from "./isp.ts";
import { credits, local, out, set } from "./outage_isp.ts";

const call = (isp: Isp) => [isp.context, isp.tenantId, isp.actor] as const;

/** What a list shows: connection, what is due, in centavos. */
async function due(isp: Isp, withRunning = false): Promise<string[]> {
  const rows = await isp.run(async (trx) =>
    await listDueOutageCredits(trx, {
      tenant: await getTenant(trx),
      now: isp.clock.now(),
      today: todayOf(isp),
      withRunning,
      subscriptionIds: null,
    })
  );
  return rows.map((row) =>
    `${isp.subscriptionIds.indexOf(row.subscription_id)} ${
      row.period_start.toString().slice(5)
    } ${row.dueCentavos}`
  ).sort();
}

async function billOf(isp: Isp, n: number, start: string) {
  return await isp.run((trx) =>
    trx.selectFrom("bills").select(["id", "total_centavos", "paid_centavos", "number"])
      .where("tenant_id", "=", isp.tenantId).where("subscription_id", "=", isp.subscriptionIds[n]!)
      .where("period_start", "=", Temporal.PlainDate.from(start)).where("status", "=", "issued")
      .executeTakeFirstOrThrow()
  );
}

Deno.test("with the bill of a period its outages are credited: 36 hours of 30 days, 20 hours not, a whole month all of it", async () => {
  await using database = await createTestDatabase();
  const isp = await createIsp(database, { subscribers: 4, start: "2026-04-01T00:00:00+08:00" });
  await set(isp, { outage_credit: "automatic" });
  await liveUntil(isp, "2026-04-30T23:00");
  const names = await isp.run((trx) =>
    trx.selectFrom("subscriptions").select(["id", "ppp_name"]).where("tenant_id", "=", isp.tenantId).execute()
  );
  const pppOf = (n: number) => names.find((row) => row.id === isp.subscriptionIds[n])!.ppp_name;
  const only = (n: number) => ({ scope: "chosen" as const, pppNames: [pppOf(n)] });
  await out(isp, "2026-04-10T06:00", "2026-04-11T18:00", only(0));
  await out(isp, "2026-04-10T06:00", "2026-04-11T02:00", only(1));
  // 29 hours of which 6 were announced.
  await out(isp, "2026-04-10T06:00", "2026-04-11T11:00", only(2));
  await out(isp, "2026-04-10T20:00", "2026-04-11T02:00", { ...only(2), kind: "scheduled" });
  await out(isp, "2026-04-01T00:00", null, only(3));
  await liveUntil(isp, "2026-05-01T12:00");
  assert.deepEqual(await credits(isp, 0), ["04-01 part 1: 2160 min 5000"]);
  assert.deepEqual(await credits(isp, 1), []);
  assert.deepEqual(await credits(isp, 2), []);
  assert.deepEqual(await credits(isp, 3), ["04-01 part 1: 43200 min 100000"]);
  const { total_centavos, paid_centavos } = await billOf(isp, 0, "2026-04-01");
  assert.equal(total_centavos - paid_centavos, 95_000n, "it pays its own bill");
  await assertBooksHold(isp);
  // Run again, it gives nothing again.
  await runDueDays(...call(isp));
  await liveUntil(isp, "2026-05-05T12:00");
  assert.equal((await credits(isp, 0)).length, 1);
  const audit = await isp.run((trx) =>
    trx.selectFrom("audit_entries").select("summary").where("tenant_id", "=", isp.tenantId)
      .where("subscriber_id", "=", isp.subscriberIds[0]!).where("action", "=", "memo.issued").execute()
  );
  assert.equal(audit.length, 1);
  assert.match(audit[0]!.summary, /audit_outage_credited.*"hours":36/);
});

Deno.test("outages that overlap count once, days that were off not at all, and one over two periods counts in each", async () => {
  await using database = await createTestDatabase();
  const isp = await createIsp(database, { subscribers: 2, start: "2026-04-01T00:00:00+08:00" });
  await set(isp, { outage_credit: "automatic" });
  await liveUntil(isp, "2026-05-10T12:00");
  await out(isp, "2026-04-28T00:00", "2026-04-29T12:00");
  await out(isp, "2026-04-29T00:00", "2026-05-02T00:00", { scope: "router", routerId: isp.routerIds[0]! });
  await liveUntil(isp, "2026-05-13T12:00");
  // Connection 0 is on the first router: 28, 29 and 30 April, and one day of May, which has not ended.
  assert.deepEqual(await credits(isp, 0), ["04-01 part 1: 4320 min 10000"]);
  assert.deepEqual(await credits(isp, 1), ["04-01 part 1: 2160 min 5000"]);
  await liveUntil(isp, "2026-05-20T12:00");
  assert.deepEqual(await offNow(isp), [0, 1], "cut on the 14th");
  await out(isp, "2026-05-15T00:00", "2026-05-19T00:00");
  await liveUntil(isp, "2026-06-01T12:00");
  assert.deepEqual(await credits(isp, 0), ["04-01 part 1: 4320 min 10000", "05-01 part 1: 1440 min 3226"]);
  assert.deepEqual(
    await credits(isp, 1),
    ["04-01 part 1: 2160 min 5000"],
    "off for non-payment is no outage",
  );
  await assertBooksHold(isp);
});

Deno.test("what comes to light later follows as another part; what turns out less is shown and left to a person", async () => {
  await using database = await createTestDatabase();
  const isp = await createIsp(database, { subscribers: 1, start: "2026-04-01T00:00:00+08:00" });
  await set(isp, { outage_credit: "automatic" });
  await liveUntil(isp, "2026-04-20T12:00");
  await out(isp, "2026-04-10T06:00", "2026-04-11T18:00");
  await liveUntil(isp, "2026-05-03T12:00");
  await pay(isp, 0, 950);
  const second = await out(isp, "2026-04-12T00:00", "2026-04-12T12:00");
  await liveUntil(isp, "2026-05-04T12:00");
  assert.deepEqual(await credits(isp, 0), ["04-01 part 1: 2160 min 5000", "04-01 part 2: 2880 min 1667"]);
  assert.deepEqual(await due(isp), []);
  assertRefused(
    await correctOutage(...call(isp), { ...(await said(isp, second)), id: second }),
    "outage_credited",
  );
  assertOk(await takeOutageBack(...call(isp), { id: second, reason: "Was the neighbour's" }));
  assertRefused(await takeOutageBack(...call(isp), { id: second, reason: "Twice" }), "outage_was_taken_back");
  await liveUntil(isp, "2026-05-05T12:00");
  assert.deepEqual(await due(isp), ["0 04-01 -1667"]);
  assert.equal((await credits(isp, 0)).length, 2);
  // A person takes one back: what they decided stays decided until they say otherwise.
  const [memo] = await isp.run((trx) =>
    trx.selectFrom("outage_credits").select("memo_id").where("tenant_id", "=", isp.tenantId).where(
      "part",
      "=",
      2,
    ).execute()
  );
  assertOk(await voidMemo(...call(isp), { memoId: memo!.memo_id, reason: "The neighbour's" }));
  assert.deepEqual(await due(isp), []);
  await out(isp, "2026-04-20T00:00", "2026-04-21T00:00");
  await liveUntil(isp, "2026-05-06T12:00");
  assert.equal((await credits(isp, 0)).length, 2, "one was taken back by hand");
  const amount = 3_333n;
  assertRefused(
    await creditOutages(...call(isp), { withRunning: false, withHeld: false, seenCentavos: amount }),
    "outage_nothing_due",
  );
  assertOk(await creditOutages(...call(isp), { withRunning: false, withHeld: true, seenCentavos: amount }));
  assert.deepEqual((await credits(isp, 0))[2], "04-01 part 3: 3600 min 3333");
  await assertBooksHold(isp);
});

async function said(isp: Isp, id: string) {
  const row = await isp.run((trx) =>
    trx.selectFrom("outages").selectAll().where("tenant_id", "=", isp.tenantId).where("id", "=", id)
      .executeTakeFirstOrThrow()
  );
  return {
    from: row.from_at,
    to: row.to_at,
    cause: row.cause,
    kind: row.kind,
    scope: row.scope,
    siteId: row.site_id,
    routerId: row.router_id,
    pppNames: [],
  };
}

Deno.test("a void takes the credit of its days back, and charged again they are credited again", async () => {
  await using database = await createTestDatabase();
  const isp = await createIsp(database, { subscribers: 1, start: "2026-04-01T00:00:00+08:00" });
  await set(isp, { outage_credit: "automatic" });
  await liveUntil(isp, "2026-04-20T12:00");
  await out(isp, "2026-04-10T06:00", "2026-04-11T18:00");
  await liveUntil(isp, "2026-05-01T12:00");
  const { id: billId } = await billOf(isp, 0, "2026-04-01");
  assertOk(await voidBill(...call(isp), { billId, reason: "Wrong name" }));
  assert.deepEqual(await credits(isp, 0), ["04-01 part 1: 2160 min -5000"]);
  assert.deepEqual(await due(isp), []);
  await assertBooksHold(isp);
  await liveUntil(isp, "2026-05-02T12:00");
  assert.deepEqual(await credits(isp, 0), ["04-01 part 1: 2160 min -5000", "04-01 part 2: 2160 min 5000"]);
  const again = await billOf(isp, 0, "2026-04-01");
  assert.equal(again.paid_centavos, 5_000n);
  // With money on it, it is corrected by a memo as ever.
  await pay(isp, 0, 100);
  assertRefused(await voidBill(...call(isp), { billId: again.id, reason: "Wrong name" }), "bill_has_money");
  await assertBooksHold(isp);
});

Deno.test("where the company asks, nothing is given until a person has seen what it comes to; where it does not credit, never", async () => {
  await using database = await createTestDatabase();
  const isp = await createIsp(database, { subscribers: 3, start: "2026-04-01T00:00:00+08:00" });
  await liveUntil(isp, "2026-04-20T12:00");
  await out(isp, "2026-04-10T06:00", "2026-04-11T18:00");
  assert.deepEqual(await due(isp), []);
  assert.deepEqual(await due(isp, true), [], "billed when it has ended");
  await liveUntil(isp, "2026-05-01T12:00");
  assert.deepEqual(await credits(isp, 0), []);
  const review = await isp.run(findOutageReview);
  assert.equal(`${review?.connections} ${review?.amount_centavos}`, "3 15000");
  // The scheduler asks every minute until the cut is made; outages are looked at once a day.
  assert.ok(review);
  await isp.run((trx) => upsertOutageReview(trx, { ...review, connections: 2 }));
  const day = { businessOn: todayOf(isp) };
  assertOk(await creditOutagesOfDay(...call(isp), day));
  assert.equal((await isp.run(findOutageReview))?.connections, 2);
  await isp.run((trx) =>
    upsertOutageReview(trx, { ...review, business_on: day.businessOn.add({ days: 9 }) })
  );
  assertOk(await creditOutagesOfDay(...call(isp), day));
  assert.deepEqual(
    await isp.run(findOutageReview),
    review,
    "a clock that was ahead keeps no day from being looked at",
  );
  const ask = (seenCentavos: bigint) =>
    creditOutages(...call(isp), { withRunning: false, withHeld: false, seenCentavos });
  assertRefused(await ask(5_000n), "outage_credit_moved");
  // Two at once give it once.
  const both = await Promise.allSettled([ask(15_000n), ask(15_000n)]);
  assert.equal(both.filter((one) => one.status === "fulfilled").length, 2);
  for (const n of [0, 1, 2]) assert.deepEqual(await credits(isp, n), ["04-01 part 1: 2160 min 5000"]);
  assert.equal((await isp.run(findOutageReview))?.connections, 0);
  await set(isp, { outage_credit: "off" });
  await out(isp, "2026-04-14T00:00", "2026-04-16T00:00");
  await liveUntil(isp, "2026-05-02T12:00");
  assert.equal((await credits(isp, 0)).length, 1);
  await set(isp, { outage_credit: "automatic", outage_threshold_minutes: 6000 });
  await liveUntil(isp, "2026-05-03T12:00");
  assert.equal(
    (await credits(isp, 0)).length,
    1,
    "below the company's threshold now: less, and left to a person",
  );
  assert.deepEqual((await due(isp)).length, 3);
  await assertBooksHold(isp);
});

Deno.test("two runs of a day at once give each credit once", async () => {
  await using database = await createTestDatabase();
  const isp = await createIsp(database, { subscribers: 30, start: "2026-04-01T00:00:00+08:00" });
  await set(isp, { outage_credit: "automatic" });
  await liveUntil(isp, "2026-04-30T12:00");
  await out(isp, "2026-04-10T06:00", "2026-04-11T18:00");
  isp.clock.set(local("2026-05-01T00:10"));
  await Promise.all([1, 2, 3].map(() => runDueDays(...call(isp))));
  for (let n = 0; n < 30; n++) assert.deepEqual(await credits(isp, n), ["04-01 part 1: 2160 min 5000"]);
  await assertBooksHold(isp);
});

Deno.test("what a disputed or partly given back bill has left is the most that is credited", async () => {
  await using database = await createTestDatabase();
  const isp = await createIsp(database, { subscribers: 2, start: "2026-04-01T00:00:00+08:00" });
  await liveUntil(isp, "2026-05-01T12:00");
  const { id: billId } = await billOf(isp, 0, "2026-04-01");
  assertOk(
    await disputeBill(...call(isp), { billId, amountCentavos: centavos(100_000), reason: "No service" }),
  );
  await out(isp, "2026-04-01T00:00", "2026-05-01T00:00");
  await set(isp, { outage_credit: "automatic" });
  await liveUntil(isp, "2026-05-02T12:00");
  assert.deepEqual(await credits(isp, 0), ["04-01 part 1: 43200 min 100000"]);
  assert.equal((await billOf(isp, 0, "2026-04-01")).paid_centavos, 100_000n);
  await assertBooksHold(isp);
});

Deno.test("a day on which clocks move has the minutes that it really had", async () => {
  await using database = await createTestDatabase();
  const isp = await createIsp(database, { subscribers: 1, start: "2026-03-01T06:00:00Z" });
  const zone = "America/New_York";
  await set(isp, { outage_credit: "automatic", time_zone: zone });
  isp.clock.set(local("2026-03-20T12:00", zone));
  await runDueDays(...call(isp));
  // The eighth of March had 23 hours: from midnight to midnight is not a day of minutes.
  await out(isp, "2026-03-08T00:00", "2026-03-09T00:00", { zone });
  isp.clock.set(local("2026-04-01T12:00", zone));
  await runDueDays(...call(isp));
  assert.deepEqual(await credits(isp, 0), []);
  await out(isp, "2026-03-01T00:00", "2026-04-01T00:00", { zone });
  isp.clock.set(local("2026-04-02T12:00", zone));
  await runDueDays(...call(isp));
  assert.deepEqual(await credits(isp, 0), ["03-01 part 1: 44580 min 100000"]);
  await assertBooksHold(isp);
});

Deno.test("a PPP name that two routers have names nobody alone: with its router it does", async () => {
  await using database = await createTestDatabase();
  const isp = await createIsp(database, { subscribers: 2 });
  await liveUntil(isp, "2026-02-20T12:00");
  await isp.run((trx) => trx.updateTable("subscriptions").set({ ppp_name: "juan" }).execute());
  const named = (pppNames: string[]) =>
    recordOutage(...call(isp), {
      id: crypto.randomUUID(),
      from: local("2026-02-10T00:00"),
      to: local("2026-02-11T00:00"),
      cause: "Storm",
      kind: "fault",
      scope: "chosen",
      siteId: null,
      routerId: null,
      pppNames,
    });
  assertRefused(await named(["juan"]), "outage_names_twice");
  assertRefused(await named(["juan, no such router"]), "outage_names_unknown");
  const { name } = await isp.run((trx) =>
    trx.selectFrom("routers").select("name").where("id", "=", isp.routerIds[1]!).executeTakeFirstOrThrow()
  );
  const { id } = assertOk(await named([`juan, ${name}`]));
  const kept = await isp.run((trx) => findOutage(trx, id));
  assert.deepEqual([kept?.connections, kept?.ppp_names], [1, [`juan, ${name}`]]);
  const noted = await isp.run((trx) =>
    trx.selectFrom("outage_connections").select("subscription_id").execute()
  );
  assert.deepEqual(noted, [{ subscription_id: isp.subscriptionIds[1]! }]);
});

Deno.test("an outage cannot be to come, over before it began, older than is kept, or of nobody", async () => {
  await using database = await createTestDatabase();
  const isp = await createIsp(database, { subscribers: 1 });
  await liveUntil(isp, "2026-02-20T12:00");
  const base = {
    id: crypto.randomUUID(),
    from: local("2026-02-10T00:00"),
    to: local("2026-02-11T00:00"),
    cause: "Storm",
    kind: "fault" as const,
    scope: "company" as const,
    siteId: null,
    routerId: null,
    pppNames: [],
  };
  const refused = async (change: Partial<Parameters<typeof recordOutage>[3]>, code: string) =>
    assertRefused(await recordOutage(...call(isp), { ...base, ...change }), code);
  await refused({ from: local("2026-02-21T00:00"), to: null }, "outage_to_come");
  await refused({ to: local("2026-02-21T00:00") }, "outage_to_come");
  await refused({ to: local("2026-02-10T00:00") }, "outage_ends_before");
  await refused({ from: local("2024-12-01T00:00") }, "outage_too_old");
  await refused({ cause: "  " }, "reason_required");
  await refused({ scope: "router", routerId: crypto.randomUUID() }, "router_not_found");
  await refused({ scope: "site" }, "site_not_found");
  await refused({ scope: "chosen" }, "outage_without_connections");
  await refused({ scope: "chosen", pppNames: ["nobody"] }, "outage_names_unknown");
  assertOk(await recordOutage(...call(isp), { ...base, to: null }));
  assertOk(await recordOutage(...call(isp), { ...base, to: null }));
  assert.equal(
    (await isp.run((trx) =>
      trx.selectFrom("outages").select("id").where("tenant_id", "=", isp.tenantId).execute()
    )).length,
    1,
  );
  assertRefused(
    await endOutage(...call(isp), { id: base.id, to: local("2026-02-21T00:00") }),
    "outage_to_come",
  );
  assertRefused(await endOutage(...call(isp), { id: base.id, to: base.from }), "outage_ends_before");
  assertOk(await endOutage(...call(isp), { id: base.id, to: local("2026-02-12T00:00") }));
  assertRefused(
    await endOutage(...call(isp), { id: base.id, to: local("2026-02-13T00:00") }),
    "outage_is_over",
  );
  assertOk(
    await correctOutage(...call(isp), {
      ...base,
      to: local("2026-02-13T00:00"),
      cause: "Typhoon",
      kind: "force_majeure",
    }),
  );
});

Deno.test("a vacation within an outage is credited by nobody", async () => {
  await using database = await createTestDatabase();
  const isp = await createIsp(database, { subscribers: 1, start: "2026-04-01T00:00:00+08:00" });
  await set(isp, { outage_credit: "automatic" });
  await liveUntil(isp, "2026-04-10T12:00");
  assertOk(
    await suspendSubscription(...call(isp), {
      subscriptionId: isp.subscriptionIds[0]!,
      reason: "vacation",
      note: "Away",
    }),
  );
  await liveUntil(isp, "2026-04-20T12:00");
  await out(isp, "2026-04-08T00:00", "2026-04-15T00:00");
  await liveUntil(isp, "2026-05-01T12:00");
  assert.deepEqual(await credits(isp, 0), ["04-01 part 1: 2880 min 6667"]);
  await assertBooksHold(isp);
});
