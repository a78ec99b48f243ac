import { type RawBuilder, sql } from "kysely";
import type { LedgerEntriesTable, LedgerTransactionsTable } from "../db/schema.ts";
import type { TenantTransaction } from "../db/tenant_transaction.ts";

/** Whose money a report is about: subscribers who have or had a connection there. Without both, everybody's. */
export interface ReportScope {
  siteId?: string | undefined;
  planId?: string | undefined;
}

/** What is asked of {@linkcode countedFrom} for each entry. */
export interface CountedEntry {
  counted_on: Temporal.PlainDate;
  kind: LedgerTransactionsTable["kind"];
  bill_id: string | null;
  source_id: string | null;
  account: LedgerEntriesTable["account"];
  subscriber_id: string | null;
  amount_centavos: bigint;
}

/** Postings that take a bill back; only they may be dated before the bill's own day. */
const TAKING_BACK = sql`('bill_voided', 'credit_released')`;

/**
 * The ledger's entries that count from a day on. An entry counts on its business date. Where a clock was ahead and its
 * bills were taken back on an earlier date, what takes them back counts on the day of the bill: on no day between is one
 * in the books without the other.
 *
 * What the books said on an earlier day is what they say now less these entries, so a report of last month costs the
 * entries since then, and not all that ever were.
 */
export function countedFrom(
  trx: TenantTransaction,
  from: Temporal.PlainDate,
  scope: ReportScope = {},
): RawBuilder<CountedEntry> {
  return sql<CountedEntry>`
    select t.business_on as counted_on, t.kind, t.bill_id, t.source_id, e.account, e.subscriber_id,
      e.amount_centavos
    from ledger_transactions t
    join ledger_entries e on e.tenant_id = t.tenant_id and e.transaction_id = t.id
    where t.tenant_id = ${trx.tenantId} and t.business_on >= ${from}::date and t.kind not in ${TAKING_BACK}
      and ${postingsOf(trx, scope)}
    union all
    select greatest(t.business_on, b.issued_on), t.kind, t.bill_id, t.source_id, e.account, e.subscriber_id,
      e.amount_centavos
    from ledger_transactions t
    join bills b on b.tenant_id = t.tenant_id and b.id = t.bill_id
    join ledger_entries e on e.tenant_id = t.tenant_id and e.transaction_id = t.id
    where t.tenant_id = ${trx.tenantId} and t.kind in ${TAKING_BACK}
      and greatest(t.business_on, b.issued_on) >= ${from}::date and ${postingsOf(trx, scope)}`;
}

/** The condition that a subscriber is within a scope. */
export function inScope(
  trx: TenantTransaction,
  { siteId, planId }: ReportScope,
  subscriberId: RawBuilder<unknown>,
): RawBuilder<unknown> {
  if (siteId === undefined && planId === undefined) return sql`true`;
  return sql`${subscriberId} in (select c.subscriber_id from subscriptions c
    where c.tenant_id = ${trx.tenantId}
      ${planId === undefined ? sql`` : sql`and c.plan_id = ${planId}`}
      ${
    siteId === undefined ? sql`` : sql`and c.router_id in (select r.id from routers r
      where r.tenant_id = ${trx.tenantId} and r.site_id = ${siteId})`
  })`;
}

/** The condition that a posting is about a subscriber within a scope. */
function postingsOf(trx: TenantTransaction, scope: ReportScope): RawBuilder<unknown> {
  if (scope.siteId === undefined && scope.planId === undefined) return sql`true`;
  return sql`exists (select from ledger_entries o where o.tenant_id = t.tenant_id and o.transaction_id = t.id
    and o.subscriber_id is not null and ${inScope(trx, scope, sql`o.subscriber_id`)})`;
}
