import { type Selectable, sql } from "kysely";
import type { SubscribersTable } from "../db/schema.ts";
import { uuidArray } from "../billing/bill_run.ts";
import { sendSqlAhead } from "../db/ahead.ts";
import type { TenantTransaction } from "../db/tenant_transaction.ts";

/** A subscriber without what is only searched and sorted by. */
export type SubscriberRow = Pick<Selectable<SubscribersTable>, (typeof SUBSCRIBER_COLUMNS)[number]>;

const SUBSCRIBER_COLUMNS = [
  "tenant_id",
  "id",
  "account_number",
  "name",
  "phone",
  "email",
  "address",
  "notes",
  "import_batch_id",
  "created_at",
  "barangay",
  "city",
  "withholding_rate_bp",
  "language",
  "mail_wanted",
  "erased_at",
  "consent",
] as const;

/** A subscriber's own row; null when not of this tenant. */
export async function findSubscriber(
  trx: TenantTransaction,
  subscriberId: string,
): Promise<SubscriberRow | null> {
  return await trx.selectFrom("subscribers").select(SUBSCRIBER_COLUMNS)
    .where("tenant_id", "=", trx.tenantId).where("id", "=", subscriberId).executeTakeFirst() ?? null;
}

/** Locks a subscriber: everything that touches their money waits for each other here. */
export async function lockSubscriber(
  trx: TenantTransaction,
  subscriberId: string,
): Promise<SubscriberRow | null> {
  return await trx.selectFrom("subscribers").select(SUBSCRIBER_COLUMNS).where("tenant_id", "=", trx.tenantId)
    .where("id", "=", subscriberId).forNoKeyUpdate().executeTakeFirst() ?? null;
}

/**
 * Locks the subscribers of subscriptions, in id order; the order that every money transaction starts with. A connection
 * may have got another payer while this waited: then its new one is locked as well.
 *
 * @param also subscribers that are locked with them: those whose bills it is about
 */
export async function lockSubscribersOf(
  trx: TenantTransaction,
  subscriptionIds: readonly string[],
  also: readonly string[] = [],
): Promise<void> {
  const held = new Set<string>();
  while (true) {
    const { rows } = await sql<{ id: string }>`
      select s.id from subscribers s where s.tenant_id = ${trx.tenantId} and (s.id = any(${[...also]}::uuid[])
        or s.id in (${payersOf(trx, subscriptionIds)}))
      order by s.id for no key update`.execute(trx);
    for (const { id } of rows) held.add(id);
    const { rows: now } = await payersOf(trx, subscriptionIds).execute(trx);
    if (now.every((row) => held.has(row.subscriber_id))) return;
  }
}

/**
 * Locks these subscribers in id order, without waiting for the answer: what is read next is read behind the lock. For who
 * knows the payers of connections already, and looks afterwards whether they still are.
 */
export async function lockSubscribersAhead(
  trx: TenantTransaction,
  subscriberIds: readonly string[],
): Promise<void> {
  await sendSqlAhead(
    trx,
    sql`
    select from subscribers s where s.tenant_id = ${trx.tenantId} and s.id = any(${
      uuidArray(subscriberIds)
    }::uuid[])
    order by s.id for no key update`,
  );
}

function payersOf(trx: TenantTransaction, subscriptionIds: readonly string[]) {
  return sql<{ subscriber_id: string }>`
    select c.subscriber_id from subscriptions c where c.tenant_id = ${trx.tenantId}
      and c.id = any(${uuidArray(subscriptionIds)}::uuid[])`;
}

/** What the office may change of a subscriber. */
export interface ContactFields {
  name: string;
  phone: string | null;
  email: string | null;
  /** Street, house, landmark. */
  address: string | null;
  /** @default as it is */
  barangay?: string | null;
  /** @default as it is */
  city?: string | null;
  notes: string | null;
}

/** Says how much tax a subscriber withholds; null: none. */
export async function updateWithholding(
  trx: TenantTransaction,
  subscriberId: string,
  rateBp: number | null,
): Promise<void> {
  await trx.updateTable("subscribers").set({ withholding_rate_bp: rateBp })
    .where("tenant_id", "=", trx.tenantId).where("id", "=", subscriberId).execute();
}

/** Changes contact data. */
export async function updateSubscriberContact(
  trx: TenantTransaction,
  subscriberId: string,
  fields: ContactFields,
): Promise<void> {
  await trx.updateTable("subscribers").set(fields)
    .where("tenant_id", "=", trx.tenantId).where("id", "=", subscriberId).execute();
}
