import { sql } from "kysely";
import type { PppService } from "@/shared/protocol/mod.ts";
import { sendSqlAhead } from "../db/ahead.ts";
import { toRecordset } from "../db/recordset.ts";
import type { TenantTransaction } from "../db/tenant_transaction.ts";

/** A subscription that has a PPP name. */
export interface NamedSubscription {
  ppp_name: string;
  ppp_service: PppService;
  router_id: string;
  router_name: string;
}

/** Which of these PPP names are subscriptions that were not cancelled, of whatever service, and where. */
export async function listSubscriptionsNamed(
  trx: TenantTransaction,
  names: readonly string[],
): Promise<NamedSubscription[]> {
  const { rows } = await sql<NamedSubscription>`
    select c.ppp_name, c.ppp_service, c.router_id, r.name as router_name from subscriptions c
    join routers r on r.tenant_id = c.tenant_id and r.id = c.router_id
    where c.tenant_id = ${trx.tenantId} and c.status <> 'cancelled'
      and c.ppp_name_lower = any(select lower(n) from unnest(${[...names]}::text[]) n)
      and c.ppp_name = any(${[...names]}::text[])`.execute(trx);
  return rows;
}

/** A connection by its account on one router. */
export interface SubscribedAccount {
  id: string;
  ppp_name: string;
  ppp_service: PppService;
}

/** Connections of a router, not cancelled, whose PPP names have more letters than ASCII. */
export async function listSubscriptionsBeyondAscii(
  trx: TenantTransaction,
  routerId: string,
): Promise<SubscribedAccount[]> {
  const { rows } = await sql<SubscribedAccount>`
    select c.id, c.ppp_name, c.ppp_service from subscriptions c
    where c.tenant_id = ${trx.tenantId} and c.router_id = ${routerId} and c.status <> 'cancelled'
      and c.ppp_name ~ '[^\\u0001-\\u007f]' order by c.id for no key update`.execute(trx);
  return rows;
}

/** A subscriber with one subscription, as an import makes them. */
export interface ImportedSubscriber {
  subscriber_id: string;
  subscription_id: string;
  account_number: string;
  name: string;
  phone: string | null;
  address: string | null;
  plan_id: string;
  ppp_name: string;
  /** @default "pppoe" */
  ppp_service?: PppService;
  status: "active" | "disconnected";
  anchor_day: number;
  bill_timing: "arrears" | "advance";
  activated_on: Temporal.PlainDate | null;
  billed_through_on: Temporal.PlainDate | null;
  next_bill_on: Temporal.PlainDate | null;
  /** @default "postpaid" */
  billing_mode?: "postpaid" | "prepaid";
  /** What it buys next. */
  prepaid_unit?: "days" | "months" | null;
  prepaid_count?: number | null;
}

/** Makes subscribers and their subscriptions, two statements for a whole chunk. */
export async function insertImportedSubscribers(
  trx: TenantTransaction,
  batch: { id: string; routerId: string; now: Temporal.Instant },
  rows: readonly ImportedSubscriber[],
): Promise<void> {
  const recordset = toRecordset(rows);
  await sendSqlAhead(
    trx,
    sql`
    insert into subscribers (tenant_id, id, account_number, name, phone, address, import_batch_id, created_at)
    select ${trx.tenantId}::uuid, r.subscriber_id, r.account_number, r.name, r.phone, r.address, ${batch.id}::uuid,
      ${batch.now}
    from jsonb_to_recordset(${recordset}::jsonb) as r(subscriber_id uuid, account_number text, name text, phone text,
      address text)`,
  );
  await sendSqlAhead(
    trx,
    sql`
    insert into subscriptions (tenant_id, id, subscriber_id, plan_id, router_id, ppp_name, ppp_service, status,
      anchor_day, bill_timing, activated_on, billed_through_on, next_bill_on, billing_mode, prepaid_unit, prepaid_count,
      import_batch_id, created_at)
    select ${trx.tenantId}::uuid, r.subscription_id, r.subscriber_id, r.plan_id, ${batch.routerId}::uuid, r.ppp_name,
      coalesce(r.ppp_service, 'pppoe'), r.status, r.anchor_day, r.bill_timing, r.activated_on, r.billed_through_on, r.next_bill_on,
      coalesce(r.billing_mode, 'postpaid'), r.prepaid_unit, r.prepaid_count, ${batch.id}::uuid, ${batch.now}
    from jsonb_to_recordset(${recordset}::jsonb) as r(subscription_id uuid, subscriber_id uuid, plan_id uuid,
      ppp_name text, ppp_service text, status text, anchor_day smallint, bill_timing text, activated_on date, billed_through_on date,
      next_bill_on date, billing_mode text, prepaid_unit text, prepaid_count smallint)`,
  );
}

/**
 * Begins the billing of a subscription that was imported as disconnected and is turned on now. One that is paid up front
 * gets no bills, and keeps what it has bought.
 */
export async function updateBillingStarted(
  trx: TenantTransaction,
  subscriptionId: string,
  billing: { activatedOn: Temporal.PlainDate; nextBillOn: Temporal.PlainDate },
): Promise<void> {
  const { activatedOn, nextBillOn } = billing;
  await trx.updateTable("subscriptions")
    .set({
      status: "active",
      activated_on: activatedOn,
      billed_through_on: activatedOn,
      next_bill_on: nextBillOn,
    })
    .where("tenant_id", "=", trx.tenantId).where("id", "=", subscriptionId)
    .where("next_bill_on", "is", null).where("billing_mode", "=", "postpaid").execute();
  await trx.updateTable("subscriptions").set({ status: "active" })
    .where("tenant_id", "=", trx.tenantId).where("id", "=", subscriptionId)
    .where("billing_mode", "=", "prepaid").execute();
}
