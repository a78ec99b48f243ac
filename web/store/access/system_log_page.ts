import { type RawBuilder, sql } from "kysely";
import type { SecurityKind, SecurityReason } from "@/web/domain/access/mod.ts";
import type { Page, PageRequest } from "../db/keyset.ts";
import { orderingOf, type SortKey, windowOf } from "../db/ordering.ts";
import { startsWith } from "../db/search.ts";
import type { TenantTransaction } from "../db/tenant_transaction.ts";
import type { LogLevel, LogSource } from "./system_log.ts";

/** What the system log is narrowed to. */
export interface SystemLogFilter {
  level?: LogLevel | undefined;
  source?: LogSource | undefined;
  subscriberId?: string | undefined;
  since?: Temporal.Instant | undefined;
  until?: Temporal.Instant | undefined;
  search?: LogSearch | undefined;
  /** Sign-ins are the security log's, for who may read that. */
  withSignIns: boolean;
}

/** A text that is searched for. */
export interface LogSearch {
  /** Folded to lower case; the beginning of a reference, or a part of a line's own words. */
  text: string;
  /** Codes whose words, in the reader's language, hold the text. */
  codes: readonly string[];
  /** The same of the security log. */
  kinds: readonly SecurityKind[];
}

/** A line, with the names around it. Of a sign-in there is no message: its kind and reason say it. */
export interface SystemLogLine {
  id: string;
  at: Temporal.Instant;
  level: LogLevel;
  source: LogSource;
  event: string;
  message: string | null;
  reference: string | null;
  times: number;
  subscriber_id: string | null;
  subscriber_name: string | null;
  bill_id: string | null;
  bill_number: string | null;
  router_id: string | null;
  router_name: string | null;
  site_id: string | null;
  site_name: string | null;
  run_id: string | null;
  /** The message that a line about mail is of. */
  mail_id: string | null;
  sign_in: { kind: SecurityKind; reason: SecurityReason; account: string; ip: string; place: string } | null;
}

/** Lines whose own words are searched: the newest of what the other filters leave. */
export const SEARCHED_LINES = 20_000;
/** Lines are counted no further. */
export const COUNTED_LINES = 10_000;
const FOUND_MAX = 1_000;

const SORTS: Readonly<Record<string, readonly SortKey<SystemLogLine>[]>> = {
  time: [
    { by: sql`l.at`, kind: "instant", of: (row) => row.at.toString() },
    { by: sql`l.id`, kind: "uuid", of: (row) => row.id },
  ],
};

/**
 * Lines, the newest first unless asked otherwise. Each of the two logs gives its own page in the order of its index, and
 * the page of both is the first of these; names are looked up for that page only.
 */
export async function listSystemLog(
  trx: TenantTransaction,
  filter: SystemLogFilter,
  request: PageRequest & { sort?: string | undefined },
): Promise<Page<SystemLogLine>> {
  const window = windowOf(orderingOf(SORTS, request.sort, "-time"), request);
  const arms = armsOf(trx, filter).map((arm) =>
    sql`(select * from (${arm}) l where ${window.where} order by ${window.orderBy} limit ${window.limit})`
  );
  const { rows } = await sql<SystemLogLine>`
    select l.id, l.at, l.level, l.source, l.event, l.message, l.reference, l.times, l.subscriber_id, l.bill_id,
      l.sign_in, l.fields->>'run_id' as run_id, s.name as subscriber_name, b.number as bill_number,
      r.id as router_id, r.name as router_name, site.id as site_id, site.name as site_name,
      (select m.id from mail_messages m where m.tenant_id = ${trx.tenantId} and m.id = case
        when l.source = 'mail' and l.reference ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$'
        then l.reference::uuid end) as mail_id
    from (select * from (${sql.join(arms, sql` union all `)}) l order by ${window.orderBy}
      limit ${window.limit}) l
    left join subscribers s on s.tenant_id = ${trx.tenantId} and s.id = l.subscriber_id
    left join bills b on b.tenant_id = ${trx.tenantId} and b.id = l.bill_id
    left join routers r on r.tenant_id = ${trx.tenantId} and r.id::text = l.fields->>'router_id'
    left join agents a on a.tenant_id = ${trx.tenantId} and a.id::text = l.fields->>'agent_id'
    left join sites site on site.tenant_id = ${trx.tenantId} and site.id = a.site_id
    order by ${window.orderBy}`.execute(trx);
  return window.toPage(rows);
}

/** How many lines match, counted no further than {@linkcode COUNTED_LINES} and one. */
export async function countSystemLines(trx: TenantTransaction, filter: SystemLogFilter): Promise<number> {
  const most = sql.lit(COUNTED_LINES + 1);
  const arms = armsOf(trx, filter).map((arm) => sql`(select 1 from (${arm}) l limit ${most})`);
  const { rows } = await sql<{ count: number }>`
    select count(*)::int as count from (select 1 from (${sql.join(arms, sql` union all `)}) l
      limit ${most}) lines`.execute(trx);
  return rows[0]?.count ?? 0;
}

