import assert from "node:assert/strict";
import { uuidv7 } from "@/shared/ids.ts";
import { assertBooksHold, liveUntil, pay, todayOf } from "@/tests/billing/isp.ts";
import { assertOk, assertRefused } from "@/tests/support/expect.ts";
import { changePayer, type PayerRequest } from "@/web/services/billing/change_payer.ts";
import { changeMode } from "@/web/services/billing/change_mode.ts";
import { undoPayerChange } from "@/web/services/billing/payer_days.ts";
import { readPayerEffect } from "@/web/services/billing/payer_effect.ts";
import { reviewEnd } from "@/web/services/billing/review_end.ts";
import { updateNextPlan } from "@/web/store/billing/plan_changes.ts";
import { getTenant } from "@/web/store/settings/tenants.ts";
import { findPlannedPayerChange } from "@/web/store/billing/payer_changes.ts";
import { whyPayerWaits } from "@/web/services/billing/why_waits.ts";
import { connectionRows } from "@/web/store/subscribers/connections.ts";
import { lockSubscription } from "@/web/store/subscribers/subscriptions.ts";
import {
  billsOf,
  days,
  move,
  owed,
  payerOf,
  setThrough,
  voidIt,
  waitsOnToday,
  wordsOf,
  world,
} from "@/tests/billing/payer_isp.ts";
import { endConnection } from "./ends.ts";

Deno.test("who cannot get it, and what cannot be given", async () => {
  await using w = await world();
  const { isp } = w;
  assertRefused(await move(isp, 0, 0), "payer_same");
  assertRefused(await move(isp, 0, 1, { from: 2 }), "payer_moved");
  const unknown = { subscriberId: uuidv7(1) };
  const ask = (to: PayerRequest["to"], n = 0, more: Partial<PayerRequest> = {}) =>
    changePayer(isp.context, isp.tenantId, isp.actor, {
      subscriptionId: isp.subscriptionIds[n]!,
      fromSubscriberId: isp.subscriberIds[n]!,
      to,
      when: "today",
      unused: "keep",
      shownOn: todayOf(isp),
      once: uuidv7(isp.clock.now().epochMilliseconds),
      ...more,
    });
  assertRefused(await ask(unknown), "subscriber_not_found");
  assertRefused(await ask(unknown, 0, { subscriptionId: uuidv7(2) }), "subscription_not_found");
  assertRefused(
    await ask({ subscriberId: isp.subscriberIds[1]! }, 0, { shownOn: todayOf(isp).subtract({ days: 1 }) }),
    "payer_day_moved",
  );
  await isp.run((trx) =>
    trx.insertInto("number_series").values({
      tenant_id: isp.tenantId,
      series: "account",
      prefix: "B-",
      pad: 5,
      next_value: 1n,
    }).execute()
  );
  const contact = { name: "Subscriber 00002", phone: null, email: null, address: null, notes: null };
  assertRefused(
    await ask({ person: { ...contact, name: " " }, isDuplicateAccepted: false }),
    "name_required",
  );
  const made = assertOk(await ask({ person: { ...contact, name: "Rosa Lim" }, isDuplicateAccepted: false }));
  assert.ok(!isp.subscriberIds.includes(made.toSubscriberId));
  // One that waits for installation, one that has ended, and somebody all of whose connections have ended.
  await isp.run((trx) =>
    trx.updateTable("subscriptions").set({ status: "pending" }).where("tenant_id", "=", isp.tenantId)
      .where("id", "=", isp.subscriptionIds[1]!).execute()
  );
  assertRefused(await move(isp, 1, 2), "payer_not_active");
  const lastDay = todayOf(isp);
  const end = await isp.run(async (trx) => {
    const moment = { tenant: await getTenant(trx), today: lastDay };
    const row = await lockSubscription(trx, isp.subscriptionIds[2]!);
    return assertOk(await reviewEnd(trx, moment, row!, { lastDay, unused: "credit" }));
  });
  assertOk(
    await endConnection(isp.context, isp.tenantId, isp.actor, {
      subscriptionId: isp.subscriptionIds[2]!,
      lastDay,
      unused: "credit",
      netCentavos: end.netCentavos,
    }),
  );
  assertRefused(await move(isp, 2, 1), "payer_not_active");
  const back = await ask({ subscriberId: isp.subscriberIds[2]! }, 0, {
    fromSubscriberId: made.toSubscriberId,
  });
  assert.equal(
    assertOk(back).toSubscriberId,
    isp.subscriberIds[2],
    "who has left may come back with another's line",
  );
  await assertBooksHold(isp);
});

Deno.test("two at once to different people: one gets it, the other is told who has it; one form twice is one change", async () => {
  await using w = await world();
  const { isp } = w;
  await liveUntil(isp, "2026-01-20T08:00");
  const both = await Promise.all([move(isp, 0, 1), move(isp, 0, 2)]);
  assert.deepEqual(both.map((one) => one.ok ? "ok" : one.code).sort(), ["ok", "payer_moved"]);
  const has = await payerOf(isp);
  const once = uuidv7(isp.clock.now().epochMilliseconds);
  const twice = await Promise.all([1, 2].map(() => move(isp, 0, 0, { from: has, once })));
  for (const one of twice) assertOk(one);
  assert.equal((await days(isp)).length, 1);
  await assertBooksHold(isp);
});

