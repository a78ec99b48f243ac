import { sql } from "kysely";
import type { TenantTransaction } from "../db/tenant_transaction.ts";

/** Whose tour it is and since when. */
export interface TourPlace {
  staffUserId: string;
  startedAt: Temporal.Instant;
  /** Router that this person has unplugged on the tour. */
  unplugged: string | null;
}

/** What the books and the routers say about the steps of a tour. */
export interface TourFacts {
  /** On the next list of the cut run. */
  listed: number;
  has_held: boolean;
  /** The newest payment of this person since the tour began. */
  payment_id: string | null;
  payment_number: string | null;
  /** Lines that this payment's subscriber got back, and how many of them the router has switched on since. */
  restored: number;
  enabled: number;
  /** Somebody who was cut for money, on a router that answers. */
  cut_subscriber_id: string | null;
  cut_name: string | null;
  /** The router that was unplugged is not reachable. */
  is_unknown: boolean;
  has_moved: boolean;
  has_cut_run: boolean;
  ledger_entries: number;
  /** Debits less credits. */
  ledger_centavos: bigint;
}

/** Reads them in one round trip. */
export async function readTourFacts(trx: TenantTransaction, place: TourPlace): Promise<TourFacts> {
  const tenant = trx.tenantId;
  const { staffUserId, startedAt, unplugged } = place;
  const { rows } = await sql<TourFacts>`
    with paid as (select p.id, p.number, p.subscriber_id, p.recorded_at from payments p
      where p.tenant_id = ${tenant} and p.staff_user_id = ${staffUserId} and p.recorded_at >= ${startedAt}
      order by p.recorded_at desc limit 1),
    back as (select c.router_id, c.ppp_name, c.ppp_service, k.removed_at from paid
      join subscriptions c on c.tenant_id = ${tenant} and c.subscriber_id = paid.subscriber_id
      join block_reasons k on k.tenant_id = ${tenant} and k.subscription_id = c.id
        and k.reason = 'nonpayment' and k.removed_at >= paid.recorded_at - interval '1 second'),
    cut as (select s.id, s.name from block_reasons k
      join subscriptions c on c.tenant_id = ${tenant} and c.id = k.subscription_id
      join subscribers s on s.tenant_id = ${tenant} and s.id = c.subscriber_id
      join routers r on r.tenant_id = ${tenant} and r.id = c.router_id and r.status = 'online'
      where k.tenant_id = ${tenant} and k.reason = 'nonpayment' and k.removed_at is null
        and not exists (select from block_reasons other where other.tenant_id = ${tenant}
          and other.subscription_id = c.id and other.reason <> 'nonpayment' and other.removed_at is null)
      order by k.added_on desc, s.name_sort, s.id limit 1)
    select
      (select count(*)::int from run_rows w join runs r on r.tenant_id = w.tenant_id and r.id = w.run_id
        where w.tenant_id = ${tenant} and r.kind = 'cut' and r.status in ('planned', 'awaiting_approval', 'approved')
          and w.outcome = 'listed') as listed,
      exists (select from audit_entries a where a.tenant_id = ${tenant} and a.staff_user_id = ${staffUserId}
        and a.action in ('subscription.held', 'subscription.hold_extended') and a.at >= ${startedAt}) as has_held,
      (select id from paid) as payment_id, (select number from paid) as payment_number,
      (select count(*)::int from back) as restored,
      (select count(*)::int from back join observed_secrets o on o.tenant_id = ${tenant}
        and o.router_id = back.router_id and o.ppp_name = back.ppp_name and o.ppp_service = back.ppp_service and o.is_disabled = false
        and o.observed_at >= back.removed_at) as enabled,
      (select id from cut) as cut_subscriber_id, (select name from cut) as cut_name,
      exists (select from routers r where r.tenant_id = ${tenant} and r.name = ${unplugged}
        and r.status <> 'online') as is_unknown,
      exists (select from clock_moves m where m.tenant_id = ${tenant} and m.status = 'done'
        and m.started_at >= ${startedAt}) as has_moved,
      exists (select from runs r where r.tenant_id = ${tenant} and r.kind = 'cut' and r.status = 'done'
        and r.finished_at >= ${startedAt}) as has_cut_run,
      (select count(*)::int from ledger_entries e where e.tenant_id = ${tenant}) as ledger_entries,
      (select coalesce(sum(e.amount_centavos), 0)::bigint from ledger_entries e
        where e.tenant_id = ${tenant}) as ledger_centavos`.execute(trx);
  const row = rows[0];
  if (row === undefined) throw new Error("Cannot read facts of the tour: no row came back");
  return row;
}
