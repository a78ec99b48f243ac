import { type Kysely, type Selectable, sql } from "kysely";
import { isClockDoubted } from "@/web/domain/billing/mod.ts";
import { OLD_DAYS } from "@/web/domain/mail/limits.ts";
import { MESSAGES_REFUSED } from "@/web/domain/mail/sender_problems.ts";
import { SEALED_OCCASIONS } from "@/web/domain/mail/staff.ts";
import { findClockWatch } from "../billing/clock_watch.ts";
import type { Database, MailMessagesTable } from "../db/schema.ts";
import { askSqlAhead, sendSqlAhead } from "../db/ahead.ts";
import { toRecordset } from "../db/recordset.ts";
import type { TenantTransaction } from "../db/tenant_transaction.ts";
import { noteAllHandovers, noteHandovers } from "./handovers.ts";

const OUTBOX_COLUMNS = [
  "tenant_id",
  "id",
  "occasion",
  "channel",
  "dedupe_key",
  "priority",
  "subscriber_id",
  "staff_user_id",
  "to_name",
  "path_sealed",
  "bill_id",
  "payment_id",
  "memo_id",
  "subscription_id",
  "facts",
  "state",
  "reason",
  "address",
  "subject",
  "message_id",
  "attachment_sha256",
  "server_words",
  "attempts",
  "business_after_at",
  "next_attempt_at",
  "expires_at",
  "data_begun_at",
  "is_perhaps_double",
  "created_at",
  "created_on",
  "created_by",
  "sent_at",
  "queued_at",
  "sent_after_audit",
] as const;

/**
 * Of messages that are named by their ids. As a plain comparison it would let the planner take the index of what is queued
 * and read all of a tenant's queue for two of them (measured: 4 ms of 5).
 */
const IS_QUEUED = sql<boolean>`coalesce(m.state = 'queued', false)`;

/** A message that waits to be sent. */
export type OutboxMessage = Selectable<MailMessagesTable>;

/** Moments that decide what is due. */
export interface OutboxMoment {
  /** Real time. */
  now: Temporal.Instant;
  /** Business time. */
  businessNow: Temporal.Instant;
}

/** Tenants that have something to send and nobody who sends it. */
export async function lookupMailDue(db: Kysely<Database>, now: Temporal.Instant): Promise<string[]> {
  const { rows } = await sql<
    { tenant_id: string }
  >`select tenant_id from lookup_mail_due(${now}::timestamptz)`
    .execute(db);
  return rows.map((row) => row.tenant_id);
}

/**
 * What is to be sent next. What was never tried is due whatever the clock says; a wait that is longer than any is one of
 * a clock that was set back since.
 */
export async function listOutbox(
  trx: TenantTransaction,
  { now, businessNow }: OutboxMoment,
  { limit, except }: { limit: number; except: readonly string[] },
): Promise<OutboxMessage[]> {
  return await trx.selectFrom("mail_messages").select(OUTBOX_COLUMNS)
    .where("tenant_id", "=", trx.tenantId).where("state", "=", "queued")
    .where(
      sql<boolean>`(attempts = 0 or next_attempt_at <= ${now}::timestamptz
        or next_attempt_at > ${now}::timestamptz + interval '12 hours')`,
    )
    .where((eb) => eb.or([eb("business_after_at", "is", null), eb("business_after_at", "<=", businessNow)]))
    .where(sql<boolean>`not (id = any(${[...except]}::uuid[]))`)
    .orderBy("priority").orderBy("next_attempt_at").orderBy("id").limit(limit).execute();
}

/** Whom a message goes to, as it stands now. */
export interface Recipient {
  email: string | null;
  /** A server said that there is no such mailbox. */
  isRefused: boolean;
}

/** Reads them when the messages are sent: an address that was corrected meanwhile is used. */
export async function readRecipients(
  trx: TenantTransaction,
  subscriberIds: readonly string[],
): Promise<Map<string, Recipient>> {
  const { rows } = await sql<Recipient & { id: string }>`
    select s.id, s.email, exists (select from mail_refusals r where r.tenant_id = s.tenant_id and r.kind = 'hard'
      and r.address_lower = lower(s.email)) as "isRefused"
    from subscribers s where s.tenant_id = ${trx.tenantId} and s.id = any(${[...subscriberIds]}::uuid[])`
    .execute(trx);
  return new Map(rows.map(({ id, ...recipient }) => [id, recipient]));
}

