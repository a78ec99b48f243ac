import assert from "node:assert/strict";
import { silentLogger } from "@/shared/log.ts";
import { uuidv7 } from "@/shared/ids.ts";
import { centavos } from "@/shared/money/mod.ts";
import type { Result } from "@/shared/result.ts";
import {
  assertBooksHold,
  createIsp,
  type Isp,
  liveUntil,
  offNow,
  pay,
  todayOf,
} from "@/tests/billing/isp.ts";
import { out, set } from "@/tests/billing/outage_isp.ts";
import { buy, createPrepaidIsp } from "@/tests/billing/prepaid_isp.ts";
import { assertOk } from "@/tests/support/expect.ts";
import { createTestDatabase } from "@/tests/support/postgres.ts";
import { changePayer } from "@/web/services/billing/change_payer.ts";
import { creditOutages } from "@/web/services/billing/credit_outages.ts";
import { listDueOutageCredits } from "@/web/services/billing/due_outage_credits.ts";
import { reviewEnd } from "@/web/services/billing/review_end.ts";
import { runDueDays } from "@/web/services/billing/run_due_days.ts";
import { voidBill } from "@/web/services/billing/void_bill.ts";
import type { ServiceContext } from "@/web/services/context.ts";
import { issueMemo } from "@/web/services/payments/issue_memo.ts";
import { recordPayment } from "@/web/services/payments/record_payment.ts";
import { refundCredit } from "@/web/services/payments/refund_credit.ts";
import { openDatabase } from "@/web/store/db/database.ts";
import { getTenant } from "@/web/store/settings/tenants.ts";
import { lockSubscription } from "@/web/store/subscribers/subscriptions.ts";
import { endConnection } from "@/tests/billing/ends.ts";

/** Subscribers of each race: each is one more chance to meet in the middle. */
const LANES = 6;
const lanes = Array.from({ length: LANES }, (_, n) => n);
const reason = "Race";

/** A provider whose work two web processes do, each with connections of its own. */
async function withTwo(
  make: typeof createIsp,
  work: (isp: Isp, one: ServiceContext, two: ServiceContext) => Promise<void>,
): Promise<void> {
  await using database = await createTestDatabase();
  const isp = await make(database, { subscribers: LANES });
  const other = openDatabase({ url: database.appUrl, maxConnections: 5, log: silentLogger });
  try {
    await work(isp, isp.context, { ...isp.context, db: other.db });
    await assertBooksHold(isp);
    await liveUntil(isp, `${todayOf(isp).add({ days: 3 })}T10:00`);
    await assertBooksHold(isp);
  } finally {
    await other.close();
  }
}

/** Every lane at once, and in half of them the second process is asked first. */
async function race<A, B>(
  one: (n: number) => Promise<A>,
  two: (n: number) => Promise<B>,
): Promise<{ one: A; two: B }[]> {
  return await Promise.all(lanes.map(async (n) => {
    const [second, first] = n % 2 === 0 ? [null, one(n)] : [two(n), one(n)];
    const [a, b] = await Promise.all([first, second ?? two(n)]);
    return { one: a, two: b };
  }));
}

function billOf(isp: Isp, n: number) {
  return isp.run((trx) =>
    trx.selectFrom("bills").selectAll().where("tenant_id", "=", isp.tenantId)
      .where("subscriber_id", "=", isp.subscriberIds[n]!).orderBy("number").executeTakeFirstOrThrow()
  );
}

const memoOf = (context: ServiceContext, isp: Isp, n: number, pesos: number, billId: string | null) =>
  issueMemo(context, isp.tenantId, isp.actor, {
    subscriberId: isp.subscriberIds[n]!,
    kind: "goodwill",
    reason,
    amountCentavos: centavos(pesos * 100),
    billId,
    idempotencyKey: crypto.randomUUID(),
  });

