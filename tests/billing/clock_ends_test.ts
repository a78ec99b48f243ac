import assert from "node:assert/strict";
import { centavos } from "@/shared/money/mod.ts";
import { assertOk, assertRefused } from "@/tests/support/expect.ts";
import { createWebApp } from "@/tests/support/web_app.ts";
import { createTestDatabase } from "@/tests/support/postgres.ts";
import { changeMode } from "@/web/services/billing/change_mode.ts";
import { changePayer } from "@/web/services/billing/change_payer.ts";
import { changePlan } from "@/web/services/billing/change_plan.ts";
import { reviewEnd } from "@/web/services/billing/review_end.ts";
import { takeBackFuture } from "@/web/services/billing/take_back_future.ts";
import { voidBill } from "@/web/services/billing/void_bill.ts";
import { suspendSubscription } from "@/web/services/cuts/suspend_subscription.ts";
import { refundCredit } from "@/web/services/payments/refund_credit.ts";
import { takeBackEnd } from "@/web/services/subscribers/take_back_end.ts";
import { findSubscriberBalance } from "@/web/store/billing/ledger.ts";
import { replacePrepaidUnits } from "@/web/store/billing/prepaid.ts";
import { getTenant } from "@/web/store/settings/tenants.ts";
import { lockSubscription } from "@/web/store/subscribers/subscriptions.ts";
import { assertBooksHold, type Isp, offNow, pay, todayOf } from "./isp.ts";
import { buy, UNITS } from "./prepaid_isp.ts";
import { believeWrongly, comeBack, createWatched, jumpTo, livesUntil, minute } from "./watched_isp.ts";
import { endConnection, planEnd } from "./ends.ts";

const day = Temporal.PlainDate.from;
const call = (isp: Isp) => [isp.context, isp.tenantId, isp.actor] as const;

/** January and a few days, the second one billed in advance. */
async function firstWeeks(database: Parameters<typeof createWatched>[0], subscribers: number) {
  const isp = await createWatched(database, { subscribers });
  await isp.run((trx) =>
    trx.updateTable("subscriptions").set({ bill_timing: "advance", next_bill_on: day("2026-01-01") })
      .where("tenant_id", "=", isp.tenantId).where("id", "=", isp.subscriptionIds[1]!).execute()
  );
  await livesUntil(isp, "2026-02-05T10:00");
  return isp;
}

/** A plan that somebody may change to. */
async function addPlan(isp: Isp): Promise<string> {
  const id = crypto.randomUUID();
  const plan = {
    tenant_id: isp.tenantId,
    id,
    name: "Fiber 100",
    price_centavos: 150_000n,
    ppp_profile: "100M",
  };
  await isp.run((trx) => trx.insertInto("plans").values(plan).execute());
  return id;
}

/** The end of a connection, its state, its live lines and what its subscriber owes. */
async function picture(isp: Isp, n: number) {
  const subscriptionId = isp.subscriptionIds[n]!;
  return await isp.run(async (trx) => {
    const connection = await trx.selectFrom("subscriptions").select(["status", "ended_on", "next_plan_on"])
      .where("tenant_id", "=", isp.tenantId).where("id", "=", subscriptionId).executeTakeFirstOrThrow();
    const ends = await trx.selectFrom("service_ends").select(["state", "last_on"])
      .where("tenant_id", "=", isp.tenantId).where("subscription_id", "=", subscriptionId).execute();
    const lines = await trx.selectFrom("bill_lines as l").innerJoin("bills as b", "b.id", "l.bill_id")
      .select(["b.kind", "l.period_start", "l.period_end", "l.amount_centavos"])
      .where("l.tenant_id", "=", isp.tenantId).where("b.tenant_id", "=", isp.tenantId)
      .where("b.status", "=", "issued").where("l.subscription_id", "=", subscriptionId)
      .orderBy("l.period_start").orderBy("l.amount_centavos").execute();
    const books = await findSubscriberBalance(trx, isp.subscriberIds[n]!);
    return {
      connection: `${connection.status} ${connection.ended_on} ${connection.next_plan_on}`,
      ends: ends.map((end) => `${end.state} ${end.last_on}`),
      lines: lines.map((one) => `${one.kind} ${one.period_start} ${one.period_end} ${one.amount_centavos}`),
      owed: books.receivableCentavos - books.creditCentavos,
    };
  });
}

