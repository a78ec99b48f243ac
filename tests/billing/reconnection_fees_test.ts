import assert from "node:assert/strict";
import { centavos } from "@/shared/money/mod.ts";
import { assertOk } from "@/tests/support/expect.ts";
import { createTestDatabase, type TestDatabase } from "@/tests/support/postgres.ts";
import { NO_OWN_RULES } from "@/web/domain/billing/mod.ts";
import { agreeRules } from "@/web/services/billing/agree_rules.ts";
import { changeMode } from "@/web/services/billing/change_mode.ts";
import { changePayer } from "@/web/services/billing/change_payer.ts";
import { reviewEnd } from "@/web/services/billing/review_end.ts";
import { voidBill } from "@/web/services/billing/void_bill.ts";
import { decideDispute, disputeBill } from "@/web/services/billing/dispute_bill.ts";
import { issueMemo } from "@/web/services/payments/issue_memo.ts";
import { recordPayment } from "@/web/services/payments/record_payment.ts";
import { reversePayment } from "@/web/services/payments/reverse_payment.ts";
import { voidMemo } from "@/web/services/payments/void_memo.ts";
import { findBill } from "@/web/store/billing/bills.ts";
import { getTenant } from "@/web/store/settings/tenants.ts";
import { lockSubscription } from "@/web/store/subscribers/subscriptions.ts";
import {
  assertBooksHold,
  createIsp,
  type Isp,
  type IspOptions,
  liveUntil,
  offNow,
  pay,
  todayOf,
} from "./isp.ts";
import { voidPaid } from "./void_paid.ts";
import { endConnection } from "./ends.ts";

const call = (isp: Isp) => [isp.context, isp.tenantId, isp.actor] as const;

/** Bills of ₱1,000, cut on the 14th; coming back costs ₱100. */
async function isp100(database: TestDatabase, options: IspOptions): Promise<Isp> {
  const isp = await createIsp(database, options);
  await isp.run((trx) =>
    trx.updateTable("tenants").set({ reconnection_fee_centavos: 10000n }).where("id", "=", isp.tenantId)
      .execute()
  );
  return isp;
}

/** `pesos of month` of each fee that a live bill of a connection asks for. */
async function feesOf(isp: Isp, n: number): Promise<string[]> {
  const rows = await isp.run((trx) =>
    trx.selectFrom("bill_lines as l").innerJoin(
      "bills as b",
      (join) => join.onRef("b.tenant_id", "=", "l.tenant_id").onRef("b.id", "=", "l.bill_id"),
    )
      .select(["l.amount_centavos", "b.period_start"]).where("l.tenant_id", "=", isp.tenantId)
      .where("l.kind", "=", "reconnection_fee").where("b.status", "=", "issued")
      .where("b.subscriber_id", "=", isp.subscriberIds[n]!).orderBy("b.period_start").execute()
  );
  return rows.map((row) =>
    `${Number(row.amount_centavos) / 100} of ${row.period_start.toString().slice(0, 7)}`
  );
}

async function payOn(isp: Isp, n: number, pesos: number, receivedOn: string) {
  return assertOk(
    await recordPayment(...call(isp), {
      subscriberId: isp.subscriberIds[n]!,
      amountCentavos: centavos(pesos * 100),
      method: "cash",
      receivedOn: Temporal.PlainDate.from(receivedOn),
      idempotencyKey: `back-${crypto.randomUUID()}`,
    }),
  );
}

async function creditOf(isp: Isp, n: number): Promise<number> {
  const rows = await isp.run((trx) =>
    trx.selectFrom("credit_sources").select(["amount_centavos", "used_centavos"])
      .where("tenant_id", "=", isp.tenantId).where("subscriber_id", "=", isp.subscriberIds[n]!)
      .where("ended_at", "is", null).execute()
  );
  return rows.reduce((all, row) => all + Number(row.amount_centavos - row.used_centavos), 0) / 100;
}

