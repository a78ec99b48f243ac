import { coded, formatCoded } from "@/shared/codes/mod.ts";
import { type Insertable, type Selectable, sql } from "kysely";
import { sendSqlAhead } from "../db/ahead.ts";
import { toRecordset } from "../db/recordset.ts";
import type { RunRowsTable, RunsTable } from "../db/schema.ts";
import { announceLive } from "../live/live_topics.ts";
import type { TenantTransaction } from "../db/tenant_transaction.ts";

/** A bill run or a cut run. */
export type RunRow = Selectable<RunsTable>;
/** What a run decided about one subscription. */
export type RunDecision = Selectable<RunRowsTable>;

export const RUN_COLUMNS = [
  "tenant_id",
  "id",
  "kind",
  "business_on",
  "trigger",
  "status",
  "brake_reason",
  "approved_by",
  "approved_at",
  "requested_by",
  "created_at",
  "started_at",
  "finished_at",
  "total",
  "changed",
  "skipped",
  "failed",
  "amount_centavos",
  "error_message",
] as const;

export const ROW_COLUMNS = [
  "tenant_id",
  "run_id",
  "subscription_id",
  "position",
  "outcome",
  "balance_centavos",
  "cut_on",
  "reason",
  "decided_at",
] as const;

/** The scheduled run of a day; there is at most one of a kind that was not taken back. */
export async function findScheduledRun(
  trx: TenantTransaction,
  kind: RunRow["kind"],
  businessOn: Temporal.PlainDate,
): Promise<RunRow | null> {
  return await trx.selectFrom("runs").select(RUN_COLUMNS).where("tenant_id", "=", trx.tenantId)
    .where("kind", "=", kind).where("business_on", "=", businessOn).where("trigger", "=", "scheduled")
    .where("status", "<>", "taken_back").executeTakeFirst() ?? null;
}

/** One run; null when not of this tenant. */
export async function findRun(trx: TenantTransaction, runId: string): Promise<RunRow | null> {
  return await trx.selectFrom("runs").select(RUN_COLUMNS).where("tenant_id", "=", trx.tenantId)
    .where("id", "=", runId).executeTakeFirst() ?? null;
}

/** One run, locked: two workers never execute the same one at once. */
export async function lockRun(trx: TenantTransaction, runId: string): Promise<RunRow | null> {
  return await trx.selectFrom("runs").select(RUN_COLUMNS).where("tenant_id", "=", trx.tenantId)
    .where("id", "=", runId).forNoKeyUpdate().executeTakeFirst() ?? null;
}

/** The newest runs, newest day first. */
export async function listRuns(
  trx: TenantTransaction,
  filter: { kind?: RunRow["kind"]; status?: RunRow["status"] },
  limit: number,
): Promise<RunRow[]> {
  let query = trx.selectFrom("runs").select(RUN_COLUMNS).where("tenant_id", "=", trx.tenantId);
  if (filter.kind !== undefined) query = query.where("kind", "=", filter.kind);
  if (filter.status !== undefined) query = query.where("status", "=", filter.status);
  return await query.orderBy("business_on", "desc").orderBy("created_at", "desc").orderBy("id").limit(limit)
    .execute();
}

/** The newest business day with a finished scheduled run of a kind. */
export async function findLastFinishedDay(
  trx: TenantTransaction,
  kind: RunRow["kind"],
): Promise<Temporal.PlainDate | null> {
  const row = await trx.selectFrom("runs").select("business_on").where("tenant_id", "=", trx.tenantId)
    .where("kind", "=", kind).where("trigger", "=", "scheduled").where("status", "in", ["done", "failed"])
    .orderBy("business_on", "desc").limit(1).executeTakeFirst();
  return row?.business_on ?? null;
}

