import { sql } from "kysely";
import type { TenantTransaction } from "./tenant_transaction.ts";

/** Figures of the frame around every admin page, in one round trip. */
export interface ShellCounts {
  agents_online: number;
  agents_total: number;
  runs_awaiting_approval: number;
  imports_in_review: number;
}

/** @param freshAfter an agent whose last heartbeat is older counts as offline */
export async function getShellCounts(
  trx: TenantTransaction,
  freshAfter: Temporal.Instant,
): Promise<ShellCounts> {
  const { rows } = await sql<ShellCounts>`select
    (select count(*)::int from agents a where a.tenant_id = ${trx.tenantId} and a.revoked_at is null) as agents_total,
    (select count(*)::int from agents a join agent_presence p on p.tenant_id = a.tenant_id and p.agent_id = a.id
      where a.tenant_id = ${trx.tenantId} and a.revoked_at is null and p.disconnected_at is null
        and p.heartbeat_at > ${freshAfter}) as agents_online,
    (select count(*)::int from runs r where r.tenant_id = ${trx.tenantId}
      and r.status = 'awaiting_approval') as runs_awaiting_approval,
    (select count(*)::int from import_batches b where b.tenant_id = ${trx.tenantId}
      and b.status = 'review') as imports_in_review`.execute(trx);
  const row = rows[0];
  if (row === undefined) throw new Error("Cannot count for the frame: no row came back");
  return row;
}