Deno.test("a payment, a void and a run at the moment of a change leave books that hold", async () => {
  await using w = await world();
  const { isp } = w;
  await liveUntil(isp, "2026-02-10T08:00");
  const [january] = await billsOf(isp, 0);
  await Promise.all([move(isp, 0, 1), pay(isp, 0, 500), voidIt(isp, january!.id), pay(isp, 1, 2000)]);
  await assertBooksHold(isp);
  await liveUntil(isp, "2026-03-01T10:00");
  assert.equal((await days(isp)).at(-1), "02-10 03-01 1 678.57");
  await assertBooksHold(isp);
});

Deno.test("a planned plan and a planned change to prepaid stay with the connection", async () => {
  await using w = await world();
  const { isp } = w;
  const other = uuidv7(isp.clock.now().epochMilliseconds);
  await isp.run(async (trx) => {
    await trx.insertInto("plans").values({
      tenant_id: isp.tenantId,
      id: other,
      name: "Fiber 100",
      price_centavos: 200_000n,
      ppp_profile: "100M",
    }).execute();
    await updateNextPlan(trx, isp.subscriptionIds[0]!, {
      planId: other,
      on: Temporal.PlainDate.from("2026-02-01"),
    });
  });
  const prepaid = { subscriptionId: isp.subscriptionIds[2]!, to: "prepaid", when: "next_boundary" } as const;
  assertOk(await changeMode(isp.context, isp.tenantId, isp.actor, prepaid));
  await liveUntil(isp, "2026-01-20T08:00");
  assertOk(await move(isp, 0, 1));
  assertOk(await move(isp, 2, 1));
  await liveUntil(isp, "2026-03-01T10:00");
  assert.deepEqual(await days(isp), ["01-01 01-20 0 612.9", "01-20 02-01 1 387.1", "02-01 03-01 1 2000"]);
  assert.deepEqual(await days(isp, 2), ["01-01 01-20 2 612.9", "01-20 02-01 1 387.1"]);
  const row = await isp.run((trx) => lockSubscription(trx, isp.subscriptionIds[2]!));
  assert.equal(row?.billing_mode, "prepaid");
  await assertBooksHold(isp);
});

Deno.test("a connection whose bills had stopped is billed again from its new payer's first day", async () => {
  await using w = await world();
  const { isp } = w;
  await liveUntil(isp, "2026-04-20T10:00");
  const before = await days(isp);
  assert.deepEqual(before, ["01-01 02-01 0 1000", "02-01 03-01 0 1000"]);
  assertOk(await move(isp, 0, 1));
  await assertBooksHold(isp);
  await liveUntil(isp, "2026-05-01T10:00");
  assert.deepEqual(await days(isp), [...before, "03-01 04-20 stopped", "04-20 05-01 1 366.67"]);
  await assertBooksHold(isp);
});

Deno.test("undone while the new payer was not billed: the old one has it again, and pays the rest", async () => {
  await using w = await world();
  const { isp } = w;
  await liveUntil(isp, "2026-01-20T08:00");
  const once = uuidv7(isp.clock.now().epochMilliseconds);
  assertOk(await move(isp, 0, 1, { once }));
  const undo = () =>
    undoPayerChange(isp.context, isp.tenantId, isp.actor, {
      subscriptionId: isp.subscriptionIds[0]!,
      changeId: once,
    });
  assertOk(await undo());
  assertRefused(await undo(), "no_payer_change");
  await liveUntil(isp, "2026-02-01T10:00");
  assert.deepEqual(await days(isp), ["01-01 01-20 0 612.9", "01-20 02-01 0 387.1"]);
  await assertBooksHold(isp);
  const again = uuidv7(isp.clock.now().epochMilliseconds);
  assertOk(await move(isp, 0, 1, { once: again }));
  await liveUntil(isp, "2026-03-01T10:00");
  const late = await undoPayerChange(isp.context, isp.tenantId, isp.actor, {
    subscriptionId: isp.subscriptionIds[0]!,
    changeId: again,
  });
  assertRefused(late, "payer_billed_since");
});

Deno.test("both timelines tell their own part, and the list shows a debt in the row of who owes it", async () => {
  await using w = await world();
  const { isp } = w;
  await liveUntil(isp, "2026-02-14T10:00");
  assertOk(await move(isp, 0, 1));
  const [old, now] = [await wordsOf(isp, 0), await wordsOf(isp, 1)];
  assert.ok(old.includes("event_cut") && old.includes("audit_payer_left"), String(old));
  assert.ok(now.includes("audit_payer_came") && !old.includes("event_restored"), String(now));
  for (const isWhole of [false, true]) {
    const rows = await isp.run(async (trx) => {
      const moment = { tenantId: isp.tenantId, today: todayOf(isp), now: isp.clock.now() };
      return (await connectionRows(moment, { isWhole }).execute(trx)).rows;
    });
    const balances = rows.map((
      row,
    ) => [isp.subscriberIds.indexOf(row.subscriber_id), Number(row.balance_centavos)]);
    balances.sort((a, b) => a[0]! - b[0]! || a[1]! - b[1]!);
    assert.deepEqual(balances, [[0, 146_429], [1, 0], [1, 100_000], [2, 100_000]], `whole: ${isWhole}`);
  }
});

