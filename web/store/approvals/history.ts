import { sql } from "kysely";
import type { TenantTransaction } from "../db/tenant_transaction.ts";
import type { RequestRow } from "./requests.ts";

/** What happened to a request. */
export interface RequestEntry {
  at: Temporal.Instant;
  action: string;
  actor: string;
  summary: string;
}

/** The entries of the audit log about a request, the newest first. */
export async function listEntriesOfRequest(
  trx: TenantTransaction,
  { id, subject_id, asked_at }: Pick<RequestRow, "id" | "subject_id" | "asked_at">,
): Promise<RequestEntry[]> {
  const { rows } = await sql<RequestEntry>`
    select z.at, z.action, z.actor, z.summary from audit_entries z
    where z.tenant_id = ${trx.tenantId} and z.subject_id = ${subject_id} and z.at >= ${
    asked_at.subtract({ seconds: 1 })
  }
      and z.action like 'approval.%' and z.details ->> 'request_id' = ${id}
    order by z.sequence desc limit 100`.execute(trx);
  return rows;
}
