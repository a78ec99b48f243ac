import { columnsOf } from "@/web/store/db/columns.ts";
import { type Selectable, sql } from "kysely";
import type { BillLinesTable, BillsTable, CreditSourcesTable, PaymentsTable } from "../db/schema.ts";
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
  "disputed_centavos",
  "late_fee_on",
  "late_fee_centavos",
  "late_fee_bp",
  "late_fee_look_on",
  "run_id",
  "is_imported",
  "kind",
  "bir_invoice_no",
  "voided_at",
  "void_reason",
  "created_at",
  "tax_mode",
  "vat_rate_bp",
  "vatable_centavos",
  "vat_centavos",
  "link_generation",
  "book_place",
] as const;

/** A bill as it is stored. */
export type BillRow = Selectable<BillsTable>;

/** A bill in a list. Its status in words is billStatus() of web/domain. */
export interface BillListRow extends BillRow {
  subscriber_name: string;
  account_number: string;
  /** Of its connection; null where that is at a site which whoever looks does not see. */
  plan_name: string | null;
  ppp_name: string | null;
}

/** Money that went to a bill; released shares stay visible. */
export interface BillShareRow {
  source_id: string;
  source_kind: CreditSourcesTable["kind"];
  source_number: string;
  /** Of a payment. */
  method: PaymentsTable["method"] | null;
  received_on: Temporal.PlainDate;
  amount_centavos: bigint;
  created_at: Temporal.Instant;
  released_at: Temporal.Instant | null;
}

/** A bill with its lines and the money that went to it. */
export interface BillDetail extends BillListRow {
  lines: Selectable<BillLinesTable>[];
  shares: BillShareRow[];
  /** Paid by what was given for outages of its days: taken back with it. */
  outage_paid_centavos: bigint;
}

/**
 * A bill with the names around it. An account is one: whoever sees a connection of a payer sees all their bills, also those
 * for a connection that they do not see (decision 0071).
 */
export const BILL = sql`
  select ${
  columnsOf("b", BILL_COLUMNS)
}, s.name as subscriber_name, s.account_number, p.name as plan_name, c.ppp_name
  from bills b
  join subscribers s on s.tenant_id = b.tenant_id and s.id = b.subscriber_id
  left join subscriptions c on c.tenant_id = b.tenant_id and c.id = b.subscription_id
  left join plans p on p.tenant_id = b.tenant_id and p.id = c.plan_id`;

const LINE_COLUMNS = [
  "tenant_id",
  "bill_id",
  "line_no",
  "kind",
  "description",
  "period_start",
  "period_end",
  "amount_centavos",
  "settled_centavos",
  "subscription_id",
  "vat_centavos",
] as const;

/** One bill with lines and shares; null when not of this tenant. */
export async function findBill(trx: TenantTransaction, billId: string): Promise<BillDetail | null> {
  const { rows: [bill] } = await sql<BillListRow>`
    ${BILL} where b.tenant_id = ${trx.tenantId} and b.id = ${billId}`.execute(trx);
  if (bill === undefined) return null;
  const lines = await trx.selectFrom("bill_lines").select(LINE_COLUMNS).where("tenant_id", "=", trx.tenantId)
    .where("bill_id", "=", billId).orderBy("line_no").execute();
  const { rows: shares } = await sql<BillShareRow>`
    select a.source_id, c.kind as source_kind, c.number as source_number, p.method, c.received_on,
      sum(a.amount_centavos)::bigint as amount_centavos, a.created_at, a.released_at
    from allocations a join credit_sources c on c.tenant_id = a.tenant_id and c.id = a.source_id
    left join payments p on p.tenant_id = a.tenant_id and p.id = a.source_id
    where a.tenant_id = ${trx.tenantId} and a.bill_id = ${billId}
    group by a.source_id, c.kind, c.number, p.method, c.received_on, a.created_at, a.released_at
    order by a.created_at, min(a.id::text)`.execute(trx);
  const outage_paid_centavos = await sumOutagePaid(trx, billId);
  return { ...bill, lines, shares, outage_paid_centavos };
}

async function sumOutagePaid(trx: TenantTransaction, billId: string): Promise<bigint> {
  const { rows: [row] } = await sql<{ amount: bigint }>`
    select coalesce(sum(a.amount_centavos), 0)::bigint as amount from allocations a
    join outage_credits g on g.tenant_id = a.tenant_id and g.memo_id = a.source_id and g.bill_id = a.bill_id
    where a.tenant_id = ${trx.tenantId} and a.bill_id = ${billId} and a.released_at is null`.execute(trx);
  return row?.amount ?? 0n;
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
  /** In an open dispute: the part that is paid last. */
  disputed_centavos: bigint;
  /** Of the books from before, and nobody has included it in a cut run: it cuts nobody. */
  is_imported: boolean;
  /** A fee for paying another bill late: what is for service is paid before it. */
  is_late_fee: boolean;
  /** Those with something left to pay. */
  lines: OpenLineRow[];
}

