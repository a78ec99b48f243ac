import { sql } from "kysely";
import { sendSqlAhead } from "../db/ahead.ts";
import type { ImportBatchesTable, ImportRowsTable } from "../db/schema.ts";
import { toRecordset } from "../db/recordset.ts";
import { announceLive } from "../live/live_topics.ts";
import type { TenantTransaction } from "../db/tenant_transaction.ts";

/** One reading of a router and what became of it. */
export interface ImportBatchRow {
  id: string;
  router_id: string;
  status: ImportBatchesTable["status"];
  command_id: string | null;
  first_bill_on: Temporal.PlainDate | null;
  /** Parsed with `importSettings` where it is read. */
  settings: unknown;
  total: number;
  done: number;
  created_count: number;
  skipped_count: number;
  error_message: string | null;
  created_by: string;
  created_at: Temporal.Instant;
  finished_at: Temporal.Instant | null;
  undone_at: Temporal.Instant | null;
}

/** One PPP secret of a batch. */
export type ImportRow = Omit<ImportRowsTable, "tenant_id" | "batch_id" | "words_folded" | "name_sort">;

const BATCH = [
  "id",
  "router_id",
  "status",
  "command_id",
  "first_bill_on",
  "settings",
  "total",
  "done",
  "created_count",
  "skipped_count",
  "error_message",
  "created_by",
  "created_at",
  "finished_at",
  "undone_at",
] as const;

const ROW = [
  "ppp_name",
  "profile",
  "is_disabled",
  "comment",
  "caller_id",
  "service",
  "name",
  "phone",
  "decision",
  "issue",
  "prepaid_until_on",
  "prepaid_unit",
  "prepaid_count",
  "outcome",
  "outcome_message",
  "subscriber_id",
  "subscription_id",
] as const;

export async function insertImportBatch(
  trx: TenantTransaction,
  batch: Pick<ImportBatchRow, "id" | "router_id" | "command_id" | "created_by" | "created_at">,
): Promise<void> {
  await trx.insertInto("import_batches").values({
    ...batch,
    tenant_id: trx.tenantId,
    status: "reading",
    first_bill_on: null,
    error_message: null,
    finished_at: null,
    undone_at: null,
  }).execute();
}

export async function findImportBatch(
  trx: TenantTransaction,
  batchId: string,
): Promise<ImportBatchRow | null> {
  return await trx.selectFrom("import_batches").select(BATCH)
    .where("tenant_id", "=", trx.tenantId).where("id", "=", batchId).executeTakeFirst() ?? null;
}

export async function lockImportBatch(
  trx: TenantTransaction,
  batchId: string,
): Promise<ImportBatchRow | null> {
  return await trx.selectFrom("import_batches").select(BATCH)
    .where("tenant_id", "=", trx.tenantId).where("id", "=", batchId).forUpdate().executeTakeFirst() ?? null;
}

export async function lockImportBatchOfCommand(
  trx: TenantTransaction,
  commandId: string,
): Promise<ImportBatchRow | null> {
  return await trx.selectFrom("import_batches").select(BATCH)
    .where("tenant_id", "=", trx.tenantId).where("command_id", "=", commandId).forUpdate()
    .executeTakeFirst() ?? null;
}

/** Batches of a router, or of all, newest first. */
export async function listImportBatches(
  trx: TenantTransaction,
  routerId?: string,
): Promise<ImportBatchRow[]> {
  let query = trx.selectFrom("import_batches").select(BATCH).where("tenant_id", "=", trx.tenantId);
  if (routerId !== undefined) query = query.where("router_id", "=", routerId);
  return await query.orderBy("created_at", "desc").limit(50).execute();
}

export async function updateImportBatch(
  trx: TenantTransaction,
  batchId: string,
  change: Partial<Omit<ImportBatchRow, "id" | "router_id" | "created_by" | "created_at">>,
): Promise<void> {
  const { settings, ...columns } = change;
  await trx.updateTable("import_batches")
    .set({ ...columns, ...(settings === undefined ? {} : { settings: JSON.stringify(settings) }) })
    .where("tenant_id", "=", trx.tenantId).where("id", "=", batchId).execute();
  announceLive(trx, [`import:${batchId}`, ...(columns.status === undefined ? [] : ["network" as const])]);
}