Deno.test("planned ends that a wrong clock has carried out wait again, and the life after is the life without it", async () => {
  await using database = await createTestDatabase();
  const [wrong, right] = [await firstWeeks(database, 5), await firstWeeks(database, 5)];
  for (const isp of [wrong, right]) {
    const planId = await addPlan(isp);
    for (const n of [0, 1, 2, 3]) await pay(isp, n, n === 1 ? 2000 : 1000);
    await pay(isp, 4, 1000);
    const end = (n: number, lastDay: string) =>
      planEnd(...call(isp), {
        subscriptionId: isp.subscriptionIds[n]!,
        lastDay: day(lastDay),
        unused: "credit",
      });
    // In arrears; in advance with credit for what is not used; suspended; with a plan that waits behind it; over today.
    assertOk(await end(0, "2026-03-10"));
    assertOk(await end(1, "2026-02-20"));
    const vacation = { subscriptionId: isp.subscriptionIds[2]!, reason: "vacation" as const, note: "Away" };
    assertOk(await suspendSubscription(...call(isp), vacation));
    assertOk(await end(2, "2026-02-25"));
    assertOk(await changePlan(...call(isp), { subscriptionId: isp.subscriptionIds[3]!, planId }));
    assertOk(await end(3, "2026-02-26"));
  }
  jumpTo(wrong, "2026-03-20T07:00");
  await believeWrongly(wrong, "2026-04-02T10:00");
  assert.deepEqual((await picture(wrong, 0)).ends, ["made 2026-03-10"]);
  await comeBack(wrong, "2026-02-05T12:00");
  const taken = assertOk(await takeBackFuture(...call(wrong)));
  assert.ok(taken.restored >= 4);
  assertRefused(await takeBackFuture(...call(wrong)), "nothing_to_take_back");
  assert.deepEqual(await offNow(wrong), [2], "the one that is away");
  await assertBooksHold(wrong);
  for (const n of [0, 1, 2, 3, 4]) assert.deepEqual(await picture(wrong, n), await picture(right, n));
  for (const isp of [wrong, right]) {
    await minute(isp);
    assertOk(await takeBackEnd(...call(isp), { subscriptionId: isp.subscriptionIds[3]! }));
    await livesUntil(isp, "2026-04-02T10:00");
    await assertBooksHold(isp);
  }
  for (const n of [0, 1, 2, 3, 4]) assert.deepEqual(await picture(wrong, n), await picture(right, n));
  assert.deepEqual((await picture(wrong, 1)).connection, "cancelled 2026-02-20 null");
});

/** A person ends the service with its last day, for what its review says. */
async function endByHand(isp: Isp, n: number, lastDay: string): Promise<void> {
  const input = { lastDay: day(lastDay), unused: "credit" as const };
  const subscriptionId = isp.subscriptionIds[n]!;
  const { netCentavos } = assertOk(
    await isp.run(async (trx) => {
      const connection = (await lockSubscription(trx, subscriptionId))!;
      return await reviewEnd(trx, { tenant: await getTenant(trx), today: todayOf(isp) }, connection, input);
    }),
  );
  assertOk(await endConnection(...call(isp), { ...input, subscriptionId, netCentavos }));
}

