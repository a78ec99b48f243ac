import { sql } from "kysely";
import { sendSqlAhead } from "../db/ahead.ts";
import { toRecordset } from "../db/recordset.ts";
import type { TenantTransaction } from "../db/tenant_transaction.ts";
import { uuidArray } from "./bill_run.ts";
import { type FutureMoment, isFutureOutageMemo } from "./future.ts";

/** A charged period of a connection that outages touch, or that was credited for one. */
export interface OutPeriodRow {
  subscription_id: string;
  subscriber_id: string;
  subscriber_name: string;
  account_number: string;
  ppp_name: string;
  period_start: Temporal.PlainDate;
  period_end: Temporal.PlainDate;
  bill_id: string;
  bill_number: string;
  anchor_day: number;
  is_in_full: boolean;
  /** Of a whole period; where the plan changed inside, the lower one. */
  price_centavos: bigint;
  /** Charged for it, less what later bills took off for it. */
  charged_centavos: bigint;
  /** The line that charged it, and the VAT in it. */
  line_centavos: bigint;
  line_vat_centavos: bigint;
  tax_mode: "non_vat" | "vat_inclusive" | "vat_exclusive";
  /** Of its bill, and what live memos gave back of it. */
  bill_centavos: bigint;
  bill_vat_centavos: bigint;
  back_centavos: bigint;
  back_vat_centavos: bigint;
  charged_minutes: number;
  /** Minutes that count. */
  minutes: number;
  /** What live memos gave for its outages. */
  given_centavos: bigint;
  /** The number of its last memo. */
  last_part: number;
  /** A person took a memo of it back while its bill stood. One of a wrong clock was made later than it was taken back. */
  is_held: boolean;
}

/** What is asked of the outages of a tenant. */
export interface OutageQuestion {
  now: Temporal.Instant;
  today: Temporal.PlainDate;
  zone: string;
  /** Outages that ended before are left alone. */
  since: Temporal.Instant;
  thresholdMinutes: number;
  /** Planned minutes count like those of faults; otherwise they are taken out of them. */
  creditsPlanned: boolean;
  /** Periods that are not over yet as well. */
  withRunning: boolean;
  subscriptionIds: readonly string[];
}