/** A message whose content is about to be handed to the server. */
export interface BegunMessage {
  id: string;
  address: string;
  subject: string;
  messageId: string;
  attachmentSha256: string | null;
  expiresAt: Temporal.Instant;
  begunAt: Temporal.Instant;
}

/**
 * Writes it down, of those that are still to be sent and by the process that holds the lease, without waiting for the
 * answer: the commit travels behind it. @returns what gives their ids, to be called once it has been committed
 */
export async function askBegun(
  trx: TenantTransaction,
  messages: readonly BegunMessage[],
  workerId: string,
): Promise<() => Promise<string[]>> {
  if (messages.length === 0) return () => Promise.resolve([]);
  const rows = messages.map((message) => ({
    id: message.id,
    address: message.address,
    subject: message.subject,
    message_id: message.messageId,
    attachment_sha256: message.attachmentSha256,
    expires_at: message.expiresAt.toString(),
    data_begun_at: message.begunAt.toString(),
  }));
  const begun = await askSqlAhead<{ id: string }>(
    trx,
    sql`
    update mail_messages m set address = r.address, subject = r.subject, message_id = r.message_id,
      attachment_sha256 = r.attachment_sha256, expires_at = r.expires_at, data_begun_at = r.data_begun_at
    from jsonb_to_recordset(${
      toRecordset(rows)
    }::jsonb) as r(id uuid, address text, subject text, message_id text,
      attachment_sha256 text, expires_at timestamptz, data_begun_at timestamptz)
    where m.tenant_id = ${trx.tenantId} and m.id = any(${rows.map(({ id }) => id)}::uuid[]) and m.id = r.id
      and ${IS_QUEUED}
      and exists (select from mail_senders s where s.tenant_id = m.tenant_id and s.leased_by = ${workerId}
        and s.leased_until > clock_timestamp())
    returning m.id`,
  );
  return async () => (await begun()).map((row) => row.id);
}

/** What became of a message. */
export interface MessageOutcome {
  id: string;
  /** `queued`: it is tried again. */
  state: MailMessagesTable["state"];
  reason: string | null;
  words: string | null;
  /** Null: it came to nobody. */
  address: string | null;
  attempts: number;
  /** Null: as it is. */
  nextAttemptAt: Temporal.Instant | null;
  expiresAt: Temporal.Instant | null;
  isPerhapsDouble: boolean;
  sentAt: Temporal.Instant | null;
}

/** Writes outcomes of messages that had none. @returns the ids of those that had none */
export async function updateOutcomes(
  trx: TenantTransaction,
  outcomes: readonly MessageOutcome[],
): Promise<string[]> {
  if (outcomes.length === 0) return [];
  await noteNotTaken(trx, outcomes);
  const written = await outcomesStatement(trx, outcomes).execute(trx);
  return written.rows.map((row) => row.id);
}

/** The same without waiting for the answer. */
export async function sendOutcomesAhead(
  trx: TenantTransaction,
  outcomes: readonly MessageOutcome[],
): Promise<void> {
  if (outcomes.length === 0) return;
  await noteNotTaken(trx, outcomes);
  await sendSqlAhead(trx, outcomesStatement(trx, outcomes));
}

/** What was sent is counted by its time, and who was refused by the refusal. */
async function noteNotTaken(trx: TenantTransaction, outcomes: readonly MessageOutcome[]): Promise<void> {
  await noteHandovers(
    trx,
    outcomes.filter(({ state }) => state !== "sent" && state !== "refused").map(({ id }) => id),
  );
}