/** A line of an open bill with what is left to pay on it, as it travels: amounts and dates are text. */
export interface OpenLineRow {
  line_no: number;
  kind: BillLinesTable["kind"];
  period_start: string;
  /** Whose service it is for; null: nobody's, and nobody is cut for it (rule R21). */
  subscription_id: string | null;
  open_centavos: string;
}

/** Issued bills of subscribers with something left to pay, in the order in which they are paid. */
export async function listOpenBills(
  trx: TenantTransaction,
  subscriberIds: readonly string[],
): Promise<(OpenBillRow & { subscriber_id: string })[]> {
  const { rows } = await sql<OpenBillRow & { subscriber_id: string }>`
    select b.id, b.subscriber_id, b.subscription_id, b.number, b.period_start, b.period_end, b.due_on, b.grace_days,
      b.total_centavos, b.total_centavos - b.paid_centavos as balance_centavos, b.disputed_centavos, b.is_imported,
      b.kind = 'late_fee' as is_late_fee, line.open as lines
    from bills b cross join lateral (
      select jsonb_agg(jsonb_build_object('line_no', l.line_no, 'kind', l.kind, 'period_start', l.period_start,
        'subscription_id', l.subscription_id, 'open_centavos', (l.amount_centavos - l.settled_centavos)::text)) as open
      from bill_lines l where l.tenant_id = b.tenant_id and l.bill_id = b.id
        and l.settled_centavos < l.amount_centavos) line
    where b.tenant_id = ${trx.tenantId} and b.subscriber_id = any(${[...subscriberIds]}::uuid[])
      and b.status = 'issued' and b.paid_centavos < b.total_centavos
    order by b.kind = 'late_fee', b.due_on, b.period_start, length(b.number), b.number collate "C"`.execute(
    trx,
  );
  return rows;
}

/** Writes what of a bill is in an open dispute. */
export async function updateBillDisputed(
  trx: TenantTransaction,
  billId: string,
  disputed: { disputed_centavos: bigint; grace_days?: number },
): Promise<void> {
  await trx.updateTable("bills").set(disputed).where("tenant_id", "=", trx.tenantId).where("id", "=", billId)
    .execute();
}

/** A bill by itself, locked until the transaction ends. */
export async function lockBill(trx: TenantTransaction, billId: string): Promise<BillRow | null> {
  return await trx.selectFrom("bills").select(BILL_COLUMNS).where("tenant_id", "=", trx.tenantId)
    .where("id", "=", billId).forNoKeyUpdate().executeTakeFirst() ?? null;
}

/** How a bill is taxed, and what of it was not given back yet. */
export type BillTaxRow = Pick<BillRow, "id" | "tax_mode" | "vat_rate_bp"> & {
  left_centavos: bigint;
};

/** The tax of issued bills, in the order of their ids: the oldest first. */
export async function listBillTaxes(
  trx: TenantTransaction,
  billIds: readonly string[],
): Promise<BillTaxRow[]> {
  if (billIds.length === 0) return [];
  const { rows } = await sql<BillTaxRow>`
    select b.id, b.tax_mode, b.vat_rate_bp, b.total_centavos - coalesce((
      select sum(m.amount_centavos) from public.credit_memos m where m.tenant_id = b.tenant_id and m.bill_id = b.id
        and m.voided_at is null), 0)::bigint as left_centavos
    from public.bills b where b.tenant_id = ${trx.tenantId} and b.id = any(${[...billIds]}::uuid[])
      and b.status = 'issued' order by b.id`.execute(trx);
  return rows;
}

/** An amount `l` of a line of bill `b` as it was priced: without VAT that came on top. */
export function pricedLine(bill: string, line: string) {
  return sql`(${sql.ref(`${line}.amount_centavos`)} - case ${sql.ref(`${bill}.tax_mode`)} when 'vat_exclusive'
    then ${sql.ref(`${line}.vat_centavos`)} else 0 end)`;
}

/** Takes a bill back. Its number stays used. */
export async function updateBillVoid(
  trx: TenantTransaction,
  billId: string,
  voided: { voided_at: Temporal.Instant; void_reason: string },
): Promise<void> {
  await trx.updateTable("bills").set({ ...voided, status: "void", late_fee_look_on: null })
    .where("tenant_id", "=", trx.tenantId).where("id", "=", billId).execute();
}

/** Notes the invoice that the BIR knows a bill by; null: none. */
export async function updateBirInvoice(
  trx: TenantTransaction,
  billId: string,
  invoice: string | null,
): Promise<void> {
  await trx.updateTable("bills").set({ bir_invoice_no: invoice }).where("tenant_id", "=", trx.tenantId)
    .where("id", "=", billId).execute();
}
