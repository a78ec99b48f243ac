import { columnsOf } from "@/web/store/db/columns.ts";
import { ROW_COLUMNS, RUN_COLUMNS } from "@/web/store/billing/runs.ts";
import { type RawBuilder, sql } from "kysely";
import { hadBy } from "./payer_changes.ts";
import type { Page, PageRequest } from "../db/keyset.ts";
import { orderingOf, type SortKey, windowOf } from "../db/ordering.ts";
import type { RunDecision, RunRow } from "./runs.ts";
import type { TenantTransaction } from "../db/tenant_transaction.ts";

/** What the list of runs is narrowed to. */
export interface RunFilter {
  kind?: RunRow["kind"] | undefined;
  /** Leaves out the nights on which nothing was due. */
  withWork?: boolean | undefined;
}

const RUN_ID: SortKey<RunRow> = { by: sql`r.id`, kind: "uuid", of: (run) => run.id };
const RUN_SORTS: Readonly<Record<string, readonly SortKey<RunRow>[]>> = {
  day: [
    { by: sql`r.business_on`, kind: "date", of: (run) => run.business_on.toString() },
    { by: sql`r.created_at`, kind: "instant", of: (run) => run.created_at.toString() },
    RUN_ID,
  ],
  changed: [{ by: sql`r.changed`, kind: "integer", of: (run) => String(run.changed) }, RUN_ID],
  amount: [{ by: sql`r.amount_centavos`, kind: "integer", of: (run) => String(run.amount_centavos) }, RUN_ID],
};

/** Runs, the newest day first unless another sort is asked for. */
export async function listRunPage(
  trx: TenantTransaction,
  filter: RunFilter,
  request: PageRequest & { sort?: string | undefined },
): Promise<Page<RunRow>> {
  const window = windowOf(orderingOf(RUN_SORTS, request.sort, "-day"), request);
  const { rows } = await sql<RunRow>`select ${columnsOf("r", RUN_COLUMNS)} from runs r where ${
    conditionsOf(trx, filter)
  } and ${window.where}
    order by ${window.orderBy} limit ${window.limit}`.execute(trx);
  return window.toPage(rows);
}

/** How many runs match. */
export async function countRuns(trx: TenantTransaction, filter: RunFilter): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*)::int as count from runs r where ${conditionsOf(trx, filter)}`.execute(trx);
  return rows[0]?.count ?? 0;
}

function conditionsOf(trx: TenantTransaction, { kind, withWork }: RunFilter): RawBuilder<unknown> {
  const where = [sql`r.tenant_id = ${trx.tenantId}`];
  if (kind !== undefined) where.push(sql`r.kind = ${kind}`);
  if (withWork === true) {
    where.push(sql`(r.total > 0 or r.changed > 0 or r.failed > 0 or r.status <> 'done')`);
  }
  return sql.join(where, sql` and `);
}

/** A decision with who it is about, as evidence after the run. */
export interface RunDecisionRow extends RunDecision {
  subscriber_id: string;
  name: string;
  name_sort: string;
  account_number: string;
  ppp_name: string;
  router_name: string;
  /** The router has applied what was desired of this secret; null when nothing is managed. */
  is_applied: boolean | null;
}

const ROW_ID: SortKey<RunDecisionRow> = {
  by: sql`w.subscription_id`,
  kind: "uuid",
  of: (row) => row.subscription_id,
};
const ROW_SORTS: Readonly<Record<string, readonly SortKey<RunDecisionRow>[]>> = {
  position: [{ by: sql`w.position`, kind: "integer", of: (row) => String(row.position) }, ROW_ID],
  name: [{ by: sql`s.name_sort`, kind: "text", of: (row) => row.name_sort }, ROW_ID],
  amount: [
    { by: sql`w.balance_centavos`, kind: "integer", of: (row) => String(row.balance_centavos) },
    ROW_ID,
  ],
};

/** The evidence of a run, in list order unless another sort is asked for. */
export async function listRunRows(
  trx: TenantTransaction,
  runId: string,
  filter: { outcome?: RunDecision["outcome"] | undefined },
  request: PageRequest & { sort?: string | undefined },
): Promise<Page<RunDecisionRow>> {
  const window = windowOf(orderingOf(ROW_SORTS, request.sort, "position"), request);
  const outcome = filter.outcome === undefined ? sql`true` : sql`w.outcome = ${filter.outcome}`;
  const { rows } = await sql<RunDecisionRow>`
    select ${
    columnsOf("w", ROW_COLUMNS)
  }, s.id as subscriber_id, s.name, s.name_sort, s.account_number, c.ppp_name, r.name as router_name,
      d.generation <= rs.applied_generation as is_applied
    from run_rows w
    join runs of_run on of_run.tenant_id = w.tenant_id and of_run.id = w.run_id
    join subscriptions c on c.tenant_id = w.tenant_id and c.id = w.subscription_id
    join subscribers s on s.tenant_id = c.tenant_id and s.id = ${
    hadBy(sql`coalesce(w.decided_at, of_run.created_at)`)
  }
    join routers r on r.tenant_id = c.tenant_id and r.id = c.router_id
    left join desired_secrets d on d.tenant_id = c.tenant_id and d.router_id = c.router_id
      and d.ppp_name = c.ppp_name
      and d.ppp_service = c.ppp_service and d.removed_at is null
    left join router_states rs on rs.tenant_id = c.tenant_id and rs.router_id = c.router_id
    where w.tenant_id = ${trx.tenantId} and w.run_id = ${runId} and ${outcome} and ${window.where}
    order by ${window.orderBy} limit ${window.limit}`.execute(trx);
  return window.toPage(rows);
}
