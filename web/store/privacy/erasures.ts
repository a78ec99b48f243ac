import { type Selectable, sql } from "kysely";
import type { ErasuresTable } from "../db/schema.ts";
import type { TenantTransaction } from "../db/tenant_transaction.ts";

const ERASURE_COLUMNS = [
  "tenant_id",
  "id",
  "subscriber_id",
  "account_number",
  "state",
  "reason",
  "asked_at",
  "asked_by",
  "started_at",
  "started_by",
  "started_by_id",
  "started_ip",
  "started_request_id",
  "log_changed",
  "erased_at",
  "entries",
  "digest",
  "public_key",
  "signature",
] as const;

/** Somebody who asked to be erased, and what became of it. */
export type ErasureRow = Pick<Selectable<ErasuresTable>, typeof ERASURE_COLUMNS[number]>;

/** An erasure that is done, with what the installation signed of it. */
export interface DoneErasure {
  id: string;
  erased_at: Temporal.Instant;
  entries: number;
  digest: Uint8Array;
  public_key: Uint8Array;
  signature: Uint8Array;
}

/** One erasure by its id; null when not of this tenant. */
export async function findErasure(trx: TenantTransaction, id: string): Promise<ErasureRow | null> {
  return await trx.selectFrom("erasures").select(ERASURE_COLUMNS).where("tenant_id", "=", trx.tenantId).where(
    "id",
    "=",
    id,
  )
    .executeTakeFirst() ?? null;
}

/** The newest erasure of a subscriber that was not withdrawn; null: nobody asked. */
export async function findErasureOf(
  trx: TenantTransaction,
  subscriberId: string,
): Promise<ErasureRow | null> {
  return await trx.selectFrom("erasures").select(ERASURE_COLUMNS).where("tenant_id", "=", trx.tenantId)
    .where("subscriber_id", "=", subscriberId).where("state", "<>", "withdrawn")
    .orderBy(sql`state = 'asked'`, "desc").orderBy("asked_at", "desc").limit(1).executeTakeFirst() ?? null;
}

/** Erasures of a state, oldest first. */
export async function listErasures(
  trx: TenantTransaction,
  state: ErasureRow["state"],
): Promise<ErasureRow[]> {
  return await trx.selectFrom("erasures").select(ERASURE_COLUMNS).where("tenant_id", "=", trx.tenantId)
    .where("state", "=", state).orderBy("asked_at").orderBy("id").execute();
}

/** Writes a request down. */
export async function insertErasure(
  trx: TenantTransaction,
  row: Pick<ErasureRow, "id" | "subscriber_id" | "account_number" | "reason" | "asked_at" | "asked_by">,
): Promise<void> {
  await trx.insertInto("erasures").values({ ...row, tenant_id: trx.tenantId, state: "asked" }).execute();
}

/** Says what was done, and what was signed of it. */
export async function finishErasure(
  trx: TenantTransaction,
  { id, ...done }: DoneErasure,
): Promise<void> {
  const asker = { started_ip: null, started_request_id: null };
  const forgotten = { ...asker, reason: null, words_print: null, entries_found: sql<string[]>`'{}'` };
  await trx.updateTable("erasures").set({ ...done, ...forgotten, state: "done" })
    .where("tenant_id", "=", trx.tenantId).where("id", "=", id).execute();
}

/** Takes a request back of which nothing is erased yet. */
export async function withdrawErasure(trx: TenantTransaction, id: string): Promise<void> {
  const gone = { state: "withdrawn", words_print: null, entries_found: sql<string[]>`'{}'` } as const;
  await trx.updateTable("erasures").set({ ...gone, started_ip: null, started_request_id: null })
    .where("tenant_id", "=", trx.tenantId).where("id", "=", id).where("state", "=", "asked")
    .where("log_changed", "=", 0n).execute();
}

/** What names somebody: their own fields, and what an import or a mail has of them. */
export interface PersonWordsRow {
  name: string;
  phone: string | null;
  email: string | null;
  address: string | null;
  notes: string | null;
  /** PPP users of connections that are over; those of live ones stay. */
  ppp_names: string[];
  other_names: string[];
  other_phones: string[];
  addresses: string[];
}

/** Reads what is searched for when somebody is erased. */
export async function readPersonWords(trx: TenantTransaction, subscriberId: string): Promise<PersonWordsRow> {
  const { rows } = await sql<PersonWordsRow>`
    select s.name, s.phone, s.email, s.address, s.notes,
      (select coalesce(array_agg(distinct c.ppp_name), '{}') from subscriptions c where c.tenant_id = s.tenant_id
        and c.subscriber_id = s.id and c.status = 'cancelled') as ppp_names,
      (select coalesce(array_agg(distinct i.name) filter (where i.name is not null), '{}') from import_rows i
        where i.tenant_id = s.tenant_id and i.subscriber_id = s.id) as other_names,
      (select coalesce(array_agg(distinct i.phone) filter (where i.phone is not null), '{}') from import_rows i
        where i.tenant_id = s.tenant_id and i.subscriber_id = s.id) as other_phones,
      (select coalesce(array_agg(distinct lower(m.address)) filter (where m.address is not null), '{}')
        from mail_messages m where m.tenant_id = s.tenant_id and m.subscriber_id = s.id) as addresses
    from subscribers s where s.tenant_id = ${trx.tenantId} and s.id = ${subscriberId}`.execute(trx);
  const [row] = rows;
  if (row === undefined) throw new Error(`Cannot read subscriber ${subscriberId}: it is not here`);
  return row;
}

