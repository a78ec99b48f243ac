import { sql } from "kysely";
import { toRecordset } from "../db/recordset.ts";
import type { TenantTransaction } from "../db/tenant_transaction.ts";

/** Notes where subscriptions stand, before they are moved over days that no bill has. */
export async function insertWatermarkMoves(
  trx: TenantTransaction,
  moves: readonly { id: string; subscription_id: string; moved_at: Temporal.Instant }[],
): Promise<void> {
  if (moves.length === 0) return;
  await sql`
    insert into watermark_moves (tenant_id, id, subscription_id, moved_at, billed_through_on, next_bill_on,
      stopped_from_on)
    select c.tenant_id, r.id, c.id, r.moved_at, c.billed_through_on, c.next_bill_on, c.stopped_from_on
    from jsonb_to_recordset(${
    toRecordset(moves)
  }::jsonb) as r(id uuid, subscription_id uuid, moved_at timestamptz)
    join subscriptions c on c.tenant_id = ${trx.tenantId} and c.id = r.subscription_id`.execute(trx);
}
