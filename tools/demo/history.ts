import { sql } from "kysely";
import { centavos } from "@/shared/money/mod.ts";
import { advanceBusinessTime } from "@/web/services/demo/advance_business_time.ts";
import type { ServiceContext } from "@/web/services/context.ts";
import { approveCutRun } from "@/web/services/cuts/approve_cut_run.ts";
import { businessNow } from "@/web/services/business_clock.ts";
import { executeCutRun } from "@/web/services/cuts/execute_cut_run.ts";
import { holdSubscription } from "@/web/services/cuts/hold_subscription.ts";
import { recordPayment } from "@/web/services/payments/record_payment.ts";
import { reversePayment } from "@/web/services/payments/reverse_payment.ts";
import type { DayReport } from "@/web/services/billing/run_due_days.ts";
import { resumeSubscription, suspendSubscription } from "@/web/services/cuts/suspend_subscription.ts";
import { voidBill } from "@/web/services/billing/void_bill.ts";
import { getTenant, updateBusinessOffset } from "@/web/store/settings/tenants.ts";
import { inBooks, must, type Seed } from "./books.ts";
import { giveBack } from "./corrections.ts";
import { MAILING_DAYS, startMailing } from "./mailing.ts";
import { outagesOf } from "./outages.ts";
import { untilRoutersFollow } from "./routers_follow.ts";
import { withhold } from "./withholding.ts";
import { amountPaid, digest, isStorm, methodOf, type OpenBill } from "./people.ts";

/** Payments that are posted at once, each on a connection of its own: while one commits the next one is prepared. */
const CASHIERS = 4;

/** What the history has brought so far. */
interface Told {
  payments: number;
}

/**
 * Plays the days up to today: each runs its bills and cuts, then people pay as they do. Of a payment the routers hear at
 * the web's own pace; what a run cuts they do on its day, as it is too late for it on the next.
 */
export async function playHistory(told: Seed): Promise<void> {
  const seed = { ...told, context: { ...told.context, notifyRouters: () => {} } };
  const { tenantId, owner, days, stack } = seed;
  // Before the mail server is entered nothing is waited for: four looks a day are a fortieth of the time of a year.
  const { mailGoesOut: _later, ...unmailed } = seed.context;
  const soFar: Told = { payments: 0 };
  for (let day = 1; day <= days; day++) {
    stack.preparing = { label: "history", done: day, total: days };
    if (day === days - MAILING_DAYS) await startMailing(seed);
    const context: ServiceContext = day < days - MAILING_DAYS ? unmailed : seed.context;
    // While it is the hour of the run: a played day ends at any hour, also after midnight.
    const onDay = async (_day: Temporal.PlainDate, ran: readonly DayReport[]) => {
      await decideBrake(seed, ran, days - day);
      if (ran.some(({ cut }) => cut !== null && cut.listed > 0)) await untilRoutersFollow(told);
    };
    must(await advanceBusinessTime(context, tenantId, owner, { to: "day", onDay }));
    soFar.payments += await payDay(seed, days - day);
    await happenings(seed, days - day);
    await context.mailGoesOut?.(tenantId);
    if (day % 30 === 0) seed.say(`  ${day} of ${days} days, ${soFar.payments} payments`);
  }
  // From here on business time is real time, until somebody moves it in the demo bar.
  await inBooks(seed, (trx) => updateBusinessOffset(trx, 0n));
}

/**
 * The people of a demo whose history is over: asked at every hour of the time machine, they pay once a business day as
 * they always did.
 */
export function livingPeople(seed: Seed): () => Promise<void> {
  let paidOn = "";
  return async () => {
    const { today } = await openBills(seed);
    if (today.toString() === paidOn) return;
    paidOn = today.toString();
    await payDay(seed, 0);
  };
}

/** In the storm the owner lets the stopped run lapse; afterwards it is looked at and approved. */
async function decideBrake(seed: Seed, reports: readonly DayReport[], daysAgo: number): Promise<void> {
  const { context, tenantId, owner } = seed;
  for (const { cut } of reports) {
    if (cut === null || cut.state !== "awaiting_approval" || isStorm(daysAgo, seed.days)) continue;
    must(await approveCutRun(context, tenantId, owner, { runId: cut.runId }));
    must(await executeCutRun(context, tenantId, owner, { runId: cut.runId }));
  }
}

async function payDay(seed: Seed, daysAgo: number): Promise<number> {
  const { context, tenantId, cashier } = seed;
  const { today, bills } = await openBills(seed);
  const payers = new Map<string, OpenBill & { amount: bigint }>();
  for (const bill of bills) {
    const amount = amountPaid(bill, { daysAgo, days: seed.days });
    if (amount > 0n && !payers.has(bill.subscriber_id)) payers.set(bill.subscriber_id, { ...bill, amount });
  }
  const queue = [...payers.values()];
  const work = async () => {
    for (let payer = queue.shift(); payer !== undefined; payer = queue.shift()) {
      const method = methodOf(payer.account_number);
      const code = digest(`${payer.bill_id} ${today}`).toString().padStart(10, "0");
      must(
        await recordPayment(context, tenantId, cashier, {
          subscriberId: payer.subscriber_id,
          amountCentavos: centavos(payer.amount),
          method,
          receivedOn: today,
          ...(method === "cash" ? {} : { reference: `${method.toUpperCase()}-${code}` }),
          targetBillId: payer.bill_id,
          idempotencyKey: `demo-${payer.bill_id}-${today}`,
        }),
      );
    }
  };
  await Promise.all(Array.from({ length: CASHIERS }, work));
  return payers.size;
}

