import assert from "node:assert/strict";
import { uuidv7 } from "@/shared/ids.ts";
import { centavos } from "@/shared/money/mod.ts";
import { assertOk, assertRefused } from "@/tests/support/expect.ts";
import { createTestDatabase } from "@/tests/support/postgres.ts";
import { changePayer } from "@/web/services/billing/change_payer.ts";
import { changePlan } from "@/web/services/billing/change_plan.ts";
import { decideDispute, disputeBill } from "@/web/services/billing/dispute_bill.ts";
import { reviewEnd } from "@/web/services/billing/review_end.ts";
import { resumeSubscription, suspendSubscription } from "@/web/services/cuts/suspend_subscription.ts";
import { takeBackEnd } from "@/web/services/subscribers/take_back_end.ts";
import { findSubscriberBalance } from "@/web/store/billing/ledger.ts";
import { getTenant } from "@/web/store/settings/tenants.ts";
import { lockSubscription } from "@/web/store/subscribers/subscriptions.ts";
import { assertBooksHold, createIsp, type Isp, liveUntil, offNow, pay, todayOf } from "./isp.ts";
import { endConnection, planEnd } from "./ends.ts";

const day = Temporal.PlainDate.from;
const call = (isp: Isp) => [isp.context, isp.tenantId, isp.actor] as const;

const plan = (isp: Isp, n: number, lastDay: string) =>
  planEnd(...call(isp), { subscriptionId: isp.subscriptionIds[n]!, lastDay: day(lastDay), unused: "credit" });

/** Gives the connection with a number to the subscriber with a number. */
const give = (isp: Isp, n: number, to: number, when: "today" | "next_boundary") =>
  changePayer(...call(isp), {
    subscriptionId: isp.subscriptionIds[n]!,
    fromSubscriberId: isp.subscriberIds[n]!,
    to: { subscriberId: isp.subscriberIds[to]! },
    when,
    unused: "keep",
    shownOn: todayOf(isp),
    once: uuidv7(isp.clock.now().epochMilliseconds),
  });

/** Owed less credit, in pesos. */
async function owed(isp: Isp, n: number): Promise<number> {
  const books = await isp.run((trx) => findSubscriberBalance(trx, isp.subscriberIds[n]!));
  return Number(books.receivableCentavos - books.creditCentavos) / 100;
}

const rowOf = (isp: Isp, n: number) =>
  isp.run(async (trx) => (await lockSubscription(trx, isp.subscriptionIds[n]!))!);

const review = (isp: Isp, n: number, lastDay: string) =>
  isp.run(async (trx) =>
    assertOk(
      await reviewEnd(
        trx,
        { tenant: await getTenant(trx), today: todayOf(isp) },
        (await lockSubscription(trx, isp.subscriptionIds[n]!))!,
        { lastDay: day(lastDay), unused: "credit" },
      ),
    )
  );

function inAdvance(isp: Isp): Promise<unknown> {
  return isp.run((trx) =>
    trx.updateTable("subscriptions").set({ bill_timing: "advance", next_bill_on: todayOf(isp) })
      .where("tenant_id", "=", isp.tenantId).execute()
  );
}

Deno.test("away over the planned last day: it ends all the same, and comes back by nobody's hand", async () => {
  await using database = await createTestDatabase();
  const isp = await createIsp(database, { subscribers: 2, start: "2026-06-01T00:00:00+08:00" });
  await inAdvance(isp);
  await liveUntil(isp, "2026-06-02T10:00");
  for (const n of [0, 1]) await pay(isp, n, 1000);
  assertOk(await plan(isp, 0, "2026-06-20"));
  await liveUntil(isp, "2026-06-11T08:00");
  const away = { subscriptionId: isp.subscriptionIds[0]!, reason: "vacation" as const };
  assertOk(await suspendSubscription(...call(isp), { ...away, note: "Away" }));
  await liveUntil(isp, "2026-06-25T08:00");
  assert.equal((await rowOf(isp, 0)).status, "cancelled");
  assert.equal(await owed(isp, 0), -666.66, "10 days away until the end and 10 behind it, each once");
  const back = await resumeSubscription(...call(isp), away);
  assert.equal(back.ok, false, "what has ended does not come back");
  await liveUntil(isp, "2026-07-02T10:00");
  assert.equal(await owed(isp, 0), -666.66);
  assert.equal(await owed(isp, 1), 1000, "the other has its bill");
  await assertBooksHold(isp);
});

Deno.test("a plan that waits behind a planned end comes when the end is taken back, and goes with it when it is not", async () => {
  await using database = await createTestDatabase();
  const isp = await createIsp(database, { subscribers: 2, start: "2026-06-01T00:00:00+08:00" });
  const planId = uuidv7(isp.clock.now().epochMilliseconds);
  await isp.run((trx) =>
    trx.insertInto("plans").values({
      tenant_id: trx.tenantId,
      id: planId,
      name: "Fiber 100",
      price_centavos: 200_000n,
      ppp_profile: "100M",
    }).execute()
  );
  await liveUntil(isp, "2026-06-10T10:00");
  for (const n of [0, 1]) {
    const subscriptionId = isp.subscriptionIds[n]!;
    assertOk(await plan(isp, n, "2026-06-20"));
    assertRefused(await changePlan(...call(isp), { subscriptionId, planId }), "behind_planned_end");
    assertOk(await takeBackEnd(...call(isp), { subscriptionId }));
    assertOk(await changePlan(...call(isp), { subscriptionId, planId }));
    assertOk(await plan(isp, n, "2026-06-20"));
  }
  assertOk(await takeBackEnd(...call(isp), { subscriptionId: isp.subscriptionIds[0]! }));
  await liveUntil(isp, "2026-08-01T10:00");
  const [stays, gone] = [await rowOf(isp, 0), await rowOf(isp, 1)];
  assert.deepEqual([stays.plan_id === planId, stays.status], [true, "active"]);
  assert.deepEqual([gone.plan_id === isp.planId, gone.status, gone.next_plan_id], [true, "cancelled", null]);
  assert.deepEqual([await owed(isp, 0), await owed(isp, 1)], [3000, 666.67], "June and July; 20 of 30 days");
  await assertBooksHold(isp);
});