Deno.test("a form that was sent for one connection says nothing about another, nor about somebody else", async () => {
  await using w = await world();
  const { isp } = w;
  await liveUntil(isp, "2026-01-20T08:00");
  const once = uuidv7(isp.clock.now().epochMilliseconds);
  assertOk(await move(isp, 0, 1, { once }));
  assertOk(await move(isp, 0, 1, { once }));
  assertRefused(await move(isp, 2, 1, { once }), "payer_form_used");
  assertRefused(await move(isp, 0, 2, { once }), "payer_form_used");
  assertRefused(await move(isp, 0, 1, { once, unused: "credit" }), "payer_form_used");
  assert.deepEqual([await payerOf(isp, 0), await payerOf(isp, 2)], [1, 2]);
  await assertBooksHold(isp);
});

Deno.test("one form that is sent at once for two connections changes one, and is refused for the other", async () => {
  await using w = await world({ subscribers: 20 });
  const { isp } = w;
  await liveUntil(isp, "2026-01-20T08:00");
  for (const n of [0, 4, 8, 12, 16]) {
    const once = crypto.randomUUID();
    const both = await Promise.all([move(isp, n, n + 1, { once }), move(isp, n + 2, n + 3, { once })]);
    assert.deepEqual(both.map((one) => one.ok ? "made" : one.code).sort(), ["made", "payer_form_used"]);
  }
  await assertBooksHold(isp);
});

Deno.test("VAT on top: the last bill, what is given back and the new payer's bill carry it, as the page says before", async () => {
  await using w = await world();
  const { isp } = w;
  await isp.run((trx) =>
    trx.updateTable("tenants").set({ tax_mode: "vat_exclusive", vat_rate_bp: 1200, tin: "123-456-789-00000" })
      .where("id", "=", trx.tenantId).execute()
  );
  await isp.run((trx) =>
    trx.updateTable("subscriptions").set({ bill_timing: "advance", next_bill_on: todayOf(isp) })
      .where("tenant_id", "=", isp.tenantId).where("id", "=", isp.subscriptionIds[1]!).execute()
  );
  await liveUntil(isp, "2026-01-16T08:00");
  await pay(isp, 1, 1120);
  const effectOf = (n: number, unused: "keep" | "credit") =>
    isp.run(async (trx) =>
      readPayerEffect(trx, await getTenant(trx), (await lockSubscription(trx, isp.subscriptionIds[n]!))!, {
        today: todayOf(isp),
        when: "today",
        unused,
      })
    );
  const seen = await effectOf(0, "keep");
  assert.equal(seen.billCentavos, 54_193n, "15 of 31 days and 12 %");
  assertOk(await move(isp, 0, 2));
  assert.equal(await owed(isp, 0), 541.93);
  assert.equal((await effectOf(1, "credit")).unused?.creditCentavos, 57_807n, "16 of 31 days and 12 %");
  assertOk(await move(isp, 1, 2, { unused: "credit" }));
  assert.equal(await owed(isp, 1), -578.07);
  await assertBooksHold(isp);
  await liveUntil(isp, "2026-02-01T08:00");
  const [bill] = await billsOf(isp, 2);
  assert.equal(bill?.total_centavos, 57_807n, "the rest of the month and 12 %");
  await assertBooksHold(isp);
});

Deno.test("a planned change that cannot be made on its day is named once, says why, and goes from the list when it is made", async () => {
  await using w = await world();
  const { isp } = w;
  await liveUntil(isp, "2026-02-02T10:00");
  assertOk(await move(isp, 0, 1, { when: "next_boundary" }));
  assert.deepEqual(await waitsOnToday(isp), [], "its day has not come");
  await setThrough(isp, 0, "2026-01-25");
  await liveUntil(isp, "2026-03-03T10:00");
  assert.deepEqual(await waitsOnToday(isp), ["Subscriber 00001"], "once, whatever the minutes and days");
  const why = await isp.run(async (trx) => {
    const connection = (await lockSubscription(trx, isp.subscriptionIds[0]!))!;
    const change = (await findPlannedPayerChange(trx, connection.id))!;
    return await whyPayerWaits(trx, connection, change, { today: todayOf(isp), now: isp.clock.now() });
  });
  assert.equal(why?.code, "payer_ahead");
  await setThrough(isp, 0, "2026-02-01");
  await liveUntil(isp, "2026-03-04T10:00");
  assert.deepEqual(await waitsOnToday(isp), []);
  assert.equal(await payerOf(isp), 1);
  await assertBooksHold(isp);
});
