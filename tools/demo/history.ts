import { sql } from "kysely";
import { centavos } from "@/shared/money/mod.ts";
import { nextBoundaryAfter } from "@/shared/calendar/mod.ts";
import { advanceBusinessTime } from "@/web/services/advance_business_time.ts";
import { businessNow } from "@/web/services/business_clock.ts";
import type { Actor, ServiceContext } from "@/web/services/context.ts";
import { holdSubscription } from "@/web/services/hold_subscription.ts";
import { recordPayment } from "@/web/services/record_payment.ts";
import { getTenant, updateBusinessOffset } from "@/web/store/tenants.ts";
import { withTenant } from "@/web/store/tenant_transaction.ts";
import { BILLED_DAYS_AGO, HISTORY_DAYS, type Persona, PERSONAS } from "./cast.ts";

interface OpenBill {
  bill_id: string;
  subscriber_id: string;
  account_number: string;
  owed: bigint;
  total: bigint;
  days_past_due: number;
  grace_days: number;
}

/** Gives every subscription a cycle day of its group, before the first bill, so that all states show at once. */
export async function spreadBillingDays(context: ServiceContext, tenantId: string): Promise<void> {
  const finalDay = context.clock.now().toZonedDateTimeISO("Asia/Manila").toPlainDate();
  await withTenant(context.db, tenantId, async (trx) => {
    const rows = await trx.selectFrom("subscriptions as c")
      .innerJoin(
        "subscribers as s",
        (join) => join.onRef("s.tenant_id", "=", "c.tenant_id").onRef("s.id", "=", "c.subscriber_id"),
      )
      .select(["c.id", "c.activated_on", "s.account_number"]).where("c.tenant_id", "=", tenantId).execute();
    for (const row of rows) {
      const group = pick(BILLED_DAYS_AGO, `group ${row.account_number}`);
      const anchorDay = finalDay.subtract({ days: group.days }).day;
      if (row.activated_on === null) continue;
      await trx.updateTable("subscriptions")
        .set({ anchor_day: anchorDay, next_bill_on: nextBoundaryAfter(row.activated_on, anchorDay) })
        .where("tenant_id", "=", tenantId).where("id", "=", row.id).execute();
    }
  });
}

/** Plays the days up to today: each runs its bills and cuts, then people pay as they do. */
export async function playHistory(
  context: ServiceContext,
  tenantId: string,
  owner: Actor,
  say: (text: string) => void,
): Promise<void> {
  let payments = 0;
  for (let day = 1; day <= HISTORY_DAYS; day++) {
    await advanceBusinessTime(context, tenantId, owner, { to: "day" });
    payments += await payDay(context, tenantId, owner);
    if (day % 25 === 0) say(`  ${day} of ${HISTORY_DAYS} days, ${payments} payments`);
  }
  await holdSome(context, tenantId, owner);
  // From here on business time is real time, until somebody moves it in the demo bar.
  await withTenant(context.db, tenantId, (trx) => updateBusinessOffset(trx, 0n));
}

