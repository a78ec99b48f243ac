import { type Insertable, type Selectable, sql } from "kysely";
import { columnsOf } from "../db/columns.ts";
import type { ServiceEndsTable } from "../db/schema.ts";
import type { TenantTransaction } from "../db/tenant_transaction.ts";

const COLUMNS = [
  "id",
  "subscription_id",
  "last_on",
  "unused",
  "state",
  "reason",
  "why",
  "asked_at",
  "asked_by",
] as const;

type Stored = Selectable<ServiceEndsTable>;

/** The end of a service that was asked for or planned. */
export type ServiceEndRow = Pick<Stored, (typeof COLUMNS)[number]>;

/** Of an end `e` that has not come: it waits for an approval, or for its day. */
export const IS_OPEN_END = sql`e.state in ('asked', 'planned')`;

export async function insertServiceEnd(
  trx: TenantTransaction,
  end: Omit<Insertable<ServiceEndsTable>, "tenant_id">,
): Promise<void> {
  await trx.insertInto("service_ends").values({ ...end, tenant_id: trx.tenantId }).execute();
}

/** The end of a connection that waits for an approval or for its day; it has one at a time. */
export async function findOpenEnd(
  trx: TenantTransaction,
  subscriptionId: string,
): Promise<ServiceEndRow | null> {
  const { rows } = await sql<ServiceEndRow>`
    select ${columnsOf("e", COLUMNS)} from service_ends e
    where e.tenant_id = ${trx.tenantId} and e.subscription_id = ${subscriptionId} and ${IS_OPEN_END}`.execute(
    trx,
  );
  return rows[0] ?? null;
}

/** Last days of these connections' planned ends, by connection. */
export async function listPlannedEnds(
  trx: TenantTransaction,
  subscriptionIds: readonly string[],
): Promise<Map<string, Temporal.PlainDate>> {
  if (subscriptionIds.length === 0) return new Map();
  const { rows } = await sql<Pick<Stored, "subscription_id" | "last_on">>`
    select e.subscription_id, e.last_on from service_ends e where e.tenant_id = ${trx.tenantId}
      and e.subscription_id = any(${[...subscriptionIds]}::uuid[]) and ${IS_OPEN_END} and e.state = 'planned'`
    .execute(trx);
  return new Map(rows.map((row) => [row.subscription_id, row.last_on]));
}

/** Connections whose planned last day is over, in the order of these days. */
export async function listEndsDue(trx: TenantTransaction, on: Temporal.PlainDate): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select e.subscription_id as id from service_ends e
    where e.tenant_id = ${trx.tenantId} and ${IS_OPEN_END} and e.state = 'planned' and e.last_on < ${on}::date
    order by e.last_on, e.id`.execute(trx);
  return rows.map((row) => row.id);
}

/** Writes what has become of an end. */
export async function updateServiceEnd(
  trx: TenantTransaction,
  id: string,
  change: Partial<
    Pick<
      Stored,
      "state" | "last_on" | "unused" | "reason" | "why" | "decided_at" | "decided_by" | "note" | "made_at"
    >
  >,
): Promise<void> {
  await trx.updateTable("service_ends").set(change).where("tenant_id", "=", trx.tenantId).where("id", "=", id)
    .execute();
}
