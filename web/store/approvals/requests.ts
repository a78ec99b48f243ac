import { type Insertable, type Selectable, sql, type Updateable } from "kysely";
import type { ApprovalRequestsTable } from "../db/schema.ts";
import type { TenantTransaction } from "../db/tenant_transaction.ts";

const COLUMNS = [
  "id",
  "kind",
  "input",
  "input_version",
  "revision",
  "subject_kind",
  "subject_id",
  "subject_label",
  "subscriber_id",
  "site_id",
  "amount_centavos",
  "effects",
  "seen",
  "only_key",
  "reason",
  "state",
  "asked_at",
  "asked_by_id",
  "asked_by",
  "expires_at",
  "runs_at",
  "decided_at",
  "decided_by_id",
  "decided_by",
  "note",
  "how",
  "failure",
] as const;

/** A request as it is stored. */
export type RequestRow = Pick<Selectable<ApprovalRequestsTable>, (typeof COLUMNS)[number]>;

export async function insertRequest(
  trx: TenantTransaction,
  request: Omit<Insertable<ApprovalRequestsTable>, "tenant_id">,
): Promise<void> {
  await trx.insertInto("approval_requests").values({ ...request, tenant_id: trx.tenantId }).execute();
}

export async function findRequest(trx: TenantTransaction, id: string): Promise<RequestRow | null> {
  return await trx.selectFrom("approval_requests").select(COLUMNS).where("tenant_id", "=", trx.tenantId)
    .where("id", "=", id).executeTakeFirst() ?? null;
}

/** Those of some ids that there are. */
export async function listRequestsById(
  trx: TenantTransaction,
  ids: readonly string[],
): Promise<RequestRow[]> {
  if (ids.length === 0) return [];
  return await trx.selectFrom("approval_requests").select(COLUMNS).where("tenant_id", "=", trx.tenantId)
    .where("id", "in", ids).execute();
}

/** The same, kept until the transaction ends: whoever else decides waits, and then reads what was decided. */
export async function lockRequest(trx: TenantTransaction, id: string): Promise<RequestRow | null> {
  return await trx.selectFrom("approval_requests").select(COLUMNS).where("tenant_id", "=", trx.tenantId)
    .where("id", "=", id).forNoKeyUpdate().executeTakeFirst() ?? null;
}

/** The one that is open with a key; not locked. */
export async function findOpenByKey(trx: TenantTransaction, onlyKey: string): Promise<RequestRow | null> {
  return await trx.selectFrom("approval_requests").select(COLUMNS).where("tenant_id", "=", trx.tenantId)
    .where("only_key", "=", onlyKey).where("state", "=", "asked").executeTakeFirst() ?? null;
}

/** An export of a person that was approved within a time, the latest; null where there is none. */
export async function findApprovedExport(
  trx: TenantTransaction,
  { staffUserId, subjectId, after, now }: {
    staffUserId: string;
    subjectId: string;
    after: Temporal.Instant;
    now: Temporal.Instant;
  },
): Promise<string | null> {
  const row = await trx.selectFrom("approval_requests").select("id").where("tenant_id", "=", trx.tenantId)
    .where("asked_by_id", "=", staffUserId).where("kind", "=", "full_export").where(
      "subject_id",
      "=",
      subjectId,
    )
    .where("state", "=", "approved").where("decided_at", ">", after).where("decided_at", "<=", now)
    .orderBy("asked_at", "desc").limit(1).executeTakeFirst();
  return row?.id ?? null;
}

/** What has become of a request, or what its asker made of it. */
export async function updateRequest(
  trx: TenantTransaction,
  id: string,
  change: Updateable<Omit<ApprovalRequestsTable, "tenant_id" | "id">>,
): Promise<void> {
  await trx.updateTable("approval_requests").set(change).where("tenant_id", "=", trx.tenantId)
    .where("id", "=", id).execute();
}

/** Open requests of a person, by id. */
export async function listOpenOf(trx: TenantTransaction, staffUserId: string): Promise<string[]> {
  const rows = await trx.selectFrom("approval_requests").select("id").where("tenant_id", "=", trx.tenantId)
    .where("asked_by_id", "=", staffUserId).where("state", "=", "asked").orderBy("asked_at").orderBy("id")
    .execute();
  return rows.map((row) => row.id);
}

/** Open requests whose time has come: to be carried out by themselves, or over. */
export async function listRequestsDue(trx: TenantTransaction, now: Temporal.Instant): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select a.id from approval_requests a where a.tenant_id = ${trx.tenantId} and a.state = 'asked'
      and (a.expires_at <= ${now} or a.runs_at <= ${now}) order by a.asked_at, a.id`.execute(trx);
  return rows.map((row) => row.id);
}

/** Sites at which a subscriber has connections that are not cancelled, or had the last ones. */
export async function listSitesOfSubscriber(trx: TenantTransaction, subscriberId: string): Promise<string[]> {
  const { rows } = await sql<{ site_id: string }>`
    select distinct r.site_id from subscriptions c
    join routers r on r.tenant_id = c.tenant_id and r.id = c.router_id
    where c.tenant_id = ${trx.tenantId} and c.subscriber_id = ${subscriberId}`.execute(trx);
  return rows.map((row) => row.site_id);
}

/** Where a statement can be taken back to: what was approved may turn out to be impossible. */
export async function setApprovalSavepoint(trx: TenantTransaction): Promise<void> {
  await sql`savepoint approval`.execute(trx);
}

/** Takes back what was done since. */
export async function rollBackToApprovalSavepoint(trx: TenantTransaction): Promise<void> {
  await sql`rollback to savepoint approval`.execute(trx);
}
