import { type RawBuilder, sql } from "kysely";
import { REQUEST_STATES, type RequestState } from "@/web/domain/approvals/mod.ts";
import { columnsOf } from "../db/columns.ts";
import type { Page, PageRequest } from "../db/keyset.ts";
import { orderingOf, type SortKey, windowOf } from "../db/ordering.ts";
import type { TenantTransaction } from "../db/tenant_transaction.ts";
import type { RequestRow } from "./requests.ts";

const COLUMNS = [
  "id",
  "kind",
  "subject_kind",
  "subject_id",
  "subject_label",
  "subscriber_id",
  "amount_centavos",
  "reason",
  "state",
  "asked_at",
  "asked_by_id",
  "asked_by",
  "expires_at",
  "runs_at",
  "decided_at",
  "decided_by",
  "note",
  "how",
] as const;

/** A request of the list. */
export type RequestListRow = Pick<RequestRow, (typeof COLUMNS)[number]>;

/** What the list is narrowed to. */
export interface RequestFilter {
  /** Asked for by this person. */
  askedById?: string | undefined;
  /** Open, of these kinds, and not asked for by this person: what they may decide. */
  toDecide?: { kinds: readonly string[]; notBy: string } | undefined;
  isDone?: boolean | undefined;
  state?: RequestState | undefined;
  kind?: string | undefined;
  subscriberId?: string | undefined;
  /** A part of the subject's or the asker's name. */
  q?: string | undefined;
  /** Only these: the ticked rows of a page. */
  ids?: readonly string[] | undefined;
}

const ID: SortKey<RequestListRow> = { by: sql`a.id`, kind: "uuid", of: (row) => row.id };
const SORTS: Readonly<Record<string, readonly SortKey<RequestListRow>[]>> = {
  asked: [{ by: sql`a.asked_at`, kind: "instant", of: (row) => String(row.asked_at) }, ID],
  amount: [
    {
      by: sql`coalesce(a.amount_centavos, 0)`,
      kind: "integer",
      of: (row) => String(row.amount_centavos ?? 0n),
    },
    ID,
  ],
};

/** Requests, the newest first unless another sort is asked for. */
export async function listRequests(
  trx: TenantTransaction,
  filter: RequestFilter,
  request: PageRequest & { sort?: string | undefined },
): Promise<Page<RequestListRow>> {
  const window = windowOf(orderingOf(SORTS, request.sort, "-asked"), request);
  const { rows } = await sql<RequestListRow>`select ${columnsOf("a", COLUMNS)} from approval_requests a
    where ${conditions(trx, filter)} and ${window.where}
    order by ${window.orderBy} limit ${window.limit}`.execute(trx);
  return window.toPage(rows);
}

/** How many requests match. */
export async function countRequests(trx: TenantTransaction, filter: RequestFilter): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*)::int as count from approval_requests a where ${conditions(trx, filter)}`.execute(trx);
  return rows[0]?.count ?? 0;
}

/** Open requests of a subscriber, the oldest first. */
export async function listOpenOfSubscriber(
  trx: TenantTransaction,
  subscriberId: string,
): Promise<RequestListRow[]> {
  const { rows } = await sql<RequestListRow>`select ${columnsOf("a", COLUMNS)} from approval_requests a
    where ${conditions(trx, { subscriberId, state: "asked" })} order by a.asked_at, a.id`.execute(trx);
  return rows;
}

function conditions(trx: TenantTransaction, filter: RequestFilter): RawBuilder<unknown> {
  const where = [sql`a.tenant_id = ${trx.tenantId}`];
  const { askedById, toDecide, isDone, state, kind, subscriberId, ids } = filter;
  if (askedById !== undefined) where.push(sql`a.asked_by_id = ${askedById}`);
  if (toDecide !== undefined) {
    where.push(
      sql`a.state = 'asked' and a.kind = any(${[...toDecide.kinds]}::text[])
        and a.asked_by_id is distinct from ${toDecide.notBy}`,
    );
  }
  if (isDone === true) where.push(sql`a.state <> 'asked'`);
  // Written out, so that the index of open ones serves.
  if (state !== undefined && REQUEST_STATES.includes(state)) where.push(sql`a.state = ${sql.lit(state)}`);
  if (kind !== undefined) where.push(sql`a.kind = ${kind}`);
  if (subscriberId !== undefined) where.push(sql`a.subscriber_id = ${subscriberId}`);
  if (ids !== undefined) where.push(sql`a.id = any(${[...ids]}::uuid[])`);
  const words = filter.q?.trim() ?? "";
  if (words !== "") {
    const pattern = `%${words.replace(/[\\%_]/g, "\\$&")}%`;
    where.push(sql`(a.subject_label ilike ${pattern} or a.asked_by ilike ${pattern})`);
  }
  return sql.join(where, sql` and `);
}