const payOf = (context: ServiceContext, isp: Isp, n: number, pesos: number) =>
  recordPayment(context, isp.tenantId, isp.actor, {
    subscriberId: isp.subscriberIds[n]!,
    amountCentavos: centavos(pesos * 100),
    method: "cash",
    receivedOn: todayOf(isp),
    idempotencyKey: crypto.randomUUID(),
  });

const codesOf = (results: readonly Result<unknown, string>[]) =>
  results.map((one) => one.ok ? "ok" : one.code);

Deno.test("two processes at once: a memo and a payment of one bill pay it once, and the rest is credit", async () => {
  await withTwo(createIsp, async (isp, one, two) => {
    await liveUntil(isp, "2026-02-02T10:00");
    const bills = await Promise.all(lanes.map((n) => billOf(isp, n)));
    const all = await race((n) => memoOf(one, isp, n, 700, bills[n]!.id), (n) => payOf(two, isp, n, 1000));
    for (const both of all) assertOk(both.one) && assertOk(both.two);
    for (const n of lanes) assert.equal((await billOf(isp, n)).paid_centavos, 100_000n);
  });
});

Deno.test("two processes at once: credit is refunded or pays a bill, never both", async () => {
  await withTwo(createIsp, async (isp, one, two) => {
    for (const n of lanes) await pay(isp, n, 1000);
    isp.clock.set("2026-02-01T00:06:00+08:00");
    const run = runDueDays(two, isp.tenantId, isp.actor);
    const refunds = await Promise.all(lanes.map((n) =>
      refundCredit(one, isp.tenantId, isp.actor, {
        subscriberId: isp.subscriberIds[n]!,
        amountCentavos: centavos(100_000),
        method: "cash",
        reference: "",
        reason,
        idempotencyKey: crypto.randomUUID(),
      })
    ));
    assertOk(await run);
    for (const n of lanes) {
      const { paid_centavos: paid } = await billOf(isp, n);
      assert.equal(paid, refunds[n]!.ok ? 0n : 100_000n);
    }
  });
});

Deno.test("two processes at once: a bill is voided or paid; money that comes second is credit", async () => {
  await withTwo(createIsp, async (isp, one, two) => {
    await liveUntil(isp, "2026-02-02T10:00");
    const bills = await Promise.all(lanes.map((n) => billOf(isp, n)));
    const all = await race(
      (n) => voidBill(one, isp.tenantId, isp.actor, { billId: bills[n]!.id, reason }),
      (n) => payOf(two, isp, n, 1000),
    );
    for (const [n, both] of all.entries()) {
      assertOk(both.two);
      const bill = await billOf(isp, n);
      assert.deepEqual(
        [bill.status, bill.paid_centavos],
        both.one.ok ? ["void", 0n] : ["issued", 100_000n],
        codesOf([both.one]).join(),
      );
    }
  });
});

Deno.test("two processes at once: a connection goes to another payer while its bill is made, and no day is billed twice", async () => {
  await withTwo(createIsp, async (isp, one, two) => {
    isp.clock.set("2026-02-01T00:06:00+08:00");
    const run = runDueDays(two, isp.tenantId, isp.actor);
    const moved = await Promise.all(lanes.map((n) =>
      changePayer(one, isp.tenantId, isp.actor, {
        subscriptionId: isp.subscriptionIds[n]!,
        fromSubscriberId: isp.subscriberIds[n]!,
        to: { subscriberId: isp.subscriberIds[(n + 1) % LANES]! },
        when: "today",
        unused: "keep",
        shownOn: Temporal.PlainDate.from("2026-02-01"),
        once: uuidv7(isp.clock.now().epochMilliseconds),
      })
    ));
    assertOk(await run);
    assert.ok(codesOf(moved).every((code) => code === "ok"), codesOf(moved).join());
    assertOk(await runDueDays(one, isp.tenantId, isp.actor));
    const lines = await isp.run((trx) =>
      trx.selectFrom("bill_lines").select(["subscription_id", "amount_centavos", "period_start"])
        .where("tenant_id", "=", isp.tenantId).execute()
    );
    const january = lines.filter((line) => line.period_start.month === 1);
    assert.equal(new Set(january.map((line) => line.subscription_id)).size, january.length);
    assert.equal(january.reduce((all, line) => all + line.amount_centavos, 0n), BigInt(LANES) * 100_000n);
  });
});

