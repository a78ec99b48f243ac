import { sql } from "kysely";
import type { ImportBatchRow, ImportRow } from "./imports.ts";
import { type Page, type PageRequest, positionOf, toPage } from "./keyset.ts";
import type { TenantTransaction } from "./tenant_transaction.ts";

/** A batch as the history lists it. */
export interface ImportListRow {
  id: string;
  router_name: string;
  site_name: string;
  status: ImportBatchRow["status"];
  total: number;
  created_count: number;
  skipped_count: number;
  error_message: string | null;
  created_by: string;
  created_at: Temporal.Instant;
}

/** Batches of all routers, newest first. */
export async function listImportHistory(trx: TenantTransaction, limit: number): Promise<ImportListRow[]> {
  const { rows } = await sql<ImportListRow>`
    select b.id, r.name as router_name, s.name as site_name, b.status, b.total, b.created_count, b.skipped_count,
      b.error_message, b.created_by, b.created_at
    from import_batches b
    join routers r on r.tenant_id = b.tenant_id and r.id = b.router_id
    join sites s on s.tenant_id = r.tenant_id and s.id = r.site_id
    where b.tenant_id = ${trx.tenantId} order by b.created_at desc, b.id limit ${limit}`.execute(trx);
  return rows;
}

/** Which rows of a review are shown. */
export type ReviewFilter = "all" | "issues" | "skipped" | "failed";

const FILTERS = {
  all: sql<boolean>`true`,
  issues: sql<boolean>`i.issue is not null`,
  skipped: sql<boolean>`(i.decision = 'skip' or i.outcome = 'skipped')`,
  failed: sql<boolean>`i.outcome = 'failed'`,
};

/** How many rows each filter of the review leads to. */
export async function countReviewRows(
  trx: TenantTransaction,
  batchId: string,
): Promise<Record<ReviewFilter, number>> {
  const { rows } = await sql<Record<ReviewFilter, number>>`
    select count(*)::int as all, count(*) filter (where ${FILTERS.issues})::int as issues,
      count(*) filter (where ${FILTERS.skipped})::int as skipped,
      count(*) filter (where ${FILTERS.failed})::int as failed
    from import_rows i where i.tenant_id = ${trx.tenantId} and i.batch_id = ${batchId}`.execute(trx);
  return rows[0] ?? { all: 0, issues: 0, skipped: 0, failed: 0 };
}

/** One page of the rows of a batch, by PPP name. */
export async function listReviewRows(
  trx: TenantTransaction,
  wanted: { batchId: string; show: ReviewFilter; text?: string | undefined },
  request: PageRequest,
): Promise<Page<ImportRow>> {
  const position = positionOf(request, ["text"]);
  const [name] = position.parts ?? [];
  const comparison = position.isBackward ? sql`<` : sql`>`;
  const from = name === undefined ? sql`true` : sql`i.ppp_name ${comparison} ${name}`;
  const pattern = `%${(wanted.text ?? "").replace(/[\\%_]/g, "\\$&")}%`;
  const text = wanted.text === undefined || wanted.text === ""
    ? sql`true`
    : sql`concat_ws(' ', i.ppp_name, i.name, i.phone, i.comment) ilike ${pattern}`;
  const { rows } = await sql<ImportRow>`
    select i.ppp_name, i.profile, i.is_disabled, i.comment, i.caller_id, i.name, i.phone, i.decision, i.issue,
      i.outcome, i.outcome_message, i.subscriber_id, i.subscription_id
    from import_rows i
    where i.tenant_id = ${trx.tenantId} and i.batch_id = ${wanted.batchId} and ${
    FILTERS[wanted.show]
  } and ${text}
      and ${from}
    order by i.ppp_name ${position.isBackward ? sql`desc` : sql`asc`} limit ${request.limit + 1}`.execute(
    trx,
  );
  return toPage(rows, request, position, (row) => [row.ppp_name]);
}