Deno.test("a service that a person ended by a wrong clock stays ended, and is billed for the days that were used by the right one", async () => {
  await using database = await createTestDatabase();
  const [wrong, right] = [await firstWeeks(database, 5), await firstWeeks(database, 5)];
  for (const isp of [wrong, right]) {
    const planId = await addPlan(isp);
    for (const n of [0, 1, 3, 4]) await pay(isp, n, n === 1 ? 2000 : 1000);
    // Another plan from March on, that the wrong clock has made.
    assertOk(await changePlan(...call(isp), { subscriptionId: isp.subscriptionIds[3]!, planId }));
  }
  jumpTo(wrong, "2026-03-20T07:00");
  await believeWrongly(wrong, "2026-04-02T10:00");
  for (const n of [0, 1, 2, 3]) await endByHand(wrong, n, "2026-03-25");
  await comeBack(wrong, "2026-02-05T12:00");
  assertOk(await takeBackFuture(...call(wrong)));
  assertRefused(await takeBackFuture(...call(wrong)), "nothing_to_take_back");
  await assertBooksHold(wrong);
  jumpTo(right, "2026-02-05T12:00");
  right.machine.seconds += 7200;
  for (const n of [0, 1, 2, 3]) await endByHand(right, n, "2026-02-05");
  const all = [0, 1, 2, 3, 4];
  for (const n of all) assert.deepEqual(await picture(wrong, n), await picture(right, n), `${n}`);
  assert.deepEqual((await picture(wrong, 0)).connection, "cancelled 2026-02-05 null");
  for (const isp of [wrong, right]) {
    await minute(isp);
    await livesUntil(isp, "2026-04-02T10:00");
    await assertBooksHold(isp);
  }
  for (const n of all) assert.deepEqual(await picture(wrong, n), await picture(right, n), `${n}`);
});

Deno.test("a service that ended by a wrong clock while a voided bill of before waits is on until that is billed again", async () => {
  await using database = await createTestDatabase();
  const isp = await createWatched(database, { subscribers: 1 });
  await livesUntil(isp, "2026-02-05T10:00");
  const bill = await isp.run((trx) =>
    trx.selectFrom("bills").select("id").where("tenant_id", "=", isp.tenantId).executeTakeFirstOrThrow()
  );
  assertOk(await voidBill(...call(isp), { billId: bill.id, reason: "Wrong" }));
  jumpTo(isp, "2026-03-20T07:00");
  await believeWrongly(isp, "2026-03-22T10:00");
  await endByHand(isp, 0, "2026-03-22");
  await comeBack(isp, "2026-02-05T12:00");
  assertOk(await takeBackFuture(...call(isp)));
  await minute(isp);
  await livesUntil(isp, "2026-02-08T10:00");
  const { connection, owed } = await picture(isp, 0);
  assert.equal(connection, "cancelled 2026-02-05 null");
  assert.equal(owed, 100_000n + 17_857n, "January, and 5 of 28 days");
  await assertBooksHold(isp);
});

/** How a connection pays, its changes of that, and the days that are charged. */
async function modeOf(isp: Isp, n: number) {
  const subscriptionId = isp.subscriptionIds[n]!;
  return await isp.run(async (trx) => {
    const row = (await lockSubscription(trx, subscriptionId))!;
    const changes = await trx.selectFrom("mode_changes").select(["state", "effective_on"])
      .where("tenant_id", "=", isp.tenantId).where("subscription_id", "=", subscriptionId).execute();
    const periods = await trx.selectFrom("charged_periods").select(["period_start", "period_end", "state"])
      .where("tenant_id", "=", isp.tenantId).where("subscription_id", "=", subscriptionId)
      .orderBy("period_start").execute();
    return {
      mode: `${row.billing_mode} ${row.billed_through_on} ${row.stopped_from_on}`,
      changes: changes.map((change) => `${change.state} ${change.effective_on}`),
      periods: periods.map((one) => `${one.period_start} ${one.period_end} ${one.state}`),
    };
  });
}

const toPrepaid = (isp: Isp, n: number, when: "today" | "next_boundary", unused: "coverage" | "credit") =>
  changeMode(...call(isp), { subscriptionId: isp.subscriptionIds[n]!, to: "prepaid", when, unused });

