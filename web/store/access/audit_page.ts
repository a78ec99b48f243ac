import { type RawBuilder, sql } from "kysely";
import type { AuditEntriesTable } from "../db/schema.ts";
import type { Page, PageRequest } from "../db/keyset.ts";
import { orderingOf, type SortKey, windowOf } from "../db/ordering.ts";
import { startsWith } from "../db/search.ts";
import type { TenantTransaction } from "../db/tenant_transaction.ts";
import { nameAuditLines } from "./audit_names.ts";

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

/** An entry as the page reads it. */
export interface AuditEntryLine {
  sequence: bigint;
  at: Temporal.Instant;
  business_on: Temporal.PlainDate;
  actor: string;
  actor_kind: AuditEntriesTable["actor_kind"];
  staff_user_id: string | null;
  agent_id: string | null;
  /** Run that it is a part of, or that it is about where Linya did it. */
  run_id: string | null;
  action: string;
  subject_kind: string;
  subject_id: string;
  subscriber_id: string | null;
  summary: string;
  details: unknown;
  ip: string | null;
  request_id: string | null;
  hash: Uint8Array;
}

/** The names around an entry. */
export interface AuditNames {
  /** How the person or the agent stands now, where they are no longer there. */
  actor_gone: "disabled" | "left" | "revoked" | null;
  agent_name: string | null;
  run_kind: "bill" | "cut" | null;
  run_on: Temporal.PlainDate | null;
  /** Number or name of the object; null where it has none, or is no longer there. */
  subject_name: string | null;
  /** The site that an agent belongs to has the page. */
  subject_site_id: string | null;
  subscriber_name: string | null;
}

/** An entry, with the names around it. */
export type AuditLine = AuditEntryLine & AuditNames;

/** Entries whose own words are searched: the newest of what the other filters leave. */
export const SEARCHED_ENTRIES = 20_000;
/** Entries are counted no further. */
export const COUNTED_ENTRIES = 10_000;
const FOUND_MAX = 1_000;
/** Names that a filter offers. */
const OFFERED = 200;

const SORTS: Readonly<Record<string, readonly SortKey<AuditEntryLine>[]>> = {
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
  const { rows } = await sql<AuditEntryLine>`
    select ${COLUMNS} from (${entriesOf(trx, filter)}) l where ${window.where}
    order by ${window.orderBy} limit ${window.limit}`.execute(trx);
  const page = window.toPage(rows);
  return { ...page, rows: await nameAuditLines(trx, page.rows) };
}

/** One entry with the names around it. */
export async function findAuditLine(trx: TenantTransaction, sequence: bigint): Promise<AuditLine | null> {
  const { rows } = await sql<AuditEntryLine>`
    select ${COLUMNS} from (${entriesOf(trx, {})}) l where l.sequence = ${sequence}`.execute(trx);
  return (await nameAuditLines(trx, rows))[0] ?? null;
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

const COLUMNS =
  sql`l.sequence, l.at, l.business_on, l.actor, l.actor_kind, l.staff_user_id, l.action, l.subject_kind,
  l.subject_id, l.subscriber_id, l.summary, l.details, l.ip, l.request_id, l.agent_id, l.hash, l.run_id`;

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
  return sql`select e.sequence, e.at, e.business_on, e.actor, e.actor_kind, e.staff_user_id, e.action,
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