Deno.test("coming back costs once, on the next bill, never before it; not who was cut by our fault, nor who has the rule for none", async () => {
  await using database = await createTestDatabase();
  const isp = await isp100(database, { subscribers: 4 });
  assertOk(
    await agreeRules(...call(isp), {
      subscriptionId: isp.subscriptionIds[3]!,
      rules: { ...NO_OWN_RULES, reconnectionFeeCentavos: centavos(0) },
      lockIn: null,
    }),
  );
  await liveUntil(isp, "2026-02-05T12:00");
  await pay(isp, 2, 1000);
  await liveUntil(isp, "2026-02-15T12:00");
  assert.deepEqual(await offNow(isp), [0, 1, 3]);
  await pay(isp, 0, 1000);
  await payOn(isp, 1, 1000, "2026-02-13");
  await pay(isp, 3, 1000);
  assert.deepEqual(await offNow(isp), [], "what is paid is back at once, the fee waits");
  await liveUntil(isp, "2026-03-02T12:00");
  assert.deepEqual(await Promise.all([0, 1, 2, 3].map((n) => feesOf(isp, n))), [
    ["100 of 2026-02"],
    [],
    [],
    [],
  ]);
  // The service is paid before the fee: nobody is cut for it, and the next cut costs again.
  await pay(isp, 0, 1000);
  await liveUntil(isp, "2026-03-20T12:00");
  assert.deepEqual(await offNow(isp), [1, 2, 3]);
  await liveUntil(isp, "2026-04-02T12:00");
  assert.deepEqual(await feesOf(isp, 0), ["100 of 2026-02"]);
  await assertBooksHold(isp);
});

Deno.test("a void bill leaves the fee to the next one; money that turns out to be from before the cut gives it back once", async () => {
  await using database = await createTestDatabase();
  const isp = await isp100(database, { subscribers: 2 });
  await liveUntil(isp, "2026-02-15T12:00");
  const [first, second] = [await pay(isp, 0, 1000), await pay(isp, 1, 1000)];
  await liveUntil(isp, "2026-03-02T12:00");
  const billed = await isp.run((trx) =>
    trx.selectFrom("reconnection_fees").selectAll().where("tenant_id", "=", isp.tenantId)
      .where("subscription_id", "=", isp.subscriptionIds[0]!).executeTakeFirstOrThrow()
  );
  assertOk(await voidBill(...call(isp), { billId: billed.bill_id!, reason: "Wrong price" }));
  assert.deepEqual(await feesOf(isp, 0), []);
  await liveUntil(isp, "2026-03-03T12:00");
  assert.deepEqual(await feesOf(isp, 0), ["100 of 2026-02"]);
  // The collector had the money since the 10th.
  for (const { paymentId } of [first, second]) {
    assertOk(await reversePayment(...call(isp), { paymentId, reason: "Wrong day" }));
  }
  await payOn(isp, 0, 2100, "2026-02-10");
  await payOn(isp, 0, 1, "2026-02-10");
  await payOn(isp, 1, 1000, "2026-02-14");
  assert.equal(await creditOf(isp, 0), 101);
  assert.equal(await creditOf(isp, 1), 0);
  await assertBooksHold(isp);
});

Deno.test("a fee that a person has waived is not given back again when the money was there before the cut; goodwill for something else does not waive it", async () => {
  await using database = await createTestDatabase();
  const isp = await isp100(database, { subscribers: 3 });
  await liveUntil(isp, "2026-02-15T12:00");
  const paid = [await pay(isp, 0, 1000), await pay(isp, 1, 1000), await pay(isp, 2, 1000)];
  await liveUntil(isp, "2026-03-02T12:00");
  const waivers: string[] = [];
  for (const [n, pesos] of [[0, 100], [1, 300], [2, 100]] as const) {
    const bill = await isp.run((trx) =>
      trx.selectFrom("reconnection_fees").select("bill_id").where("tenant_id", "=", isp.tenantId)
        .where("subscription_id", "=", isp.subscriptionIds[n]!).executeTakeFirstOrThrow()
    );
    const memo = await issueMemo(...call(isp), {
      subscriberId: isp.subscriberIds[n]!,
      kind: "goodwill",
      reason: "A good customer",
      amountCentavos: centavos(pesos * 100),
      billId: bill.bill_id,
      idempotencyKey: `waived-${crypto.randomUUID()}`,
    });
    waivers.push(assertOk(memo).memoId);
  }
  const onTheTenth = async (n: number) => {
    const { paymentId } = paid[n]!;
    assertOk(await reversePayment(...call(isp), { paymentId, reason: "Wrong day" }));
    await payOn(isp, n, 2000, "2026-02-10");
  };
  for (const n of [0, 1, 2]) await onTheTenth(n);
  // 2,000 and what was given for 2,100 that was asked: the fee once.
  assert.deepEqual(await Promise.all([0, 1, 2].map((n) => creditOf(isp, n))), [0, 300, 0]);
  // The waiver was a mistake: then the fee goes back for the cut.
  assertOk(await voidMemo(...call(isp), { memoId: waivers[2]!, reason: "For somebody else" }));
  await payOn(isp, 2, 1, "2026-02-10");
  assert.equal(await creditOf(isp, 2), 1);
  await assertBooksHold(isp);
});