async function openBills(seed: Seed): Promise<{ today: Temporal.PlainDate; bills: OpenBill[] }> {
  return await inBooks(seed, async (trx) => {
    const { today } = businessNow(await getTenant(trx), seed.context.clock);
    const { rows } = await sql<OpenBill>`
      select b.id as bill_id, b.subscriber_id, b.subscription_id, s.account_number, b.total_centavos - b.paid_centavos as owed,
        b.total_centavos as total, (${today}::date - b.due_on) as days_past_due, b.grace_days::int as grace_days
      from bills b join subscribers s on s.tenant_id = b.tenant_id and s.id = b.subscriber_id
      where b.tenant_id = ${seed.tenantId} and b.status = 'issued' and b.paid_centavos < b.total_centavos
      order by b.due_on, b.id`.execute(trx);
    return { today, bills: rows };
  });
}

const PROMISES = [
  "Promised to pay on payday",
  "Waiting for a bank transfer",
  "House fire, barangay asked us to wait",
  "In hospital, the daughter pays on Friday",
];

/** What else happens in a year: promises, holidays, cheques that bounce, bills that were wrong, credit. */
async function happenings(seed: Seed, daysAgo: number): Promise<void> {
  if (daysAgo % 11 === 6 && daysAgo > 12) await holdSomebody(seed, daysAgo);
  if (daysAgo % 73 === 9) await takeBack(seed);
  if (daysAgo % 61 === 14) await voidOne(seed);
  if (daysAgo % 90 === 40) await goOnHoliday(seed, daysAgo);
  if (daysAgo % 97 === 5) await giveBack(seed, daysAgo);
  if (daysAgo === 70 || daysAgo === 0) await businessPays(seed, daysAgo);
  await outagesOf(seed, daysAgo);
}

/** The bill that is due last and of which nothing is paid: of one business the certificate comes, of another it is awaited. */
async function businessPays(seed: Seed, daysAgo: number): Promise<void> {
  const { today, bills } = await openBills(seed);
  const bill = bills.findLast(({ owed, total }) => owed === total);
  if (bill === undefined) return;
  await withhold(seed, bill, { brings: daysAgo === 0 ? "money" : "certificate", on: today });
}

/** Somebody in grace asks for time: the first one who is not cut for an older bill. */
async function holdSomebody(seed: Seed, daysAgo: number): Promise<void> {
  const { today, bills } = await openBills(seed);
  for (const bill of bills) {
    if (bill.days_past_due <= 0 || bill.days_past_due > bill.grace_days) continue;
    const held = await holdSubscription(seed.context, seed.tenantId, seed.owner, {
      subscriptionId: bill.subscription_id,
      untilOn: today.add({ days: 4 + daysAgo % 4 }),
      reason: PROMISES[daysAgo % PROMISES.length] ?? "",
    });
    if (held.ok) return;
  }
}

/** A cheque bounces: the newest payment that was not cash. */
async function takeBack(seed: Seed): Promise<void> {
  const payment = await inBooks(
    seed,
    (trx) =>
      trx.selectFrom("payments").select("id").where("tenant_id", "=", seed.tenantId)
        .where("status", "=", "posted").where("method", "in", ["check", "bank"])
        .orderBy("recorded_on", "desc").orderBy("id").limit(1).executeTakeFirst(),
  );
  if (payment === undefined) return;
  must(
    await reversePayment(seed.context, seed.tenantId, seed.owner, {
      paymentId: payment.id,
      reason: "Returned by the bank: not funded",
    }),
  );
}

/** A bill was wrong: the period is billed again by the next run. */
async function voidOne(seed: Seed): Promise<void> {
  const bill = await inBooks(
    seed,
    (trx) =>
      trx.selectFrom("bills").select("id").where("tenant_id", "=", seed.tenantId)
        .where("status", "=", "issued").where("paid_centavos", "=", 0n)
        .orderBy("issued_on", "desc").orderBy("id").limit(1).executeTakeFirst(),
  );
  if (bill === undefined) return;
  must(
    await voidBill(seed.context, seed.tenantId, seed.owner, {
      billId: bill.id,
      reason: "Line was down for two weeks after the storm",
    }),
  );
}

/** Somebody goes abroad and asks to be switched off; whoever went before is back. */
async function goOnHoliday(seed: Seed, daysAgo: number): Promise<void> {
  const { context, tenantId, owner } = seed;
  const { away, next } = await inBooks(seed, async (trx) => {
    const reasons = await trx.selectFrom("block_reasons").select("subscription_id")
      .where("tenant_id", "=", tenantId).where("reason", "=", "vacation").where("removed_at", "is", null)
      .execute();
    const { rows } = await sql<{ id: string }>`
      select c.id from subscriptions c where c.tenant_id = ${tenantId} and c.status = 'active'
        and c.billed_through_on is not null
        and not exists (select from block_reasons r where r.tenant_id = c.tenant_id
          and r.subscription_id = c.id and r.removed_at is null)
        and not exists (select from bills b where b.tenant_id = c.tenant_id and b.subscription_id = c.id
          and b.status = 'issued' and b.paid_centavos < b.total_centavos)
      order by c.id offset ${daysAgo % 7} limit 1`.execute(trx);
    return { away: reasons.map((row) => row.subscription_id), next: rows[0]?.id };
  });
  for (const subscriptionId of away) {
    must(await resumeSubscription(context, tenantId, owner, { subscriptionId, reason: "vacation" }));
  }
  if (next === undefined) return;
  must(
    await suspendSubscription(context, tenantId, owner, {
      subscriptionId: next,
      reason: "vacation",
      note: "Works in Dubai until next season",
    }),
  );
}
