import assert from "node:assert/strict";
import { sql } from "kysely";
import { type Isp, liveUntil, pay, runUntil, todayOf } from "@/tests/billing/isp.ts";
import { createTestDatabase } from "@/tests/support/postgres.ts";
import { voidBill } from "@/web/services/billing/void_bill.ts";
import { endHold, holdSubscription } from "@/web/services/cuts/hold_subscription.ts";
import { resumeSubscription, suspendSubscription } from "@/web/services/cuts/suspend_subscription.ts";
import { reversePayment } from "@/web/services/payments/reverse_payment.ts";
import { createMailIsp, mailsOf, remind, sendDue } from "./mail_isp.ts";

const SUBSCRIBERS = 8;
const DAYS = 150;

/** The same numbers each time. */
function* numbers(seed: number): Generator<number, never> {
  for (let state = seed;; state = (state * 48_271) % 2_147_483_647) yield state / 2_147_483_647;
}

/** Something that happens to a connection; what is refused does not. */
async function happen(isp: Isp, next: () => number): Promise<void> {
  const n = Math.floor(next() * SUBSCRIBERS);
  const subscriptionId = isp.subscriptionIds[n]!;
  const call = [isp.context, isp.tenantId, isp.actor] as const;
  const one = async (query: ReturnType<typeof sql<{ id: string }>>) =>
    (await isp.run((trx) => query.execute(trx))).rows[0]?.id;
  const what = next();
  if (what < 0.45) await pay(isp, n, next() < 0.7 ? 1000 : 400);
  else if (what < 0.6) {
    const untilOn = todayOf(isp).add({ days: 1 + Math.floor(next() * 20) });
    await holdSubscription(...call, { subscriptionId, untilOn, reason: "Pays on Friday" });
  } else if (what < 0.65) await endHold(...call, { subscriptionId });
  else if (what < 0.75) {
    const billId = await one(sql`select id from bills where subscriber_id = ${isp.subscriberIds[n]!}
      and status = 'issued' order by number desc limit 1`);
    if (billId !== undefined) await voidBill(...call, { billId, reason: "Wrong" });
  } else if (what < 0.85) {
    const paymentId = await one(sql`select id from payments where subscriber_id = ${isp.subscriberIds[n]!}
      and status = 'posted' order by number desc limit 1`);
    if (paymentId !== undefined) await reversePayment(...call, { paymentId, reason: "It bounced" });
  } else if (what < 0.93) {
    await suspendSubscription(...call, { subscriptionId, reason: "vacation", note: "At home" });
  } else await resumeSubscription(...call, { subscriptionId, reason: "vacation" });
}

Deno.test("months of payments, voids, reversals, holds and vacations: nobody is cut unnoticed, and all is told once", async () => {
  await using database = await createTestDatabase();
  const isp = await createMailIsp(database, { subscribers: SUBSCRIBERS });
  await remind(isp, { cutNeedsNotice: true, unreachable: "hold", beforeCutDays: [3, 1] });
  const random = numbers(20_261);
  const next = () => random.next().value;
  await liveUntil(isp, "2026-02-01T08:30");
  for (let day = 0; day < DAYS; day++) {
    const today = todayOf(isp);
    await runUntil(isp, `${today}T08:30`);
    // Some days the mail server is away.
    if (next() < 0.8) await sendDue(isp);
    await runUntil(isp, `${today}T13:00`);
    for (let n = next() * 1.2; n > 0.4; n -= 0.4) await happen(isp, next);
    if (next() < 0.8) await sendDue(isp);
    await runUntil(isp, `${today.add({ days: 1 })}T00:06`);
  }
  const { rows: cuts } = await isp.run((trx) =>
    sql<{ subscription_id: string; added_on: Temporal.PlainDate; notices: number; told: number }>`
      select k.subscription_id, k.added_on,
        (select count(*)::int from mail_messages m where m.subscription_id = k.subscription_id and m.state = 'sent'
          and m.occasion = 'cut_notice' and m.created_on < k.added_on and (m.facts->>'cutOn')::date <= k.added_on
          and m.created_on > k.added_on - 22) as notices,
        (select count(*)::int from mail_messages m where m.subscription_id = k.subscription_id and m.occasion = 'cut'
          and m.created_on = k.added_on) as told
      from block_reasons k where k.tenant_id = ${isp.tenantId} and k.reason = 'nonpayment'`.execute(trx)
  );
  assert.ok(cuts.length > 5, `only ${cuts.length} cuts`);
  assert.deepEqual(cuts.filter(({ notices, told }) => notices === 0 || told !== 1), []);
  const mails = await mailsOf(isp);
  const count = (occasion: string) => mails.filter((mail) => mail.occasion === occasion).length;
  const { rows: [books] } = await isp.run((trx) =>
    sql<{ bills: number; payments: number; restored: number; holds: number }>`select
      (select count(*)::int from bills where tenant_id = ${isp.tenantId}) as bills,
      (select count(*)::int from payments where tenant_id = ${isp.tenantId}) as payments,
      (select count(*)::int from holds where tenant_id = ${isp.tenantId}) as holds,
      (select count(*)::int from block_reasons where tenant_id = ${isp.tenantId} and reason = 'nonpayment'
        and removed_at is not null) as restored`.execute(trx)
  );
  assert.equal(count("bill_issued"), books!.bills);
  assert.equal(count("payment_received"), books!.payments);
  assert.equal(count("hold_granted"), books!.holds);
  const inPayments = mails.filter(({ occasion }) => occasion === "payment_received")
    .reduce((sum, { facts }) => sum + (facts.restored as string[]).length, 0);
  assert.equal(count("restored") + inPayments, books!.restored);
  for (const { occasion, state, created_on: on, facts } of mails) {
    if (occasion !== "reminder") continue;
    assert.ok(
      Temporal.PlainDate.compare(on, Temporal.PlainDate.from(String(facts.dueOn))) <= 0,
      `${on} ${state}`,
    );
  }
});
