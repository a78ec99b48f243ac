import type { Insertable } from "kysely";
import { sendAhead } from "../db/ahead.ts";
import type { BillLinesTable, BillsTable } from "../db/schema.ts";
import type { TenantTransaction } from "../db/tenant_transaction.ts";

/** A bill by itself, with its lines in their order. Runs write theirs by the thousand, see `bill_write.ts`. */
export interface NewBill extends Omit<Insertable<BillsTable>, "tenant_id" | "paid_centavos" | "status"> {
  lines: readonly Omit<Insertable<BillLinesTable>, "tenant_id" | "bill_id" | "line_no">[];
}

/** Adds an issued bill. Its books are the caller's. */
export async function insertBill(trx: TenantTransaction, { lines, ...bill }: NewBill): Promise<void> {
  await sendAhead(
    trx,
    trx.insertInto("bills").values({ ...bill, tenant_id: trx.tenantId, status: "issued" }),
  );
  await sendAhead(
    trx,
    trx.insertInto("bill_lines").values(
      lines.map((line, i) => ({ ...line, tenant_id: trx.tenantId, bill_id: bill.id, line_no: i + 1 })),
    ),
  );
}
