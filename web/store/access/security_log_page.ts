import { type RawBuilder, sql } from "kysely";
import type { SecurityKind, SecurityReason } from "@/web/domain/access/mod.ts";
import type { Page, PageRequest } from "../db/keyset.ts";
import { orderingOf, type SortKey, windowOf } from "../db/ordering.ts";
import type { TenantTransaction } from "../db/tenant_transaction.ts";

/** What the security log is narrowed to. */
export interface SecurityLogFilter {
  kind?: SecurityKind | undefined;
  /** Part of an account, or the beginning of an address. */
  q?: string | undefined;
}

/** An entry: what happened so many times within its period. */
export interface SecurityLogRow {
  id: string;
  kind: SecurityKind;
  reason: SecurityReason;
  /** Empty where nobody knows it, or where there were too many. */
  account: string;
  /** The address that was seen last; empty where there were too many. */
  ip: string;
  place: string;
  /** Of the last request. */
  request_id: string;
  times: number;
  first_at: Temporal.Instant;
  last_at: Temporal.Instant;
}

const SORTS: Readonly<Record<string, readonly SortKey<SecurityLogRow>[]>> = {
  last: [
    { by: sql`e.last_at`, kind: "instant", of: (row) => row.last_at.toString() },
    { by: sql`e.id`, kind: "uuid", of: (row) => row.id },
  ],
};

/** Entries, the one that happened last first. */
export async function listSecurityEvents(
  trx: TenantTransaction,
  filter: SecurityLogFilter,
  request: PageRequest,
): Promise<Page<SecurityLogRow>> {
  const window = windowOf(orderingOf(SORTS, undefined, "-last"), request);
  const { rows } = await sql<SecurityLogRow>`
    select e.id, e.kind, e.reason, e.account, e.ip, e.place, e.request_id, e.times, e.first_at, e.last_at
    from security_events e where ${conditionsOf(trx, filter)} and ${window.where}
    order by ${window.orderBy} limit ${window.limit}`.execute(trx);
  return window.toPage(rows);
}

/** How many entries match. */
export async function countSecurityEvents(
  trx: TenantTransaction,
  filter: SecurityLogFilter,
): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*)::int as count from security_events e where ${conditionsOf(trx, filter)}`.execute(trx);
  return rows[0]?.count ?? 0;
}

function conditionsOf(trx: TenantTransaction, { kind, q }: SecurityLogFilter): RawBuilder<unknown> {
  const where = [sql`e.tenant_id = ${trx.tenantId}`];
  if (kind !== undefined) where.push(sql`e.kind = ${kind}`);
  const wanted = q?.trim().toLowerCase() ?? "";
  if (wanted !== "") {
    where.push(sql`(strpos(e.account, ${wanted}) > 0 or starts_with(lower(e.ip), ${wanted}))`);
  }
  return sql.join(where, sql` and `);
}
