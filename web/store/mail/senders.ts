import { type Selectable, sql } from "kysely";
import { sendAhead } from "../db/ahead.ts";
import type { MailSendersTable } from "../db/schema.ts";
import type { TenantTransaction } from "../db/tenant_transaction.ts";

/** How sending goes. */
export type SenderRow = Pick<
  Selectable<MailSendersTable>,
  "problem" | "problem_words" | "problem_at" | "tries" | "not_before_at" | "last_sent_at"
>;

const SENDER_COLUMNS = [
  "problem",
  "problem_words",
  "problem_at",
  "tries",
  "not_before_at",
  "last_sent_at",
] as const;

/** Null: nothing was ever sent or tried. */
export async function findSender(trx: TenantTransaction): Promise<SenderRow | null> {
  return await trx.selectFrom("mail_senders").select(SENDER_COLUMNS).where("tenant_id", "=", trx.tenantId)
    .executeTakeFirst() ?? null;
}

/** Who sends, and for how long without saying so again. */
export interface Lease {
  workerId: string;
  ms: number;
}

/**
 * Makes a process the one that sends for the tenant, by the database's clock. A lease that lasts longer than any is one
 * of a clock that was set back since, and not believed. @returns null when another one sends
 */
export async function takeLease(trx: TenantTransaction, { workerId, ms }: Lease): Promise<SenderRow | null> {
  const { rows } = await sql<SenderRow>`
    insert into mail_senders as s (tenant_id, leased_by, leased_until)
    values (${trx.tenantId}, ${workerId}, ${leaseEnd(ms)})
    on conflict (tenant_id) do update set leased_by = excluded.leased_by, leased_until = excluded.leased_until
      where s.leased_until is null or s.leased_by = excluded.leased_by
        or s.leased_until not between clock_timestamp() and clock_timestamp() + interval '10 minutes'
    returning problem, problem_words, problem_at, tries, not_before_at, last_sent_at`.execute(trx);
  return rows[0] ?? null;
}

/** Whether this process is still the one. */
export async function renewLease(trx: TenantTransaction, { workerId, ms }: Lease): Promise<boolean> {
  const { numUpdatedRows } = await trx.updateTable("mail_senders").set({ leased_until: leaseEnd(ms) })
    .where("tenant_id", "=", trx.tenantId).where("leased_by", "=", workerId).executeTakeFirstOrThrow();
  return numUpdatedRows > 0n;
}

/** Lets another process send at once. */
export async function releaseLease(trx: TenantTransaction, workerId: string): Promise<void> {
  await trx.updateTable("mail_senders").set({ leased_by: null, leased_until: null })
    .where("tenant_id", "=", trx.tenantId).where("leased_by", "=", workerId).execute();
}

function leaseEnd(ms: number) {
  return sql<Temporal.Instant>`clock_timestamp() + make_interval(secs => ${ms / 1000}::float8)`;
}

/** What stops the queue of the tenant, and when it is tried again. */
export interface SenderProblem {
  problem: string;
  words: string;
  at: Temporal.Instant;
  tries: number;
  notBeforeAt: Temporal.Instant;
}

/** Stops the queue. The moment that a problem began stays while there is one. */
export async function updateSenderProblem(trx: TenantTransaction, stop: SenderProblem): Promise<void> {
  await trx.updateTable("mail_senders").set({
    problem: stop.problem,
    problem_words: stop.words,
    problem_at: sql`case when problem is null then ${stop.at}::timestamptz else problem_at end`,
    tries: stop.tries,
    not_before_at: stop.notBeforeAt,
  }).where("tenant_id", "=", trx.tenantId).execute();
}

/** Waits without anything being wrong: as many were sent as may be in an hour or a day. */
export async function postponeSender(trx: TenantTransaction, until: Temporal.Instant): Promise<void> {
  await trx.updateTable("mail_senders").set({ not_before_at: until }).where("tenant_id", "=", trx.tenantId)
    .execute();
}

/** Lets the queue go on at once: mail went through, or somebody changed the settings. */
export async function clearSenderProblem(trx: TenantTransaction): Promise<void> {
  await trx.updateTable("mail_senders").set({
    problem: null,
    problem_words: null,
    problem_at: null,
    tries: 0,
    not_before_at: null,
  }).where("tenant_id", "=", trx.tenantId).execute();
}

/** Notes when mail last went through. */
export async function touchSender(trx: TenantTransaction, at: Temporal.Instant): Promise<void> {
  const update = trx.updateTable("mail_senders").set({ last_sent_at: at });
  await sendAhead(trx, update.where("tenant_id", "=", trx.tenantId));
}
