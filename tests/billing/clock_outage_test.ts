import assert from "node:assert/strict";
import { centavos } from "@/shared/money/mod.ts";
import { assertOk } from "@/tests/support/expect.ts";
import { createTestDatabase } from "@/tests/support/postgres.ts";
import { creditOutages } from "@/web/services/billing/credit_outages.ts";
import { listDueOutageCredits } from "@/web/services/billing/due_outage_credits.ts";
import { endOutage } from "@/web/services/billing/record_outage.ts";
import { takeBackFuture } from "@/web/services/billing/take_back_future.ts";
import { refundCredit } from "@/web/services/payments/refund_credit.ts";
import { voidMemo } from "@/web/services/payments/void_memo.ts";
import { findOutageReview } from "@/web/store/billing/outage_credits.ts";
import { readFuture } from "@/web/store/billing/future.ts";
import { getTenant } from "@/web/store/settings/tenants.ts";
import { assertBooksHold, type Isp, pay, todayOf } from "./isp.ts";
import { credits, local, out, set } from "./outage_isp.ts";
import { believeWrongly, comeBack, createWatched, jumpTo, livesUntil } from "./watched_isp.ts";

const call = (isp: Isp) => [isp.context, isp.tenantId, isp.actor] as const;
/** What stands of it. */
const standing = async (isp: Isp, n: number) =>
  (await credits(isp, n)).filter((one) => !one.includes(" -")).map((one) => one.replace(/ part \d+/, ""));

Deno.test("outage credit of days that had not come is taken back with them, and given as if the clock had been right", async () => {
  await using database = await createTestDatabase();
  const [wrong, right] = [
    await createWatched(database, { subscribers: 3 }),
    await createWatched(database, { subscribers: 3 }),
  ];
  const lasting = new Map<Isp, string>();
  for (const isp of [wrong, right]) {
    await set(isp, { outage_credit: "automatic" });
    await livesUntil(isp, "2026-02-05T10:00");
    await pay(isp, 0, 1000);
    // Two days of January come to light, and one that lasts: by the wrong clock all of February and March.
    await out(isp, "2026-01-10T00:00", "2026-01-12T00:00");
    lasting.set(isp, await out(isp, "2026-02-05T09:00", null));
  }
  jumpTo(wrong, "2026-03-20T07:00");
  await believeWrongly(wrong, "2026-04-02T10:00");
  assert.deepEqual((await standing(wrong, 0)).map((one) => one.slice(0, 6)), ["01-01:", "02-01:", "03-01:"]);
  await comeBack(wrong, "2026-02-05T12:00");
  const future = await wrong.run((trx) => readFuture(trx, { today: todayOf(wrong), now: wrong.clock.now() }));
  // Whoever has not paid is billed no more after two bills.
  assert.equal(future.memos, 7);
  const taken = assertOk(await takeBackFuture(...call(wrong)));
  assert.deepEqual([taken.bills, taken.memos], [4, 7]);
  for (const n of [0, 1, 2]) assert.deepEqual(await standing(wrong, n), []);
  await assertBooksHold(wrong);
  for (const isp of [wrong, right]) {
    assertOk(await endOutage(...call(isp), { id: lasting.get(isp)!, to: local("2026-02-05T09:30") }));
    await livesUntil(isp, "2026-02-06T10:00");
    assert.deepEqual(
      await standing(isp, 0),
      ["01-01: 2880 min 6452"],
      "real minutes are credited the next night",
    );
    await livesUntil(isp, "2026-04-10T10:00");
    await assertBooksHold(isp);
  }
  for (const n of [0, 1, 2]) assert.deepEqual(await standing(wrong, n), await standing(right, n));
});

Deno.test("a clock that was one day ahead keeps the next day from nothing: it is looked at when it comes", async () => {
  await using database = await createTestDatabase();
  const isp = await createWatched(database, { subscribers: 1 });
  await set(isp, { outage_credit: "automatic" });
  await livesUntil(isp, "2026-02-05T10:00");
  jumpTo(isp, "2026-02-07T00:10");
  await believeWrongly(isp, "2026-02-07T10:00");
  await comeBack(isp, "2026-02-05T12:00");
  assertOk(await takeBackFuture(...call(isp)));
  assert.equal(String((await isp.run(findOutageReview))?.business_on), "2026-02-04");
  await livesUntil(isp, "2026-02-06T23:00");
  await out(isp, "2026-01-10T00:00", "2026-01-12T00:00");
  await livesUntil(isp, "2026-02-07T10:00");
  assert.deepEqual(await standing(isp, 0), ["01-01: 2880 min 6452"]);
});

Deno.test("what a person decided about a memo, and what was paid back of one, stays after a wrong clock", async () => {
  await using database = await createTestDatabase();
  const isp = await createWatched(database, { subscribers: 3 });
  await livesUntil(isp, "2026-02-05T10:00");
  for (const n of [0, 1, 2]) await pay(isp, n, 1000);
  await out(isp, "2026-01-10T00:00", "2026-01-12T00:00");
  jumpTo(isp, "2026-02-20T07:00");
  await believeWrongly(isp, "2026-02-20T10:00");
  const ask = { withRunning: false, withHeld: false };
  assert.equal(assertOk(await creditOutages(...call(isp), { ...ask, seenCentavos: 19_356n })).memos, 3);
  const memos = await isp.run((trx) =>
    trx.selectFrom("credit_memos").select(["id", "subscriber_id"]).where("tenant_id", "=", isp.tenantId)
      .execute()
  );
  const memoOf = (n: number) => memos.find((memo) => memo.subscriber_id === isp.subscriberIds[n])!.id;
  isp.clock.set("2026-02-20T10:05:00+08:00");
  assertOk(await voidMemo(...call(isp), { memoId: memoOf(1), reason: "Had a spare line" }));
  assertOk(
    await refundCredit(...call(isp), {
      subscriberId: isp.subscriberIds[2]!,
      amountCentavos: centavos(6_452),
      method: "cash",
      reference: "",
      reason: "Asked for it",
      idempotencyKey: crypto.randomUUID(),
    }),
  );
  await comeBack(isp, "2026-02-05T12:00");
  assert.equal(assertOk(await takeBackFuture(...call(isp))).memos, 1);
  assert.deepEqual(await standing(isp, 2), ["01-01: 2880 min 6452"], "money that is gone is not taken back");
  const due = await isp.run(async (trx) =>
    await listDueOutageCredits(trx, {
      tenant: await getTenant(trx),
      now: isp.clock.now(),
      today: todayOf(isp),
      subscriptionIds: null,
    })
  );
  assert.deepEqual(
    due.map((row) => `${isp.subscriptionIds.indexOf(row.subscription_id)} ${row.dueCentavos} ${row.is_held}`)
      .sort(),
    ["0 6452 false", "1 6452 true"],
    "that of the first waits again; the second was taken back by hand, and stays so",
  );
  assert.equal((await isp.run(findOutageReview))?.connections, 1);
  await assertBooksHold(isp);
});
