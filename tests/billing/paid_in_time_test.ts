import assert from "node:assert/strict";
import { sql } from "kysely";
import { centavos } from "@/shared/money/mod.ts";
import { assertOk } from "@/tests/support/expect.ts";
import { createTestDatabase, type TestDatabase } from "@/tests/support/postgres.ts";
import { countFirstWords, Played, soaked } from "@/tests/support/soak.ts";
import { chargeLateFees } from "@/web/services/billing/charge_late_fees.ts";
import { decideDispute, disputeBill } from "@/web/services/billing/dispute_bill.ts";
import { judgeLateBill } from "@/web/services/billing/late_fees.ts";
import { voidBill } from "@/web/services/billing/void_bill.ts";
import { issueMemo } from "@/web/services/payments/issue_memo.ts";
import { takeOverBalance } from "@/web/services/payments/opening_balance.ts";
import { recordPayment } from "@/web/services/payments/record_payment.ts";
import { reversePayment } from "@/web/services/payments/reverse_payment.ts";
import { listLateBills, updateLookedIfPaid } from "@/web/store/billing/late_fees.ts";
import type { TenantTransaction } from "@/web/store/db/tenant_transaction.ts";
import { createIsp, type Isp, liveUntil, pay, todayOf } from "./isp.ts";
import { Dice, seedsOf } from "./random/dice.ts";

const call = (isp: Isp) => [isp.context, isp.tenantId, isp.actor] as const;
/** All that is late by then. */
const FAR = Temporal.PlainDate.from("2027-01-01");

/** Bills of ₱1,000 of the 1st, due on the 8th; from the 12th a late one costs ₱50. */
async function lateIsp(database: TestDatabase, subscribers: number): Promise<Isp> {
  const isp = await createIsp(database, { subscribers });
  await isp.run((trx) =>
    trx.updateTable("tenants").set({
      late_after_days: 3,
      late_fee_kind: "flat",
      late_fee_centavos: 5_000n,
    }).where("id", "=", isp.tenantId).execute()
  );
  return isp;
}

/** One thing that somebody does to a bill of the last weeks or to its subscriber. It may be refused. */
async function act(isp: Isp, dice: Dice, payments: string[]): Promise<string> {
  const subscriberId = dice.of(isp.subscriberIds)!;
  const key = crypto.randomUUID();
  const some = centavos(dice.of([10_000, 50_000, 100_000, 100_000, 100_000, 250_000])!);
  const back = todayOf(isp).subtract({ days: dice.of([0, 0, 0, 1, 2, 5, 12])! });
  const bill = await isp.run(async (trx) =>
    dice.of(
      await trx.selectFrom("bills").select("id").where("tenant_id", "=", isp.tenantId)
        .where("subscriber_id", "=", subscriberId).where("status", "=", "issued").orderBy("number").execute(),
    )
  );
  const what = dice.next();
  if (what < 0.55 || bill === undefined) {
    const input = { subscriberId, amountCentavos: some, method: "cash", receivedOn: back } as const;
    const paid = await recordPayment(...call(isp), { ...input, idempotencyKey: key });
    if (paid.ok) payments.push(paid.value.paymentId);
    return `pay ${some} of ${back}`;
  }
  if (what < 0.67) {
    const paymentId = dice.of(payments);
    if (paymentId !== undefined) await reversePayment(...call(isp), { paymentId, reason: "Bounced" });
    return "reverse";
  }
  if (what < 0.72) {
    await voidBill(...call(isp), { billId: bill.id, reason: "Wrong" });
    return "void";
  }
  if (what < 0.8) {
    const kind = dice.of(["correction", "goodwill"] as const)!;
    const memo = { subscriberId, kind, reason: "Asked", amountCentavos: some };
    await issueMemo(...call(isp), { ...memo, billId: bill.id, idempotencyKey: key });
    return kind;
  }
  if (what < 0.86) {
    const side = dice.of(["owed", "credit"] as const)!;
    await takeOverBalance(...call(isp), { subscriberId, side, amountCentavos: some, asOf: back });
    return `opening ${side}`;
  }
  if (what < 0.94) {
    await disputeBill(...call(isp), { billId: bill.id, amountCentavos: null, reason: "Was away" });
    return "dispute";
  }
  const decision = dice.of(["upheld", "rejected", "withdrawn"] as const)!;
  await decideDispute(...call(isp), { billId: bill.id, decision, note: "Looked" });
  return `decide ${decision}`;
}

