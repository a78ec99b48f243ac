import { columnsOf } from "@/web/store/db/columns.ts";
import { type Selectable, sql } from "kysely";
import type { BillLinesTable, BillsTable } from "../db/schema.ts";
import type { TenantTransaction } from "../db/tenant_transaction.ts";

const BILL_COLUMNS = [
  "tenant_id",
  "id",
  "subscriber_id",
  "subscription_id",
  "number",
  "status",
  "period_start",
  "period_end",
  "issued_on",
  "due_on",
  "grace_days",
  "total_centavos",
  "paid_centavos",
  "run_id",
  "is_imported",
  "voided_at",
  "void_reason",
  "created_at",
] as const;

/** A bill as it is stored. */
export type BillRow = Selectable<BillsTable>;

/** A bill in a list. Its status in words is billStatus() of web/domain. */
export interface BillListRow extends BillRow {
  subscriber_name: string;
  account_number: string;
  plan_name: string;
  ppp_name: string;
}

/** Money that went to a bill; released shares stay visible. */
export interface BillShareRow {
  payment_id: string;
  payment_number: string;
  method: string;
  received_on: Temporal.PlainDate;
  amount_centavos: bigint;
  created_at: Temporal.Instant;
  released_at: Temporal.Instant | null;
}

/** A bill with its lines and the money that went to it. */
export interface BillDetail extends BillListRow {
  lines: Selectable<BillLinesTable>[];
  shares: BillShareRow[];
}

/** A bill with the names around it. */
export const BILL = sql`
  select ${
  columnsOf("b", BILL_COLUMNS)
}, s.name as subscriber_name, s.account_number, p.name as plan_name, c.ppp_name
  from bills b
  join subscribers s on s.tenant_id = b.tenant_id and s.id = b.subscriber_id
  join subscriptions c on c.tenant_id = b.tenant_id and c.id = b.subscription_id
  join plans p on p.tenant_id = b.tenant_id and p.id = c.plan_id`;

const LINE_COLUMNS = [
  "tenant_id",
  "bill_id",
  "line_no",
  "kind",
  "description",
  "period_start",
  "period_end",
  "amount_centavos",
  "subscription_id",
] as const;

/** One bill with lines and shares; null when not of this tenant. */
export async function findBill(trx: TenantTransaction, billId: string): Promise<BillDetail | null> {
  const { rows: [bill] } = await sql<BillListRow>`
    ${BILL} where b.tenant_id = ${trx.tenantId} and b.id = ${billId}`.execute(trx);
  if (bill === undefined) return null;
  const lines = await trx.selectFrom("bill_lines").select(LINE_COLUMNS).where("tenant_id", "=", trx.tenantId)
    .where("bill_id", "=", billId).orderBy("line_no").execute();
  const shares = await trx.selectFrom("allocations as a")
    .innerJoin(
      "payments as p",
      (join) => join.onRef("p.tenant_id", "=", "a.tenant_id").onRef("p.id", "=", "a.payment_id"),
    )
    .select([
      "a.payment_id",
      "p.number as payment_number",
      "p.method",
      "p.received_on",
      "a.amount_centavos",
      "a.created_at",
      "a.released_at",
    ])
    .where("a.tenant_id", "=", trx.tenantId).where("a.bill_id", "=", billId)
    .orderBy("a.created_at").orderBy("a.id").execute();
  return { ...bill, lines, shares };
}

/** A bill as money sees it: what is still owed, and when. */
export interface OpenBillRow {
  id: string;
  subscription_id: string;
  number: string;
  period_start: Temporal.PlainDate;
  period_end: Temporal.PlainDate;
  due_on: Temporal.PlainDate;
  grace_days: number;
  total_centavos: bigint;
  balance_centavos: bigint;
}

/** Issued bills of subscribers with something left to pay, in the order in which they are paid. */
export async function listOpenBills(
  trx: TenantTransaction,
  subscriberIds: readonly string[],
): Promise<(OpenBillRow & { subscriber_id: string })[]> {
  const { rows } = await sql<OpenBillRow & { subscriber_id: string }>`
    select id, subscriber_id, subscription_id, number, period_start, period_end, due_on, grace_days, total_centavos,
      total_centavos - paid_centavos as balance_centavos
    from bills where tenant_id = ${trx.tenantId} and subscriber_id = any(${[...subscriberIds]}::uuid[])
      and status = 'issued' and paid_centavos < total_centavos
    order by due_on, period_start, length(number), number collate "C"`.execute(trx);
  return rows;
}

/** A bill by itself, locked until the transaction ends. */
export async function lockBill(trx: TenantTransaction, billId: string): Promise<BillRow | null> {
  return await trx.selectFrom("bills").select(BILL_COLUMNS).where("tenant_id", "=", trx.tenantId)
    .where("id", "=", billId).forNoKeyUpdate().executeTakeFirst() ?? null;
}

/** Takes a bill back. Its number stays used. */
export async function updateBillVoid(
  trx: TenantTransaction,
  billId: string,
  voided: { voided_at: Temporal.Instant; void_reason: string },
): Promise<void> {
  await trx.updateTable("bills").set({ ...voided, status: "void" })
    .where("tenant_id", "=", trx.tenantId).where("id", "=", billId).execute();
}
