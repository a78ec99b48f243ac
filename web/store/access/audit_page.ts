import { type RawBuilder, sql } from "kysely";
import type { AuditEntriesTable } from "../db/schema.ts";
import type { Page, PageRequest } from "../db/keyset.ts";
import { orderingOf, type SortKey, windowOf } from "../db/ordering.ts";
import { startsWith } from "../db/search.ts";
import type { TenantTransaction } from "../db/tenant_transaction.ts";

/** What the audit log is narrowed to. */
export interface AuditFilter {
  /** Name of whoever did it, as it is stored. */
  actor?: string | undefined;
  /** Kind of object. */
  kind?: string | undefined;
  action?: string | undefined;
  subscriberId?: string | undefined;
  since?: Temporal.Instant | undefined;
  until?: Temporal.Instant | undefined;
  search?: AuditSearch | undefined;
}

/** A text that is searched for. */
export interface AuditSearch {
  /** Folded to lower case: the beginning of a request's id or an address, an object's id, a part of a name or of the own words. */
  text: string;
  /** Codes whose words, in the reader's language, hold the text. */
  codes: readonly string[];
}

/** An entry, with the names around it. */
export interface AuditLine {
  sequence: bigint;
  at: Temporal.Instant;
  business_on: Temporal.PlainDate;
  actor: string;
  actor_kind: AuditEntriesTable["actor_kind"];
  /** How the person or the agent stands now, where they are no longer there. */
  actor_gone: "disabled" | "left" | "revoked" | null;
  agent_name: string | null;
  run_id: string | null;
  run_kind: "bill" | "cut" | null;
  run_on: Temporal.PlainDate | null;
  action: string;
  subject_kind: string;
  subject_id: string;
  /** Number or name of the object; null where it has none, or is no longer there. */
  subject_name: string | null;
  /** The site that an agent belongs to has the page. */
  subject_site_id: string | null;
  subscriber_id: string | null;
  subscriber_name: string | null;
  summary: string;
  details: unknown;
  ip: string | null;
  request_id: string | null;
  hash: Uint8Array;
}

/** Entries whose own words are searched: the newest of what the other filters leave. */
export const SEARCHED_ENTRIES = 20_000;
/** Entries are counted no further. */
export const COUNTED_ENTRIES = 10_000;
const FOUND_MAX = 1_000;
/** Names that a filter offers. */
const OFFERED = 200;

const SORTS: Readonly<Record<string, readonly SortKey<AuditLine>[]>> = {
  time: [
    { by: sql`l.at`, kind: "instant", of: (row) => row.at.toString() },
    { by: sql`l.sequence`, kind: "integer", of: (row) => row.sequence.toString() },
  ],
};

/** Entries, the newest first unless asked otherwise; names are looked up for the page only. */
export async function listAuditLog(
  trx: TenantTransaction,
  filter: AuditFilter,
  request: PageRequest & { sort?: string | undefined },
): Promise<Page<AuditLine>> {
  const window = windowOf(orderingOf(SORTS, request.sort, "-time"), request);
  const page = sql`select * from (${entriesOf(trx, filter)}) l where ${window.where}
    order by ${window.orderBy} limit ${window.limit}`;
  const { rows } = await sql<AuditLine>`${named(trx, page)} order by ${window.orderBy}`.execute(trx);
  return window.toPage(rows);
}

/** One entry with the names around it. */
export async function findAuditLine(trx: TenantTransaction, sequence: bigint): Promise<AuditLine | null> {
  const one = sql`select * from (${entriesOf(trx, {})}) l where l.sequence = ${sequence}`;
  const { rows } = await named(trx, one).execute(trx);
  return rows[0] ?? null;
}

