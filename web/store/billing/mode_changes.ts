import { type Insertable, type Selectable, sql } from "kysely";
import { type ChargedAheadRow, listChargedAhead } from "./charged_periods.ts";
import type { ModeChangesTable } from "../db/schema.ts";
import type { TenantTransaction } from "../db/tenant_transaction.ts";

/** A change between paying up front and after a bill. */
export type ModeChangeRow = Pick<
  Selectable<ModeChangesTable>,
  "id" | "subscription_id" | "to_mode" | "effective_on" | "unused" | "asked_by"
>;

const COLUMNS = ["id", "subscription_id", "to_mode", "effective_on", "unused", "asked_by"] as const;

export async function insertModeChange(
  trx: TenantTransaction,
  change: Omit<Insertable<ModeChangesTable>, "tenant_id">,
): Promise<void> {
  await trx.insertInto("mode_changes").values({ ...change, tenant_id: trx.tenantId }).execute();
}

/** The change that waits for its day. */
export async function findPlannedModeChange(
  trx: TenantTransaction,
  subscriptionId: string,
): Promise<ModeChangeRow | null> {
  return await trx.selectFrom("mode_changes").select(COLUMNS).where("tenant_id", "=", trx.tenantId)
    .where("subscription_id", "=", subscriptionId).where("state", "=", "planned").executeTakeFirst() ?? null;
}

/** Changes whose day has come. */
export async function listModeChangesDue(
  trx: TenantTransaction,
  on: Temporal.PlainDate,
): Promise<ModeChangeRow[]> {
  return await trx.selectFrom("mode_changes").select(COLUMNS).where("tenant_id", "=", trx.tenantId)
    .where("state", "=", "planned").where("effective_on", "<=", on).orderBy("id").execute();
}

export async function updateModeChangeEnded(
  trx: TenantTransaction,
  id: string,
  state: "made" | "cancelled",
): Promise<void> {
  await trx.updateTable("mode_changes").set({ state }).where("tenant_id", "=", trx.tenantId).where(
    "id",
    "=",
    id,
  )
    .execute();
}

/** A charged period that reaches beyond a day, and whether its bill is paid in full. */
export interface BilledAheadRow extends ChargedAheadRow {
  /** Null: its bill is void, and it is to be billed again. */
  number: string | null;
  is_paid: boolean;
}

/** In order. */
export async function listBilledAhead(
  trx: TenantTransaction,
  subscriptionId: string,
  on: Temporal.PlainDate,
): Promise<BilledAheadRow[]> {
  const bills = await sql<{ id: string; number: string; is_paid: boolean }>`
    select distinct b.id, b.number, b.paid_centavos >= b.total_centavos as is_paid
    from public.charged_periods p join public.bills b on b.tenant_id = p.tenant_id and b.id = p.bill_id
    where p.tenant_id = ${trx.tenantId} and p.subscription_id = ${subscriptionId} and p.state = 'billed'
      and p.period_end > ${on}::date`.execute(trx);
  const byId = new Map(bills.rows.map((bill) => [bill.id, bill]));
  return (await listChargedAhead(trx, subscriptionId, on)).map((row) => {
    const bill = byId.get(row.bill_id ?? "");
    return { ...row, number: bill?.number ?? null, is_paid: bill?.is_paid ?? false };
  });
}

/** A bill of days to come that an earlier payer was billed for, kept and has not paid: nothing covers them. */
export async function findKeptUnpaid(
  trx: TenantTransaction,
  subscriptionId: string,
  on: Temporal.PlainDate,
): Promise<string | null> {
  const { rows } = await sql<{ number: string }>`
    select b.number from public.charged_periods p
    join public.subscriptions c on c.tenant_id = p.tenant_id and c.id = p.subscription_id
    join public.bills b on b.tenant_id = p.tenant_id and b.id = p.bill_id and b.subscriber_id <> c.subscriber_id
      and b.paid_centavos < b.total_centavos
    where p.tenant_id = ${trx.tenantId} and p.subscription_id = ${subscriptionId} and p.state = 'billed'
      and p.period_end > ${on}::date order by p.period_start limit 1`.execute(trx);
  return rows[0]?.number ?? null;
}

/** Periods end with a day: what their lines charge behind it was given back. */
export async function updatePeriodsCut(
  trx: TenantTransaction,
  subscriptionId: string,
  on: Temporal.PlainDate,
): Promise<void> {
  await sql`
    update charged_periods set line_end = coalesce(line_end, period_end), period_end = ${on}
    where tenant_id = ${trx.tenantId} and subscription_id = ${subscriptionId} and state = 'billed'
      and period_start < ${on}::date and period_end > ${on}::date`.execute(trx);
}

