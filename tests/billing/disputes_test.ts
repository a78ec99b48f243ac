import assert from "node:assert/strict";
import { coded } from "@/shared/codes/mod.ts";
import { centavos } from "@/shared/money/mod.ts";
import { ok } from "@/shared/result.ts";
import { assertOk, assertRefused } from "@/tests/support/expect.ts";
import { playedIsp } from "@/tests/support/played.ts";
import { createTestDatabase } from "@/tests/support/postgres.ts";
import { decideDispute, disputeBill, type DisputeDecision } from "@/web/services/billing/dispute_bill.ts";
import { issueBill } from "@/web/services/billing/issue_bill.ts";
import { voidBill } from "@/web/services/billing/void_bill.ts";
import { ownDebt } from "@/web/services/cuts/own_debt.ts";
import { issueMemo } from "@/web/services/payments/issue_memo.ts";
import { reversePayment } from "@/web/services/payments/reverse_payment.ts";
import { runUseCase } from "@/web/services/use_case.ts";
import { pastGraceCentavos } from "@/web/domain/cuts/mod.ts";
import { listOpenBills, updateBillDisputed } from "@/web/store/billing/bills.ts";
import { listCutCandidates } from "@/web/store/cuts/cut_candidates.ts";
import { countDisputes, listDisputes } from "@/web/store/billing/disputes.ts";
import { listBills } from "@/web/store/billing/bills_page.ts";
import { previewCut } from "@/web/store/cuts/tonight.ts";
import { listNeeds } from "@/web/store/live/needs_you.ts";
import { getTenant } from "@/web/store/settings/tenants.ts";
import { listSubscribers } from "@/web/store/subscribers/subscribers_page.ts";
import { assertBooksHold, createIsp, type Isp, liveUntil, offNow, pay, todayOf } from "./isp.ts";

const call = (isp: Isp) => [isp.context, isp.tenantId, isp.actor] as const;

async function billOf(isp: Isp, n: number) {
  return await isp.run((trx) =>
    trx.selectFrom("bills").selectAll().where("tenant_id", "=", isp.tenantId)
      .where("subscription_id", "=", isp.subscriptionIds[n]!).where("status", "=", "issued")
      .orderBy("period_start").executeTakeFirstOrThrow()
  );
}

async function dispute(isp: Isp, n: number, pesos: number | null) {
  return await disputeBill(...call(isp), {
    billId: (await billOf(isp, n)).id,
    amountCentavos: pesos === null ? null : centavos(pesos * 100),
    reason: "Was off for a week",
  });
}

async function decide(isp: Isp, n: number, decision: DisputeDecision) {
  return await decideDispute(...call(isp), {
    billId: (await billOf(isp, n)).id,
    decision,
    note: "Looked at it",
  });
}

/** What Tonight says of a subscription; null: it is not on the page. */
async function tonightOf(isp: Isp, n: number): Promise<string | null> {
  const { rows } = await isp.run(async (trx) =>
    await previewCut(trx, await getTenant(trx), todayOf(isp), isp.clock.now())
  );
  return rows.find((row) => row.subscriptionId === isp.subscriptionIds[n])?.decision ?? null;
}

/** What list of bills and list of subscribers say. */
async function statesOf(isp: Isp, n: number) {
  const today = todayOf(isp);
  return await isp.run(async (trx) => {
    const disputed = await listBills(trx, { status: { is: "disputed", today } }, { limit: 50 });
    const overdue = await listBills(trx, { status: { is: "overdue", today } }, { limit: 50 });
    const people = await listSubscribers(trx, {}, { today, now: isp.clock.now() }, { limit: 50 });
    const has = (rows: { subscription_id: string }[]) =>
      rows.some((row) => row.subscription_id === isp.subscriptionIds[n]);
    return [
      has(disputed.rows) ? "disputed" : has(overdue.rows) ? "overdue" : "other",
      people.rows.find((row) => row.subscriptionId === isp.subscriptionIds[n])!.billStatus,
    ];
  });
}