/** Lines about one thing, the newest first: those of a message beside it. */
export async function listLinesOf(
  trx: TenantTransaction,
  reference: string,
  most: number,
): Promise<Pick<SystemLogLine, "id" | "at" | "level" | "message">[]> {
  return await trx.selectFrom("system_log").select(["id", "at", "level", "message"])
    .where("tenant_id", "=", trx.tenantId).where("reference", "=", reference)
    .orderBy("at", "desc").orderBy("id", "desc").limit(most).execute();
}

function armsOf(trx: TenantTransaction, filter: SystemLogFilter): RawBuilder<unknown>[] {
  const { source, subscriberId, withSignIns } = filter;
  const isOther = source !== undefined && source !== "sign_ins";
  const signIns = !withSignIns || isOther || subscriberId !== undefined ? [] : [signInLines(trx, filter)];
  return [systemLines(trx, filter), ...signIns];
}

function systemLines(trx: TenantTransaction, filter: SystemLogFilter): RawBuilder<unknown> {
  const { level, source, subscriberId, search } = filter;
  const where = [sql`g.tenant_id = ${trx.tenantId}`, ...times(sql`g.at`, filter)];
  if (level === "info") where.push(sql`g.level = 'info'`);
  // In words that the index of them has.
  if (level === "warn" || level === "error") where.push(sql`g.level = ${level} and g.level <> 'info'`);
  if (source !== undefined) where.push(sql`g.source = ${source}`);
  if (subscriberId !== undefined) where.push(sql`g.subscriber_id = ${subscriberId}`);
  const narrowed = sql.join(where, sql` and `);
  const found = search === undefined ? sql`true` : sql`g.id in (${foundIds(trx, search, narrowed)})`;
  return sql`select g.id, g.at, g.level, g.source, g.event, g.message, g.reference::text as reference, g.times,
      g.subscriber_id, g.bill_id, g.fields, null::jsonb as sign_in
    from system_log g where ${narrowed} and ${found}`;
}

/** By reference, by person, and in the words of the newest lines: one arm each, so that each has its index. */
function foundIds(trx: TenantTransaction, { text, codes }: LogSearch, narrowed: RawBuilder<unknown>) {
  return sql`
    select n.id from system_log n where n.tenant_id = ${trx.tenantId}
      and ${startsWith(sql`n.reference`, text)}
    union all
    select n.id from system_log n where n.tenant_id = ${trx.tenantId} and n.subscriber_id in (
      select found.subscriber_id from search_subscriber_ids(${text}, ${FOUND_MAX}) found)
    union all
    select n.id from (select g.id, g.event, g.message from system_log g where ${narrowed}
      order by g.at desc, g.id desc limit ${sql.lit(SEARCHED_LINES)}) n
    where strpos(lower(n.message), ${text}) > 0 or n.event = ${text}
      or split_part(n.message, '"', 4) = any(${[...codes]}::text[])`;
}

/** What the security log keeps, as lines; it bounds itself what people outside can cause. */
function signInLines(trx: TenantTransaction, filter: SystemLogFilter): RawBuilder<unknown> {
  const { level, search } = filter;
  const where = [sql`e.tenant_id = ${trx.tenantId}`, ...times(sql`e.last_at`, filter)];
  if (level !== undefined) where.push(sql`${LEVEL_OF_KIND} = ${level}`);
  if (search !== undefined) {
    where.push(sql`(starts_with(e.request_id, ${search.text}) or strpos(lower(e.account), ${search.text}) > 0
      or starts_with(lower(e.ip), ${search.text}) or e.kind = any(${[...search.kinds]}::text[]))`);
  }
  return sql`select e.id, e.last_at as at, ${LEVEL_OF_KIND} as level, 'sign_ins' as source, e.kind as event,
      null as message, e.request_id as reference, e.times, null::uuid as subscriber_id, null::uuid as bill_id,
      '{}'::jsonb as fields, jsonb_build_object('kind', e.kind, 'reason', e.reason, 'account', e.account,
        'ip', e.ip, 'place', e.place) as sign_in
    from security_events e where ${sql.join(where, sql` and `)}`;
}

const LEVEL_OF_KIND = sql`(case when e.kind in ('sign_in_failed', 'sign_in_locked', 'refused')
  then 'warn' else 'info' end)`;

function times(column: RawBuilder<unknown>, { since, until }: SystemLogFilter): RawBuilder<unknown>[] {
  return [
    ...(since === undefined ? [] : [sql`${column} >= ${since}`]),
    ...(until === undefined ? [] : [sql`${column} < ${until}`]),
  ];
}
