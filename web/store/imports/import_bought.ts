import { sql } from "kysely";
import { toRecordset } from "../db/recordset.ts";
import { announceLive } from "../live/live_topics.ts";
import type { TenantTransaction } from "../db/tenant_transaction.ts";

/** What a file says of one row of a batch. */
export interface ImportBoughtRow {
  account_key: string;
  until_on: string;
  unit: "days" | "months";
  count: number;
}

/** Puts what a file says of bought time in place of what an earlier one said; rows that it does not name get bills. */
export async function replaceImportBought(
  trx: TenantTransaction,
  batchId: string,
  rows: readonly ImportBoughtRow[],
): Promise<void> {
  await sql`
    update import_rows i set prepaid_until_on = b.until_on, prepaid_unit = b.unit, prepaid_count = b.count
    from import_rows o
    left join jsonb_to_recordset(${
    toRecordset(rows)
  }::jsonb) as b(account_key text, until_on date, unit text, count smallint) on b.account_key = o.account_key
    where o.tenant_id = ${trx.tenantId} and o.batch_id = ${batchId}
      and i.tenant_id = o.tenant_id and i.batch_id = o.batch_id and i.account_key = o.account_key
      and (i.prepaid_until_on, i.prepaid_unit, i.prepaid_count) is distinct from (b.until_on, b.unit, b.count)`
    .execute(trx);
  announceLive(trx, [`import:${batchId}`]);
}

/** What rows of these profiles buy, each once. */
export async function listImportUnits(
  trx: TenantTransaction,
  batchId: string,
  profiles: readonly string[],
): Promise<{ unit: "days" | "months"; count: number }[]> {
  const { rows } = await sql<{ unit: "days" | "months"; count: number }>`
    select distinct prepaid_unit as unit, prepaid_count as count from import_rows
    where tenant_id = ${trx.tenantId} and batch_id = ${batchId} and profile = any(${[...profiles]}::text[])
      and decision = 'import' and prepaid_unit is not null order by 1, 2`.execute(trx);
  return rows;
}
