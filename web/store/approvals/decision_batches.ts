import type { Insertable, Selectable, Updateable } from "kysely";
import type { DecisionBatchesTable } from "../db/schema.ts";
import type { TenantTransaction } from "../db/tenant_transaction.ts";

const COLUMNS = [
  "id",
  "decision",
  "note",
  "shown",
  "results",
  "total",
  "done",
  "created_at",
  "decided_by_id",
  "decided_by",
  "finished_at",
  "ip",
  "request_id",
] as const;

/** Requests that a person decides together. */
export type DecisionBatchRow = Pick<Selectable<DecisionBatchesTable>, (typeof COLUMNS)[number]>;

/** Stores one; sent twice it is one. */
export async function insertDecisionBatch(
  trx: TenantTransaction,
  batch: Omit<Insertable<DecisionBatchesTable>, "tenant_id">,
): Promise<void> {
  await trx.insertInto("decision_batches").values({ ...batch, tenant_id: trx.tenantId })
    .onConflict((conflict) => conflict.columns(["tenant_id", "id"]).doNothing()).execute();
}

/** One; null when there is none. */
export async function findDecisionBatch(
  trx: TenantTransaction,
  id: string,
): Promise<DecisionBatchRow | null> {
  return await trx.selectFrom("decision_batches").select(COLUMNS).where("tenant_id", "=", trx.tenantId)
    .where("id", "=", id).executeTakeFirst() ?? null;
}

/** The same, kept until the transaction ends. */
export async function lockDecisionBatch(
  trx: TenantTransaction,
  id: string,
): Promise<DecisionBatchRow | null> {
  return await trx.selectFrom("decision_batches").select(COLUMNS).where("tenant_id", "=", trx.tenantId)
    .where("id", "=", id).forUpdate().executeTakeFirst() ?? null;
}

/** Those that were begun before a moment and are not done, the oldest first. */
export async function listUnfinishedBatches(
  trx: TenantTransaction,
  before: Temporal.Instant,
): Promise<string[]> {
  const rows = await trx.selectFrom("decision_batches").select("id").where("tenant_id", "=", trx.tenantId)
    .where("finished_at", "is", null).where("created_at", "<", before).orderBy("created_at").execute();
  return rows.map(({ id }) => id);
}

/** Notes how far it has come. */
export async function updateDecisionBatch(
  trx: TenantTransaction,
  id: string,
  change: Updateable<
    Pick<DecisionBatchesTable, "results" | "done" | "note" | "finished_at" | "ip" | "request_id">
  >,
): Promise<void> {
  await trx.updateTable("decision_batches").set(change).where("tenant_id", "=", trx.tenantId)
    .where("id", "=", id).execute();
}
