import { type Insertable, type RawBuilder, type Selectable, sql } from "kysely";
import type { PayerChangesTable } from "../db/schema.ts";
import type { TenantTransaction } from "../db/tenant_transaction.ts";

/** A connection that goes, or went, from one subscriber to another. */
export type PayerChangeRow = Selectable<PayerChangesTable>;

const COLUMNS = [
  "tenant_id",
  "id",
  "subscription_id",
  "from_subscriber_id",
  "to_subscriber_id",
  "effective_on",
  "charged_from",
  "unused",
  "state",
  "given_back_on",
  "asked_at",
  "asked_by",
  "made_at",
] as const;

export async function insertPayerChange(
  trx: TenantTransaction,
  change: Omit<Insertable<PayerChangesTable>, "tenant_id">,
): Promise<void> {
  await trx.insertInto("payer_changes").values({ ...change, tenant_id: trx.tenantId }).execute();
}

/** The change that a form has made. */
export async function findPayerChange(trx: TenantTransaction, id: string): Promise<PayerChangeRow | null> {
  return await trx.selectFrom("payer_changes").select(COLUMNS).where("tenant_id", "=", trx.tenantId)
    .where("id", "=", id).executeTakeFirst() ?? null;
}

/** The change that waits for its day. */
export async function findPlannedPayerChange(
  trx: TenantTransaction,
  subscriptionId: string,
): Promise<PayerChangeRow | null> {
  return await trx.selectFrom("payer_changes").select(COLUMNS).where("tenant_id", "=", trx.tenantId)
    .where("subscription_id", "=", subscriptionId).where("state", "=", "planned").executeTakeFirst() ?? null;
}

/** The last change that was made and stands. */
export async function findLastPayerChange(
  trx: TenantTransaction,
  subscriptionId: string,
): Promise<PayerChangeRow | null> {
  return await trx.selectFrom("payer_changes").select(COLUMNS).where("tenant_id", "=", trx.tenantId)
    .where("subscription_id", "=", subscriptionId).where("state", "=", "made")
    .orderBy("made_at", "desc").orderBy("id", "desc").limit(1).executeTakeFirst() ?? null;
}

/** Changes whose day has come. */
export async function listPayerChangesDue(
  trx: TenantTransaction,
  on: Temporal.PlainDate,
): Promise<PayerChangeRow[]> {
  return await trx.selectFrom("payer_changes").select(COLUMNS).where("tenant_id", "=", trx.tenantId)
    .where("state", "=", "planned").where("effective_on", "<=", on).orderBy("id").execute();
}

/** Changes after which the old payer kept days that were billed in advance, and which are over by a day. */
export async function listKeptOver(
  trx: TenantTransaction,
  on: Temporal.PlainDate,
): Promise<PayerChangeRow[]> {
  return await trx.selectFrom("payer_changes").select(COLUMNS).where("tenant_id", "=", trx.tenantId)
    .where("state", "=", "made").where("given_back_on", "is", null)
    .whereRef("charged_from", ">", "effective_on").where("charged_from", "<=", on).orderBy("id").execute();
}

export async function updatePayerChange(
  trx: TenantTransaction,
  id: string,
  change: Partial<
    Pick<PayerChangeRow, "state" | "effective_on" | "charged_from" | "made_at" | "given_back_on">
  >,
): Promise<void> {
  await trx.updateTable("payer_changes").set(change).where("tenant_id", "=", trx.tenantId)
    .where("id", "=", id).execute();
}

/** Puts a connection with another subscriber, and says where it stands then. It renews itself no longer: that was the other's wish. */
export async function updatePayer(
  trx: TenantTransaction,
  subscriptionId: string,
  change: {
    subscriber_id: string;
    /** Null: as it stands. */
    moved: { billed_through_on: Temporal.PlainDate; next_bill_on: Temporal.PlainDate | null } | null;
  },
): Promise<void> {
  const { subscriber_id, moved } = change;
  await trx.updateTable("subscriptions").set({ subscriber_id, renews_itself: false, ...moved })
    .where("tenant_id", "=", trx.tenantId).where("id", "=", subscriptionId).execute();
}

/**
 * Whose the connection `c` was at a moment, for what is told about it: the first change that was made later says who had
 * it until then.
 */
export function hadBy(at: RawBuilder<unknown>): RawBuilder<string> {
  return sql<
    string
  >`coalesce((select x.from_subscriber_id from payer_changes x where x.tenant_id = c.tenant_id
    and x.subscription_id = c.id and x.state = 'made' and x.made_at > ${at}
    order by x.made_at, x.id limit 1), c.subscriber_id)`;
}

/** The connections that a subscriber has or has had, as a table. */
export function everHad(tenantId: string, subscriberId: string): RawBuilder<unknown> {
  return sql`(
    select h.tenant_id, h.id, h.subscriber_id from subscriptions h where h.tenant_id = ${tenantId}
      and (h.subscriber_id = ${subscriberId} or h.id in (select x.subscription_id from payer_changes x
        where x.tenant_id = ${tenantId} and x.from_subscriber_id = ${subscriberId} and x.state = 'made')))`;
}

/** Who is billed for a day of the connection `c`: what the old payer keeps is his, though the connection is not. */
export function billedTo(day: RawBuilder<unknown>): RawBuilder<string> {
  return sql<
    string
  >`coalesce((select x.from_subscriber_id from payer_changes x where x.tenant_id = c.tenant_id
    and x.subscription_id = c.id and x.state = 'made' and x.charged_from > ${day}
    order by x.effective_on, x.made_at limit 1), c.subscriber_id)`;
}

/** Whether a bill of a connection was made for a subscriber since a moment, void ones too. */
export async function hasBillSince(
  trx: TenantTransaction,
  { subscriptionId, subscriberId, since }: {
    subscriptionId: string;
    subscriberId: string;
    since: Temporal.Instant;
  },
): Promise<boolean> {
  const row = await trx.withSchema("public").selectFrom("bills").select("id").where(
    "tenant_id",
    "=",
    trx.tenantId,
  )
    .where("subscription_id", "=", subscriptionId).where("subscriber_id", "=", subscriberId)
    .where("created_at", ">=", since).limit(1).executeTakeFirst();
  return row !== undefined;
}

/** Whether anything is to be billed again, or to be decided: the next run looks at it. */
export async function hasOpenPeriods(trx: TenantTransaction, subscriptionId: string): Promise<boolean> {
  const row = await trx.selectFrom("charged_periods").select("period_start").where(
    "tenant_id",
    "=",
    trx.tenantId,
  )
    .where("subscription_id", "=", subscriptionId).where("state", "=", "to_bill_again").limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

/** Ends a billed period on an earlier day: what lies behind is credited to who paid it, and billed to the next one. */
export async function updatePeriodCut(
  trx: TenantTransaction,
  subscriptionId: string,
  period: { start: Temporal.PlainDate; end: Temporal.PlainDate; newEnd: Temporal.PlainDate },
): Promise<void> {
  await trx.updateTable("charged_periods").set({ period_end: period.newEnd, line_end: period.end })
    .where("tenant_id", "=", trx.tenantId).where("subscription_id", "=", subscriptionId)
    .where("period_start", "=", period.start).execute();
}