function outcomesStatement(trx: TenantTransaction, outcomes: readonly MessageOutcome[]) {
  const rows = outcomes.map((outcome) => ({
    id: outcome.id,
    state: outcome.state,
    reason: outcome.reason,
    server_words: outcome.words,
    address: outcome.address,
    attempts: outcome.attempts,
    next_attempt_at: outcome.nextAttemptAt?.toString(),
    expires_at: outcome.expiresAt?.toString(),
    is_perhaps_double: outcome.isPerhapsDouble,
    sent_at: outcome.sentAt?.toString(),
  }));
  return sql<{ id: string }>`
    update mail_messages m set state = r.state, reason = r.reason, server_words = coalesce(r.server_words, m.server_words),
      address = coalesce(r.address, m.address), attempts = r.attempts, data_begun_at = null,
      next_attempt_at = coalesce(r.next_attempt_at, m.next_attempt_at),
      expires_at = coalesce(r.expires_at, m.expires_at),
      is_perhaps_double = m.is_perhaps_double or r.is_perhaps_double, sent_at = r.sent_at,
      sent_after_audit = case when r.sent_at is not null then (select coalesce(max(e.sequence), 0)
        from audit_entries e where e.tenant_id = ${trx.tenantId}) end
    from jsonb_to_recordset(${
    toRecordset(rows)
  }::jsonb) as r(id uuid, state text, reason text, server_words text,
      address text, attempts integer, next_attempt_at timestamptz, expires_at timestamptz, is_perhaps_double boolean,
      sent_at timestamptz)
    where m.tenant_id = ${trx.tenantId} and m.id = any(${rows.map(({ id }) => id)}::uuid[]) and m.id = r.id
      and ${IS_QUEUED}
    returning m.id`;
}

/** A message that a process was handing over when it died: queued again, or failed where that was the second time. */
export type DoubtfulMessage = Pick<
  Selectable<MailMessagesTable>,
  "id" | "subscriber_id" | "bill_id" | "address" | "state"
>;

/** Finds them and marks them, and ends those that were in doubt before: a third copy would be worse than a call; only for who holds the lease, since those of a live process are on their way. */
export async function markDoubtful(trx: TenantTransaction): Promise<DoubtfulMessage[]> {
  await noteAllHandovers(trx);
  return await trx.updateTable("mail_messages").set({
    is_perhaps_double: true,
    data_begun_at: null,
    state: sql`case when is_perhaps_double then 'failed' else state end`,
    reason: sql`case when is_perhaps_double then 'answer_lost' else reason end`,
  })
    .where("tenant_id", "=", trx.tenantId).where("state", "=", "queued").where(
      "data_begun_at",
      "is not",
      null,
    )
    .returning(["id", "subscriber_id", "bill_id", "address", "state"]).execute();
}

/**
 * Queues messages again that were refused for a fault of the sender; what was sent anew meanwhile stays as it is, and so
 * does what opened a door: it was forgotten when it was given up.
 */
export async function putBackRefused(
  trx: TenantTransaction,
  ids: readonly string[],
  at: Temporal.Instant,
): Promise<void> {
  if (ids.length === 0) return;
  await sql`
    update mail_messages m set state = 'queued', reason = ${MESSAGES_REFUSED}, next_attempt_at = ${at}::timestamptz
    where m.tenant_id = ${trx.tenantId} and m.id = any(${[...ids]}::uuid[])
      and coalesce((m.state = 'failed' and m.reason = 'message_refused')
        or (m.state = 'refused' and m.reason = 'recipient_refused'), false)
      and not (m.occasion = any(${[...SEALED_OCCASIONS]}::text[]))
      and not exists (select from mail_messages later where later.tenant_id = m.tenant_id
        and later.subscriber_id = m.subscriber_id and later.occasion = m.occasion
        and later.bill_id is not distinct from m.bill_id and later.id > m.id)`.execute(trx);
}

/** Lets messages wait until a moment whose last try failed for one of these reasons: the others are tried before. */
export async function putBehind(
  trx: TenantTransaction,
  reasons: readonly string[],
  until: Temporal.Instant,
): Promise<void> {
  await sql`
    update mail_messages m set next_attempt_at = ${until}::timestamptz from (
      select id from mail_messages where tenant_id = ${trx.tenantId} and state = 'queued' and attempts > 0
        and reason = any(${[...reasons]}::text[]) and next_attempt_at < ${until}::timestamptz
        order by id for update skip locked) aside
    where m.tenant_id = ${trx.tenantId} and m.id = aside.id`.execute(trx);
}

