import { type Selectable, sql } from "kysely";
import type { BookPosition } from "./account_lines.ts";
import type { BillLinesTable } from "../db/schema.ts";
import type { TenantTransaction } from "../db/tenant_transaction.ts";

/** Where the books stood with the bill before this one of the same subscriber, void or not; null for the first. */
export async function findPositionBefore(
  trx: TenantTransaction,
  subscriberId: string,
  { place, recordedAt, on }: BookPosition,
): Promise<BookPosition | null> {
  const { rows: [row] } = await sql<
    { book_place: bigint; created_at: Temporal.Instant; issued_on: Temporal.PlainDate }
  >`
    select b.book_place, b.created_at, b.issued_on from bills b
    where b.tenant_id = ${trx.tenantId} and b.subscriber_id = ${subscriberId} and b.issued_on is not null
      and (b.book_place, b.created_at, b.issued_on) < (${place}::bigint, ${recordedAt}::timestamptz, ${on}::date)
    order by b.book_place desc, b.created_at desc, b.issued_on desc limit 1`.execute(trx);
  return row === undefined ? null : { place: row.book_place, recordedAt: row.created_at, on: row.issued_on };
}

/** A line of a bill as it was billed. */
export type BilledLineRow = Pick<
  Selectable<BillLinesTable>,
  "bill_id" | "description" | "period_start" | "period_end" | "amount_centavos"
>;

/** The lines of bills, in their order. */
export async function listLinesOfBills(
  trx: TenantTransaction,
  billIds: readonly string[],
): Promise<BilledLineRow[]> {
  if (billIds.length === 0) return [];
  return await trx.selectFrom("bill_lines")
    .select(["bill_id", "description", "period_start", "period_end", "amount_centavos"])
    .where("tenant_id", "=", trx.tenantId).where("bill_id", "in", billIds).orderBy("bill_id").orderBy(
      "line_no",
    )
    .execute();
}