/** Connections that an outage took down, or that were credited for one. */
export async function listOutageConnections(
  trx: TenantTransaction,
  { now, since }: Pick<OutageQuestion, "now" | "since">,
): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select h.subscription_id as id from outages o
    join outage_connections h on h.tenant_id = o.tenant_id and h.outage_id = o.id
    where o.tenant_id = ${trx.tenantId} and o.taken_back_at is null and o.from_at < ${now}::timestamptz
      and coalesce(o.to_at, ${now}::timestamptz) > ${since}::timestamptz
    union select g.subscription_id from outage_credits g where g.tenant_id = ${trx.tenantId}
    order by 1`.execute(trx);
  return rows.map((row) => row.id);
}

/**
 * The periods with enough minutes, and those that were credited. Outages that overlap count once; what was scheduled or
 * force majeure, and days that were suspended, are taken out of them; all is cut to the charged days in the tenant's zone.
 */
export async function listOutPeriods(trx: TenantTransaction, asked: OutageQuestion): Promise<OutPeriodRow[]> {
  const { tenantId } = trx;
  const { now, today, zone, since, thresholdMinutes, creditsPlanned, withRunning, subscriptionIds: ids } =
    asked;
  const chosen = (column: string) => sql`${sql.ref(column)} = any(${uuidArray(ids)}::uuid[])`;
  const at = (day: ReturnType<typeof sql>) => sql`(${day})::timestamp at time zone ${zone}`;
  const { rows } = await sql<OutPeriodRow>`
    with outage as materialized (
      select o.id, (o.kind = 'fault' or o.kind = 'scheduled' and ${creditsPlanned}) as counts,
        tstzrange(o.from_at, least(coalesce(o.to_at, ${now}::timestamptz), ${now}::timestamptz)) as span
      from outages o where o.tenant_id = ${tenantId} and o.taken_back_at is null and o.from_at < ${now}::timestamptz
        and coalesce(o.to_at, ${now}::timestamptz) > ${since}::timestamptz
    ), hit as materialized (
      select h.subscription_id, range_agg(o.span) filter (where o.counts) as counted,
        coalesce(range_agg(o.span) filter (where not o.counts), '{}') as excluded, min(lower(o.span)) as first
      from outage o join outage_connections h on h.tenant_id = ${tenantId} and h.outage_id = o.id
      where ${chosen("h.subscription_id")} group by 1 having bool_or(o.counts)
    ), given as materialized (
      select g.subscription_id, g.period_start, max(g.part)::int as last_part,
        coalesce(sum(g.amount_centavos) filter (where m.voided_at is null), 0)::bigint as amount,
        coalesce(bool_or(m.voided_at >= m.recorded_at and b.status = 'issued'), false) as is_held
      from outage_credits g join credit_memos m on m.tenant_id = g.tenant_id and m.id = g.memo_id
      join bills b on b.tenant_id = g.tenant_id and b.id = g.bill_id
      where g.tenant_id = ${tenantId} and g.period_start > ${at(sql`${today}::date`)} - interval '800 days'
        and ${chosen("g.subscription_id")}
      group by 1, 2
    ), off as materialized (
      select r.subscription_id, range_agg(tstzrange(${at(sql`r.added_on`)}, ${at(sql`r.removed_on`)})) as days
      from block_reasons r where r.tenant_id = ${tenantId} and r.subscription_id in (select subscription_id from hit)
        and (r.removed_on is null or r.removed_on > r.added_on) group by 1
    ), period as materialized (
      select p.subscription_id, p.period_start, p.period_end, p.bill_id, p.anchor_day, p.is_in_full,
        least(p.price_centavos, p.rest_price_centavos) as price_centavos, span.charged,
        (coalesce(h.counted, '{}') - coalesce(h.excluded, '{}') - coalesce(o.days, '{}')) * tstzmultirange(span.charged) as down,
        g.last_part, g.amount, g.is_held
      from charged_periods p
      join subscriptions c on c.tenant_id = p.tenant_id and c.id = p.subscription_id
      left join hit h on h.subscription_id = p.subscription_id
      left join given g on g.subscription_id = p.subscription_id and g.period_start = p.period_start
      left join off o on o.subscription_id = p.subscription_id
      cross join lateral (select tstzrange(${at(sql`p.period_start`)},
        greatest(${at(sql`p.period_start`)}, ${
    at(sql`least(p.period_end, c.ended_on + 1)`)
  })) as charged) span
      where p.tenant_id = ${tenantId} and p.state = 'billed' and p.period_start <= ${today}::date
        and (${withRunning} or p.period_end <= ${today}::date)
        and p.period_end > (${since}::timestamptz at time zone ${zone})::date - 800
        and (h.subscription_id is not null or g.subscription_id is not null) and ${
    chosen("p.subscription_id")
  }
        and (g.subscription_id is not null or h.counted && span.charged)
    ), counted as materialized (
      select p.subscription_id, p.period_start, p.period_end, p.bill_id, p.anchor_day, p.is_in_full, p.price_centavos, p.charged,
        p.last_part, p.amount, p.is_held, coalesce((select floor(sum(extract(epoch from upper(d) - lower(d))) / 60) from unnest(p.down) d), 0)::int as minutes,
        coalesce(extract(epoch from upper(p.charged) - lower(p.charged)) / 60, 0)::int as charged_minutes
      from period p)
    select p.subscription_id, c.subscriber_id, s.name as subscriber_name, s.account_number, c.ppp_name, p.period_start,
      p.period_end, p.bill_id, b.number as bill_number, p.anchor_day, p.is_in_full, p.price_centavos,
      (line.amount - later.amount)::bigint as charged_centavos,
      line.amount::bigint as line_centavos, line.vat::bigint as line_vat_centavos, b.tax_mode,
      b.total_centavos as bill_centavos, b.vat_centavos as bill_vat_centavos, memo.amount::bigint as back_centavos,
      memo.vat::bigint as back_vat_centavos, p.charged_minutes, p.minutes,
      coalesce(p.amount, 0)::bigint as given_centavos, coalesce(p.last_part, 0) as last_part,
      coalesce(p.is_held, false) as is_held
    from counted p
    join subscriptions c on c.tenant_id = ${tenantId} and c.id = p.subscription_id
    join subscribers s on s.tenant_id = ${tenantId} and s.id = c.subscriber_id
    join bills b on b.tenant_id = ${tenantId} and b.id = p.bill_id and b.status = 'issued'
    cross join lateral (select coalesce(sum(l.amount_centavos), 0) as amount, coalesce(sum(l.vat_centavos), 0) as vat from bill_lines l
      where l.tenant_id = ${tenantId} and l.bill_id = p.bill_id and l.subscription_id = p.subscription_id
        and l.kind = 'recurring' and l.amount_centavos > 0 and l.period_start = p.period_start) line
    cross join lateral (select coalesce(-sum(l.amount_centavos), 0) as amount from bills n
      join bill_lines l on l.tenant_id = n.tenant_id and l.bill_id = n.id and l.amount_centavos < 0
        and l.period_start = p.period_start and l.period_end = p.period_end
      where n.tenant_id = ${tenantId} and n.subscription_id = p.subscription_id and n.status = 'issued'
        and n.kind <> 'debit_memo' and n.period_start > p.period_start) later
    cross join lateral (select coalesce(sum(m.amount_centavos), 0) as amount, coalesce(sum(m.vat_centavos), 0) as vat
      from credit_memos m
      where m.tenant_id = ${tenantId} and m.bill_id = p.bill_id and m.voided_at is null) memo
    where p.minutes >= ${thresholdMinutes} or p.amount > 0
    order by c.subscriber_id, p.subscription_id, p.period_start`.execute(trx);
  return rows;
}

/** A part of the credit of a period. */
export interface OutageCredit {
  subscription_id: string;
  period_start: string;
  part: number;
  bill_id: string;
  memo_id: string;
  minutes: number;
  amount_centavos: string;
}

/** Notes what memos were given for. A part that is there already is refused by its key. */
export async function insertOutageCredits(
  trx: TenantTransaction,
  credits: readonly OutageCredit[],
): Promise<void> {
  await sendSqlAhead(
    trx,
    sql`
    insert into outage_credits (tenant_id, subscription_id, period_start, part, bill_id, memo_id, minutes, amount_centavos)
    select ${trx.tenantId}::uuid, r.subscription_id, r.period_start, r.part, r.bill_id, r.memo_id, r.minutes, r.amount_centavos
    from jsonb_to_recordset(${
      toRecordset(credits)
    }::jsonb) as r(subscription_id uuid, period_start date, part smallint,
      bill_id uuid, memo_id uuid, minutes int, amount_centavos bigint)`,
  );
}

/** Live memos that were given for outages of what a bill charged. */
export async function listOutageMemos(trx: TenantTransaction, billId: string): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select m.id from outage_credits g join credit_memos m on m.tenant_id = g.tenant_id and m.id = g.memo_id
    where g.tenant_id = ${trx.tenantId} and g.bill_id = ${billId} and m.voided_at is null order by m.id`
    .execute(trx);
  return rows.map((row) => row.id);
}