/** A newer reading replaces those of the router that were not confirmed. */
export async function closeOpenBatches(
  trx: TenantTransaction,
  routerId: string,
  closing: { message: string; now: Temporal.Instant },
): Promise<void> {
  await trx.updateTable("import_batches")
    .set({ status: "failed", error_message: closing.message, finished_at: closing.now })
    .where("tenant_id", "=", trx.tenantId).where("router_id", "=", routerId)
    .where("status", "in", ["reading", "review"]).execute();
}

export async function insertImportRows(
  trx: TenantTransaction,
  batchId: string,
  rows: readonly Omit<
    ImportRow,
    | "outcome"
    | "outcome_message"
    | "subscriber_id"
    | "subscription_id"
    | "prepaid_until_on"
    | "prepaid_unit"
    | "prepaid_count"
  >[],
): Promise<void> {
  await sql`
    insert into import_rows (tenant_id, batch_id, ppp_name, profile, is_disabled, comment, caller_id, service, name, phone,
      decision, issue)
    select ${trx.tenantId}::uuid, ${batchId}::uuid, r.ppp_name, r.profile, r.is_disabled, r.comment, r.caller_id, r.service,
      r.name, r.phone, r.decision, r.issue
    from jsonb_to_recordset(${
    toRecordset(rows)
  }::jsonb) as r(ppp_name text, profile text, is_disabled boolean,
      comment text, caller_id text, service text, name text, phone text, decision text, issue text)`.execute(
    trx,
  );
}

/** Rows of a batch by PPP name, from after `after`. */
export async function listImportRows(
  trx: TenantTransaction,
  batchId: string,
  page: { after?: string; limit: number; isOpen?: boolean },
): Promise<ImportRow[]> {
  let query = trx.selectFrom("import_rows").select(ROW)
    .where("tenant_id", "=", trx.tenantId).where("batch_id", "=", batchId);
  if (page.after !== undefined) query = query.where("ppp_name", ">", page.after);
  if (page.isOpen === true) query = query.where("outcome", "is", null);
  return await query.orderBy("ppp_name").limit(page.limit).execute();
}

/** What a person changed in the review. */
export interface ImportRowChange {
  ppp_name: string;
  decision: "import" | "skip";
  name?: string | null | undefined;
  phone?: string | null | undefined;
}

/** Writes decisions of the review. @returns the names that the batch has */
export async function updateImportRows(
  trx: TenantTransaction,
  batchId: string,
  changes: readonly ImportRowChange[],
): Promise<string[]> {
  if (changes.length === 0) return [];
  const { rows } = await sql<{ ppp_name: string }>`
    update import_rows i set decision = c.decision, name = case when c.has_name then c.name else i.name end,
      phone = case when c.has_phone then c.phone else i.phone end
    from jsonb_to_recordset(${
    toRecordset(changes.map((change) => ({
      ...change,
      has_name: change.name !== undefined,
      has_phone: change.phone !== undefined,
    })))
  }::jsonb) as c(ppp_name text, decision text, name text, phone text, has_name boolean, has_phone boolean)
    where i.tenant_id = ${trx.tenantId} and i.batch_id = ${batchId} and i.ppp_name = c.ppp_name
    returning i.ppp_name`.execute(trx);
  return rows.map((row) => row.ppp_name);
}

/** Profiles of a batch with their rate limit and number of secrets, most used first. */
export async function listImportProfiles(
  trx: TenantTransaction,
  batchId: string,
): Promise<{ profile: string; rate_limit: string | null; secrets: number; disabled: number }[]> {
  const { rows } = await sql<
    { profile: string; rate_limit: string | null; secrets: number; disabled: number }
  >`
    select i.profile, p.rate_limit, count(*)::int as secrets, count(*) filter (where i.is_disabled)::int as disabled
    from import_rows i
    join import_batches b on b.tenant_id = i.tenant_id and b.id = i.batch_id
    left join ppp_profiles p on p.tenant_id = i.tenant_id and p.router_id = b.router_id and p.name = i.profile
    where i.tenant_id = ${trx.tenantId} and i.batch_id = ${batchId}
    group by i.profile, p.rate_limit order by count(*) desc, i.profile`.execute(trx);
  return rows;
}

