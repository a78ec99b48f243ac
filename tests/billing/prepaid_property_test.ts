import assert from "node:assert/strict";
import { sql } from "kysely";
import { assertBooksHold, type Isp, liveUntil, offNow, pay, todayOf } from "@/tests/billing/isp.ts";
import { buy, createPrepaidIsp } from "@/tests/billing/prepaid_isp.ts";
import { createTestDatabase } from "@/tests/support/postgres.ts";
import { Played, soaked } from "@/tests/support/soak.ts";
import { switchRenewal } from "@/web/services/billing/renew_prepaid.ts";
import { voidBill } from "@/web/services/billing/void_bill.ts";
import { reversePayment } from "@/web/services/payments/reverse_payment.ts";

const LINES = 5;
const DAYS = 14;
const UNITS = [
  { unit: "days", count: 1, pesos: 34 },
  { unit: "days", count: 7, pesos: 199 },
  { unit: "days", count: 7, pesos: 0 },
  { unit: "months", count: 1, pesos: 1000 },
  { unit: "days", count: 1, pesos: 100 },
] as const;

/** The same numbers for the same seed, below a limit. */
function dice(seed: number): (limit: number) => number {
  let state = seed;
  return (limit) => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return Math.floor(state / 65_536) % limit;
  };
}

/** Lines that no paid bill covers on a day, asked of the bills themselves: who paid for which days. */
async function uncovered(isp: Isp): Promise<number[]> {
  const { rows } = await isp.run((trx) =>
    sql<{ id: string }>`select c.id from subscriptions c where c.tenant_id = ${isp.tenantId} and not exists (
      select from bill_lines l join bills b on b.tenant_id = l.tenant_id and b.id = l.bill_id
      where l.tenant_id = c.tenant_id and l.subscription_id = c.id and b.status = 'issued' and b.kind = 'prepaid'
        and b.paid_centavos = b.total_centavos and ${todayOf(isp)}::date >= l.period_start
        and ${todayOf(isp)}::date < l.period_end)`.execute(trx)
  );
  return rows.map(({ id }) => isp.subscriptionIds.indexOf(id)).sort((a, b) => a - b);
}

/** Something that may happen to a line on a day; what is refused does nothing. */
async function live(isp: Isp, n: number, roll: (limit: number) => number): Promise<void> {
  const last = (await isp.run((trx) =>
    sql<{ bill: string; payment: string | null }>`
      select p.bill_id as bill, y.id as payment from prepaid_purchases p
      left join payments y on y.tenant_id = p.tenant_id and y.idempotency_key = p.id::text and y.status = 'posted'
      where p.tenant_id = ${isp.tenantId} and p.subscription_id = ${isp.subscriptionIds[n]}
      order by p.from_on desc, p.made_at desc limit 1`.execute(trx)
  )).rows[0];
  const because = { reason: "Mistake" };
  switch (roll(12)) {
    case 0:
      if (last) await voidBill(isp.context, isp.tenantId, isp.actor, { billId: last.bill, ...because });
      break;
    case 1:
      if (last?.payment) {
        await reversePayment(isp.context, isp.tenantId, isp.actor, { paymentId: last.payment, ...because });
      }
      break;
    case 2:
      await switchRenewal(isp.context, isp.tenantId, isp.actor, {
        subscriptionId: isp.subscriptionIds[n]!,
        renewsItself: roll(3) > 0,
      });
      break;
    case 3:
      await pay(isp, n, 50 + roll(200));
      break;
    case 4:
    case 5:
    case 6:
      await Promise.all(Array.from({ length: 1 + roll(2) }, () => buy(isp, n, UNITS[roll(UNITS.length)])));
  }
}

Deno.test("random purchases, voids, reversals and renewals: after each run exactly the covered ones are on", async () => {
  const played = new Played(`histories of ${LINES} prepaid lines and ${DAYS} days through PostgreSQL`);
  for (let seed = 1; seed <= soaked(1, 60); seed++) {
    await using database = await createTestDatabase();
    const roll = dice(seed * 7919);
    const isp = await createPrepaidIsp(database, {
      start: `2028-02-${String(10 + roll(15)).padStart(2, "0")}T08:00:00+08:00`,
      subscribers: LINES,
    });
    if (roll(2) === 0) {
      await isp.run((trx) =>
        trx.updateTable("tenants").set({ prepaid_lapse: "backdate" }).where("id", "=", isp.tenantId).execute()
      );
    }
    for (let day = 0; day < DAYS; day++) {
      await liveUntil(isp, `${todayOf(isp)}T09:00`);
      assert.deepEqual(await offNow(isp), await uncovered(isp), `seed ${seed}, ${todayOf(isp)}`);
      for (let n = 0; n < LINES; n++) await live(isp, n, roll);
      // Whoever paid is on at once, whoever lost coverage stays on until the run.
      const off = new Set(await offNow(isp));
      const none = await uncovered(isp);
      for (const n of off) {
        assert.equal(none.includes(n), true, `seed ${seed}, ${todayOf(isp)}: ${n} is paid for and off`);
      }
      await liveUntil(isp, `${todayOf(isp).add({ days: 1 })}T00:10`);
    }
    await assertBooksHold(isp);
    played.add();
  }
  played.say();
});