/** A cut run of a later day that has begun to cut; its existence ends every older run (rule R2). */
export async function findNewerCutRun(
  trx: TenantTransaction,
  businessOn: Temporal.PlainDate,
): Promise<RunRow | null> {
  return await trx.selectFrom("runs").select(RUN_COLUMNS).where("tenant_id", "=", trx.tenantId)
    .where("kind", "=", "cut").where("business_on", ">", businessOn).where("status", "in", [
      "running",
      "done",
    ])
    .orderBy("business_on", "desc").limit(1).executeTakeFirst() ?? null;
}

/** How many each of the last finished cut runs cut, newest first; the brake compares with them. */
export async function listRecentCutCounts(trx: TenantTransaction): Promise<number[]> {
  const rows = await trx.selectFrom("runs").select("changed").where("tenant_id", "=", trx.tenantId)
    .where("kind", "=", "cut").where("status", "=", "done").where("changed", ">", 0)
    .orderBy("business_on", "desc").orderBy("finished_at", "desc").limit(10).execute();
  return rows.map((row) => row.changed);
}

/**
 * Connections that are on: what the brake's share is taken of.
 *
 * @param atMost no more are counted, for who asks only whether there are so many
 */
export async function countActiveConnections(
  trx: TenantTransaction,
  atMost: number | null = null,
): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*)::int as count from (select from subscriptions c where c.tenant_id = ${trx.tenantId}
      and c.status in ('active', 'disconnected') and not exists (select from block_reasons b
        where b.tenant_id = c.tenant_id and b.subscription_id = c.id and b.removed_at is null)
      limit ${atMost}::bigint) c`.execute(trx);
  return rows[0]?.count ?? 0;
}

/** Adds a run unless the day has one; then that one is returned. */
export async function insertRun(
  trx: TenantTransaction,
  run: Omit<Insertable<RunsTable>, "tenant_id">,
): Promise<RunRow> {
  await trx.insertInto("runs").values({ ...run, tenant_id: trx.tenantId })
    // The condition as a literal: once the statement has a generic plan, a parameter would match no partial index.
    .onConflict((conflict) =>
      conflict.columns(["tenant_id", "kind", "business_on"]).where(sql`trigger`, "=", sql.lit("scheduled"))
        .where(sql`status`, "<>", sql.lit("taken_back")).doNothing()
    ).execute();
  const found = run.trigger === "scheduled"
    ? await findScheduledRun(trx, run.kind, run.business_on)
    : await findRun(trx, run.id);
  if (found === null) throw new Error(`Cannot start ${run.kind} run: its row did not come back`);
  announceRun(trx, found.id);
  return found;
}

/** Changes a run. */
export async function updateRun(
  trx: TenantTransaction,
  runId: string,
  fields: Partial<Omit<RunRow, "tenant_id" | "id" | "kind" | "business_on" | "trigger">>,
): Promise<void> {
  await trx.updateTable("runs").set(fields).where("tenant_id", "=", trx.tenantId).where("id", "=", runId)
    .execute();
  announceRun(trx, runId);
}

/** Ends a run that went through; gives it with all that it did. */
export async function finishRun(
  trx: TenantTransaction,
  runId: string,
  at: Temporal.Instant,
): Promise<RunRow> {
  const run = await trx.updateTable("runs").set({ status: "done", finished_at: at })
    .where("tenant_id", "=", trx.tenantId).where("id", "=", runId).returning(RUN_COLUMNS)
    .executeTakeFirstOrThrow(() => new Error(`Cannot finish run ${runId}: its row is gone`));
  announceRun(trx, runId);
  return run;
}

/** Whoever shows the run, or the list of Tonight, looks again. */
function announceRun(trx: TenantTransaction, runId: string): void {
  announceLive(trx, [`run:${runId}`, "tonight"]);
}

/** Adds what one batch did to the figures of a run. */
export async function addRunProgress(
  trx: TenantTransaction,
  runId: string,
  by: { total?: number; changed?: number; skipped?: number; failed?: number; amountCentavos?: bigint },
): Promise<void> {
  await sendSqlAhead(
    trx,
    sql`
    update runs set total = total + ${by.total ?? 0}, changed = changed + ${by.changed ?? 0},
      skipped = skipped + ${by.skipped ?? 0}, failed = failed + ${by.failed ?? 0},
      amount_centavos = amount_centavos + ${by.amountCentavos ?? 0n}
    where tenant_id = ${trx.tenantId} and id = ${runId}`,
  );
  announceRun(trx, runId);
}

/** Writes decisions; a row that is there already is overwritten. */
export async function upsertRunRows(
  trx: TenantTransaction,
  runId: string,
  rows: readonly Omit<RunDecision, "tenant_id" | "run_id">[],
): Promise<void> {
  if (rows.length === 0) return;
  await sql`
    insert into run_rows (tenant_id, run_id, subscription_id, position, outcome, balance_centavos, cut_on, reason, decided_at)
    select ${trx.tenantId}::uuid, ${runId}::uuid, r.subscription_id, r.position, r.outcome, r.balance_centavos,
      r.cut_on, r.reason, r.decided_at
    from jsonb_to_recordset(${
    toRecordset(rows)
  }::jsonb) as r(subscription_id uuid, position integer, outcome text,
      balance_centavos bigint, cut_on date, reason text, decided_at timestamptz)
    on conflict (tenant_id, run_id, subscription_id) do update set outcome = excluded.outcome,
      balance_centavos = excluded.balance_centavos, cut_on = excluded.cut_on, reason = excluded.reason,
      decided_at = excluded.decided_at`.execute(trx);
}

/** A row of the list, with what was owed when it was written, and who pays for the connection now. */
export type UndecidedRow = Pick<RunDecision, "subscription_id" | "balance_centavos" | "cut_on"> & {
  subscriber_id: string;
};

/** Rows that the run has still to decide, in list order. */
export async function listUndecidedRows(
  trx: TenantTransaction,
  runId: string,
  limit: number,
): Promise<UndecidedRow[]> {
  const { rows } = await sql<UndecidedRow>`
    select r.subscription_id, r.balance_centavos, r.cut_on, c.subscriber_id from run_rows r
    cross join lateral (select c.subscriber_id from subscriptions c where c.tenant_id = r.tenant_id
      and c.id = r.subscription_id offset 0) c
    where r.tenant_id = ${trx.tenantId} and r.run_id = ${runId} and r.outcome = 'listed'
    order by r.position limit ${limit}`.execute(trx);
  return rows;
}

/** Connections on the list of a run that it has still to decide, by their ids. */
export async function listListed(trx: TenantTransaction, runId: string): Promise<string[]> {
  const rows = await trx.selectFrom("run_rows").select("subscription_id").where(
    "tenant_id",
    "=",
    trx.tenantId,
  )
    .where("run_id", "=", runId).where("outcome", "=", "listed").orderBy("subscription_id").execute();
  return rows.map((row) => row.subscription_id);
}

/** How many rows of a run have each outcome. */
export async function countOutcomes(
  trx: TenantTransaction,
  runId: string,
): Promise<Partial<Record<RunDecision["outcome"], number>>> {
  const { rows } = await sql<{ outcome: RunDecision["outcome"]; count: number }>`
    select outcome, count(*)::int as count from run_rows
    where tenant_id = ${trx.tenantId} and run_id = ${runId} group by outcome`.execute(trx);
  return Object.fromEntries(rows.map((row) => [row.outcome, row.count]));
}

/** Ends older lists that nobody executed: a new day's list has taken their place. */
export async function updateOlderCutRunsClosed(
  trx: TenantTransaction,
  businessOn: Temporal.PlainDate,
  at: Temporal.Instant,
): Promise<void> {
  await trx.updateTable("runs")
    .set({
      status: "failed",
      finished_at: at,
      error_message: formatCoded(coded("run_replaced_by", { day: businessOn })),
    })
    .where("tenant_id", "=", trx.tenantId).where("kind", "=", "cut").where("business_on", "<", businessOn)
    .where("status", "in", ["planned", "awaiting_approval", "approved"]).execute();
}
