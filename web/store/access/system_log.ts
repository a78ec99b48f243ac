import { type Selectable, sql } from "kysely";
import { uuidv7 } from "@/shared/ids.ts";
import type { SystemLogTable } from "../db/schema.ts";
import type { TenantTransaction } from "../db/tenant_transaction.ts";

/** Something that a person should be able to look up later. No secrets. */
export interface SystemLogInput {
  at: Temporal.Instant;
  level: "info" | "warn" | "error";
  /** Where it comes from. @default "jobs" */
  source?: Selectable<SystemLogTable>["source"];
  event: string;
  /** For a person, a stored code or a sentence. */
  message: string;
  /** Whom and what it is about. */
  subscriberId?: string | null;
  billId?: string | null;
  /** Id of the request, run, message or agent that it happened in. */
  reference?: string;
  fields?: Record<string, unknown>;
}

/** Adds a line to the tenant's system log. */
export async function insertSystemLog(trx: TenantTransaction, entry: SystemLogInput): Promise<void> {
  await trx.insertInto("system_log").values({
    tenant_id: trx.tenantId,
    id: uuidv7(entry.at.epochMilliseconds),
    at: entry.at,
    level: entry.level,
    source: entry.source ?? "jobs",
    event: entry.event,
    message: entry.message,
    subscriber_id: entry.subscriberId ?? null,
    bill_id: entry.billId ?? null,
    reference: entry.reference ?? null,
    fields: JSON.stringify(entry.fields ?? {}),
  }).execute();
}

/** What an event of a connection said when it was noted last; null: not since that moment. */
export async function findSystemLog(
  trx: TenantTransaction,
  { event, subscriptionId, since }: { event: string; subscriptionId: string; since: Temporal.Instant },
): Promise<string | null> {
  const row = await trx.selectFrom("system_log").select("message").where("tenant_id", "=", trx.tenantId)
    .where("event", "=", event).where("at", ">", since)
    .where(sql<string>`fields->>'subscription_id'`, "=", subscriptionId).orderBy("at", "desc").limit(1)
    .executeTakeFirst();
  return row?.message ?? null;
}

/** Whether an event of a connection was noted since a moment. */
export async function hasSystemLogSince(
  trx: TenantTransaction,
  about: { event: string; subscriptionId: string; since: Temporal.Instant },
): Promise<boolean> {
  return await findSystemLog(trx, about) !== null;
}