Deno.test("a fee that a person has waived in part goes back by the rest; what they take back of it follows, once", async () => {
  await using database = await createTestDatabase();
  const isp = await isp100(database, { subscribers: 1 });
  await liveUntil(isp, "2026-02-15T12:00");
  const { paymentId } = await pay(isp, 0, 1000);
  await liveUntil(isp, "2026-03-02T12:00");
  const asking = await isp.run((trx) =>
    trx.selectFrom("reconnection_fees").select("bill_id").where("tenant_id", "=", isp.tenantId)
      .executeTakeFirstOrThrow()
  );
  const waive = async (pesos: number) =>
    assertOk(
      await issueMemo(...call(isp), {
        subscriberId: isp.subscriberIds[0]!,
        kind: "goodwill",
        reason: "Half of the reconnection",
        amountCentavos: centavos(pesos * 100),
        billId: asking.bill_id,
        idempotencyKey: crypto.randomUUID(),
      }),
    ).memoId;
  const [sixty] = [await waive(60), await waive(15)];
  assertOk(await reversePayment(...call(isp), { paymentId, reason: "Wrong day" }));
  await payOn(isp, 0, 2100, "2026-02-10");
  assert.equal(await creditOf(isp, 0), 100, "75 by people, 25 for the cut");
  await payOn(isp, 0, 1, "2026-02-10");
  assert.equal(await creditOf(isp, 0), 101);
  assertOk(await voidMemo(...call(isp), { memoId: sixty!, reason: "For somebody else" }));
  await payOn(isp, 0, 1, "2026-02-10");
  assert.equal(await creditOf(isp, 0), 102, "the 60 are given back for the cut instead");
  await assertBooksHold(isp);
  // The next cut costs again, whatever became of the fee before.
  await liveUntil(isp, "2026-05-15T12:00");
  assert.deepEqual(await offNow(isp), [0]);
  await pay(isp, 0, 2000);
  await liveUntil(isp, "2026-06-02T12:00");
  assert.deepEqual(await feesOf(isp, 0), ["100 of 2026-02", "100 of 2026-05"]);
  await assertBooksHold(isp);
});

Deno.test("a dispute after the cut asks for no fee while it is open; lost, the fee is asked for and stands; won, it goes back", async () => {
  await using database = await createTestDatabase();
  const isp = await isp100(database, { subscribers: 3 });
  await liveUntil(isp, "2026-02-15T12:00");
  assert.deepEqual(await offNow(isp), [0, 1, 2]);
  const january = await isp.run((trx) =>
    trx.selectFrom("bills").select(["id", "subscriber_id"]).where("tenant_id", "=", isp.tenantId).execute()
  );
  const billOf = (n: number) => january.find((bill) => bill.subscriber_id === isp.subscriberIds[n])!.id;
  const open = async (n: number) =>
    assertOk(
      await disputeBill(...call(isp), { billId: billOf(n), amountCentavos: null, reason: "It was slow" }),
    );
  const decide = async (n: number, decision: "upheld" | "rejected") =>
    assertOk(await decideDispute(...call(isp), { billId: billOf(n), decision, note: "Looked at" }));
  for (const n of [0, 1, 2]) await open(n);
  assert.deepEqual(await offNow(isp), [], "a dispute of what it is off for brings it back");
  await liveUntil(isp, "2026-02-16T12:00");
  // One is decided before the next bill, one is open when it is made, one is won.
  await decide(0, "rejected");
  await decide(2, "upheld");
  await liveUntil(isp, "2026-03-02T12:00");
  assert.deepEqual(await Promise.all([0, 1, 2].map((n) => feesOf(isp, n))), [["100 of 2026-02"], [], []]);
  await open(0);
  await payOn(isp, 0, 1, "2026-03-01");
  assert.equal((await memosOf(isp)).length, 1, "open again, it gives nothing back");
  await decide(0, "rejected");
  await payOn(isp, 0, 1, "2026-03-01");
  assert.equal((await memosOf(isp)).length, 1, "the grace of a decision does not make the cut wrong");
  await decide(1, "rejected");
  await pay(isp, 1, 1000);
  await liveUntil(isp, "2026-04-02T12:00");
  assert.deepEqual(await Promise.all([1, 2].map((n) => feesOf(isp, n))), [["100 of 2026-03"], []]);
  await assertBooksHold(isp);
});

