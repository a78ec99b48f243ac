import type { Selectable } from "kysely";
import type { ClockMovesTable } from "./schema.ts";
import type { TenantTransaction } from "./tenant_transaction.ts";

/** One journey of the demo's time machine. */
export type ClockMoveRow = Selectable<ClockMovesTable>;

/** The newest move; null before the first one. */
export async function findNewestMove(trx: TenantTransaction): Promise<ClockMoveRow | null> {
  return await trx.selectFrom("clock_moves").selectAll().where("tenant_id", "=", trx.tenantId)
    .orderBy("started_at", "desc").limit(1).executeTakeFirst() ?? null;
}

/** Adds a move; false when another one is being played. */
export async function insertMove(
  trx: TenantTransaction,
  move: Omit<ClockMoveRow, "tenant_id">,
): Promise<boolean> {
  const added = await trx.insertInto("clock_moves").values({ ...move, tenant_id: trx.tenantId })
    .onConflict((conflict) => conflict.doNothing()).executeTakeFirst();
  return added.numInsertedOrUpdatedRows === 1n;
}

/** Notes how far a move has come; nothing when it is over. */
export async function updateMove(
  trx: TenantTransaction,
  moveId: string,
  fields: Partial<Pick<ClockMoveRow, "status" | "reached_on" | "touched_at" | "finished_at">>,
): Promise<void> {
  await trx.updateTable("clock_moves").set(fields).where("tenant_id", "=", trx.tenantId)
    .where("id", "=", moveId).where("status", "=", "playing").execute();
}

/** Closes a move whose process is gone: nobody has touched it for a while. */
export async function updateStaleMoves(
  trx: TenantTransaction,
  { untouchedSince, at }: { untouchedSince: Temporal.Instant; at: Temporal.Instant },
): Promise<void> {
  await trx.updateTable("clock_moves").set({ status: "failed", finished_at: at })
    .where("tenant_id", "=", trx.tenantId).where("status", "=", "playing")
    .where("touched_at", "<", untouchedSince).execute();
}
