import { sql } from "kysely";
import { toRecordset } from "../db/recordset.ts";
import type { TenantTransaction } from "../db/tenant_transaction.ts";

/** Days that nothing explains, by their first day. */
export interface DaysKey {
  subscription_id: string;
  period_start: string;
}

/** A part of them, inside one cycle, with what it is charged by. */
export interface DaysToBill extends DaysKey {
  period_end: string;
  plan_name: string;
  price_centavos: string;
  anchor_day: number;
  proration: string;
  suspended_policy: string;
  first_billed_on: string;
}

/** Makes days that nothing explains into days that are never billed: a person decided it. */
export async function updateDaysNever(trx: TenantTransaction, rows: readonly DaysKey[]): Promise<void> {
  await sql`
    update charged_periods p set state = 'never', why = 'decided'
    from jsonb_to_recordset(${toRecordset(rows)}::jsonb) as r(subscription_id uuid, period_start date)
    where p.tenant_id = ${trx.tenantId} and p.subscription_id = r.subscription_id
      and p.period_start = r.period_start and p.state = 'unexplained'`.execute(trx);
}

/** Puts parts to be billed in the place of days that nothing explains; the next run bills them. */
export async function replaceDaysToBill(
  trx: TenantTransaction,
  parts: readonly DaysToBill[],
  today: Temporal.PlainDate,
): Promise<void> {
  const records = toRecordset(parts);
  // One statement after the other: the parts lie where the whole was.
  const { rows } = await sql<{ subscription_id: string; created_at: Temporal.Instant }>`
    delete from charged_periods p using jsonb_to_recordset(${records}::jsonb)
      as r(subscription_id uuid, period_start date, period_end date)
    where p.tenant_id = ${trx.tenantId} and p.subscription_id = r.subscription_id and p.state = 'unexplained'
      and p.period_start <= r.period_start and p.period_end >= r.period_end
    returning p.subscription_id, p.created_at`.execute(trx);
  await sql`
    insert into charged_periods (tenant_id, subscription_id, period_start, period_end, state, plan_name, price_centavos,
      anchor_day, proration, is_in_full, suspended_policy, first_billed_on, created_at)
    select ${trx.tenantId}::uuid, r.subscription_id, r.period_start, r.period_end, 'to_bill_again', r.plan_name,
      r.price_centavos, r.anchor_day, r.proration, false, r.suspended_policy, r.first_billed_on, was.created_at
    from jsonb_to_recordset(${records}::jsonb) as r(subscription_id uuid, period_start date, period_end date,
      plan_name text, price_centavos bigint, anchor_day smallint, proration text, suspended_policy text,
      first_billed_on date)
    join (select subscription_id, min(created_at) as created_at from jsonb_to_recordset(${
    toRecordset(rows.map((row) => ({ ...row, created_at: row.created_at.toString() })))
  }::jsonb)
      as w(subscription_id uuid, created_at timestamptz) group by 1) was using (subscription_id)`.execute(
    trx,
  );
  await sql`
    update subscriptions c set next_bill_on = least(c.next_bill_on, ${today}::date)
    where c.tenant_id = ${trx.tenantId} and c.id in (select r.subscription_id
      from jsonb_to_recordset(${records}::jsonb) as r(subscription_id uuid))`.execute(trx);
}

/** Days of these that a person decided about and that are as they were left then. */
export async function countDecided(
  trx: TenantTransaction,
  rows: readonly DaysKey[],
  as: "never" | "to_bill_again",
): Promise<number> {
  const { rows: counted } = await sql<{ count: number }>`
    select count(*)::int as count from charged_periods p
    join jsonb_to_recordset(${toRecordset(rows)}::jsonb) as r(subscription_id uuid, period_start date)
      on p.subscription_id = r.subscription_id and p.period_start = r.period_start
    where p.tenant_id = ${trx.tenantId} and p.freed_bill_id is null
      and ${as === "never" ? sql`p.state = 'never' and p.why = 'decided'` : sql`p.state = 'to_bill_again'`}`
    .execute(trx);
  return counted[0]?.count ?? 0;
}

/** Takes a decision back: nothing explains the days again. */
export async function updateDaysUnexplained(trx: TenantTransaction, rows: readonly DaysKey[]): Promise<void> {
  await sql`
    update charged_periods p set state = 'unexplained', why = null, plan_name = null, price_centavos = null,
      anchor_day = null, proration = null, is_in_full = null, suspended_policy = null, first_billed_on = null
    from jsonb_to_recordset(${toRecordset(rows)}::jsonb) as r(subscription_id uuid, period_start date)
    where p.tenant_id = ${trx.tenantId} and p.subscription_id = r.subscription_id
      and p.period_start = r.period_start`.execute(trx);
}

/** First and last day that are charged or decided; null while there are none. */
export async function findChargedSpan(
  trx: TenantTransaction,
  subscriptionId: string,
): Promise<{ start: Temporal.PlainDate; end: Temporal.PlainDate } | null> {
  const { rows } = await sql<{ start: Temporal.PlainDate | null; end: Temporal.PlainDate | null }>`
    select min(period_start) as start, max(period_end) as end from charged_periods
    where tenant_id = ${trx.tenantId} and subscription_id = ${subscriptionId}`.execute(trx);
  const [span] = rows;
  return span === undefined || span.start === null || span.end === null
    ? null
    : { start: span.start, end: span.end };
}

/** What of a connection is mended by hand. */
export async function updateMended(
  trx: TenantTransaction,
  subscriptionId: string,
  fields: {
    activated_on?: Temporal.PlainDate | null;
    billed_through_on?: Temporal.PlainDate | null;
    plan_id?: string;
    stopped_from_on?: Temporal.PlainDate | null;
    stopped_at?: Temporal.Instant | null;
  },
): Promise<void> {
  await trx.updateTable("subscriptions").set(fields).where("tenant_id", "=", trx.tenantId)
    .where("id", "=", subscriptionId).execute();
}

/** Whether anything of a connection was billed since a moment. */
export async function hasChargedSince(
  trx: TenantTransaction,
  subscriptionId: string,
  since: Temporal.Instant,
): Promise<boolean> {
  const row = await trx.selectFrom("charged_periods").select("period_start").where(
    "tenant_id",
    "=",
    trx.tenantId,
  )
    .where("subscription_id", "=", subscriptionId).where("state", "in", ["billed", "to_bill_again"])
    .where("created_at", ">=", since).limit(1).executeTakeFirst();
  return row !== undefined;
}

/** Takes days out that a person has passed over since a moment. */
export async function deletePassedOver(
  trx: TenantTransaction,
  subscriptionId: string,
  since: Temporal.Instant,
): Promise<void> {
  await trx.deleteFrom("charged_periods").where("tenant_id", "=", trx.tenantId)
    .where("subscription_id", "=", subscriptionId).where("state", "=", "never").where("why", "=", "decided")
    .where("created_at", ">=", since).execute();
}