/** Why somebody cannot be erased yet. */
export interface ErasureBlockers {
  /** Connections that are not over. */
  live: number;
  owed_centavos: bigint;
  credit_centavos: bigint;
  /** Open disputes, and messages that are on their way. */
  disputes: number;
  /** Payers of connections that are to become theirs, or theirs that are to become another's. */
  payer_changes: number;
  /** Requests about them that nobody has decided yet. */
  requests: number;
}

/** What stands against erasing somebody. */
export async function readBlockers(trx: TenantTransaction, subscriberId: string): Promise<ErasureBlockers> {
  const mine = sql`tenant_id = ${trx.tenantId} and subscriber_id = ${subscriberId}`;
  const { rows } = await sql<ErasureBlockers>`
    select
      (select count(*)::int from public.subscriptions where ${mine} and status <> 'cancelled') as live,
      (select coalesce(sum(total_centavos - paid_centavos), 0)::bigint from public.bills where ${mine}
        and status = 'issued') as owed_centavos,
      (select coalesce(sum(amount_centavos - used_centavos), 0)::bigint from public.credit_sources where ${mine}
        and ended_at is null) as credit_centavos,
      (select count(*)::int from public.disputes d join public.bills b on b.tenant_id = d.tenant_id and b.id = d.bill_id
        where b.tenant_id = ${trx.tenantId} and b.subscriber_id = ${subscriberId} and d.decision is null
          and b.status = 'issued') as disputes,
      (select count(*)::int from public.payer_changes where tenant_id = ${trx.tenantId} and state = 'planned'
        and (from_subscriber_id = ${subscriberId} or to_subscriber_id = ${subscriberId})) as payer_changes,
      (select count(*)::int from public.approval_requests where ${mine} and state = 'asked') as requests`
    .execute(trx);
  const [row] = rows;
  if (row === undefined) throw new Error("Cannot read what stands against an erasure");
  return row;
}

/** What an erasure would take, and what it keeps, counted. */
export interface ErasureFigures {
  mails: number;
  entries: number;
  notes: number;
  bills: number;
  payments: number;
  memos: number;
  secrets: SecretLeft[];
}

/** A PPP secret that stays on a router: Linya deletes nothing there. */
export interface SecretLeft {
  subscription_id: string;
  ppp_name: string;
  router_name: string;
}

/** Counts for the preview; secrets are those of ended connections, which only somebody at the router can take off. */
export async function readErasureFigures(
  trx: TenantTransaction,
  subscriberId: string,
): Promise<ErasureFigures> {
  const mine = sql`tenant_id = ${trx.tenantId} and subscriber_id = ${subscriberId}`;
  const { rows } = await sql<Omit<ErasureFigures, "secrets">>`
    select (select count(*)::int from mail_messages where ${mine}) as mails,
      (select count(*)::int from audit_entries where ${mine}) as entries,
      (select count(*)::int from system_log where ${mine}) as notes,
      (select count(*)::int from bills where ${mine} and number is not null) as bills,
      (select count(*)::int from payments where ${mine}) as payments,
      (select count(*)::int from credit_memos where ${mine}) as memos`.execute(trx);
  return {
    ...(rows[0] as Omit<ErasureFigures, "secrets">),
    secrets: await listSecretsLeft(trx, subscriberId),
  };
}

/** What somebody's connections have on routers that are still there, also of a person who is erased. */
export async function listSecretsLeft(trx: TenantTransaction, subscriberId: string): Promise<SecretLeft[]> {
  const { rows } = await sql<SecretLeft>`
    select c.id as subscription_id, c.ppp_name, r.name as router_name from subscriptions c
    join routers r on r.tenant_id = c.tenant_id and r.id = c.router_id and r.archived_at is null
    where c.tenant_id = ${trx.tenantId} and c.subscriber_id = ${subscriberId} order by 3, 2`.execute(trx);
  return rows;
}

/** Takes somebody's words out of what is theirs; the caller wrote the erasure down as done. */
export async function eraseWords(
  trx: TenantTransaction,
  person: {
    erasureId: string;
    subscriberId: string;
    /** What stands for their name from now on. */
    name: string;
    own: string;
    addresses: readonly string[];
  },
): Promise<void> {
  await sql`select erase_subscriber_words(${person.erasureId}::uuid, ${person.subscriberId}::uuid, ${person.name},
    ${person.own}, null::text, ${[...person.addresses]}::text[])`.execute(trx);
}

/** Marks secrets of ended connections as none of ours: nothing on a router is looked after for somebody unknown. */
export async function letSecretsGo(trx: TenantTransaction, subscriberId: string): Promise<string[]> {
  const rows = await trx.updateTable("subscriptions").set({ secret: "wanted", secret_command_id: null })
    .where("tenant_id", "=", trx.tenantId).where("subscriber_id", "=", subscriberId)
    .where("status", "=", "cancelled").returning("id").execute();
  return rows.map(({ id }) => id);
}

/**
 * Erased people with an ended connection that still has its PPP user: it was live in the backup in which they were erased
 * again, and is over now. Not those whose erasure has begun already: it goes on.
 */
export async function listLeftOver(trx: TenantTransaction): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select distinct s.id from subscribers s join subscriptions c on c.tenant_id = s.tenant_id and c.subscriber_id = s.id
    where s.tenant_id = ${trx.tenantId} and s.erased_at is not null and c.status = 'cancelled'
      and c.ppp_name not like 'erased-%' and not exists (select from erasures e where e.tenant_id = s.tenant_id
        and e.subscriber_id = s.id and e.state = 'asked')`.execute(trx);
  return rows.map(({ id }) => id);
}