/** Every memo by its reason. */
const memosOf = (isp: Isp) =>
  isp.run((trx) =>
    trx.selectFrom("credit_memos").select(["reason", "amount_centavos"]).where("tenant_id", "=", isp.tenantId)
      .execute()
  );

/** Gives the connection with a number to the subscriber with a number. */
async function give(isp: Isp, n: number, to: number): Promise<void> {
  assertOk(
    await changePayer(...call(isp), {
      subscriptionId: isp.subscriptionIds[n]!,
      fromSubscriberId: isp.subscriberIds[n]!,
      to: { subscriberId: isp.subscriberIds[to]! },
      when: "today",
      unused: "keep",
      shownOn: todayOf(isp),
      once: crypto.randomUUID(),
    }),
  );
}

Deno.test("a fee that waits is on the last bill of who was cut; who gets the connection is never asked for it", async () => {
  await using database = await createTestDatabase();
  const isp = await isp100(database, { subscribers: 4 });
  await liveUntil(isp, "2026-02-15T12:00");
  await pay(isp, 0, 1000);
  assert.deepEqual(await offNow(isp), [1, 2, 3]);
  await give(isp, 0, 3);
  assert.deepEqual(await feesOf(isp, 0), ["100 of 2026-02"], "asked for at once");
  // The change brings it back: that is not what the old payer did, and not what the new one owes.
  await give(isp, 1, 3);
  await assertBooksHold(isp);
  const last = await isp.run((trx) =>
    trx.selectFrom("bills").selectAll().where("tenant_id", "=", isp.tenantId).where("kind", "=", "final")
      .where("subscriber_id", "=", isp.subscriberIds[0]!).executeTakeFirstOrThrow()
  );
  assertOk(await voidBill(...call(isp), { billId: last.id, reason: "Wrong price" }));
  await liveUntil(isp, "2026-03-02T12:00");
  assert.deepEqual(await Promise.all([0, 1, 3].map((n) => feesOf(isp, n))), [[], [], []]);
  await assertBooksHold(isp);
});

Deno.test("money from before the cut gives the fee back to who was billed for it, who has the connection no more", async () => {
  await using database = await createTestDatabase();
  const isp = await isp100(database, { subscribers: 2 });
  await liveUntil(isp, "2026-02-15T12:00");
  const { paymentId } = await pay(isp, 0, 1000);
  await give(isp, 0, 1);
  assertOk(await reversePayment(...call(isp), { paymentId, reason: "Wrong day" }));
  await payOn(isp, 0, 2000, "2026-02-10");
  const memos = await isp.run((trx) =>
    trx.selectFrom("credit_memos").select(["subscriber_id", "amount_centavos"])
      .where("tenant_id", "=", isp.tenantId).execute()
  );
  assert.deepEqual(memos, [{ subscriber_id: isp.subscriberIds[0]!, amount_centavos: 10000n }]);
  await assertBooksHold(isp);
});

Deno.test("the last bill of a service asks for the fee that waits, as its review says", async () => {
  await using database = await createTestDatabase();
  const isp = await isp100(database, { subscribers: 1 });
  await liveUntil(isp, "2026-02-15T12:00");
  await pay(isp, 0, 1000);
  const input = { lastDay: todayOf(isp), unused: "credit" as const };
  const review = assertOk(
    await isp.run(async (trx) => {
      const connection = (await lockSubscription(trx, isp.subscriptionIds[0]!))!;
      return await reviewEnd(trx, { tenant: await getTenant(trx), today: todayOf(isp) }, connection, input);
    }),
  );
  // 15 of 28 days, and the fee.
  assert.equal(review.billCentavos, 53571n + 10000n);
  assertOk(
    await endConnection(...call(isp), {
      ...input,
      subscriptionId: isp.subscriptionIds[0]!,
      netCentavos: review.netCentavos,
    }),
  );
  assert.deepEqual(await feesOf(isp, 0), ["100 of 2026-02"]);
  await assertBooksHold(isp);
});