Deno.test("what is disputed is owed but cuts nobody, the rest does, everywhere the same; a cut line comes back", async () => {
  await using past = await playedIsp({ subscribers: 5 }, "2026-02-05T10:00");
  const { isp } = past;
  for (const [n, pesos] of [[0, null], [1, 400], [2, 400]] as const) assertOk(await dispute(isp, n, pesos));
  assertRefused(await dispute(isp, 0, null), "already_disputed");
  assertRefused(await dispute(isp, 3, 1000.01), "dispute_amount_out_of_range");
  assertRefused(await dispute(isp, 3, 0), "dispute_amount_out_of_range");
  await pay(isp, 2, 600);
  await liveUntil(isp, "2026-02-14T08:00");
  assert.deepEqual(
    await Promise.all([0, 1, 2, 3].map((n) => tonightOf(isp, n))),
    ["disputed", "cut", "disputed", "cut"],
  );
  await liveUntil(isp, "2026-02-14T10:00");
  assert.deepEqual(await offNow(isp), [1, 3, 4], "600 of the second are undisputed and past grace");
  assert.deepEqual(await statesOf(isp, 0), ["disputed", "disputed"]);
  assert.deepEqual(await statesOf(isp, 1), ["overdue", "overdue"]);
  assert.deepEqual(await statesOf(isp, 2), ["disputed", "disputed"]);
  // Money for what is not disputed brings the line back; so does a dispute of a line that is cut.
  assert.deepEqual((await pay(isp, 1, 600)).restored, [isp.subscriptionIds[1]]);
  assert.deepEqual(assertOk(await dispute(isp, 3, null)).restored, [isp.subscriptionIds[3]]);
  assert.deepEqual(
    assertOk(await dispute(isp, 4, 999.5)).restored,
    [isp.subscriptionIds[4]],
    "0.50 is too little",
  );
  await liveUntil(isp, "2026-02-20T10:00");
  assert.deepEqual(await offNow(isp), []);
  assert.equal((await billOf(isp, 0)).total_centavos - (await billOf(isp, 0)).paid_centavos, 100_000n);
  await assertBooksHold(isp);
});

Deno.test("a line that is off for the part that nobody disputed comes back when the decision gives its bill grace again", async () => {
  await using past = await playedIsp({ subscribers: 5 }, "2026-02-05T10:00");
  const { isp } = past;
  for (const n of [0, 1]) assertOk(await dispute(isp, n, 400));
  await liveUntil(isp, "2026-02-16T10:00");
  assert.deepEqual(await offNow(isp), [0, 1, 2, 3, 4], "600 of it are undisputed and past grace");
  assert.equal(assertOk(await decide(isp, 0, "withdrawn")).graceUntilOn.toString(), "2026-02-21");
  assert.deepEqual(await offNow(isp), [1, 2, 3, 4], "nothing of it is past grace now");
  assertOk(await decide(isp, 1, "upheld"));
  assert.deepEqual(await offNow(isp), [2, 3, 4], "400 are given back, and 600 have grace again");
  await liveUntil(isp, "2026-02-22T10:00");
  assert.deepEqual(await offNow(isp), [0, 1, 2, 3, 4], "that grace ends as any other");
  await assertBooksHold(isp);
});

Deno.test("a decision against the subscriber leaves the usual grace from that day, and then the line goes off", async () => {
  await using past = await playedIsp({ subscribers: 5 }, "2026-02-05T10:00");
  const { isp } = past;
  for (const n of [0, 1, 2]) assertOk(await dispute(isp, n, null));
  await liveUntil(isp, "2026-02-20T08:00");
  assert.equal(assertOk(await decide(isp, 0, "rejected")).graceUntilOn.toString(), "2026-02-25");
  assertRefused(await decide(isp, 0, "rejected"), "dispute_over");
  await liveUntil(isp, "2026-02-25T20:00");
  assert.deepEqual(await offNow(isp), [3, 4], "nobody disputes for them");
  assertOk(await decide(isp, 1, "withdrawn"));
  await liveUntil(isp, "2026-02-26T10:00");
  assert.deepEqual(await offNow(isp), [0, 3, 4]);
  assert.equal(await tonightOf(isp, 1), null);
  // A grace is never made shorter by a decision before the due date.
  await isp.run((trx) =>
    trx.updateTable("tenants").set({ grace_days: 0 }).where("id", "=", isp.tenantId).execute()
  );
  assert.equal(
    assertOk(await decide(isp, 2, "rejected")).graceUntilOn.toString(),
    "2026-03-01",
    "least notice",
  );
  await liveUntil(isp, "2026-03-03T10:00");
  assert.deepEqual(await offNow(isp), [0, 1, 2, 3, 4]);
  await assertBooksHold(isp);
});

