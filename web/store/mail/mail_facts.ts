import { type Selectable, sql } from "kysely";
import type { MailLanguage } from "@/web/domain/mail/types.ts";
import { uuidArray } from "../billing/bill_run.ts";
import type { BillsTable } from "../db/schema.ts";
import type { TenantTransaction } from "../db/tenant_transaction.ts";

/** Whom a mail is for. */
export interface MailReaderRow {
  id: string;
  name: string;
  account_number: string;
  /** Their own, else the company's. */
  language: MailLanguage;
}

/** A subscriber as mails speak to them; null when not of this tenant. */
export async function findMailReader(
  trx: TenantTransaction,
  subscriberId: string,
): Promise<MailReaderRow | null> {
  const { rows: [row] } = await sql<MailReaderRow>`
    select s.id, s.name, s.account_number, coalesce(s.language, t.subscriber_language) as language
    from subscribers s join tenants t on t.id = s.tenant_id
    where s.tenant_id = ${trx.tenantId} and s.id = ${subscriberId}`.execute(trx);
  return row ?? null;
}

/** A bill as a mail and its public page show it. */
export type MailBillRow =
  & Pick<
    Selectable<BillsTable>,
    | "id"
    | "subscriber_id"
    | "status"
    | "kind"
    | "period_start"
    | "period_end"
    | "grace_days"
    | "total_centavos"
    | "paid_centavos"
    | "disputed_centavos"
    | "link_generation"
  >
  & { number: string; due_on: Temporal.PlainDate; by_credit_centavos: bigint };

/**
 * Issued and void bills. What credit paid at once is what was allocated in the transaction that issued it, from money
 * that was there before.
 */
export async function listMailBills(
  trx: TenantTransaction,
  billIds: readonly string[],
): Promise<MailBillRow[]> {
  if (billIds.length === 0) return [];
  const { rows } = await sql<MailBillRow>`
    select b.id, b.subscriber_id, b.status, b.kind, b.number, b.period_start, b.period_end, b.due_on, b.grace_days,
      b.total_centavos, b.paid_centavos, b.disputed_centavos, b.link_generation,
      (select coalesce(sum(a.amount_centavos), 0)::bigint from allocations a
        join credit_sources c on c.tenant_id = a.tenant_id and c.id = a.source_id
        where a.tenant_id = b.tenant_id and a.bill_id = b.id and a.released_at is null
          and a.created_at = b.created_at and c.created_at < b.created_at) as by_credit_centavos
    from bills b where b.tenant_id = ${trx.tenantId} and b.id = any(${uuidArray(billIds)}::uuid[])
      and b.status <> 'draft' and b.number is not null and b.due_on is not null
    order by b.due_on, b.period_start, b.id`.execute(trx);
  return rows;
}

/** What of a payment stands on each bill now. */
export async function listPaidShares(
  trx: TenantTransaction,
  paymentId: string,
): Promise<{ bill_id: string; amount_centavos: bigint }[]> {
  const { rows } = await sql<{ bill_id: string; amount_centavos: bigint }>`
    select bill_id, sum(amount_centavos)::bigint as amount_centavos from allocations
    where tenant_id = ${trx.tenantId} and source_id = ${paymentId} and released_at is null
    group by bill_id order by min(created_at), bill_id`.execute(trx);
  return rows;
}

/** What a subscriber has left to pay on issued bills, and money that waits for the next one. */
export async function sumLeft(
  trx: TenantTransaction,
  subscriberId: string,
): Promise<{ left_centavos: bigint; credit_centavos: bigint; oldest_open_id: string | null }> {
  const { rows: [row] } = await sql<
    { left_centavos: bigint; credit_centavos: bigint; oldest_open_id: string | null }
  >`
    select coalesce((select sum(b.total_centavos - b.paid_centavos) from bills b where b.tenant_id = ${trx.tenantId}
        and b.subscriber_id = ${subscriberId} and b.status = 'issued'
        and b.paid_centavos < b.total_centavos), 0)::bigint as left_centavos,
      coalesce((select sum(c.amount_centavos - c.used_centavos) from credit_sources c
        where c.tenant_id = ${trx.tenantId} and c.subscriber_id = ${subscriberId} and c.ended_at is null
          and c.used_centavos < c.amount_centavos), 0)::bigint as credit_centavos,
      (select b.id from bills b where b.tenant_id = ${trx.tenantId} and b.subscriber_id = ${subscriberId}
        and b.status = 'issued' and b.paid_centavos < b.total_centavos
        order by b.due_on, b.period_start, b.id limit 1) as oldest_open_id`.execute(trx);
  if (row === undefined) throw new Error("Cannot sum what is left: no row");
  return row;
}

/** What a subscriber has left to pay on others than these bills, without what is disputed, and whether all was due before. */
export async function sumOthers(
  trx: TenantTransaction,
  { subscriberId, dueOn }: { subscriberId: string; dueOn: Temporal.PlainDate },
  billIds: readonly string[],
): Promise<{ left_centavos: bigint; are_before: boolean }> {
  const { rows: [row] } = await sql<{ left_centavos: bigint; are_before: boolean }>`
    select coalesce(sum(b.total_centavos - b.paid_centavos - b.disputed_centavos), 0)::bigint as left_centavos,
      coalesce(bool_and(b.due_on < ${dueOn}), false) as are_before
    from bills b where b.tenant_id = ${trx.tenantId} and b.subscriber_id = ${subscriberId} and b.status = 'issued'
      and b.paid_centavos + b.disputed_centavos < b.total_centavos
      and b.id <> all(${uuidArray(billIds)}::uuid[])`.execute(trx);
  if (row === undefined) throw new Error("Cannot sum what is left: no row");
  return row;
}

/** A connection as a mail names it. */
export interface MailConnectionRow {
  id: string;
  plan_name: string;
  billing_mode: "postpaid" | "prepaid";
  /** What the books want of the router; null where nothing is managed. */
  is_wanted_off: boolean | null;
  /** The router was read as the books want it since they want it so. */
  is_as_wanted: boolean;
  /** Off by the books, or ended. */
  is_off: boolean;
}

/** Connections, and whether their routers have them as the books want it. */
export async function listMailConnections(
  trx: TenantTransaction,
  subscriptionIds: readonly string[],
): Promise<MailConnectionRow[]> {
  if (subscriptionIds.length === 0) return [];
  const { rows } = await sql<MailConnectionRow>`
    select c.id, p.name as plan_name, c.billing_mode, d.is_disabled as is_wanted_off,
      coalesce(o.is_present and o.is_disabled = d.is_disabled
        and (d.generation <= s.applied_generation or o.observed_at >= s.changed_at), false) as is_as_wanted,
      c.status = 'cancelled' or exists (select from block_reasons k where k.tenant_id = c.tenant_id
        and k.subscription_id = c.id and k.removed_at is null offset 0) as is_off
    from subscriptions c
    join plans p on p.tenant_id = c.tenant_id and p.id = c.plan_id
    left join desired_secrets d on d.tenant_id = c.tenant_id and d.router_id = c.router_id
      and d.ppp_name = c.ppp_name and d.ppp_service = c.ppp_service and d.removed_at is null
    left join router_states s on s.tenant_id = c.tenant_id and s.router_id = c.router_id
    left join observed_secrets o on o.tenant_id = c.tenant_id and o.router_id = c.router_id
      and o.ppp_name = c.ppp_name and o.ppp_service = c.ppp_service
    where c.tenant_id = ${trx.tenantId} and c.id = any(${uuidArray(subscriptionIds)}::uuid[])
    order by c.id`.execute(trx);
  return rows;
}