/** Live memos for outages that a wrong clock has made, of the first subscribers, whole; but those of which money was paid back. */
export async function listFutureOutageMemos(
  trx: TenantTransaction,
  moment: FutureMoment,
  limit: { subscribers: number } | { subscriberIds: readonly string[] },
): Promise<{ id: string; subscriber_id: string }[]> {
  const who = "subscriberIds" in limit
    ? sql`m.subscriber_id = any(${uuidArray(limit.subscriberIds)}::uuid[])`
    : sql`m.subscriber_id in (select distinct m.subscriber_id from credit_memos m
        where ${isFutureOutageMemo(trx, moment)} order by 1 limit ${limit.subscribers})`;
  const { rows } = await sql<{ id: string; subscriber_id: string }>`
    select m.id, m.subscriber_id from credit_memos m where ${isFutureOutageMemo(trx, moment)} and ${who}
    order by m.subscriber_id, m.id`.execute(trx);
  return rows;
}

/** Of subscribers those with a connection that renews itself, or that is off for what is owed. */
export async function listConcerned(
  trx: TenantTransaction,
  subscriberIds: readonly string[],
): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select distinct c.subscriber_id as id from subscriptions c
    where c.tenant_id = ${trx.tenantId} and c.subscriber_id = any(${uuidArray(subscriberIds)}::uuid[])
      and (c.renews_itself or exists (select from block_reasons r where r.tenant_id = c.tenant_id
        and r.subscription_id = c.id and r.reason = 'nonpayment' and r.removed_at is null))
    order by 1`.execute(trx);
  return rows.map((row) => row.id);
}

/** What waited for a person when the last day was run. */
export interface OutageReview {
  business_on: Temporal.PlainDate;
  connections: number;
  amount_centavos: bigint;
}

/** Keeps what waits for a person. */
export async function upsertOutageReview(trx: TenantTransaction, review: OutageReview): Promise<void> {
  await trx.insertInto("outage_reviews").values({ tenant_id: trx.tenantId, ...review })
    .onConflict((conflict) => conflict.column("tenant_id").doUpdateSet({ ...review })).execute();
}

/** Null before the first day that looked. */
export async function findOutageReview(trx: TenantTransaction): Promise<OutageReview | null> {
  return await trx.selectFrom("outage_reviews").select(["business_on", "connections", "amount_centavos"])
    .where("tenant_id", "=", trx.tenantId).executeTakeFirst() ?? null;
}