Deno.test("who is to get a connection has lost their own, or is off, meanwhile: they get it, on, and are billed from then", async () => {
  await using database = await createTestDatabase();
  const isp = await createIsp(database, { subscribers: 4, start: "2026-06-01T00:00:00+08:00" });
  await liveUntil(isp, "2026-06-20T10:00");
  assertOk(await give(isp, 0, 2, "next_boundary"));
  assertOk(await give(isp, 1, 3, "next_boundary"));
  const ended = {
    subscriptionId: isp.subscriptionIds[2]!,
    lastDay: day("2026-06-20"),
    unused: "credit" as const,
  };
  const { netCentavos } = await review(isp, 2, "2026-06-20");
  assertOk(await endConnection(...call(isp), { ...ended, netCentavos }));
  const abuse = { subscriptionId: isp.subscriptionIds[3]!, reason: "abuse" as const, note: "Resells" };
  assertOk(await suspendSubscription(...call(isp), abuse));
  await liveUntil(isp, "2026-07-01T10:00");
  for (const [n, to] of [[0, 2], [1, 3]] as const) {
    assert.equal((await rowOf(isp, n)).subscriber_id, isp.subscriberIds[to]);
    assert.equal(await owed(isp, n), 1000, "June is whose it was");
  }
  assert.deepEqual(
    (await offNow(isp)).filter((n) => n < 2),
    [],
    "what is off of the new payer stays theirs alone",
  );
  await assertBooksHold(isp);
});

Deno.test("a planned end and a planned payer change: the end comes first and the change is gone with it", async () => {
  await using database = await createTestDatabase();
  const isp = await createIsp(database, { subscribers: 2, start: "2026-06-01T00:00:00+08:00" });
  await liveUntil(isp, "2026-06-10T10:00");
  assertOk(await give(isp, 0, 1, "next_boundary"));
  assertOk(await plan(isp, 0, "2026-06-20"));
  await liveUntil(isp, "2026-07-02T10:00");
  const row = await rowOf(isp, 0);
  assert.deepEqual([row.status, row.subscriber_id], ["cancelled", isp.subscriberIds[0]]);
  const changes = await isp.run((trx) =>
    trx.selectFrom("payer_changes").select("state").where("tenant_id", "=", isp.tenantId).execute()
  );
  assert.deepEqual(changes.map(({ state }) => state), ["cancelled"]);
  assert.equal(await owed(isp, 0), 666.67);
  await assertBooksHold(isp);
});

Deno.test("an end while its bill is disputed: unused days come off that bill, and the dispute is decided over the rest", async () => {
  await using database = await createTestDatabase();
  const isp = await createIsp(database, { subscribers: 2, start: "2026-06-01T00:00:00+08:00" });
  await inAdvance(isp);
  await liveUntil(isp, "2026-06-10T10:00");
  for (const n of [0, 1]) {
    const bill = await isp.run((trx) =>
      trx.selectFrom("bills").select("id").where("tenant_id", "=", isp.tenantId)
        .where("subscription_id", "=", isp.subscriptionIds[n]!).executeTakeFirstOrThrow()
    );
    assertOk(
      await disputeBill(...call(isp), {
        billId: bill.id,
        amountCentavos: n === 0 ? null : centavos(90_000),
        reason: "Was off",
      }),
    );
    const { netCentavos } = await review(isp, n, "2026-06-10");
    assert.equal(netCentavos, -66_667n, "20 of 30 days");
    const subscriptionId = isp.subscriptionIds[n]!;
    const input = { subscriptionId, lastDay: day("2026-06-10"), unused: "credit" as const, netCentavos };
    assertOk(await endConnection(...call(isp), input));
    assert.equal(await owed(isp, n), 333.33);
    await assertBooksHold(isp);
    assertOk(await decideDispute(...call(isp), { billId: bill.id, decision: "rejected", note: "Looked" }));
    assert.equal(await owed(isp, n), 333.33);
    await assertBooksHold(isp);
  }
});

Deno.test("two connections of one subscriber end with one credit: it pays once, and what remains is told once", async () => {
  await using database = await createTestDatabase();
  const isp = await createIsp(database, { subscribers: 2, start: "2026-06-01T00:00:00+08:00" });
  await inAdvance(isp);
  await liveUntil(isp, "2026-06-02T10:00");
  for (const n of [0, 1]) await pay(isp, n, 1000);
  assertOk(await give(isp, 1, 0, "today"));
  await liveUntil(isp, "2026-06-25T10:00");
  // One purse with ₱100 in it, and a bill of July for the connection that came.
  await pay(isp, 0, 100);
  for (const n of [0, 1]) assertOk(await plan(isp, n, "2026-06-30"));
  await liveUntil(isp, "2026-07-01T10:00");
  for (const n of [0, 1]) assert.equal((await rowOf(isp, n)).status, "cancelled");
  assert.equal(await owed(isp, 0), -100, "nothing is billed behind the last day, and the credit is whole");
  assert.equal(await owed(isp, 1), 0);
  await assertBooksHold(isp);
});