async function payDay(context: ServiceContext, tenantId: string, owner: Actor): Promise<number> {
  const { today, bills } = await withTenant(context.db, tenantId, async (trx) => {
    const moment = businessNow(await getTenant(trx), context.clock);
    const { rows } = await sql<OpenBill>`
      select b.id as bill_id, b.subscriber_id, s.account_number, b.total_centavos - b.paid_centavos as owed,
        b.total_centavos as total, (${moment.today}::date - b.due_on) as days_past_due, b.grace_days::int as grace_days
      from bills b join subscribers s on s.tenant_id = b.tenant_id and s.id = b.subscriber_id
      where b.tenant_id = ${tenantId} and b.status = 'issued' and b.paid_centavos < b.total_centavos
      order by b.due_on, b.id`.execute(trx);
    return { today: moment.today, bills: rows };
  });
  const payers = new Map<string, OpenBill & { amount: bigint }>();
  for (const bill of bills) {
    const amount = amountPaid(bill);
    if (amount > 0n && !payers.has(bill.subscriber_id)) payers.set(bill.subscriber_id, { ...bill, amount });
  }
  for (const payer of payers.values()) {
    const method = pick(METHODS, `method ${payer.account_number}`).kind;
    const result = await recordPayment(context, tenantId, owner, {
      subscriberId: payer.subscriber_id,
      amountCentavos: centavos(payer.amount),
      method,
      receivedOn: today,
      ...(method === "cash"
        ? {}
        : { reference: `${method.toUpperCase()}-${digest(`${payer.bill_id} ${today}`)}` }),
      targetBillId: payer.bill_id,
      idempotencyKey: `demo-${payer.bill_id}-${today}`,
    });
    if (!result.ok) throw new Error(`Cannot fill the demo: ${result.message}`);
  }
  return payers.size;
}

const METHODS = [
  { kind: "cash", share: 55 },
  { kind: "gcash", share: 33 },
  { kind: "bank", share: 12 },
] as const;

/** What the payer of a bill brings today, in centavos; 0 on most days. */
function amountPaid(bill: OpenBill): bigint {
  const persona: Persona = pick(PERSONAS, `persona ${bill.account_number}`).kind;
  const luck = digest(`day ${bill.bill_id}`);
  const late = bill.days_past_due;
  switch (persona) {
    case "prompt":
      return late >= -Number(luck % 7) ? bill.owed : 0n;
    case "in_grace":
      return late >= 1 + luck % bill.grace_days ? bill.owed : 0n;
    case "after_cut":
      return late >= bill.grace_days + 2 + luck % 4 ? bill.owed : 0n;
    case "partial":
      return late === 0 && bill.owed === bill.total ? (bill.owed / 2n / 100n) * 100n : 0n;
    case "never":
      return 0n;
  }
}

async function holdSome(context: ServiceContext, tenantId: string, owner: Actor): Promise<void> {
  const { today, late } = await withTenant(context.db, tenantId, async (trx) => {
    const moment = businessNow(await getTenant(trx), context.clock);
    const { rows } = await sql<{ subscription_id: string }>`
      select distinct b.subscription_id from bills b
      join subscriptions c on c.tenant_id = b.tenant_id and c.id = b.subscription_id and c.status = 'active'
      where b.tenant_id = ${tenantId} and b.status = 'issued' and b.paid_centavos < b.total_centavos
        and b.due_on < ${moment.today}
        and not exists (select 1 from block_reasons r where r.tenant_id = b.tenant_id
          and r.subscription_id = b.subscription_id and r.removed_at is null)
      order by b.subscription_id limit 3`.execute(trx);
    return { today: moment.today, late: rows };
  });
  for (const [index, reason] of HOLD_REASONS.entries()) {
    const subscriptionId = late[index]?.subscription_id;
    if (subscriptionId === undefined) break;
    const result = await holdSubscription(context, tenantId, owner, {
      subscriptionId,
      untilOn: today.add({ days: 3 + index }),
      reason,
    });
    if (!result.ok) throw new Error(`Cannot fill the demo: ${result.message}`);
  }
}

const HOLD_REASONS = [
  "Promised to pay on payday",
  "Waiting for a bank transfer",
  "House fire, barangay asked us to wait",
];

/** The same choice for the same key at every start, in proportion to the shares. */
function pick<T extends { share: number }>(choices: readonly T[], key: string): T {
  let left = digest(key) % choices.reduce((total, choice) => total + choice.share, 0);
  for (const choice of choices) {
    left -= choice.share;
    if (left < 0) return choice;
  }
  throw new Error("Cannot pick: there are no choices");
}

/** A small hash (FNV-1a, then mixed), 31 bits. */
function digest(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return (Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d) >>> 1) & 0x7fffffff;
}
