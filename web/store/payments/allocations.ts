import { sql } from "kysely";
import { sendSqlAhead } from "../db/ahead.ts";
import { toRecordset } from "../db/recordset.ts";
import type { TenantTransaction } from "../db/tenant_transaction.ts";

/** A share of a credit source that goes to a line of a bill. */
export interface NewAllocation {
  id: string;
  source_id: string;
  bill_id: string;
  line_no: number;
  amount_centavos: bigint;
  created_at: Temporal.Instant;
}

/** A live share, with whose it is. */
export interface AllocationRow {
  id: string;
  source_id: string;
  bill_id: string;
  line_no: number;
  bill_number: string;
  amount_centavos: bigint;
}

/** Adds shares, and moves by the same what is used of their sources, paid of their bills and settled of the lines. */
export async function insertAllocations(
  trx: TenantTransaction,
  shares: readonly NewAllocation[],
): Promise<void> {
  if (shares.length === 0) return;
  await sendSqlAhead(
    trx,
    sql`
    insert into allocations (tenant_id, id, source_id, bill_id, line_no, amount_centavos, created_at)
    select ${trx.tenantId}::uuid, r.id, r.source_id, r.bill_id, r.line_no, r.amount_centavos, r.created_at
    from jsonb_to_recordset(${toRecordset(shares)}::jsonb) as r(id uuid, source_id uuid, bill_id uuid,
      line_no smallint, amount_centavos bigint, created_at timestamptz)`,
  );
  await moveAmounts(trx, shares, 1);
}

/** Moves what is used, paid and settled by shares; each is refused by the database beyond its bounds. */
async function moveAmounts(
  trx: TenantTransaction,
  shares: readonly Pick<AllocationRow, "source_id" | "bill_id" | "line_no" | "amount_centavos">[],
  sign: 1 | -1,
): Promise<void> {
  const text = toRecordset(
    shares.map(({ source_id, bill_id, line_no, amount_centavos }) => ({
      source_id,
      bill_id,
      line_no,
      amount_centavos: amount_centavos * BigInt(sign),
    })),
  );
  const share = sql`jsonb_to_recordset(${text}::jsonb) as s(source_id uuid, bill_id uuid, line_no smallint,
    amount_centavos bigint)`;
  const tenant = trx.tenantId;
  // Separate statements in this order, the same for everybody: two that need the same rows wait for each other and
  // never crosswise.
  await sendSqlAhead(
    trx,
    sql`
    update credit_sources c set used_centavos = c.used_centavos + r.amount
    from (select s.source_id, sum(s.amount_centavos)::bigint as amount from ${share} group by 1) r
    where c.tenant_id = ${tenant} and c.id = r.source_id`,
  );
  await sendSqlAhead(
    trx,
    sql`
    update bills b set paid_centavos = b.paid_centavos + r.amount
    from (select s.bill_id, sum(s.amount_centavos)::bigint as amount from ${share} group by 1) r
    where b.tenant_id = ${tenant} and b.id = r.bill_id`,
  );
  await sendSqlAhead(
    trx,
    sql`
    update bill_lines l set settled_centavos = l.settled_centavos + r.amount
    from (select s.bill_id, s.line_no, sum(s.amount_centavos)::bigint as amount from ${share} group by 1, 2) r
    where l.tenant_id = ${tenant} and l.bill_id = r.bill_id and l.line_no = r.line_no`,
  );
}

/** Live shares of a source or of a bill, oldest first. */
export async function listLiveAllocations(
  trx: TenantTransaction,
  of: { sourceId: string } | { billId: string },
): Promise<AllocationRow[]> {
  const which = "sourceId" in of ? sql`a.source_id = ${of.sourceId}` : sql`a.bill_id = ${of.billId}`;
  const { rows } = await sql<AllocationRow>`
    select a.id, a.source_id, a.bill_id, a.line_no, b.number as bill_number, a.amount_centavos from allocations a
    join bills b on b.tenant_id = a.tenant_id and b.id = a.bill_id
    where a.tenant_id = ${trx.tenantId} and a.released_at is null and ${which}
    order by a.created_at, a.id`.execute(trx);
  return rows;
}

/** A live memo that was given to a bill. */
export interface MemoOfBillRow {
  source_id: string;
  bill_id: string;
  /** What waits of it as credit. */
  available_centavos: bigint;
}

/** Memos that were given to these bills, oldest first. */
export async function listMemosOfBills(
  trx: TenantTransaction,
  billIds: readonly string[],
): Promise<MemoOfBillRow[]> {
  if (billIds.length === 0) return [];
  const { rows } = await sql<MemoOfBillRow>`
    select m.id as source_id, m.bill_id, s.amount_centavos - s.used_centavos as available_centavos
    from credit_memos m join credit_sources s on s.tenant_id = m.tenant_id and s.id = m.id and s.ended_at is null
    where m.tenant_id = ${trx.tenantId} and m.bill_id = any(${[...billIds]}::uuid[])
    order by s.received_on, s.created_at, s.id`.execute(trx);
  return rows;
}

/** Live shares of many bills, oldest first, with whose they are. */
export async function listLiveAllocationsOf(
  trx: TenantTransaction,
  billIds: readonly string[],
): Promise<(AllocationRow & { subscriber_id: string })[]> {
  const { rows } = await sql<AllocationRow & { subscriber_id: string }>`
    select a.id, a.source_id, a.bill_id, a.line_no, b.number as bill_number, a.amount_centavos, b.subscriber_id
    from allocations a join bills b on b.tenant_id = a.tenant_id and b.id = a.bill_id
    where a.tenant_id = ${trx.tenantId} and a.released_at is null and a.bill_id = any(${[...billIds]}::uuid[])
    order by a.created_at, a.id`.execute(trx);
  return rows;
}

/** Releases shares: their bills are owed again by as much, and their sources have it again. */
export async function updateAllocationsReleased(
  trx: TenantTransaction,
  shares: readonly AllocationRow[],
  releasedAt: Temporal.Instant,
): Promise<void> {
  if (shares.length === 0) return;
  await trx.updateTable("allocations").set({ released_at: releasedAt }).where("tenant_id", "=", trx.tenantId)
    .where("id", "in", shares.map((share) => share.id)).where("released_at", "is", null).execute();
  await moveAmounts(trx, shares, -1);
}
