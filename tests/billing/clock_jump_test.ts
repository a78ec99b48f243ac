import assert from "node:assert/strict";
import { assertOk, assertRefused } from "@/tests/support/expect.ts";
import { createTestDatabase } from "@/tests/support/postgres.ts";
import type { ServiceContext } from "@/web/services/context.ts";
import { changePlan } from "@/web/services/billing/change_plan.ts";
import { holdSubscription } from "@/web/services/cuts/hold_subscription.ts";
import { issueBills } from "@/web/services/billing/issue_bills.ts";
import { planCutRun } from "@/web/services/cuts/plan_cut_run.ts";
import { runDueDays } from "@/web/services/billing/run_due_days.ts";
import { takeBackFuture } from "@/web/services/billing/take_back_future.ts";
import { confirmClock } from "@/web/services/billing/watch_clock.ts";
import { findClockWatch } from "@/web/store/billing/clock_watch.ts";
import { readFuture } from "@/web/store/billing/future.ts";
import { assertBooksHold, type Isp, offNow, pay, todayOf } from "./isp.ts";
import { voidPaid } from "./void_paid.ts";
import { believeWrongly, comeBack, createWatched, jumpTo, livesUntil, minute } from "./watched_isp.ts";

const day = Temporal.PlainDate.from;

async function liveBills(isp: Isp, n?: number) {
  return await isp.run((trx) => {
    let query = trx.selectFrom("bills").select(["id", "number", "issued_on", "period_start", "period_end"])
      .where("tenant_id", "=", isp.tenantId).where("status", "=", "issued");
    if (n !== undefined) query = query.where("subscription_id", "=", isp.subscriptionIds[n]!);
    return query.orderBy("period_start").orderBy("number").execute();
  });
}

/** Everything that a day's work leaves, without ids and times: two histories can be compared. */
async function picture(isp: Isp) {
  const bills = (await liveBills(isp)).map((bill) => `${bill.period_start} ${bill.issued_on}`).sort();
  const places = await isp.run((trx) =>
    trx.selectFrom("subscriptions").select([
      "ppp_name",
      "billed_through_on",
      "stopped_from_on",
      "plan_id",
      "next_plan_on",
    ])
      .where("tenant_id", "=", isp.tenantId).orderBy("ppp_name").execute()
  );
  return {
    bills,
    off: await offNow(isp),
    places: places.map((row) =>
      `${row.ppp_name} ${row.billed_through_on} ${row.stopped_from_on} ${row.next_plan_on}`
    ),
    plans: places.map((row) => row.plan_id === isp.planId),
  };
}

Deno.test("a clock 45 days ahead for 18 seconds bills and cuts nobody, and heals by itself", async () => {
  await using database = await createTestDatabase();
  const isp = await createWatched(database, { subscribers: 3 });
  await livesUntil(isp, "2026-02-10T10:00");
  assert.equal(await minute(isp), true);
  const before = await picture(isp);
  jumpTo(isp, "2026-03-27T10:00");
  assert.equal(await minute(isp), false);
  assert.equal((await isp.run(findClockWatch))?.doubt, "jump");
  assertRefused(
    await issueBills(isp.context, isp.tenantId, isp.actor, { businessOn: todayOf(isp), trigger: "manual" }),
    "clock_doubted",
  );
  assertRefused(
    await planCutRun(isp.context, isp.tenantId, isp.actor, { businessOn: todayOf(isp), trigger: "manual" }),
    "clock_doubted",
  );
  assert.deepEqual(assertOk(await runDueDays(isp.context, isp.tenantId, isp.actor)), []);
  assert.deepEqual(await picture(isp), before);
  jumpTo(isp, "2026-02-10T10:00:18");
  assert.equal(await minute(isp), true, "it is back: nobody has to be asked");
  await livesUntil(isp, "2026-02-14T09:00");
  assert.deepEqual(await offNow(isp), [0, 1, 2], "the days are run when they come");
});

Deno.test("a run that is asked for before the watch has looked is refused as well", async () => {
  await using database = await createTestDatabase();
  const isp = await createWatched(database, { subscribers: 3 });
  await livesUntil(isp, "2026-01-31T10:00");
  await minute(isp);
  jumpTo(isp, "2026-02-03T10:00");
  assertRefused(
    await issueBills(isp.context, isp.tenantId, isp.actor, { businessOn: todayOf(isp), trigger: "manual" }),
    "clock_doubted",
  );
  assert.deepEqual(await liveBills(isp), []);
});