/**
 * Makes messages due whose last try failed for one of these reasons; one that is on its way is left alone.
 * `isForgotten`: why they waited says nothing any more.
 */
export async function wakeMessages(
  trx: TenantTransaction,
  reasons: readonly string[],
  { at, isForgotten = false }: { at: Temporal.Instant; isForgotten?: boolean },
): Promise<void> {
  await sql`
    update mail_messages m set next_attempt_at = ${at}::timestamptz,
      reason = case when ${isForgotten}::boolean then null else m.reason end from (
      select id from mail_messages where tenant_id = ${trx.tenantId} and state = 'queued' and attempts > 0
        and reason = any(${[...reasons]}::text[]) order by id for update skip locked) waiting
    where m.tenant_id = ${trx.tenantId} and m.id = waiting.id`.execute(trx);
}

/** After a stop of the sender a message is tried for a day at least: its own tries waited with the others. */
export async function extendExpiry(trx: TenantTransaction, now: Temporal.Instant): Promise<void> {
  const until = now.add({ hours: 24 });
  await sql`
    update mail_messages m set expires_at = ${until}::timestamptz from (
      select id from mail_messages where tenant_id = ${trx.tenantId} and state = 'queued'
        and expires_at < ${until}::timestamptz order by id for update skip locked) waiting
    where m.tenant_id = ${trx.tenantId} and m.id = waiting.id`.execute(trx);
}

/**
 * Ends what was queued too many days ago and is not being handed over; by a clock that is doubted, nothing.
 *
 * @param before the moment so many days ago
 * @returns how many
 */
export async function skipOld(trx: TenantTransaction, before: Temporal.Instant): Promise<number> {
  const now = before.add({ hours: 24 * OLD_DAYS });
  if (isClockDoubted(await findClockWatch(trx), now)) return 0;
  const { numUpdatedRows } = await trx.updateTable("mail_messages").set({
    state: "skipped",
    reason: "too_old",
  })
    .where("tenant_id", "=", trx.tenantId).where("state", "=", "queued")
    .where(sql<boolean>`coalesce(queued_at, created_at) < ${before}::timestamptz`)
    .where("data_begun_at", "is", null).executeTakeFirstOrThrow();
  return Number(numUpdatedRows);
}

/** How many wait to be sent. */
export async function countQueued(trx: TenantTransaction): Promise<number> {
  const { count } = await trx.selectFrom("mail_messages").select(sql<number>`count(*)::int`.as("count"))
    .where("tenant_id", "=", trx.tenantId).where("state", "=", "queued").executeTakeFirstOrThrow();
  return count;
}

/** Ends everything that waits, for one reason; what is being handed over has its own end. @returns how many */
export async function skipOutbox(trx: TenantTransaction, reason: string): Promise<number> {
  const { numUpdatedRows } = await trx.updateTable("mail_messages").set({ state: "skipped", reason })
    .where("tenant_id", "=", trx.tenantId).where("state", "=", "queued").where("data_begun_at", "is", null)
    .executeTakeFirstOrThrow();
  return Number(numUpdatedRows);
}

/** Messages that could be sent now. */
export interface MailBacklog {
  count: number;
  /** When the one became due that waits longest; null: none does. */
  oldestAt: Temporal.Instant | null;
}

/** Counts what is due. */
export async function readMailBacklog(
  trx: TenantTransaction,
  { now, businessNow }: OutboxMoment,
): Promise<MailBacklog> {
  return await trx.selectFrom("mail_messages")
    .select((eb) => [sql<number>`count(*)::int`.as("count"), eb.fn.min("next_attempt_at").as("oldestAt")])
    .where("tenant_id", "=", trx.tenantId).where("state", "=", "queued").where("next_attempt_at", "<=", now)
    .where((eb) => eb.or([eb("business_after_at", "is", null), eb("business_after_at", "<=", businessNow)]))
    .executeTakeFirstOrThrow();
}
