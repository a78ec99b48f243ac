import { columnsOf } from "@/web/store/db/columns.ts";
import { type Insertable, type RawBuilder, type Selectable, sql } from "kysely";
import type { BillsTable, DisputesTable } from "../db/schema.ts";
import type { Page, PageRequest } from "../db/keyset.ts";
import { orderingOf, type SortKey, windowOf } from "../db/ordering.ts";
import type { TenantTransaction } from "../db/tenant_transaction.ts";

const COLUMNS = [
  "tenant_id",
  "id",
  "bill_id",
  "amount_centavos",
  "reason",
  "opened_on",
  "opened_at",
  "opened_by",
  "decide_by_on",
  "decision",
  "note",
  "decided_on",
  "decided_at",
  "decided_by",
] as const;

/** A dispute as it is stored. Without a decision it is open, unless its bill is void. */
export type DisputeRow = Selectable<DisputesTable>;

/** A dispute in a list, with its bill and whose it is. */
export interface DisputeListRow extends DisputeRow {
  bill_number: string;
  bill_status: BillsTable["status"];
  /** What is left to pay on the bill. */
  balance_centavos: bigint;
  subscriber_id: string;
  subscriber_name: string;
  account_number: string;
}

/** What a list of disputes is narrowed to. */
export interface DisputeFilter {
  /** On this business date. */
  state?: { is: "open" | "late" | "over"; today: Temporal.PlainDate } | undefined;
  subscriberId?: string | undefined;
}

/** Disputes of a bill, the newest first. */
export async function listDisputesOf(trx: TenantTransaction, billId: string): Promise<DisputeRow[]> {
  const { rows } = await sql<DisputeRow>`
    select ${columnsOf("d", COLUMNS)} from disputes d
    where d.tenant_id = ${trx.tenantId} and d.bill_id = ${billId} order by d.opened_at desc, d.id desc`
    .execute(trx);
  return rows;
}

/** Adds a dispute. */
export async function insertDispute(
  trx: TenantTransaction,
  dispute: Omit<Insertable<DisputesTable>, "tenant_id">,
): Promise<void> {
  await trx.insertInto("disputes").values({ ...dispute, tenant_id: trx.tenantId }).execute();
}

/** Writes what was decided. */
export async function updateDisputeDecided(
  trx: TenantTransaction,
  disputeId: string,
  decided: Required<
    Pick<Insertable<DisputesTable>, "decision" | "note" | "decided_on" | "decided_at" | "decided_by">
  >,
): Promise<void> {
  await trx.updateTable("disputes").set(decided).where("tenant_id", "=", trx.tenantId)
    .where("id", "=", disputeId).execute();
}

const ID: SortKey<DisputeListRow> = { by: sql`d.id`, kind: "uuid", of: (row) => row.id };
const SORTS: Readonly<Record<string, readonly SortKey<DisputeListRow>[]>> = {
  by: [{ by: sql`d.decide_by_on`, kind: "date", of: (row) => String(row.decide_by_on) }, ID],
  opened: [{ by: sql`d.opened_at`, kind: "instant", of: (row) => String(row.opened_at) }, ID],
  amount: [{ by: sql`d.amount_centavos`, kind: "integer", of: (row) => String(row.amount_centavos) }, ID],
};

const FROM = sql`from disputes d
  join bills b on b.tenant_id = d.tenant_id and b.id = d.bill_id
  join subscribers s on s.tenant_id = b.tenant_id and s.id = b.subscriber_id`;

/** Disputes, the one whose clock ends first at the top unless another sort is asked for. */
export async function listDisputes(
  trx: TenantTransaction,
  filter: DisputeFilter,
  request: PageRequest & { sort?: string | undefined },
): Promise<Page<DisputeListRow>> {
  const window = windowOf(orderingOf(SORTS, request.sort, "by"), request);
  const { rows } = await sql<DisputeListRow>`
    select ${columnsOf("d", COLUMNS)}, b.number as bill_number, b.status as bill_status,
      case when b.status = 'issued' then b.total_centavos - b.paid_centavos else 0 end as balance_centavos,
      b.subscriber_id, s.name as subscriber_name, s.account_number
    ${FROM} where ${disputeConditions(trx, filter)} and ${window.where}
    order by ${window.orderBy} limit ${window.limit}`.execute(trx);
  return window.toPage(rows);
}

/** How many disputes match, by where they stand, and what they are about. */
export async function countDisputes(
  trx: TenantTransaction,
  filter: DisputeFilter,
  today: Temporal.PlainDate,
): Promise<{ open: number; late: number; over: number; openCentavos: bigint }> {
  const { rows } = await sql<{ open: number; late: number; over: number; openCentavos: bigint }>`
    select count(*) filter (where ${IS_OPEN})::int as open,
      count(*) filter (where ${IS_OPEN} and d.decide_by_on < ${today}::date)::int as late,
      count(*) filter (where not ${IS_OPEN})::int as over,
      coalesce(sum(d.amount_centavos) filter (where ${IS_OPEN}), 0)::bigint as "openCentavos"
    ${FROM} where ${disputeConditions(trx, filter)}`.execute(trx);
  return rows[0] ?? { open: 0, late: 0, over: 0, openCentavos: 0n };
}

/** Whether disputeState() of web/domain is open or late. */
const IS_OPEN = sql`(d.decision is null and b.status = 'issued')`;

function disputeConditions(trx: TenantTransaction, filter: DisputeFilter): RawBuilder<unknown> {
  const where = [sql`d.tenant_id = ${trx.tenantId}`];
  if (filter.subscriberId !== undefined) where.push(sql`b.subscriber_id = ${filter.subscriberId}`);
  if (filter.state?.is === "over") where.push(sql`not ${IS_OPEN}`);
  if (filter.state?.is === "open") where.push(IS_OPEN);
  if (filter.state?.is === "late") {
    where.push(sql`${IS_OPEN} and d.decide_by_on < ${filter.state.today}::date`);
  }
  return sql.join(where, sql` and `);
}