Deno.test("changes to payment up front that a wrong clock has made wait again, and the life after is the life without it", async () => {
  await using database = await createTestDatabase();
  const [wrong, right] = [await firstWeeks(database, 3), await firstWeeks(database, 3)];
  for (const isp of [wrong, right]) {
    for (const n of [0, 1, 2]) await pay(isp, n, n === 1 ? 2000 : 1000);
    for (const n of [0, 1]) assertOk(await toPrepaid(isp, n, "next_boundary", "coverage"));
  }
  jumpTo(wrong, "2026-03-20T07:00");
  await believeWrongly(wrong, "2026-04-02T10:00");
  assert.match((await modeOf(wrong, 0)).mode, /^prepaid/);
  await comeBack(wrong, "2026-02-05T12:00");
  assertOk(await takeBackFuture(...call(wrong)));
  assertRefused(await takeBackFuture(...call(wrong)), "nothing_to_take_back");
  await assertBooksHold(wrong);
  const all = [0, 1, 2];
  const whole = async (isp: Isp, n: number) => ({ ...await picture(isp, n), ...await modeOf(isp, n) });
  for (const n of all) assert.deepEqual(await whole(wrong, n), await whole(right, n), `${n}`);
  for (const isp of [wrong, right]) {
    await minute(isp);
    await livesUntil(isp, "2026-04-02T10:00");
    await assertBooksHold(isp);
  }
  for (const n of all) assert.deepEqual(await whole(wrong, n), await whole(right, n), `${n}`);
  assert.deepEqual((await modeOf(wrong, 0)).changes, ["made 2026-03-01"]);
});

Deno.test("a change to payment up front inside a paid period that a person made by a wrong clock waits for that day; what was bought since is credit", async () => {
  await using database = await createTestDatabase();
  const isp = await createWatched(database, { subscribers: 1 });
  await isp.run(async (trx) => {
    await trx.updateTable("subscriptions").set({ bill_timing: "advance", next_bill_on: day("2026-01-01") })
      .where("tenant_id", "=", isp.tenantId).execute();
    await replacePrepaidUnits(trx, isp.planId, UNITS);
  });
  await livesUntil(isp, "2026-02-05T10:00");
  await pay(isp, 0, 2000);
  const before = await modeOf(isp, 0);
  jumpTo(isp, "2026-02-20T07:00");
  await believeWrongly(isp, "2026-02-20T10:00");
  assertOk(await toPrepaid(isp, 0, "today", "credit"));
  assertOk(await buy(isp, 0, { pesos: 500 }));
  await comeBack(isp, "2026-02-05T12:00");
  assertOk(await takeBackFuture(...call(isp)));
  assert.deepEqual(await modeOf(isp, 0), { ...before, changes: ["planned 2026-02-20"] });
  assert.equal((await picture(isp, 0)).owed, -50_000n, "what was paid for days that were not used");
  await assertBooksHold(isp);
  await minute(isp);
  await livesUntil(isp, "2026-02-20T10:00");
  assert.match((await modeOf(isp, 0)).mode, /^prepaid 2026-02-20/);
  await assertBooksHold(isp);
});

/** Two connections that are billed in advance, the first one's February paid, and a change of payer on the 20th by a wrong clock. */
async function payerByWrongClock(database: Parameters<typeof createWatched>[0]) {
  const isp = await createWatched(database, { subscribers: 2 });
  await isp.run((trx) =>
    trx.updateTable("subscriptions").set({ bill_timing: "advance", next_bill_on: day("2026-01-01") })
      .where("tenant_id", "=", isp.tenantId).execute()
  );
  await livesUntil(isp, "2026-02-05T10:00");
  await pay(isp, 0, 2000);
  const before = await modeOf(isp, 0);
  jumpTo(isp, "2026-02-20T07:00");
  await believeWrongly(isp, "2026-02-20T10:00");
  assertOk(
    await changePayer(...call(isp), {
      subscriptionId: isp.subscriptionIds[0]!,
      fromSubscriberId: isp.subscriberIds[0]!,
      to: { subscriberId: isp.subscriberIds[1]! },
      when: "today",
      unused: "credit",
      shownOn: todayOf(isp),
      once: crypto.randomUUID(),
    }),
  );
  const payer = async () =>
    await isp.run(async (trx) => {
      const row = (await lockSubscription(trx, isp.subscriptionIds[0]!))!;
      const changes = await trx.selectFrom("payer_changes").select(["state", "effective_on"])
        .where("tenant_id", "=", isp.tenantId).execute();
      return [
        isp.subscriberIds.indexOf(row.subscriber_id),
        ...changes.map((x) => `${x.state} ${x.effective_on}`),
      ];
    });
  return { isp, before, payer };
}

