import { sql } from "kysely";
import { sendSqlAhead } from "../db/ahead.ts";
import { toRecordset } from "../db/recordset.ts";
import type { TenantTransaction } from "../db/tenant_transaction.ts";

/** Notes days that were paid for in the system before: they cost nothing here, and no bill charges them. */
export async function insertBoughtBefore(
  trx: TenantTransaction,
  rows: readonly { subscription_id: string; period_start: string; period_end: string }[],
  at: Temporal.Instant,
): Promise<void> {
  if (rows.length === 0) return;
  await sendSqlAhead(
    trx,
    sql`
    insert into charged_periods (tenant_id, subscription_id, period_start, period_end, state, why, created_at)
    select ${trx.tenantId}::uuid, r.subscription_id, r.period_start, r.period_end, 'never', 'bought_before', ${at}
    from jsonb_to_recordset(${
      toRecordset(rows)
    }::jsonb) as r(subscription_id uuid, period_start date, period_end date)`,
  );
}
