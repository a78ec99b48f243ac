import assert from "node:assert/strict";
import { createTestDatabase } from "@/tests/support/postgres.ts";
import { Played, soaked } from "@/tests/support/soak.ts";
import { excludeFromRun } from "@/web/services/cuts/exclude_from_run.ts";
import { holdSubscription } from "@/web/services/cuts/hold_subscription.ts";
import { reversePayment } from "@/web/services/payments/reverse_payment.ts";
import { voidBill } from "@/web/services/billing/void_bill.ts";
import { findBrokenAuditEntry } from "@/web/services/audit.ts";
import { listBills } from "@/web/store/billing/bills_page.ts";
import { listCutCandidates } from "@/web/store/cuts/cut_candidates.ts";
import { listPayments } from "@/web/store/payments/payments_page.ts";
import { getTenant } from "@/web/store/settings/tenants.ts";
import { assertBooksHold, createIsp, type Isp, liveUntil, offNow, pay, todayOf } from "./isp.ts";
import { seedsOf } from "./random/dice.ts";

const SEEDS = seedsOf(3, soaked(3, 40));
const STEPS = 45;
const SUBSCRIBERS = 5;

Deno.test("after any sequence of days, payments, reversals, voids and holds the books and the service agree", async () => {
  await using database = await createTestDatabase();
  const played = new Played(`histories of ${STEPS} steps through PostgreSQL`);
  for (const seed of SEEDS) {
    const random = mulberry32(seed);
    const isp = await createIsp(database, { subscribers: SUBSCRIBERS });
    await liveUntil(isp, "2026-02-01T10:00");
    for (let step = 0; step < STEPS; step++) {
      const did = await act(isp, random);
      try {
        await check(isp, did === "day");
      } catch (error) {
        throw new Error(`seed ${seed}, step ${step}, after ${did} on ${todayOf(isp)}`, { cause: error });
      }
    }
    assert.equal(await isp.run(findBrokenAuditEntry), null);
    played.add();
  }
  played.say();
});

async function act(isp: Isp, random: () => number): Promise<string> {
  const n = Math.floor(random() * SUBSCRIBERS);
  const dice = random();
  const reason = "Simulated";
  const subscriptionId = isp.subscriptionIds[n]!;
  if (dice < 0.45) {
    const here = isp.clock.now().toZonedDateTimeISO("Asia/Manila").add({
      days: 1 + Math.floor(random() * 4),
    });
    await liveUntil(isp, here.toPlainDateTime().toString());
    return "day";
  }
  if (dice < 0.7) {
    await pay(isp, n, [1, 250, 999.99, 1000, 2300][Math.floor(random() * 5)]!);
    return "pay";
  }
  if (dice < 0.8) {
    const { rows } = await isp.run((trx) => listPayments(trx, { status: "posted" }, { limit: 50 }));
    const payment = rows[Math.floor(random() * rows.length)];
    if (payment !== undefined) {
      await reversePayment(isp.context, isp.tenantId, isp.actor, { paymentId: payment.id, reason });
    }
    return "reverse";
  }
  if (dice < 0.88) {
    const { rows } = await isp.run((trx) => listBills(trx, {}, { limit: 50 }));
    const bill = rows[Math.floor(random() * rows.length)];
    if (bill !== undefined) await voidBill(isp.context, isp.tenantId, isp.actor, { billId: bill.id, reason });
    return "void";
  }
  if (dice < 0.95) {
    const untilOn = todayOf(isp).add({ days: Math.floor(random() * 10) });
    await holdSubscription(isp.context, isp.tenantId, isp.actor, { subscriptionId, untilOn, reason });
    return "hold";
  }
  const businessOn = todayOf(isp).add({ days: 1 });
  await excludeFromRun(isp.context, isp.tenantId, isp.actor, { subscriptionId, businessOn, reason });
  return "exclude";
}

/** After a day's run nobody who should be cut is on; at any time nobody who has paid is off. */
async function check(isp: Isp, isAfterRun: boolean): Promise<void> {
  await assertBooksHold(isp);
  const off = new Set(await offNow(isp));
  const candidates = await isp.run(async (trx) =>
    listCutCandidates(trx, await getTenant(trx), todayOf(isp), {
      subscriptionIds: isp.subscriptionIds,
      now: isp.clock.now(),
    })
  );
  for (const row of candidates) {
    const n = isp.subscriptionIds.indexOf(row.subscription_id);
    if (row.pastGraceCentavos < 100n) assert.ok(!off.has(n), `subscriber ${n} has paid and is off`);
    if (isAfterRun && row.decision === "cut") {
      assert.ok(off.has(n), `subscriber ${n} is past the cut date and on`);
    }
  }
}

function mulberry32(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}