Deno.test("a change of payer inside a paid period by a wrong clock waits for its day: its credit is taken, the period is whole", async () => {
  await using database = await createTestDatabase();
  const { isp, before, payer } = await payerByWrongClock(database);
  assert.equal((await picture(isp, 0)).owed, -32_143n, "9 of 28 days");
  await comeBack(isp, "2026-02-05T12:00");
  assertOk(await takeBackFuture(...call(isp)));
  assert.deepEqual(await payer(), [0, "planned 2026-02-20"]);
  assert.deepEqual(await modeOf(isp, 0), before);
  assert.equal((await picture(isp, 0)).owed, 0n, "his February is paid and used");
  await assertBooksHold(isp);
  await minute(isp);
  await livesUntil(isp, "2026-02-20T10:00");
  assert.deepEqual(await payer(), [1, "made 2026-02-20"]);
  assert.equal((await picture(isp, 0)).owed, -32_143n);
  await assertBooksHold(isp);
});

Deno.test("a change of payer of which money was paid back stays with its bills, and is listed for a person", async () => {
  await using database = await createTestDatabase();
  const { isp, payer } = await payerByWrongClock(database);
  assertOk(
    await refundCredit(...call(isp), {
      subscriberId: isp.subscriberIds[0]!,
      amountCentavos: centavos(32_143),
      method: "cash",
      reference: "",
      reason: "Left",
      idempotencyKey: crypto.randomUUID(),
    }),
  );
  await livesUntil(isp, "2026-03-02T10:00");
  const kept = await modeOf(isp, 0);
  await comeBack(isp, "2026-02-05T12:00");
  const app = await createWebApp(isp.context, { only: ["/admin/clock", "/admin/subscribers"] });
  const owner = await app.signIn(isp.tenantId, "Owner");
  const listed = /Left as they are.*Subscriber 00002 user1/;
  assert.match((await owner.get("/admin/clock")).text, listed);
  assertOk(await takeBackFuture(...call(isp)));
  assert.deepEqual(await payer(), [1, "made 2026-02-20"]);
  assert.deepEqual(await modeOf(isp, 0), kept, "with its bills");
  assert.match((await owner.get("/admin/clock")).text, listed, "also when the rest is taken back");
  const person = await owner.get(`/admin/subscribers/${isp.subscriberIds[1]}`);
  assert.match(person.text, /user1 stays as a wrong clock has left it/);
  await assertBooksHold(isp);
  await minute(isp);
  await livesUntil(isp, "2026-03-02T12:00");
  assert.deepEqual(await modeOf(isp, 0), kept, "nothing is billed twice");
  await assertBooksHold(isp);
});

Deno.test("an end of which money was paid back stays, whatever the clock was", async () => {
  await using database = await createTestDatabase();
  const isp = await createWatched(database, { subscribers: 1 });
  await isp.run((trx) =>
    trx.updateTable("subscriptions").set({ bill_timing: "advance", next_bill_on: day("2026-01-01") })
      .where("tenant_id", "=", isp.tenantId).execute()
  );
  await livesUntil(isp, "2026-02-05T10:00");
  await pay(isp, 0, 2000);
  assertOk(
    await planEnd(...call(isp), {
      subscriptionId: isp.subscriptionIds[0]!,
      lastDay: day("2026-02-14"),
      unused: "credit",
    }),
  );
  jumpTo(isp, "2026-02-20T07:00");
  await believeWrongly(isp, "2026-02-20T10:00");
  const { owed } = await picture(isp, 0);
  assert.equal(owed, -50_000n, "14 of 28 days");
  assertOk(
    await refundCredit(...call(isp), {
      subscriberId: isp.subscriberIds[0]!,
      amountCentavos: centavos(50_000),
      method: "cash",
      reference: "",
      reason: "Left",
      idempotencyKey: crypto.randomUUID(),
    }),
  );
  await comeBack(isp, "2026-02-05T12:00");
  assertOk(await takeBackFuture(...call(isp)));
  assert.deepEqual((await picture(isp, 0)).ends, ["made 2026-02-14"]);
  await assertBooksHold(isp);
});
