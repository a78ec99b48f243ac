import { sql } from "kysely";
import type { TenantTransaction } from "../db/tenant_transaction.ts";

/** Whose data somebody may have seen, in which days. */
export interface AffectedFilter {
  from: Temporal.Instant;
  /** Exclusive. */
  until: Temporal.Instant;
  staffUserId?: string | undefined;
  sessionId?: string | undefined;
}

/** A person whose record was opened or exported. */
export interface AffectedRow {
  subscriber_id: string;
  account_number: string;
  name: string;
  phone: string | null;
  email: string | null;
  /** Names of who it was. */
  by_whom: string;
  first_at: Temporal.Instant;
  last_at: Temporal.Instant;
  times: number;
  is_exported: boolean;
}

/**
 * People whose records were opened, or whose data went out as a file of theirs; by account. What was changed stands with
 * what was opened: a page is opened before.
 */
export async function listAffected(
  trx: TenantTransaction,
  { from, until, staffUserId, sessionId }: AffectedFilter,
  { limit, after = "" }: { limit: number; after?: string },
): Promise<AffectedRow[]> {
  const { rows } = await sql<AffectedRow>`
    select s.id as subscriber_id, s.account_number, s.name, s.phone, s.email,
      string_agg(distinct coalesce(u.name, x.who), ', ') as by_whom, min(x.at) as first_at, max(x.at) as last_at,
      count(*)::int as times, bool_or(x.is_export) as is_exported
    from (
      select o.subscriber_id, o.staff_user_id, o.opened_at as at, false as is_export, '' as who
        from record_openings o where o.tenant_id = ${trx.tenantId} and o.opened_at >= ${from} and o.opened_at < ${until}
          and (${staffUserId ?? null}::uuid is null or o.staff_user_id = ${staffUserId ?? null}::uuid)
          and (${sessionId ?? null}::uuid is null or o.session_id = ${sessionId ?? null}::uuid)
      union all
      select a.subscriber_id, a.staff_user_id, a.at, true, a.actor from audit_entries a
        where a.tenant_id = ${trx.tenantId} and a.at >= ${from} and a.at < ${until} and a.subscriber_id is not null
          and a.subject_kind = 'export' and ${sessionId ?? null}::uuid is null
          and (${staffUserId ?? null}::uuid is null or a.staff_user_id = ${staffUserId ?? null}::uuid)
    ) x join subscribers s on s.tenant_id = ${trx.tenantId} and s.id = x.subscriber_id
    left join staff_users u on u.id = x.staff_user_id
    where s.account_number > ${after}
    group by s.id, s.account_number, s.name, s.phone, s.email
    order by s.account_number limit ${limit}`.execute(trx);
  return rows;
}

/** A list that went out as a file in these days. */
export interface ExportedList {
  sequence: bigint;
  at: Temporal.Instant;
  actor: string;
  summary: string;
}

/** Lists that went out as files: whoever was in one is affected too, and its filter says who. */
export async function listExports(
  trx: TenantTransaction,
  { from, until, staffUserId }: AffectedFilter,
): Promise<ExportedList[]> {
  const { rows } = await sql<ExportedList>`
    select sequence, at, actor, summary from audit_entries where tenant_id = ${trx.tenantId} and at >= ${from}
      and at < ${until} and subject_kind = 'export' and subscriber_id is null
      and action in ('export.file', 'export.statements')
      and (${staffUserId ?? null}::uuid is null or staff_user_id = ${staffUserId ?? null}::uuid)
    order by at desc limit 100`.execute(trx);
  return rows;
}

/** Everybody who works or worked here, by name. */
export async function listEveryMember(trx: TenantTransaction): Promise<{ id: string; name: string }[]> {
  const { rows } = await sql<{ id: string; name: string }>`
    select u.id, u.name from staff_memberships m join staff_users u on u.id = m.staff_user_id
    where m.tenant_id = ${trx.tenantId} order by lower(u.name), u.id`.execute(trx);
  return rows;
}