/**
 * Of all bills there are, as if each were looked at for the first time: what passing over would say, and what judging says.
 * Nothing of it stays.
 */
async function lookAtAll(isp: Isp): Promise<{ passed: string[]; charged: string[] }> {
  const looks: { passed: string[]; charged: string[] } = { passed: [], charged: [] };
  const back = new Error("Nothing of it stays");
  await isp.run(async (trx: TenantTransaction) => {
    await sql`update bills set late_fee_look_on = late_fee_on where tenant_id = ${trx.tenantId}
      and late_fee_on is not null and status = 'issued'`.execute(trx);
    const { rows } = await sql<{ id: string }>`select id from bills where tenant_id = ${trx.tenantId}`
      .execute(trx);
    const billIds = rows.map(({ id }) => id);
    const judged = (await listLateBills(trx, { billIds, lookedOn: FAR })).map((row) =>
      judgeLateBill(row, FAR)
    );
    looks.charged = judged.filter((one) => one.changeCentavos > 0n).map(({ bill }) => bill.id);
    // A preview leaves out what passing over leaves out, and nothing else.
    const seen = await listLateBills(trx, { lookedOn: FAR });
    looks.passed = await updateLookedIfPaid(trx, billIds, FAR);
    assert.deepEqual(
      judged.map(({ bill }) => bill.id).filter((id) => !looks.passed.includes(id)).sort(),
      seen.map(({ id }) => id).sort(),
    );
    throw back;
  }).catch((error) => {
    if (error !== back) throw error;
  });
  return looks;
}

Deno.test("passing over what was plainly paid in time charges the same fees as judging each bill, in random histories", async () => {
  await using database = await createTestDatabase();
  let passed = 0;
  let charged = 0;
  const histories = new Played("histories of five subscribers whose late fees are judged and passed over");
  for (const seed of seedsOf(1, soaked(1, 30))) {
    const dice = new Dice(seed);
    const isp = await lateIsp(database, 5);
    await liveUntil(isp, "2026-02-02T10:00");
    const payments: string[] = [];
    const done: string[] = [];
    while (todayOf(isp).toString() < "2026-03-20") {
      for (let i = 0; i < 3; i++) done.push(`${todayOf(isp)} ${await act(isp, dice, payments)}`);
      const looks = await lookAtAll(isp);
      const both = looks.passed.filter((id) => looks.charged.includes(id));
      assert.deepEqual(both, [], `seed ${seed}: ${done.slice(-12).join("; ")}`);
      passed += looks.passed.length;
      charged += looks.charged.length;
      const next = isp.clock.now().toZonedDateTimeISO("Asia/Manila").add({ days: dice.whole(1, 4) });
      await liveUntil(isp, next.toPlainDateTime().toString());
    }
    histories.add(countFirstWords(done.map((said) => said.split(" ").slice(1).join(" "))));
  }
  histories.say();
  assert.ok(passed > 15 && charged > 10, `${passed} passed over, ${charged} charged`);
});

