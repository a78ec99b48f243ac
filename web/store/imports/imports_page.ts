import { type RawBuilder, sql } from "kysely";
import { fold, sortKey } from "@/shared/text/mod.ts";
import type { ImportBatchRow } from "./import_batches.ts";
import type { ImportRow } from "./import_rows.ts";
import type { Page, PageRequest } from "../db/keyset.ts";
import { orderingOf, type SortKey, windowOf } from "../db/ordering.ts";
import type { TenantTransaction } from "../db/tenant_transaction.ts";

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

/** What the history of imports is narrowed to. */
export interface ImportFilter {
  status?: ImportBatchRow["status"] | undefined;
  routerId?: string | undefined;
}

const BATCH_ID: SortKey<ImportListRow> = { by: sql`b.id`, kind: "uuid", of: (row) => row.id };
const IMPORT_SORTS: Readonly<Record<string, readonly SortKey<ImportListRow>[]>> = {
  started: [
    { by: sql`b.created_at`, kind: "instant", of: (row) => row.created_at.toString() },
    BATCH_ID,
  ],
  router: [{ by: sql`r.name_sort`, kind: "text", of: (row) => sortKey(row.router_name) }, BATCH_ID],
  read: [{ by: sql`b.total`, kind: "integer", of: (row) => String(row.total) }, BATCH_ID],
  created: [{ by: sql`b.created_count`, kind: "integer", of: (row) => String(row.created_count) }, BATCH_ID],
};

/** One page of the history of imports, the newest first unless another sort is asked for. */
export async function listImportPage(
  trx: TenantTransaction,
  filter: ImportFilter,
  request: PageRequest & { sort?: string | undefined },
): Promise<Page<ImportListRow>> {
  const window = windowOf(orderingOf(IMPORT_SORTS, request.sort, "-started"), request);
  const status = filter.status === undefined ? sql`true` : sql`b.status = ${filter.status}`;
  const router = filter.routerId === undefined ? sql`true` : sql`b.router_id = ${filter.routerId}`;
  const { rows } = await sql<ImportListRow>`
    select b.id, r.name as router_name, s.name as site_name, b.status, b.total, b.created_count, b.skipped_count,
      b.error_message, b.created_by, b.created_at
    from import_batches b
    join routers r on r.tenant_id = b.tenant_id and r.id = b.router_id
    join sites s on s.tenant_id = r.tenant_id and s.id = r.site_id
    where b.tenant_id = ${trx.tenantId} and ${status} and ${router} and ${window.where}
    order by ${window.orderBy} limit ${window.limit}`.execute(trx);
  return window.toPage(rows);
}

/** How many imports are in each state, of one router or of all. */
export async function countImports(
  trx: TenantTransaction,
  { routerId }: Pick<ImportFilter, "routerId">,
): Promise<Partial<Record<ImportBatchRow["status"], number>>> {
  const router = routerId === undefined ? sql`true` : sql`router_id = ${routerId}`;
  const { rows } = await sql<{ status: ImportBatchRow["status"]; batches: number }>`
    select status, count(*)::int as batches from import_batches
    where tenant_id = ${trx.tenantId} and ${router} group by status`.execute(trx);
  return Object.fromEntries(rows.map(({ status, batches }) => [status, batches]));
}

/** Which rows of a review are shown. */
export type ReviewFilter = "all" | "issues" | "prepaid" | "skipped" | "failed";

const FILTERS = {
  all: sql<boolean>`true`,
  issues: sql<boolean>`i.issue is not null`,
  prepaid: sql<boolean>`i.prepaid_until_on is not null`,
  skipped: sql<boolean>`(i.decision = 'skip' or i.outcome = 'skipped')`,
  failed: sql<boolean>`i.outcome = 'failed'`,
};

/** How many rows each filter of the review leads to, among those that hold a text. */
export async function countReviewRows(
  trx: TenantTransaction,
  batchId: string,
  text?: string | undefined,
): Promise<Record<ReviewFilter, number>> {
  const { rows } = await sql<Record<ReviewFilter, number>>`
    select count(*)::int as all, count(*) filter (where ${FILTERS.issues})::int as issues,
      count(*) filter (where ${FILTERS.prepaid})::int as prepaid,
      count(*) filter (where ${FILTERS.skipped})::int as skipped,
      count(*) filter (where ${FILTERS.failed})::int as failed
    from import_rows i where i.tenant_id = ${trx.tenantId} and i.batch_id = ${batchId} and ${holdsText(text)}`
    .execute(trx);
  return rows[0] ?? { all: 0, issues: 0, prepaid: 0, skipped: 0, failed: 0 };
}

/** A PPP name stands in a batch once for each service. */
const BY_USER: readonly SortKey<ImportRow>[] = [
  { by: sql`i.ppp_name`, kind: "text", of: (row) => row.ppp_name },
  { by: sql`i.account_key`, kind: "text", of: (row) => row.account_key },
];
const REVIEW_SORTS: Readonly<Record<string, readonly SortKey<ImportRow>[]>> = {
  user: BY_USER,
  name: [
    { by: sql`i.name_sort`, kind: "text", of: (row) => sortKey(row.name ?? row.ppp_name) },
    ...BY_USER,
  ],
  profile: [{ by: sql`coalesce(i.profile, '')`, kind: "text", of: (row) => row.profile ?? "" }, ...BY_USER],
};

/** One page of the rows of a batch, by PPP name unless another sort is asked for. */
export async function listReviewRows(
  trx: TenantTransaction,
  wanted: { batchId: string; show: ReviewFilter; text?: string | undefined },
  request: PageRequest & { sort?: string | undefined },
): Promise<Page<ImportRow>> {
  const window = windowOf(orderingOf(REVIEW_SORTS, request.sort, "user"), request);
  const { rows } = await sql<ImportRow>`
    select i.account_key, i.ppp_name, i.profile, i.is_disabled, i.comment, i.caller_id, i.service, i.name, i.phone,
      i.decision, i.issue, i.prepaid_until_on, i.prepaid_unit, i.prepaid_count, i.outcome, i.outcome_message, i.subscriber_id, i.subscription_id
    from import_rows i
    where i.tenant_id = ${trx.tenantId} and i.batch_id = ${wanted.batchId} and ${FILTERS[wanted.show]}
      and ${holdsText(wanted.text)} and ${window.where}
    order by ${window.orderBy} limit ${window.limit}`.execute(trx);
  return window.toPage(rows);
}

function holdsText(text: string | undefined): RawBuilder<unknown> {
  if (text === undefined || text.trim() === "") return sql`true`;
  return fold(text) === "" ? sql`false` : sql`strpos(i.words_folded, ${fold(text)}) > 0`;
}
