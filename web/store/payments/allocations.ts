import { sql } from "kysely";
import { sendSqlAhead } from "../db/ahead.ts";
import { toRecordset } from "../db/recordset.ts";
import type { TenantTransaction } from "../db/tenant_transaction.ts";

/** A share of a payment that goes to a bill. */
export interface NewAllocation {
  id: string;
  payment_id: string;
  bill_id: string;
  amount_centavos: bigint;
  created_at: Temporal.Instant;
}

/** A live share, with whose it is. */
export interface AllocationRow {
  id: string;
  payment_id: string;
  bill_id: string;
  bill_number: string;
  amount_centavos: bigint;
}

/** Adds shares and moves the paid amount of their bills by the same. */
export async function insertAllocations(
  trx: TenantTransaction,
  shares: readonly NewAllocation[],
): Promise<void> {
  if (shares.length === 0) return;
  const text = toRecordset(shares);
  await sendSqlAhead(
    trx,
    sql`
    insert into allocations (tenant_id, id, payment_id, bill_id, amount_centavos, created_at)
    select ${trx.tenantId}::uuid, r.id, r.payment_id, r.bill_id, r.amount_centavos, r.created_at
    from jsonb_to_recordset(${text}::jsonb) as r(id uuid, payment_id uuid, bill_id uuid, amount_centavos bigint,
      created_at timestamptz)`,
  );
  await sendSqlAhead(
    trx,
    sql`
    update bills b set paid_centavos = b.paid_centavos + r.amount
    from (select s.bill_id, sum(s.amount_centavos)::bigint as amount
      from jsonb_to_recordset(${text}::jsonb) as s(bill_id uuid, amount_centavos bigint) group by s.bill_id) r
    where b.tenant_id = ${trx.tenantId} and b.id = r.bill_id`,
  );
}

/** Live shares of a payment or of a bill, oldest first. */
export async function listLiveAllocations(
  trx: TenantTransaction,
  of: { paymentId: string } | { billId: string },
): Promise<AllocationRow[]> {
  const which = "paymentId" in of ? sql`a.payment_id = ${of.paymentId}` : sql`a.bill_id = ${of.billId}`;
  const { rows } = await sql<AllocationRow>`
    select a.id, a.payment_id, a.bill_id, b.number as bill_number, a.amount_centavos from allocations a
    join bills b on b.tenant_id = a.tenant_id and b.id = a.bill_id
    where a.tenant_id = ${trx.tenantId} and a.released_at is null and ${which}
    order by a.created_at, a.id`.execute(trx);
  return rows;
}

/** Live shares of many bills, oldest first, with whose they are. */
export async function listLiveAllocationsOf(
  trx: TenantTransaction,
  billIds: readonly string[],
): Promise<(AllocationRow & { subscriber_id: string })[]> {
  const { rows } = await sql<AllocationRow & { subscriber_id: string }>`
    select a.id, a.payment_id, a.bill_id, b.number as bill_number, a.amount_centavos, b.subscriber_id
    from allocations a join bills b on b.tenant_id = a.tenant_id and b.id = a.bill_id
    where a.tenant_id = ${trx.tenantId} and a.released_at is null and a.bill_id = any(${[...billIds]}::uuid[])
    order by a.created_at, a.id`.execute(trx);
  return rows;
}

/** Releases shares: their bills are owed again by as much. */
export async function updateAllocationsReleased(
  trx: TenantTransaction,
  shares: readonly { id: string; bill_id: string; amount_centavos: bigint }[],
  releasedAt: Temporal.Instant,
): Promise<void> {
  if (shares.length === 0) return;
  await trx.updateTable("allocations").set({ released_at: releasedAt }).where("tenant_id", "=", trx.tenantId)
    .where("id", "in", shares.map((share) => share.id)).where("released_at", "is", null).execute();
  await sql`
    update bills b set paid_centavos = b.paid_centavos - r.amount
    from (select s.bill_id, sum(s.amount_centavos)::bigint as amount
      from jsonb_to_recordset(${toRecordset(shares)}::jsonb) as s(bill_id uuid, amount_centavos bigint)
      group by s.bill_id) r
    where b.tenant_id = ${trx.tenantId} and b.id = r.bill_id`.execute(trx);
}