Deno.test("a clock that jumps in the middle of a bill run stops it, and the rest is billed on its day", async () => {
  await using database = await createTestDatabase();
  const isp = await createWatched(database, { subscribers: 6 });
  await livesUntil(isp, "2026-01-31T23:00");
  await minute(isp);
  isp.clock.set("2026-02-01T00:05:00+08:00");
  isp.machine.seconds += 3900;
  let reads = 0;
  const jumping: ServiceContext = {
    ...isp.context,
    clock: {
      now: () => ++reads > 3 ? isp.clock.now().add({ hours: 24 * 45 }) : isp.clock.now(),
    },
  };
  assertRefused(
    await issueBills(jumping, isp.tenantId, isp.actor, {
      businessOn: day("2026-02-01"),
      trigger: "scheduled",
      batchSize: 1,
    }),
    "clock_doubted",
  );
  const some = await liveBills(isp);
  assert.ok(some.length < 6 && some.every((bill) => String(bill.issued_on) === "2026-02-01"));
  assert.equal(await minute(isp), true);
  assert.equal((await liveBills(isp)).length, 6);
});

Deno.test("a server that was off is told apart where the machine counted on, and asked about where it did not", async () => {
  await using database = await createTestDatabase();
  const isp = await createWatched(database, { subscribers: 3 });
  await livesUntil(isp, "2026-01-31T10:00");
  await minute(isp);
  jumpTo(isp, "2026-02-02T10:00");
  isp.machine.seconds += 2 * 86_400;
  assert.equal(await minute(isp), true, "the web was stopped for two days");
  assert.equal((await liveBills(isp)).length, 3);
  isp.machine.bootId = "boot-2";
  isp.machine.seconds = 60;
  jumpTo(isp, "2026-02-05T10:00");
  assert.equal(await minute(isp), false, "the machine was off: nobody knows for how long");
  assert.equal((await isp.run(findClockWatch))?.doubt, "gap");
  assertRefused(
    await confirmClock(isp.context, isp.tenantId, isp.actor, {
      saidAt: isp.clock.now().add({ hours: 24 * 9 }),
    }),
    "clock_moved_again",
  );
  assertOk(await confirmClock(isp.context, isp.tenantId, isp.actor, { saidAt: isp.clock.now() }));
  assert.equal(await minute(isp), true);
  assertRefused(
    await confirmClock(isp.context, isp.tenantId, isp.actor, { saidAt: isp.clock.now() }),
    "clock_not_doubted",
  );
});

Deno.test("payments and restores work while the clock is doubted", async () => {
  await using database = await createTestDatabase();
  const isp = await createWatched(database, { subscribers: 2 });
  await livesUntil(isp, "2026-02-14T10:00");
  await minute(isp);
  assert.deepEqual(await offNow(isp), [0, 1]);
  jumpTo(isp, "2026-01-01T10:00");
  assert.equal(await minute(isp), false);
  await pay(isp, 0, 1000);
  assert.deepEqual(await offNow(isp), [1]);
});

Deno.test("bills of the future are taken back in one step, whoever was cut comes back, and the days are run again", async () => {
  await using database = await createTestDatabase();
  const isp = await createWatched(database, { subscribers: 4 });
  await isp.run((trx) =>
    trx.updateTable("tenants").set({ reconnection_fee_centavos: 10000n }).where("id", "=", isp.tenantId)
      .execute()
  );
  await livesUntil(isp, "2026-02-05T10:00");
  await pay(isp, 0, 400);
  const before = await picture(isp);
  await minute(isp);
  jumpTo(isp, "2026-03-20T07:00");
  await believeWrongly(isp, "2026-03-28T10:00");
  await pay(isp, 0, 2600);
  await pay(isp, 1, 1000);
  assert.deepEqual(await offNow(isp), [2, 3]);
  await comeBack(isp, "2026-02-05T12:00");
  const future = await isp.run((trx) => readFuture(trx, { today: todayOf(isp), now: isp.clock.now() }));
  assert.deepEqual([future.bills, future.cut, String(future.untilOn)], [4, 2, "2026-03-28"]);
  isp.notified.length = 0;
  const done = assertOk(await takeBackFuture(isp.context, isp.tenantId, isp.actor));
  assert.deepEqual([done.bills, done.restored], [4, 2]);
  assert.deepEqual(await offNow(isp), []);
  assert.ok(isp.notified.length > 0, "the routers are told at once");
  await assertBooksHold(isp);
  const after = await picture(isp);
  assert.deepEqual({ bills: after.bills, places: after.places }, {
    bills: before.bills,
    places: before.places,
  });
  const credit = await isp.run((trx) =>
    trx.selectFrom("bills").select(["subscription_id", "paid_centavos"]).where("tenant_id", "=", isp.tenantId)
      .where("status", "=", "issued").where("subscription_id", "=", isp.subscriptionIds[0]!).execute()
  );
  assert.deepEqual(credit.map((bill) => bill.paid_centavos), [100_000n]);
  const voided = await isp.run((trx) =>
    trx.selectFrom("bills").select("number").where("tenant_id", "=", isp.tenantId).where(
      "status",
      "=",
      "void",
    ).execute()
  );
  assert.ok(voided.length === 4 && voided.every((bill) => bill.number !== null), "numbers are kept");
  assertRefused(await takeBackFuture(isp.context, isp.tenantId, isp.actor), "nothing_to_take_back");

  await livesUntil(isp, "2026-02-14T10:00");
  assert.deepEqual(await offNow(isp), [2, 3], "cut on the day that is right");
  await livesUntil(isp, "2026-03-01T10:00");
  assert.deepEqual(
    (await liveBills(isp, 3)).map((bill) => `${bill.period_start} ${bill.issued_on}`),
    ["2026-01-01 2026-02-01", "2026-02-01 2026-03-01"],
  );
  const fees = await isp.run((trx) =>
    trx.selectFrom("bill_lines").select("bill_id").where("tenant_id", "=", isp.tenantId)
      .where("kind", "=", "reconnection_fee").execute()
  );
  assert.deepEqual(fees, [], "coming back costs nothing after the cut of a wrong clock");
  await assertBooksHold(isp);
});

