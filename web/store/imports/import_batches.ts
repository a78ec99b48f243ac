import type { ImportBatchesTable } from "../db/schema.ts";
import { announceLive } from "../live/live_topics.ts";
import type { TenantTransaction } from "../db/tenant_transaction.ts";

/** One reading of a router and what became of it. */
export interface ImportBatchRow {
  id: string;
  router_id: string;
  status: ImportBatchesTable["status"];
  command_id: string | null;
  first_bill_on: Temporal.PlainDate | null;
  /** Parsed with `importSettings` where it is read. */
  settings: unknown;
  total: number;
  done: number;
  created_count: number;
  skipped_count: number;
  error_message: string | null;
  created_by: string;
  created_at: Temporal.Instant;
  finished_at: Temporal.Instant | null;
  undone_at: Temporal.Instant | null;
}

const BATCH = [
  "id",
  "router_id",
  "status",
  "command_id",
  "first_bill_on",
  "settings",
  "total",
  "done",
  "created_count",
  "skipped_count",
  "error_message",
  "created_by",
  "created_at",
  "finished_at",
  "undone_at",
] as const;

export async function insertImportBatch(
  trx: TenantTransaction,
  batch: Pick<ImportBatchRow, "id" | "router_id" | "command_id" | "created_by" | "created_at">,
): Promise<void> {
  await trx.insertInto("import_batches").values({
    ...batch,
    tenant_id: trx.tenantId,
    status: "reading",
    first_bill_on: null,
    error_message: null,
    finished_at: null,
    undone_at: null,
  }).execute();
}

export async function findImportBatch(
  trx: TenantTransaction,
  batchId: string,
): Promise<ImportBatchRow | null> {
  return await trx.selectFrom("import_batches").select(BATCH)
    .where("tenant_id", "=", trx.tenantId).where("id", "=", batchId).executeTakeFirst() ?? null;
}

export async function lockImportBatch(
  trx: TenantTransaction,
  batchId: string,
): Promise<ImportBatchRow | null> {
  return await trx.selectFrom("import_batches").select(BATCH)
    .where("tenant_id", "=", trx.tenantId).where("id", "=", batchId).forUpdate().executeTakeFirst() ?? null;
}

export async function lockImportBatchOfCommand(
  trx: TenantTransaction,
  commandId: string,
): Promise<ImportBatchRow | null> {
  return await trx.selectFrom("import_batches").select(BATCH)
    .where("tenant_id", "=", trx.tenantId).where("command_id", "=", commandId).forUpdate()
    .executeTakeFirst() ?? null;
}

/** Batches of a router, or of all, newest first. */
export async function listImportBatches(
  trx: TenantTransaction,
  routerId?: string,
): Promise<ImportBatchRow[]> {
  let query = trx.selectFrom("import_batches").select(BATCH).where("tenant_id", "=", trx.tenantId);
  if (routerId !== undefined) query = query.where("router_id", "=", routerId);
  return await query.orderBy("created_at", "desc").limit(50).execute();
}

export async function updateImportBatch(
  trx: TenantTransaction,
  batchId: string,
  change: Partial<Omit<ImportBatchRow, "id" | "router_id" | "created_by" | "created_at">>,
): Promise<void> {
  const { settings, ...columns } = change;
  await trx.updateTable("import_batches")
    .set({ ...columns, ...(settings === undefined ? {} : { settings: JSON.stringify(settings) }) })
    .where("tenant_id", "=", trx.tenantId).where("id", "=", batchId).execute();
  announceLive(trx, [`import:${batchId}`, ...(columns.status === undefined ? [] : ["network" as const])]);
}

/** A newer reading replaces those of the router that were not confirmed. */
export async function closeOpenBatches(
  trx: TenantTransaction,
  routerId: string,
  closing: { message: string; now: Temporal.Instant },
): Promise<void> {
  await trx.updateTable("import_batches")
    .set({ status: "failed", error_message: closing.message, finished_at: closing.now })
    .where("tenant_id", "=", trx.tenantId).where("router_id", "=", routerId)
    .where("status", "in", ["reading", "review"]).execute();
}
