import { sql } from "kysely";
import { accountKey, accountOfKey } from "@/shared/protocol/mod.ts";
import type { SubscriptionRow } from "./subscriptions.ts";
import type { TenantTransaction } from "../db/tenant_transaction.ts";
import type { ContactFields } from "./subscribers.ts";

/** A subscriber as the office adds one. */
export interface NewSubscriber extends ContactFields {
  id: string;
  account_number: string;
  created_at: Temporal.Instant;
}

export async function insertSubscriber(trx: TenantTransaction, subscriber: NewSubscriber): Promise<void> {
  await trx.insertInto("subscribers").values({
    ...subscriber,
    tenant_id: trx.tenantId,
    import_batch_id: null,
  })
    .execute();
}

/** A connection before its first day. */
export type NewSubscription = Pick<
  SubscriptionRow,
  | "id"
  | "subscriber_id"
  | "plan_id"
  | "router_id"
  | "ppp_name"
  | "billing_mode"
  | "anchor_day"
  | "bill_timing"
  | "secret"
  | "activation"
  | "activate_on"
  | "created_at"
>;

export async function insertSubscription(
  trx: TenantTransaction,
  subscription: NewSubscription,
): Promise<void> {
  await trx.insertInto("subscriptions").values({
    ...subscription,
    tenant_id: trx.tenantId,
    status: "pending",
    activated_on: null,
    billed_through_on: null,
    next_bill_on: null,
    import_batch_id: null,
    next_plan_id: null,
    next_plan_on: null,
    stopped_from_on: null,
    secret_command_id: null,
  }).execute();
}

/** The first day of a connection: from now on it is billed. */
export async function updateSubscriptionActivated(
  trx: TenantTransaction,
  subscriptionId: string,
  begun: Pick<SubscriptionRow, "activated_on" | "anchor_day" | "next_bill_on">,
): Promise<void> {
  await trx.updateTable("subscriptions").set({ ...begun, status: "active", activate_on: null })
    .where("tenant_id", "=", trx.tenantId).where("id", "=", subscriptionId).where("status", "=", "pending")
    .execute();
}

/** What ends Pending install of a connection that is paid up front. */
export async function updateSubscriptionActivation(
  trx: TenantTransaction,
  subscriptionId: string,
  activation: SubscriptionRow["activation"],
): Promise<void> {
  await trx.updateTable("subscriptions").set({ activation, activate_on: null })
    .where("tenant_id", "=", trx.tenantId).where("id", "=", subscriptionId).where("status", "=", "pending")
    .execute();
}

/** Who made the secret, the command that does it, the name it gets. */
export async function updateSubscriptionSecret(
  trx: TenantTransaction,
  subscriptionId: string,
  change: Partial<Pick<SubscriptionRow, "secret" | "secret_command_id" | "ppp_name">>,
): Promise<void> {
  await trx.updateTable("subscriptions").set(change)
    .where("tenant_id", "=", trx.tenantId).where("id", "=", subscriptionId).execute();
}

export async function updateSubscriptionCancelled(
  trx: TenantTransaction,
  subscriptionId: string,
): Promise<void> {
  await trx.updateTable("subscriptions")
    .set({ status: "cancelled", next_bill_on: null, next_plan_id: null, next_plan_on: null })
    .where("tenant_id", "=", trx.tenantId).where("id", "=", subscriptionId).execute();
}

/** Ends a connection for good: nothing is billed beyond the day after its last one. */
export async function updateSubscriptionEnded(
  trx: TenantTransaction,
  subscriptionId: string,
  end: { endedOn: Temporal.PlainDate; billedThrough: Temporal.PlainDate | null },
): Promise<void> {
  await trx.updateTable("subscriptions").set({
    status: "cancelled",
    next_bill_on: null,
    next_plan_id: null,
    next_plan_on: null,
    stopped_from_on: null,
    stopped_at: null,
    ended_on: end.endedOn,
    billed_through_on: end.billedThrough,
  }).where("tenant_id", "=", trx.tenantId).where("id", "=", subscriptionId).execute();
}

/** Takes a connection away of which nothing exists but the row; what hangs on it goes too. */
export async function deleteSubscription(trx: TenantTransaction, subscriptionId: string): Promise<void> {
  for (const table of ["block_reasons", "holds", "cut_exclusions"] as const) {
    await trx.deleteFrom(table).where("tenant_id", "=", trx.tenantId)
      .where("subscription_id", "=", subscriptionId).execute();
  }
  // What was mailed about it stays with the subscriber.
  await sql`update mail_messages m set subscription_id = null from subscriptions c
    where m.tenant_id = ${trx.tenantId} and c.tenant_id = m.tenant_id and c.id = ${subscriptionId}
      and m.subscriber_id = c.subscriber_id and m.subscription_id = c.id`.execute(trx);
  await trx.deleteFrom("subscriptions").where("tenant_id", "=", trx.tenantId).where("id", "=", subscriptionId)
    .execute();
}

/** Whether a connection is in the books: a bill, void ones too, or a row of a run. */
export async function isInBooks(trx: TenantTransaction, subscriptionId: string): Promise<boolean> {
  const { rows } = await sql<{ is_in: boolean }>`
    select exists (select from bills b where b.tenant_id = ${trx.tenantId} and b.subscription_id = ${subscriptionId})
      or exists (select from run_rows r where r.tenant_id = ${trx.tenantId} and r.subscription_id = ${subscriptionId})
      as is_in`.execute(trx);
  return rows[0]?.is_in ?? true;
}