/** How many entries match, counted no further than {@linkcode COUNTED_ENTRIES} and one. */
export async function countAuditEntries(trx: TenantTransaction, filter: AuditFilter): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*)::int as count from (select from (${entriesOf(trx, filter)}) l
      limit ${sql.lit(COUNTED_ENTRIES + 1)}) entries`.execute(trx);
  return rows[0]?.count ?? 0;
}

/** Every value that a column has, in order: each is one step along its index, however many entries there are. */
export async function listAuditValues(
  trx: TenantTransaction,
  column: "actor" | "subject_kind" | "action",
): Promise<string[]> {
  const value = sql.ref(column);
  const { rows } = await sql<{ value: string }>`
    with recursive found as (
      (select ${value} as value from audit_entries where tenant_id = ${trx.tenantId} order by ${value} limit 1)
      union all
      select (select ${value} from audit_entries where tenant_id = ${trx.tenantId} and ${value} > found.value
        order by ${value} limit 1) from found where found.value is not null)
    select value from found where value is not null limit ${OFFERED}`.execute(trx);
  return rows.map((row) => row.value);
}

function entriesOf(trx: TenantTransaction, filter: AuditFilter): RawBuilder<unknown> {
  const { actor, kind, action, subscriberId, since, until, search } = filter;
  const where = [
    sql`e.tenant_id = ${trx.tenantId}`,
    ...(actor === undefined ? [] : [sql`e.actor = ${actor}`]),
    ...(kind === undefined ? [] : [sql`e.subject_kind = ${kind}`]),
    ...(action === undefined ? [] : [sql`e.action = ${action}`]),
    ...(subscriberId === undefined ? [] : [sql`e.subscriber_id = ${subscriberId}`]),
    ...(since === undefined ? [] : [sql`e.at >= ${since}`]),
    ...(until === undefined ? [] : [sql`e.at < ${until}`]),
  ];
  const narrowed = sql.join(where, sql` and `);
  const found = search === undefined
    ? sql`true`
    : sql`e.sequence in (${foundEntries(trx, search, narrowed)})`;
  return sql`select e.tenant_id, e.sequence, e.at, e.business_on, e.actor, e.actor_kind, e.staff_user_id, e.action,
      e.subject_kind, e.subject_id, e.subscriber_id, e.summary, e.details, e.ip, e.request_id, e.agent_id, e.hash,
      coalesce(e.run_id, case when e.subject_kind = 'run' and e.actor_kind = 'system'
        and e.subject_id ~ ${UUID} then e.subject_id::uuid end) as run_id
    from audit_entries e where ${narrowed} and ${found}`;
}

const UUID = sql.lit("^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$");

/** By request, by object, by person, and in the words of the newest entries: one arm each, so that each has its index. */
function foundEntries(
  trx: TenantTransaction,
  { text, codes }: AuditSearch,
  narrowed: RawBuilder<unknown>,
): RawBuilder<unknown> {
  return sql`
    select n.sequence from audit_entries n where n.tenant_id = ${trx.tenantId}
      and ${startsWith(sql`n.request_id`, text)}
    union all
    select n.sequence from audit_entries n where n.tenant_id = ${trx.tenantId} and n.subject_id = ${text}
    union all
    select n.sequence from audit_entries n where n.tenant_id = ${trx.tenantId} and n.subscriber_id in (
      select found.subscriber_id from search_subscriber_ids(${text}, ${FOUND_MAX}) found)
    union all
    select n.sequence from (select e.sequence, e.actor, e.summary, e.ip, e.action from audit_entries e where ${narrowed}
      order by e.at desc, e.sequence desc limit ${sql.lit(SEARCHED_ENTRIES)}) n
    where strpos(lower(n.summary), ${text}) > 0 or strpos(lower(n.actor), ${text}) > 0
      or starts_with(n.ip, ${text}) or n.action = ${text} or n.sequence::text = ${text}
      or split_part(n.summary, '"', 4) = any(${[...codes]}::text[])`;
}

/** The names of what a page of entries speaks of. */
function named(trx: TenantTransaction, page: RawBuilder<unknown>) {
  const t = trx.tenantId;
  const id = sql`(case when l.subject_id ~ ${UUID} then l.subject_id::uuid end)`;
  return sql<AuditLine>`
    select l.sequence, l.at, l.business_on, l.actor, l.actor_kind, l.action, l.subject_kind, l.subject_id,
      l.subscriber_id, l.summary, l.details, l.ip, l.request_id, l.hash, l.run_id, s.name as subscriber_name,
      run.kind as run_kind, run.business_on as run_on, by_agent.name as agent_name,
      case when m.state in ('disabled', 'left') then m.state
        when l.staff_user_id is not null and m.staff_user_id is null then 'left'
        when by_agent.revoked_at is not null then 'revoked' end as actor_gone,
      case l.subject_kind
        when 'bill' then (select x.number from bills x where x.tenant_id = ${t} and x.id = ${id})
        when 'payment' then (select x.number from payments x where x.tenant_id = ${t} and x.id = ${id})
        when 'memo' then (select x.number from credit_memos x where x.tenant_id = ${t} and x.id = ${id})
        when 'refund' then (select x.number from refunds x where x.tenant_id = ${t} and x.id = ${id})
        when 'site' then (select x.name from sites x where x.tenant_id = ${t} and x.id = ${id})
        when 'agent' then (select x.name from agents x where x.tenant_id = ${t} and x.id = ${id})
        when 'router' then (select x.name from routers x where x.tenant_id = ${t} and x.id = ${id})
        when 'plan' then (select x.name from plans x where x.tenant_id = ${t} and x.id = ${id})
        when 'subscription' then (select x.ppp_name from subscriptions x where x.tenant_id = ${t} and x.id = ${id})
        when 'run' then (select x.business_on::text from runs x where x.tenant_id = ${t} and x.id = ${id})
        when 'subscriber' then s.name
      end as subject_name,
      (select x.site_id from agents x where l.subject_kind = 'agent' and x.tenant_id = ${t} and x.id = ${id})
        as subject_site_id
    from (${page}) l
    left join subscribers s on s.tenant_id = ${t} and s.id = l.subscriber_id
    left join runs run on run.tenant_id = ${t} and run.id = l.run_id
    left join agents by_agent on by_agent.tenant_id = ${t} and by_agent.id = l.agent_id
    left join staff_memberships m on m.tenant_id = ${t} and m.staff_user_id = l.staff_user_id`;
}
