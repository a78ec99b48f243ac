import { type Kysely, sql } from "kysely";
import { uuidv7 } from "@/shared/ids.ts";
import { isFromOutside, networkOf, periodOf, type SecurityEvent } from "@/web/domain/access/mod.ts";
import type { Database } from "../db/schema.ts";
import type { TenantTransaction } from "../db/tenant_transaction.ts";

/** An event, how often it happened, and when last. */
export interface CountedEvent extends SecurityEvent {
  times: number;
  firstAt: Temporal.Instant;
  at: Temporal.Instant;
}

/** New entries that one network, and all together, can cause in a period; what is above is counted in a common one. */
export const ENTRIES_PER_NETWORK = 20;
export const ENTRIES_PER_PERIOD = 200;

/** Counts an event in the tenant's log. */
export async function countSecurityEvent(trx: TenantTransaction, event: CountedEvent): Promise<void> {
  await countIn(trx, "security_events", { tenant_id: trx.tenantId }, event);
}

/** Counts an event that belongs to no tenant. */
export async function countInstallationEvent(db: Kysely<Database>, event: CountedEvent): Promise<void> {
  await countIn(db, "installation_security_events", {}, event);
}

type LogTable = "security_events" | "installation_security_events";
type Owner = { tenant_id?: string };

async function countIn(
  db: Kysely<Database>,
  table: LogTable,
  owner: Owner,
  event: CountedEvent,
): Promise<void> {
  const row = rowOf(event);
  if (isFromOutside(event) && !await isKnown(db, table, owner, row)) {
    const crowd = await countEntries(db, table, owner, row);
    // The account stays where it is somebody's: that person is to see that they are aimed at.
    if (crowd.ofNetwork >= ENTRIES_PER_NETWORK) {
      Object.assign(row, { account: knownAccount(event), place: "" });
    }
    if (crowd.ofAll >= ENTRIES_PER_PERIOD) {
      Object.assign(row, { account: knownAccount(event), network: "", ip: "", place: "" });
    }
  }
  await sql`
    insert into ${sql.table(table)} as known (${
    sql.join([...Object.keys(owner), ...Object.keys(row)].map((name) => sql.ref(name)))
  })
    values (${sql.join([...Object.values(owner), ...Object.values(row)])})
    on conflict (${
    sql.raw(owner.tenant_id === undefined ? "" : "tenant_id, ")
  }period_starts_at, kind, reason, account, network, place)
    do update set times = least(known.times::bigint + excluded.times, 2000000000)::integer,
      last_at = greatest(known.last_at, excluded.last_at), ip = excluded.ip, request_id = excluded.request_id`
    .execute(db);
}

function knownAccount(event: SecurityEvent): string {
  return event.staffUserId === null ? "" : event.account.toLowerCase().slice(0, 250);
}

function rowOf(event: CountedEvent) {
  return {
    id: uuidv7(event.at.epochMilliseconds),
    kind: event.kind as string,
    reason: event.reason as string,
    account: event.account.toLowerCase().slice(0, 250),
    network: event.ip === "" ? "" : networkOf(event.ip).slice(0, 60),
    place: (event.place ?? "").slice(0, 120),
    staff_user_id: event.staffUserId,
    ip: event.ip.slice(0, 60),
    request_id: event.requestId.slice(0, 60),
    times: event.times,
    period_starts_at: periodOf(event, event.firstAt),
    first_at: event.firstAt,
    last_at: event.at,
  };
}

type Row = ReturnType<typeof rowOf>;

function ofOwner(owner: Owner) {
  return owner.tenant_id === undefined ? sql`true` : sql`tenant_id = ${owner.tenant_id}`;
}

async function isKnown(db: Kysely<Database>, table: LogTable, owner: Owner, row: Row): Promise<boolean> {
  const { rows } = await sql`select from ${sql.table(table)} where ${ofOwner(owner)}
    and period_starts_at = ${row.period_starts_at} and kind = ${row.kind} and reason = ${row.reason}
    and account = ${row.account} and network = ${row.network} and place = ${row.place}`.execute(db);
  return rows.length > 0;
}

/** Of this period; an index range that {@linkcode ENTRIES_PER_PERIOD} keeps short. */
async function countEntries(db: Kysely<Database>, table: LogTable, owner: Owner, row: Row) {
  const { rows } = await sql<{ of_all: number; of_network: number }>`
    select count(*)::int as of_all, count(*) filter (where network = ${row.network})::int as of_network
    from ${sql.table(table)} where ${ofOwner(owner)} and period_starts_at = ${row.period_starts_at}
      and kind in ('sign_in_failed', 'sign_in_locked', 'refused')`.execute(db);
  return { ofAll: rows[0]?.of_all ?? 0, ofNetwork: rows[0]?.of_network ?? 0 };
}

/** Drops what is older, and the oldest of what came from outside above a number. */
export async function deleteOldEvents(
  trx: TenantTransaction,
  keep: { since: Temporal.Instant; mostFromOutside: number },
): Promise<number> {
  return await trim(trx, "security_events", { tenant_id: trx.tenantId }, keep);
}

/** The same for what belongs to no tenant. */
export async function deleteOldInstallationEvents(
  db: Kysely<Database>,
  keep: { since: Temporal.Instant; mostFromOutside: number },
): Promise<void> {
  await trim(db, "installation_security_events", {}, keep);
}

async function trim(
  db: Kysely<Database>,
  table: LogTable,
  owner: Owner,
  { since, mostFromOutside }: { since: Temporal.Instant; mostFromOutside: number },
): Promise<number> {
  const old = await sql`delete from ${sql.table(table)} where ${ofOwner(owner)} and last_at < ${since}`
    .execute(
      db,
    );
  const many = await sql`delete from ${sql.table(table)} where ${ofOwner(owner)} and id in (
    select id from ${sql.table(table)} where ${ofOwner(owner)}
      and kind in ('sign_in_failed', 'sign_in_locked', 'refused')
    order by last_at desc, id desc offset ${mostFromOutside})`.execute(db);
  return Number((old.numAffectedRows ?? 0n) + (many.numAffectedRows ?? 0n));
}
