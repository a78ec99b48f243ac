import { sql } from "kysely";
import { toRecordset } from "../db/recordset.ts";
import type { TenantTransaction } from "../db/tenant_transaction.ts";
import { uuidArray } from "./bill_run.ts";

/** A connection that a run could not bill. */
export interface ParkedBill {
  subscription_id: string;
  /** A stored code. */
  reason: string;
}

/** Notes connections that a run has left alone. Since when stays; the reason is the newest one. */
export async function upsertParkedBills(
  trx: TenantTransaction,
  runId: string,
  rows: readonly ParkedBill[],
  at: Temporal.Instant,
): Promise<void> {
  if (rows.length === 0) return;
  await sql`
    insert into parked_bills (tenant_id, subscription_id, run_id, reason, parked_at)
    select ${trx.tenantId}::uuid, r.subscription_id, ${runId}::uuid, r.reason, ${at}::timestamptz
    from jsonb_to_recordset(${toRecordset(rows)}::jsonb) as r(subscription_id uuid, reason text)
    on conflict (tenant_id, subscription_id) do update set run_id = excluded.run_id, reason = excluded.reason`
    .execute(trx);
}

/** Forgets connections that a run could plan again. */
export async function deleteParkedBills(
  trx: TenantTransaction,
  subscriptionIds: readonly string[],
): Promise<void> {
  if (subscriptionIds.length === 0) return;
  await sql`delete from parked_bills where tenant_id = ${trx.tenantId}
    and subscription_id = any(${uuidArray(subscriptionIds)}::uuid[])`.execute(trx);
}

/** Something about a connection that a person has to decide. */
export interface DecisionRow {
  subscription_id: string;
  subscriber_id: string;
  name: string;
  account_number: string;
  ppp_name: string;
  plan_name: string;
  /** Why it cannot be billed; null when it can. */
  reason: string | null;
  parked_at: Temporal.Instant | null;
  /** Stretches of days that nothing explains. */
  unexplained: { start: string; end: string }[];
}

/** Connections that wait for a decision, by name. Those that have ended are never billed: nothing is to be decided. */
export async function listDecisions(
  trx: TenantTransaction,
  subscriptionIds?: readonly string[],
): Promise<DecisionRow[]> {
  const only = subscriptionIds === undefined
    ? sql`true`
    : sql`c.id = any(${uuidArray(subscriptionIds)}::uuid[])`;
  const { rows } = await sql<DecisionRow>`
    select c.id as subscription_id, c.subscriber_id, s.name, s.account_number, c.ppp_name, p.name as plan_name, k.reason,
      k.parked_at, coalesce(u.days, '[]') as unexplained
    from (select subscription_id as id from parked_bills where tenant_id = ${trx.tenantId}
      union select subscription_id from charged_periods where tenant_id = ${trx.tenantId}
        and state in ('to_bill_again', 'unexplained') and state = 'unexplained') open
    join subscriptions c on c.tenant_id = ${trx.tenantId} and c.id = open.id
    join subscribers s on s.tenant_id = c.tenant_id and s.id = c.subscriber_id
    join plans p on p.tenant_id = c.tenant_id and p.id = c.plan_id
    left join parked_bills k on k.tenant_id = c.tenant_id and k.subscription_id = c.id
    left join lateral (select jsonb_agg(jsonb_build_object('start', x.period_start, 'end', x.period_end)
        order by x.period_start) as days from charged_periods x where x.tenant_id = c.tenant_id
        and x.subscription_id = c.id and x.state = 'unexplained') u on true
    where c.status in ('active', 'disconnected') and ${only}
    order by s.name_sort, s.id, c.id`.execute(trx);
  return rows;
}
