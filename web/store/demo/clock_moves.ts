import { type Selectable, sql } from "kysely";
import type { ClockMovesTable } from "../db/schema.ts";
import type { TenantTransaction } from "../db/tenant_transaction.ts";

/** One journey of the demo's time machine. */
export type ClockMoveRow = Selectable<ClockMovesTable>;

const COLUMNS = [
  "tenant_id",
  "id",
  "target",
  "status",
  "requested_by",
  "from_on",
  "to_on",
  "reached_on",
  "started_at",
  "touched_at",
  "finished_at",
] as const;

/** The newest move; null before the first one. */
export async function findNewestMove(trx: TenantTransaction): Promise<ClockMoveRow | null> {
  return await trx.selectFrom("clock_moves").select(COLUMNS).where("tenant_id", "=", trx.tenantId)
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

/** What happened while a move was played. */
export interface MoveFigures {
  bills: number;
  billed_centavos: bigint;
  payments: number;
  cut: number;
  restored: number;
}

/** Sums between two moments of real time: what the days brought that lie between them on the business clock. */
export async function sumMove(
  trx: TenantTransaction,
  { since, until }: { since: Temporal.Instant; until: Temporal.Instant },
): Promise<MoveFigures> {
  const tenant = trx.tenantId;
  const { rows } = await sql<MoveFigures>`
    with ran as (select kind, changed, amount_centavos from runs
      where tenant_id = ${tenant} and finished_at between ${since} and ${until})
    select coalesce(sum(changed) filter (where kind = 'bill'), 0)::int as bills,
      coalesce(sum(amount_centavos) filter (where kind = 'bill'), 0)::bigint as billed_centavos,
      coalesce(sum(changed) filter (where kind = 'cut'), 0)::int as cut,
      (select count(*)::int from payments where tenant_id = ${tenant}
        and recorded_at between ${since} and ${until}) as payments,
      (select count(*)::int from block_reasons where tenant_id = ${tenant} and reason = 'nonpayment'
        and removed_at between ${since} and ${until}) as restored
    from ran`.execute(trx);
  const row = rows[0];
  if (row === undefined) throw new Error("Cannot sum a move of the clock: no row came back");
  return row;
}