Deno.test("a life after a wrong clock is the life without it: stops, resumes, plan changes, voids and holds", async () => {
  await using database = await createTestDatabase();
  const [wrong, right] = [
    await createWatched(database, { subscribers: 6 }),
    await createWatched(database, { subscribers: 6 }),
  ];
  for (const isp of [wrong, right]) {
    const planId = crypto.randomUUID();
    await isp.run((trx) =>
      trx.insertInto("plans").values({
        tenant_id: isp.tenantId,
        id: planId,
        name: "Fiber 100",
        price_centavos: 150_000n,
        ppp_profile: "100M",
      }).execute()
    );
    await livesUntil(isp, "2026-02-20T10:00");
    assertOk(
      await changePlan(isp.context, isp.tenantId, isp.actor, {
        subscriptionId: isp.subscriptionIds[1]!,
        planId,
      }),
    );
    await pay(isp, 1, 1000);
    await pay(isp, 2, 5000);
    await pay(isp, 5, 1000);
    assertOk(
      await holdSubscription(isp.context, isp.tenantId, isp.actor, {
        subscriptionId: isp.subscriptionIds[5]!,
        untilOn: day("2026-04-05"),
        reason: "Pays after Easter",
      }),
    );
  }
  jumpTo(wrong, "2026-05-10T07:00");
  await believeWrongly(wrong, "2026-05-28T10:00");
  const [bill] = await liveBills(wrong, 2);
  await voidPaid(wrong, { billId: bill!.id, reason: "Mistake" });
  await pay(wrong, 4, 9000);
  await livesUntil(wrong, "2026-06-03T10:00");
  await comeBack(wrong, "2026-02-20T11:00");
  assertOk(await takeBackFuture(wrong.context, wrong.tenantId, wrong.actor));
  await assertBooksHold(wrong);

  // The same people did the same in the other life, at the hour to which the clock came back.
  const [twin] = await liveBills(right, 2);
  await voidPaid(right, { billId: twin!.id, reason: "Mistake" });
  await pay(right, 4, 9000);
  for (const isp of [wrong, right]) {
    await minute(isp);
    await livesUntil(isp, "2026-06-03T10:00");
    await assertBooksHold(isp);
  }
  assert.deepEqual(await picture(wrong), await picture(right));
});

Deno.test("another ISP's runs are not touched, and a wrong step is refused while the clock is doubted", async () => {
  await using database = await createTestDatabase();
  const isp = await createWatched(database, { subscribers: 2 });
  const other = await createWatched(database, { subscribers: 2 });
  await livesUntil(isp, "2026-01-20T10:00");
  await livesUntil(other, "2026-03-02T10:00");
  await minute(isp);
  jumpTo(isp, "2026-03-01T10:00");
  await believeWrongly(isp, "2026-03-02T10:00");
  jumpTo(isp, "2026-01-20T11:00");
  assert.equal(await minute(isp), false);
  assertRefused(await takeBackFuture(isp.context, isp.tenantId, isp.actor), "clock_doubted");
  assertOk(await confirmClock(isp.context, isp.tenantId, isp.actor, { saidAt: isp.clock.now() }));
  assertOk(await takeBackFuture(isp.context, isp.tenantId, isp.actor));
  assert.deepEqual(await liveBills(isp), []);
  assert.equal((await liveBills(other)).length, 4);
});