Deno.test("the clock only calls a person; paid and void bills, reversals and a second dispute", async () => {
  await using past = await playedIsp({ subscribers: 5 }, "2026-02-05T10:00");
  const { isp } = past;
  await isp.run((trx) =>
    trx.updateTable("tenants").set({ dispute_days: 10 }).where("id", "=", isp.tenantId).execute()
  );
  for (const n of [0, 1, 2]) assertOk(await dispute(isp, n, null));
  const needs = async () =>
    (await isp.run(async (trx) =>
      await listNeeds(trx, await getTenant(trx), { today: todayOf(isp), now: isp.clock.now() })
    )).filter(({ kind }) => kind === "dispute_late").map(({ count }) => count);
  const counts = () => isp.run((trx) => countDisputes(trx, {}, todayOf(isp)));
  await liveUntil(isp, "2026-02-15T10:00");
  assert.deepEqual(await needs(), []);
  await liveUntil(isp, "2026-02-16T10:00");
  assert.deepEqual(await needs(), [3]);
  assert.deepEqual(await counts(), { open: 3, late: 3, over: 0, openCentavos: 300_000n });
  assert.deepEqual(await offNow(isp), [3, 4], "the end of the clock decides nothing");
  const paid = await pay(isp, 0, 1000);
  const gone = await billOf(isp, 1);
  assertOk(await voidBill(...call(isp), { billId: gone.id, reason: "Wrong" }));
  assert.deepEqual(await counts(), { open: 2, late: 2, over: 1, openCentavos: 200_000n });
  assertRefused(
    await decideDispute(...call(isp), { billId: gone.id, decision: "rejected", note: "x" }),
    "dispute_over",
  );
  // Money that is taken back: the dispute stands as it did.
  assertOk(await reversePayment(...call(isp), { paymentId: paid.paymentId, reason: "Bounced" }));
  assert.equal(await tonightOf(isp, 0), "disputed");
  await pay(isp, 0, 1000);
  const { graceUntilOn } = assertOk(await decide(isp, 0, "rejected"));
  assert.equal(graceUntilOn.toString(), "2026-02-13", "nothing is owed: the grace stays as it was");
  assertRefused(await dispute(isp, 0, null), "bill_not_disputable");
  const over = await isp.run((trx) =>
    listDisputes(trx, { state: { is: "over", today: todayOf(isp) } }, { limit: 10 })
  );
  assert.deepEqual(over.rows.map((row) => [row.account_number, row.decision]).sort(), [
    ["A-00001", "rejected"],
    ["A-00002", null],
  ]);
  assertOk(await decide(isp, 2, "withdrawn"));
  assertOk(await dispute(isp, 2, 100));
  await assertBooksHold(isp);
});

Deno.test("an upheld dispute gives a memo: it pays the bill, what is over is credit, and it is given once", async () => {
  await using past = await playedIsp({ subscribers: 5 }, "2026-02-05T10:00");
  const { isp } = past;
  assertOk(await dispute(isp, 0, null));
  assertOk(await dispute(isp, 1, 400));
  await pay(isp, 0, 700);
  const { memoId } = assertOk(await decide(isp, 0, "upheld"));
  assert.notEqual(memoId, null);
  assertRefused(await decide(isp, 0, "upheld"), "dispute_over");
  assertOk(await decide(isp, 1, "upheld"));
  const left = await isp.run((trx) =>
    trx.selectFrom("credit_sources").select(["kind", "amount_centavos", "used_centavos"])
      .where("tenant_id", "=", isp.tenantId).where("kind", "=", "memo").orderBy("amount_centavos").execute()
  );
  assert.deepEqual(left.map((row) => [row.amount_centavos, row.used_centavos]), [[40_000n, 40_000n], [
    100_000n,
    30_000n,
  ]]);
  const bill = await billOf(isp, 1);
  assert.deepEqual([bill.paid_centavos, bill.disputed_centavos], [40_000n, 0n]);
  // A memo from before it does not count for it, one given meanwhile does.
  const give = async (pesos: number) =>
    assertOk(
      await issueMemo(...call(isp), {
        subscriberId: isp.subscriberIds[2]!,
        kind: "goodwill",
        reason: "Slow week",
        amountCentavos: centavos(pesos * 100),
        billId: (await billOf(isp, 2)).id,
        idempotencyKey: crypto.randomUUID(),
      }),
    );
  await give(50);
  isp.clock.set(isp.clock.now().add({ minutes: 1 }));
  assertOk(await dispute(isp, 2, 400));
  await give(150);
  assertOk(await decide(isp, 2, "upheld"));
  assert.equal((await billOf(isp, 2)).paid_centavos, 45_000n);
  await assertBooksHold(isp);
});

