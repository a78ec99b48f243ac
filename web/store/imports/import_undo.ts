import { sql } from "kysely";
import type { TenantTransaction } from "../db/tenant_transaction.ts";

/** What stands against undoing an import, in numbers of its subscribers. */
export interface ImportUseRow {
  billed: number;
  paid: number;
  changed: number;
}

/** Subscribers of a batch that have a bill, a payment, or anything that somebody did to them since. */
export async function countImportUse(trx: TenantTransaction, batchId: string): Promise<ImportUseRow> {
  const { rows } = await sql<ImportUseRow>`
    with own as (
      select s.id from subscribers s where s.tenant_id = ${trx.tenantId} and s.import_batch_id = ${batchId}),
    held as (
      select c.id, c.subscriber_id from subscriptions c
      where c.tenant_id = ${trx.tenantId} and c.subscriber_id in (select id from own))
    select
      (select count(distinct b.subscriber_id)::int from bills b
        where b.tenant_id = ${trx.tenantId} and b.subscriber_id in (select id from own)) as billed,
      (select count(distinct p.subscriber_id)::int from payments p
        where p.tenant_id = ${trx.tenantId} and p.subscriber_id in (select id from own)) as paid,
      (select count(*)::int from own where
        exists (select 1 from audit_entries a where a.tenant_id = ${trx.tenantId} and a.subscriber_id = own.id)
        or exists (select 1 from held where held.subscriber_id = own.id and (
          exists (select 1 from block_reasons r where r.tenant_id = ${trx.tenantId} and r.subscription_id = held.id
            and (r.reason <> 'imported_disabled' or r.removed_at is not null))
          or exists (select 1 from holds h where h.tenant_id = ${trx.tenantId} and h.subscription_id = held.id)
          or exists (select 1 from cut_exclusions x
            where x.tenant_id = ${trx.tenantId} and x.subscription_id = held.id)
          or exists (select 1 from run_rows w
            where w.tenant_id = ${trx.tenantId} and w.subscription_id = held.id)
          or exists (select 1 from subscriptions c where c.tenant_id = ${trx.tenantId} and c.id = held.id
            and c.import_batch_id is distinct from ${batchId})))) as changed`.execute(trx);
  return rows[0] ?? { billed: 0, paid: 0, changed: 0 };
}

/** Removes what an import made. The caller has checked that nothing hangs on it. @returns ids of the subscriptions */
export async function deleteImported(trx: TenantTransaction, batchId: string): Promise<string[]> {
  const own = trx.selectFrom("subscriptions").select("id")
    .where("tenant_id", "=", trx.tenantId).where("import_batch_id", "=", batchId);
  await trx.deleteFrom("block_reasons")
    .where("tenant_id", "=", trx.tenantId).where("subscription_id", "in", own).execute();
  const gone = await trx.deleteFrom("subscriptions")
    .where("tenant_id", "=", trx.tenantId).where("import_batch_id", "=", batchId).returning("id").execute();
  await trx.deleteFrom("subscribers")
    .where("tenant_id", "=", trx.tenantId).where("import_batch_id", "=", batchId).execute();
  await trx.updateTable("import_rows")
    .set({ outcome: null, outcome_message: null, subscriber_id: null, subscription_id: null })
    .where("tenant_id", "=", trx.tenantId).where("batch_id", "=", batchId).execute();
  return gone.map((row) => row.id);
}

/** Archives plans that nothing uses any more. */
export async function archiveUnusedPlans(
  trx: TenantTransaction,
  planIds: readonly string[],
  now: Temporal.Instant,
): Promise<void> {
  if (planIds.length === 0) return;
  await sql`
    update plans p set archived_at = ${now}
    where p.tenant_id = ${trx.tenantId} and p.id = any(${[...planIds]}::uuid[]) and p.archived_at is null
      and not exists (select 1 from subscriptions c where c.tenant_id = p.tenant_id and c.plan_id = p.id)`
    .execute(trx);
}
