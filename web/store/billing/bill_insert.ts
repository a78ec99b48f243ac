import type { Insertable } from "kysely";
import { sendAhead } from "../db/ahead.ts";
import type { BillLinesTable, BillsTable } from "../db/schema.ts";
import type { TenantTransaction } from "../db/tenant_transaction.ts";

/** A bill by itself, with its lines in their order. Runs write theirs by the thousand, see `bill_write.ts`. */
export interface NewBill extends Omit<Insertable<BillsTable>, "tenant_id" | "paid_centavos" | "status"> {
  lines: readonly Omit<Insertable<BillLinesTable>, "tenant_id" | "bill_id" | "line_no">[];
}

/** Adds issued bills, each alike in its columns. Their books are the caller's. */
export async function insertBills(trx: TenantTransaction, bills: readonly NewBill[]): Promise<void> {
  if (bills.length === 0) return;
  await sendAhead(
    trx,
    trx.insertInto("bills").values(
      bills.map(({ lines: _lines, ...bill }) => ({
        ...bill,
        tenant_id: trx.tenantId,
        status: "issued" as const,
      })),
    ),
  );
  await sendAhead(
    trx,
    trx.insertInto("bill_lines").values(
      bills.flatMap(({ id, lines }) =>
        lines.map((line, i) => ({ ...line, tenant_id: trx.tenantId, bill_id: id, line_no: i + 1 }))
      ),
    ),
  );
}