Deno.test("two people open a dispute of one bill at once: one is taken", async () => {
  await using past = await playedIsp({ subscribers: 5 }, "2026-02-05T10:00");
  const { isp } = past;
  const results = await Promise.all([dispute(isp, 0, null), dispute(isp, 0, 100)]);
  assert.deepEqual(results.map((result) => result.ok).sort(), [false, true]);
  assert.equal((await isp.run((trx) => countDisputes(trx, {}, todayOf(isp)))).open, 1);
});

Deno.test("of a bill of several lines the part that is paid last is disputed, in SQL as in the rules", async () => {
  await using database = await createTestDatabase();
  const isp = await createIsp(database, { subscribers: 3 });
  // One payer for three lines.
  await isp.run((trx) =>
    trx.updateTable("subscriptions").set({ subscriber_id: isp.subscriberIds[0]! })
      .where("tenant_id", "=", isp.tenantId).execute()
  );
  const { id: billId } = assertOk(
    await runUseCase(...call(isp), async (useCase) =>
      ok(
        await issueBill(useCase, {
          kind: "one_time",
          subscriberId: isp.subscriberIds[0]!,
          subscriptionId: isp.subscriptionIds[0]!,
          dueOn: Temporal.PlainDate.from("2026-01-08"),
          graceDays: 5,
          lines: ([[50, null, "late_fee"], [300, 2, "one_time"], [200, 1, "one_time"], [-70, 0, "one_time"], [
            100,
            0,
            "one_time",
          ]] as const).map(([pesos, of, kind]) => ({
            kind,
            description: coded("line_whole", { plan: "Fiber 50", period: "2026-01-01" }),
            periodStart: Temporal.PlainDate.from("2026-01-01"),
            periodEnd: Temporal.PlainDate.from("2026-02-01"),
            amountCentavos: centavos(pesos * 100),
            subscriptionId: of === null ? null : isp.subscriptionIds[of]!,
          })),
        }),
      )),
  );
  isp.clock.set("2026-01-20T10:00:00+08:00");
  for (const disputed of [0, 1, 5_000, 9_999, 23_000, 58_000]) {
    await isp.run(async (trx) => {
      await updateBillDisputed(trx, billId, { disputed_centavos: BigInt(disputed) });
      const open = await listOpenBills(trx, [isp.subscriberIds[0]!]);
      const tenant = await getTenant(trx);
      const rows = await listCutCandidates(trx, tenant, todayOf(isp), { now: isp.clock.now() });
      const byRules = isp.subscriptionIds.map((id) => pastGraceCentavos(ownDebt(open, id), todayOf(isp)));
      const bySql = isp.subscriptionIds.map((id) =>
        rows.find((row) => row.subscription_id === id)?.pastGraceCentavos ?? 0n
      );
      assert.deepEqual(bySql, byRules, String(disputed));
    });
  }
  assertOk(
    await disputeBill(...call(isp), { billId, amountCentavos: centavos(15_000), reason: "Two lines off" }),
  );
  await liveUntil(isp, "2026-01-21T10:00");
  assert.deepEqual(
    await offNow(isp),
    [1, 2],
    "the fee and 100 of the last line are disputed, 0 has nothing open before",
  );
  await pay(isp, 0, 430);
  assert.deepEqual(await offNow(isp), []);
  await assertBooksHold(isp);
});