/** The connection that a secret command works for. */
export async function findSubscriptionOfCommand(
  trx: TenantTransaction,
  commandId: string,
): Promise<{ id: string; subscriber_id: string } | null> {
  return await trx.selectFrom("subscriptions").select(["id", "subscriber_id"]).where(
    "tenant_id",
    "=",
    trx.tenantId,
  )
    .where("secret_command_id", "=", commandId).executeTakeFirst() ?? null;
}

/** Connections on a router that wait for their first session, among these accounts by their keys. */
export async function listAwaitingSession(
  trx: TenantTransaction,
  routerId: string,
  accounts: readonly string[],
): Promise<string[]> {
  if (accounts.length === 0) return [];
  const wanted = new Set(accounts);
  const names = [...new Set(accounts.map((key) => accountOfKey(key).name))];
  const rows = await trx.selectFrom("subscriptions").select(["id", "ppp_name", "ppp_service"]).where(
    "tenant_id",
    "=",
    trx.tenantId,
  )
    .where("router_id", "=", routerId).where("status", "=", "pending").where(
      "activation",
      "=",
      "first_session",
    )
    .where("secret", "<>", "wanted").where("ppp_name", "in", names).orderBy("id").execute();
  return rows.filter((row) => wanted.has(accountKey({ service: row.ppp_service, name: row.ppp_name })))
    .map((row) => row.id);
}

/** A connection that has a PPP user, and whose it is. */
export interface PppUserRow {
  subscription_id: string;
  subscriber_id: string;
  subscriber_name: string;
  account_number: string;
  ppp_name: string;
  router_id: string;
  router_name: string;
}

/** Live PPPoE connections with this PPP user, on any router, in any case; another service has accounts of its own. */
export async function listPppUsers(trx: TenantTransaction, pppName: string): Promise<PppUserRow[]> {
  const { rows } = await sql<PppUserRow>`
    select c.id as subscription_id, c.subscriber_id, s.name as subscriber_name, s.account_number, c.ppp_name,
      c.router_id, r.name as router_name
    from subscriptions c
    join subscribers s on s.tenant_id = c.tenant_id and s.id = c.subscriber_id
    join routers r on r.tenant_id = c.tenant_id and r.id = c.router_id
    where c.tenant_id = ${trx.tenantId} and c.ppp_name_lower = lower(${pppName})
      and c.ppp_service = 'pppoe' and c.status <> 'cancelled'
    order by c.created_at limit 10`.execute(trx);
  return rows;
}

/** PPP users that begin like this one, as Linya knows them: of connections, and of secrets that an import left out. */
export async function listPppNamesLike(trx: TenantTransaction, start: string): Promise<Set<string>> {
  const prefix = `${start.toLowerCase().replace(/[\\%_]/g, "\\$&")}%`;
  const { rows } = await sql<{ name: string }>`
    select c.ppp_name_lower as name from subscriptions c
      where c.tenant_id = ${trx.tenantId} and c.ppp_name_lower like ${prefix} and c.status <> 'cancelled'
    union select lower(i.ppp_name) from import_rows i
      where i.tenant_id = ${trx.tenantId} and lower(i.ppp_name) like ${prefix}`.execute(trx);
  return new Set(rows.map((row) => row.name));
}

/** Whether the last import of a router saw a PPPoE secret of this name that became nobody's. */
export async function wasSeenOnRouter(
  trx: TenantTransaction,
  routerId: string,
  pppName: string,
): Promise<boolean> {
  const { rows } = await sql`
    select 1 from import_rows i join import_batches b on b.tenant_id = i.tenant_id and b.id = i.batch_id
    where i.tenant_id = ${trx.tenantId} and b.router_id = ${routerId}
      and i.ppp_name = ${pppName} and coalesce(i.service, '') in ('pppoe', 'any', '')
      and i.subscription_id is null limit 1`.execute(trx);
  return rows.length > 0;
}

/** Somebody who may be the one that is being added. */
export interface SimilarSubscriberRow {
  id: string;
  name: string;
  account_number: string;
  phone: string | null;
  address: string | null;
  barangay: string | null;
  city: string | null;
  name_score: number;
  address_score: number;
  same_phone: boolean;
  same_email: boolean;
}

/** People with the same phone or e-mail, or a similar name or address; the most alike first. */
export async function listSimilarSubscribers(
  trx: TenantTransaction,
  person: Pick<ContactFields, "name" | "phone" | "email" | "address">,
): Promise<SimilarSubscriberRow[]> {
  const digits = (person.phone ?? "").replace(/\D/g, "");
  const phoneEnd = digits.length >= 7 ? digits.slice(-10) : "";
  const { rows } = await sql<SimilarSubscriberRow>`
    select s.id, s.name, s.account_number, s.phone, s.address, s.barangay, s.city, f.name_score, f.address_score,
      f.same_phone, f.same_email
    from find_similar_subscribers(${person.name}, ${phoneEnd}, ${person.email ?? ""}, ${
    person.address ?? ""
  }, 20) f
    join subscribers s on s.tenant_id = ${trx.tenantId} and s.id = f.subscriber_id
    order by f.same_phone desc, f.same_email desc, f.name_score desc, s.id`.execute(trx);
  return rows;
}

/** Barangays and cities that are known already, for the lists behind the fields; the most used first. */
export async function listPlaces(trx: TenantTransaction): Promise<{ barangays: string[]; cities: string[] }> {
  const places = async (column: "barangay" | "city") => {
    const { rows } = await sql<{ place: string }>`
      select ${sql.ref(column)} as place from subscribers
      where tenant_id = ${trx.tenantId} and ${sql.ref(column)} is not null
      group by 1 order by count(*) desc, 1 limit 200`.execute(trx);
    return rows.map((row) => row.place);
  };
  return { barangays: await places("barangay"), cities: await places("city") };
}