Deno.test("two processes at once: a service ends while its bill is made, and its days are billed once", async () => {
  await withTwo(createIsp, async (isp, one, two) => {
    isp.clock.set("2026-02-01T00:06:00+08:00");
    const ends = await Promise.all(lanes.map(async (n) => {
      const subscriptionId = isp.subscriptionIds[n]!;
      const input = { lastDay: Temporal.PlainDate.from("2026-01-31"), unused: "credit" as const };
      const { netCentavos } = await isp.run(async (trx) => {
        const moment = { tenant: await getTenant(trx), today: todayOf(isp) };
        return assertOk(
          await reviewEnd(trx, moment, (await lockSubscription(trx, subscriptionId))!, input),
        );
      });
      return { ...input, subscriptionId, netCentavos };
    }));
    const run = runDueDays(two, isp.tenantId, isp.actor);
    const ended = await Promise.all(ends.map((end) => endConnection(one, isp.tenantId, isp.actor, end)));
    assertOk(await run);
    // The bill came first: the person is asked again, with what it comes to now.
    assert.ok(codesOf(ended).every((code) => code === "ok" || code === "end_moved"), codesOf(ended).join());
    assertOk(await runDueDays(one, isp.tenantId, isp.actor));
    const bills = await Promise.all(lanes.map((n) => billOf(isp, n)));
    assert.deepEqual(bills.map((bill) => bill.total_centavos), lanes.map(() => 100_000n));
    const { length } = await isp.run((trx) =>
      trx.selectFrom("bills").select("id").where("tenant_id", "=", isp.tenantId).execute()
    );
    assert.equal(length, LANES);
  });
});

Deno.test("two processes at once: credit for an outage is given once", async () => {
  await withTwo(createIsp, async (isp, one, two) => {
    await set(isp, { outage_credit: "ask" });
    await liveUntil(isp, "2026-02-02T10:00");
    await out(isp, "2026-01-10T00:00", "2026-01-12T00:00");
    const which = { withRunning: false, withHeld: true };
    const due = await isp.run(async (trx) =>
      await listDueOutageCredits(trx, {
        tenant: await getTenant(trx),
        now: isp.clock.now(),
        today: todayOf(isp),
        subscriptionIds: null,
      })
    );
    assert.equal(due.length, LANES);
    const seenCentavos = due.reduce((all, row) => all + row.dueCentavos, 0n);
    const give = (context: ServiceContext) =>
      creditOutages(context, isp.tenantId, isp.actor, { ...which, seenCentavos });
    const both = await Promise.all([give(one), give(two)]);
    const given = both.map((one) => one.ok ? one.value.memos : 0);
    assert.equal(given[0]! + given[1]!, LANES, codesOf(both).join());
    const memos = await isp.run((trx) =>
      trx.selectFrom("credit_memos").select("subscriber_id").where("tenant_id", "=", isp.tenantId).execute()
    );
    assert.equal(new Set(memos.map((memo) => memo.subscriber_id)).size, memos.length);
  });
});

Deno.test("two processes at once: who buys days while the cut is made is on afterwards", async () => {
  await withTwo(createPrepaidIsp, async (isp, one, two) => {
    for (const n of lanes) assertOk(await buy(isp, n, { count: 7, pesos: 199 }));
    await liveUntil(isp, "2026-01-08T00:30");
    assert.deepEqual(await offNow(isp), []);
    isp.clock.set("2026-01-08T09:00:00+08:00");
    const run = runDueDays(two, isp.tenantId, isp.actor);
    const bought = await Promise.all(
      lanes.map((n) => buy({ ...isp, context: one }, n, { count: 7, pesos: 199 })),
    );
    assertOk(await run);
    assert.deepEqual(codesOf(bought), lanes.map(() => "ok"));
    assert.deepEqual(await offNow(isp), []);
  });
});