/**
 * Takes periods out that have not begun and that nobody uses: their days may be sold, or be billed anew. One whose bill
 * stands was given back by a memo, and is kept beside.
 */
export async function takePeriodsOut(
  trx: TenantTransaction,
  subscriptionId: string,
  starts: readonly Temporal.PlainDate[],
  at: Temporal.Instant,
): Promise<void> {
  await sql`
    with gone as (
      delete from charged_periods where tenant_id = ${trx.tenantId} and subscription_id = ${subscriptionId}
        and state in ('billed', 'to_bill_again') and period_start = any(${starts.map(String)}::date[])
      returning bill_id, period_start, coalesce(line_end, period_end) as period_end)
    insert into given_back_periods (tenant_id, subscription_id, bill_id, period_start, period_end, given_back_at)
    select ${trx.tenantId}::uuid, ${subscriptionId}::uuid, bill_id, period_start, period_end, ${at}::timestamptz
    from gone where bill_id is not null`.execute(trx);
}

/** Says up to where a connection is billed, and that the next run looks at it. */
export async function updateBilledThrough(
  trx: TenantTransaction,
  subscriptionId: string,
  billedThrough: Temporal.PlainDate | null,
  today: Temporal.PlainDate,
): Promise<void> {
  await sql`
    update subscriptions set billed_through_on = ${billedThrough},
      next_bill_on = least(next_bill_on, ${today}::date)
    where tenant_id = ${trx.tenantId} and id = ${subscriptionId}`.execute(trx);
}

/** Whether days that a bill charges were given back when the connection changed how it pays: of a part, or whole. */
export async function hasPeriodsCut(trx: TenantTransaction, billId: string): Promise<boolean> {
  const { rows } = await sql<{ has: boolean }>`
    select exists (select from public.charged_periods p where p.tenant_id = ${trx.tenantId} and p.bill_id = ${billId}
        and p.line_end is not null)
      or exists (select from public.given_back_periods g where g.tenant_id = ${trx.tenantId} and g.bill_id = ${billId}) as has`
    .execute(trx);
  return rows[0]?.has === true;
}

/** What of the days from a day on stands on no bill, though they are decided about. */
export interface UnbilledAhead {
  /**
   * Some are to be billed again, and a bill of them is still to come: they have begun, or are an earlier payer's. What has
   * not begun is taken out with the change.
   */
  toBill: boolean;
  /** First day after those that are never billed; null: there are none. They are free, and nobody can buy them. */
  freeUntil: Temporal.PlainDate | null;
}

export async function findUnbilledAhead(
  trx: TenantTransaction,
  subscriptionId: string,
  on: Temporal.PlainDate,
): Promise<UnbilledAhead> {
  const { rows } = await sql<UnbilledAhead>`
    select coalesce(bool_or(p.state = 'to_bill_again'
        and (p.period_start < ${on}::date or f.subscriber_id <> c.subscriber_id)), false) as "toBill",
      max(p.period_end) filter (where p.state = 'never'
        and p.why <> 'bought_before') as "freeUntil"
    from public.charged_periods p join public.subscriptions c on c.tenant_id = p.tenant_id and c.id = p.subscription_id
    left join public.bills f on f.tenant_id = p.tenant_id and f.id = p.freed_bill_id
    where p.tenant_id = ${trx.tenantId} and p.subscription_id = ${subscriptionId}
      and p.period_end > ${on}::date`.execute(trx);
  return rows[0] ?? { toBill: false, freeUntil: null };
}

/** Sets how a connection pays, and where it stands then. What is to be billed again is billed by the next run. */
export async function updateMode(
  trx: TenantTransaction,
  subscriptionId: string,
  change: {
    billing_mode: "postpaid" | "prepaid";
    billed_through_on: Temporal.PlainDate | null;
    next_bill_on: Temporal.PlainDate | null;
  },
  on: Temporal.PlainDate,
): Promise<void> {
  await sql`
    update subscriptions c set billing_mode = ${change.billing_mode}, billed_through_on = ${change.billed_through_on},
      stopped_from_on = null, stopped_at = null,
      renews_itself = renews_itself and ${change.billing_mode === "prepaid"},
      next_bill_on = case when exists (select from charged_periods p where p.tenant_id = c.tenant_id
          and p.subscription_id = c.id and p.state = 'to_bill_again')
        then least(${change.next_bill_on}::date, ${on}::date) else ${change.next_bill_on}::date end
    where c.tenant_id = ${trx.tenantId} and c.id = ${subscriptionId}`.execute(trx);
}