Deno.test("only what payments of before its fee paid in full, and never left, is passed over", async () => {
  await using database = await createTestDatabase();
  const isp = await lateIsp(database, 9);
  const on = (n: number, receivedOn: string, pesos = 1_000) =>
    recordPayment(...call(isp), {
      subscriberId: isp.subscriberIds[n]!,
      amountCentavos: centavos(pesos * 100),
      method: "cash",
      receivedOn: Temporal.PlainDate.from(receivedOn),
      idempotencyKey: crypto.randomUUID(),
    }).then(assertOk);
  const billOf = (n: number) =>
    isp.run((trx) =>
      trx.selectFrom("bills").select("id").where("tenant_id", "=", isp.tenantId)
        .where("subscriber_id", "=", isp.subscriberIds[n]!).where("kind", "<>", "late_fee")
        .executeTakeFirstOrThrow()
    );
  assertOk(
    await takeOverBalance(...call(isp), {
      subscriberId: isp.subscriberIds[7]!,
      side: "credit",
      amountCentavos: centavos(100_000),
      asOf: Temporal.PlainDate.from("2026-01-01"),
    }),
  );
  await liveUntil(isp, "2026-02-05T12:00");
  await on(0, "2026-02-05");
  await on(1, "2026-02-05", 400);
  await on(2, "2026-02-05", 400);
  const bounced = await on(3, "2026-02-05");
  assertOk(await reversePayment(...call(isp), { paymentId: bounced.paymentId, reason: "Bounced" }));
  await on(3, "2026-02-05");
  const memo = { subscriberId: isp.subscriberIds[4]!, kind: "correction", reason: "Too much" } as const;
  const given = { amountCentavos: centavos(10_000), billId: (await billOf(4)).id };
  assertOk(await issueMemo(...call(isp), { ...memo, ...given, idempotencyKey: crypto.randomUUID() }));
  await on(4, "2026-02-05", 900);
  isp.clock.set("2026-02-12T00:05:00+08:00");
  await on(2, "2026-02-11", 600);
  await on(5, "2026-02-12");
  await on(6, "2026-02-11");
  assertOk(
    await disputeBill(...call(isp), {
      billId: (await billOf(8)).id,
      amountCentavos: null,
      reason: "Was off",
    }),
  );
  const { passed } = await lookAtAll(isp);
  const numbers = await Promise.all([0, 2, 6].map(async (n) => (await billOf(n)).id));
  assert.deepEqual(passed.sort(), numbers.sort());
  const { count } = assertOk(await chargeLateFees(...call(isp), { businessOn: todayOf(isp) }));
  assert.equal(count, 2, "who paid a part, and who paid on the day of the fee");
  const left = await isp.run((trx) =>
    trx.selectFrom("bills").select("id").where("tenant_id", "=", isp.tenantId)
      .where("late_fee_look_on", "<=", todayOf(isp)).execute()
  );
  assert.deepEqual(left, [], "the run has looked at all of them");
});

Deno.test("whose subscriber somebody else holds is not passed over, and is judged behind the lock", async () => {
  await using database = await createTestDatabase();
  const isp = await lateIsp(database, 3);
  await liveUntil(isp, "2026-02-05T12:00");
  const paid = await pay(isp, 0, 1_000);
  await pay(isp, 1, 1_000);
  isp.clock.set("2026-02-12T00:05:00+08:00");
  // The payment is taken back while the run is on its way; the run waits for it and sees a bill that is not paid.
  const held = Promise.withResolvers<void>();
  const holds = Promise.withResolvers<void>();
  const slow = {
    ...isp.context,
    before: async (trx: TenantTransaction) => {
      await sql`select from subscribers where tenant_id = ${isp.tenantId} and id = ${isp.subscriberIds[0]}
        for no key update`.execute(trx);
      holds.resolve();
      await held.promise;
    },
  };
  const reversal = reversePayment(slow, isp.tenantId, isp.actor, {
    paymentId: paid.paymentId,
    reason: "Bounced",
  });
  await holds.promise;
  let begun = 0;
  const run = chargeLateFees(
    { ...isp.context, before: () => Promise.resolve(void (++begun === 3 && held.resolve())) },
    isp.tenantId,
    isp.actor,
    { businessOn: todayOf(isp) },
  );
  assertOk(await reversal);
  assert.equal(assertOk(await run).count, 2);
});
