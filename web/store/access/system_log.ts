import { type Selectable, sql } from "kysely";
import { uuidv7 } from "@/shared/ids.ts";
import type { SystemLogTable } from "../db/schema.ts";
import { announceLive } from "../live/live_topics.ts";
import type { TenantTransaction } from "../db/tenant_transaction.ts";

/** Where a line comes from. */
export type LogSource = Selectable<SystemLogTable>["source"];
export type LogLevel = Selectable<SystemLogTable>["level"];

/** Something that a person should be able to look up later. No secrets. */
export interface SystemLogInput {
  at: Temporal.Instant;
  level: LogLevel;
  /** @default "jobs" */
  source?: LogSource;
  event: string;
  /** For a person: a stored code, which is said in the language of whoever reads it. */
  message: string;
  /** Whom and what it is about. */
  subscriberId?: string | null;
  /** Names the subscriber where only the connection is known. */
  subscriptionId?: string;
  billId?: string | null;
  /** Id of the request, run, message or agent that it happened in. */
  reference?: string;
  /** `router_id`, `agent_id` and `run_id` are links on the page. */
  fields?: Record<string, unknown>;
}

/** Adds a line to the tenant's system log. */
export async function insertSystemLog(trx: TenantTransaction, entry: SystemLogInput): Promise<void> {
  const { subscriptionId } = entry;
  const fields = subscriptionId === undefined
    ? entry.fields
    : { ...entry.fields, subscription_id: subscriptionId };
  await trx.insertInto("system_log").values({
    tenant_id: trx.tenantId,
    id: uuidv7(entry.at.epochMilliseconds),
    at: entry.at,
    level: entry.level,
    source: entry.source ?? "jobs",
    event: entry.event,
    message: entry.message,
    subscriber_id: entry.subscriberId ??
      (subscriptionId === undefined
        ? null
        : sql<string>`(select c.subscriber_id from subscriptions c where c.tenant_id = ${trx.tenantId}
          and c.id = ${subscriptionId})`),
    bill_id: entry.billId ?? null,
    reference: entry.reference ?? null,
    fields: JSON.stringify(fields ?? {}),
  }).execute();
  announceLive(trx, ["log"]);
}

/**
 * Adds a line, or counts one up that says the same and is younger than an hour: what fails every minute must not bury
 * everything else.
 *
 * @param same what makes it the same, e.g. the router and its state
 */
export async function countSystemLog(
  trx: TenantTransaction,
  entry: SystemLogInput,
  same: string,
): Promise<void> {
  const once = same.slice(0, SAME_LENGTH);
  await sql`select pg_advisory_xact_lock(hashtextextended(${`log:${trx.tenantId}:${entry.event}:${once}`}, 0))`
    .execute(trx);
  const { rows } = await sql`
    update system_log set times = least(times::bigint + 1, 2000000000)::integer
    where tenant_id = ${trx.tenantId} and id = (select l.id from system_log l where l.tenant_id = ${trx.tenantId}
      and l.source = ${entry.source ?? "jobs"} and l.at > ${entry.at.subtract({ hours: 1 })}
      and l.event = ${entry.event} and l.fields->>'same' = ${once} order by l.at desc, l.id desc limit 1)
    returning id`.execute(trx);
  if (rows.length > 0) return announceLive(trx, ["log"]);
  await insertSystemLog(trx, { ...entry, fields: { ...entry.fields, same: once } });
}

const SAME_LENGTH = 200;

/** How many lines of a source there are since a moment, counted no further than `most`. */
export async function countLinesSince(
  trx: TenantTransaction,
  { source, since, most }: { source: LogSource; since: Temporal.Instant; most: number },
): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*)::int as count from (select from system_log where tenant_id = ${trx.tenantId}
      and source = ${source} and at > ${since} limit ${most}) lines`.execute(trx);
  return rows[0]?.count ?? 0;
}

/** Adds a line unless the same event of the same thing (its reference) was noted in the last hours. */
export async function insertSystemLogOnce(
  trx: TenantTransaction,
  entry: SystemLogInput & { reference: string },
  { hours }: { hours: number },
): Promise<void> {
  const row = await trx.selectFrom("system_log").select("id").where("tenant_id", "=", trx.tenantId)
    .where("reference", "=", entry.reference).where("event", "=", entry.event)
    .where("at", ">", entry.at.subtract({ hours })).limit(1).executeTakeFirst();
  if (row === undefined) await insertSystemLog(trx, entry);
}

/** The last of these events with this reference; null: there was none. */
export async function findLastEvent(
  trx: TenantTransaction,
  { events, reference }: { events: readonly string[]; reference: string },
): Promise<string | null> {
  const row = await trx.selectFrom("system_log").select("event").where("tenant_id", "=", trx.tenantId)
    .where("reference", "=", reference).where("event", "in", [...events])
    .orderBy("at", "desc").orderBy("id", "desc").limit(1).executeTakeFirst();
  return row?.event ?? null;
}

/**
 * Deletes a batch of lines that are older.
 *
 * @returns how many
 */
export async function deleteOldLines(
  trx: TenantTransaction,
  { before, most }: { before: Temporal.Instant; most: number },
): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    with gone as (delete from system_log where tenant_id = ${trx.tenantId} and id in (
      select id from system_log where tenant_id = ${trx.tenantId} and at < ${before} order by at limit ${most})
      returning 1)
    select count(*)::int as count from gone`.execute(trx);
  return rows[0]?.count ?? 0;
}

/** What an event of a connection said when it was noted last; null: not since that moment. */
export async function findSystemLog(
  trx: TenantTransaction,
  { event, subscriptionId, since }: { event: string; subscriptionId: string; since: Temporal.Instant },
): Promise<string | null> {
  const row = await trx.selectFrom("system_log").select("message").where("tenant_id", "=", trx.tenantId)
    .where("event", "=", event).where("at", ">", since)
    .where(sql<string>`fields->>'subscription_id'`, "=", subscriptionId).orderBy("at", "desc").limit(1)
    .executeTakeFirst();
  return row?.message ?? null;
}

/** Whether an event of a connection was noted since a moment. */
export async function hasSystemLogSince(
  trx: TenantTransaction,
  about: { event: string; subscriptionId: string; since: Temporal.Instant },
): Promise<boolean> {
  return await findSystemLog(trx, about) !== null;
}