Deno.test("a fee that waits is on the last bill before prepaid, whether or not days are left to bill, and is asked for once", async () => {
  await using database = await createTestDatabase();
  const isp = await isp100(database, { subscribers: 2 });
  await isp.run((trx) =>
    trx.updateTable("subscriptions").set({ bill_timing: "advance", next_bill_on: todayOf(isp) })
      .where("tenant_id", "=", isp.tenantId).where("id", "=", isp.subscriptionIds[1]!).execute()
  );
  await liveUntil(isp, "2026-02-15T12:00");
  for (const n of [0, 1]) await pay(isp, n, 2000);
  assert.deepEqual(await offNow(isp), []);
  for (const n of [0, 1]) {
    assertOk(
      await changeMode(...call(isp), {
        subscriptionId: isp.subscriptionIds[n]!,
        to: "prepaid",
        when: "today",
        unused: "coverage",
      }),
    );
  }
  const bills = await isp.run((trx) =>
    trx.selectFrom("bills").select(["subscriber_id", "total_centavos"]).where("tenant_id", "=", isp.tenantId)
      .where("kind", "=", "final").orderBy("number").execute()
  );
  // 14 of 28 days and the fee; the second has its month paid in advance, and its bill asks for nothing else.
  assert.deepEqual(bills, [
    { subscriber_id: isp.subscriberIds[0]!, total_centavos: 60_000n },
    { subscriber_id: isp.subscriberIds[1]!, total_centavos: 10_000n },
  ]);
  await liveUntil(isp, "2026-03-02T12:00");
  assert.deepEqual(await feesOf(isp, 0), ["100 of 2026-02"]);
  assert.deepEqual(await feesOf(isp, 1), ["100 of 2026-02"]);
  await assertBooksHold(isp);
});

Deno.test("a fee whose last bill before prepaid is void is asked for by the next run, alone or with the days of that bill, or when the service ends", async () => {
  await using database = await createTestDatabase();
  const isp = await isp100(database, { subscribers: 3 });
  await isp.run((trx) =>
    trx.updateTable("subscriptions").set({ bill_timing: "advance", next_bill_on: todayOf(isp) })
      .where("tenant_id", "=", isp.tenantId).where("id", "<>", isp.subscriptionIds[0]!).execute()
  );
  await liveUntil(isp, "2026-02-15T12:00");
  for (const n of [0, 1, 2]) {
    await pay(isp, n, 2000);
    const asked = { subscriptionId: isp.subscriptionIds[n]!, to: "prepaid" as const, when: "today" as const };
    assertOk(await changeMode(...call(isp), asked));
    const last = await isp.run((trx) =>
      trx.selectFrom("bills").select("id").where("tenant_id", "=", isp.tenantId).where("kind", "=", "final")
        .where("subscriber_id", "=", isp.subscriberIds[n]!).executeTakeFirstOrThrow()
    );
    const bill = await isp.run((trx) => findBill(trx, last.id));
    if (bill!.paid_centavos > 0n) await voidPaid(isp, { billId: last.id, reason: "Wrong price" });
    else assertOk(await voidBill(...call(isp), { billId: last.id, reason: "Wrong price" }));
  }
  await assertBooksHold(isp);
  const input = { lastDay: todayOf(isp), unused: "no_credit" as const };
  const { netCentavos } = assertOk(
    await isp.run(async (trx) => {
      const connection = (await lockSubscription(trx, isp.subscriptionIds[2]!))!;
      return await reviewEnd(trx, { tenant: await getTenant(trx), today: todayOf(isp) }, connection, input);
    }),
  );
  assert.equal(netCentavos, 10_000n);
  const ended = { ...input, subscriptionId: isp.subscriptionIds[2]!, netCentavos };
  assertOk(await endConnection(...call(isp), ended));
  await liveUntil(isp, "2026-02-16T12:00");
  assert.deepEqual(await Promise.all([0, 1, 2].map((n) => feesOf(isp, n))), [
    ["100 of 2026-02"],
    ["100 of 2026-02"],
    ["100 of 2026-02"],
  ]);
  await liveUntil(isp, "2026-03-02T12:00");
  assert.equal((await feesOf(isp, 1)).length, 1, "once");
  await assertBooksHold(isp);
});