/** Replaces what is known of a router's profiles. */
export async function replaceProfiles(
  trx: TenantTransaction,
  routerId: string,
  read: { profiles: readonly { name: string; rate_limit: string | null }[]; at: Temporal.Instant },
): Promise<void> {
  await trx.deleteFrom("ppp_profiles")
    .where("tenant_id", "=", trx.tenantId).where("router_id", "=", routerId).execute();
  const unique = [...new Map(read.profiles.map((profile) => [profile.name, profile])).values()];
  await sql`
    insert into ppp_profiles (tenant_id, router_id, name, rate_limit, read_at)
    select ${trx.tenantId}::uuid, ${routerId}::uuid, r.name, r.rate_limit, ${read.at}
    from jsonb_to_recordset(${toRecordset(unique)}::jsonb) as r(name text, rate_limit text)`.execute(trx);
}

/** Which of these PPP names are subscriptions that were not cancelled, and where. */
export async function listSubscriptionsNamed(
  trx: TenantTransaction,
  names: readonly string[],
): Promise<{ ppp_name: string; router_id: string; router_name: string }[]> {
  const { rows } = await sql<{ ppp_name: string; router_id: string; router_name: string }>`
    select c.ppp_name, c.router_id, r.name as router_name from subscriptions c
    join routers r on r.tenant_id = c.tenant_id and r.id = c.router_id
    where c.tenant_id = ${trx.tenantId} and c.status <> 'cancelled'
      and c.ppp_name_lower = any(select lower(n) from unnest(${[...names]}::text[]) n)
      and c.ppp_name = any(${[...names]}::text[])`.execute(trx);
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
    insert into subscriptions (tenant_id, id, subscriber_id, plan_id, router_id, ppp_name, status, anchor_day,
      bill_timing, activated_on, billed_through_on, next_bill_on, billing_mode, prepaid_unit, prepaid_count,
      import_batch_id, created_at)
    select ${trx.tenantId}::uuid, r.subscription_id, r.subscriber_id, r.plan_id, ${batch.routerId}::uuid, r.ppp_name,
      r.status, r.anchor_day, r.bill_timing, r.activated_on, r.billed_through_on, r.next_bill_on,
      coalesce(r.billing_mode, 'postpaid'), r.prepaid_unit, r.prepaid_count, ${batch.id}::uuid, ${batch.now}
    from jsonb_to_recordset(${recordset}::jsonb) as r(subscription_id uuid, subscriber_id uuid, plan_id uuid,
      ppp_name text, status text, anchor_day smallint, bill_timing text, activated_on date, billed_through_on date,
      next_bill_on date, billing_mode text, prepaid_unit text, prepaid_count smallint)`,
  );
}

/** Notes what became of rows. */
export async function updateImportOutcomes(
  trx: TenantTransaction,
  batchId: string,
  outcomes: readonly {
    ppp_name: string;
    outcome: "created" | "skipped" | "failed";
    outcome_message: string | null;
    subscriber_id: string | null;
    subscription_id: string | null;
  }[],
): Promise<void> {
  await sendSqlAhead(
    trx,
    sql`
    update import_rows i set outcome = o.outcome, outcome_message = o.outcome_message,
      subscriber_id = o.subscriber_id, subscription_id = o.subscription_id
    from jsonb_to_recordset(${
      toRecordset(outcomes)
    }::jsonb) as o(ppp_name text, outcome text, outcome_message text,
      subscriber_id uuid, subscription_id uuid)
    where i.tenant_id = ${trx.tenantId} and i.batch_id = ${batchId} and i.ppp_name = o.ppp_name`,
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
