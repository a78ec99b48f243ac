import { type Insertable, sql } from "kysely";
import { sendAhead } from "../db/ahead.ts";
import type { CreditSourcesTable } from "../db/schema.ts";
import type { TenantTransaction } from "../db/tenant_transaction.ts";

/** Money of a subscriber that waits for a bill. */
export interface CreditSourceRow {
  subscriber_id: string;
  source_id: string;
  /** Of the payment or memo that it is. */
  number: string;
  available_centavos: bigint;
}

/** Adds a source of credit: what was received, or what a memo gives. */
export async function insertCreditSource(
  trx: TenantTransaction,
  source: Omit<Insertable<CreditSourcesTable>, "tenant_id" | "used_centavos" | "ended_at">,
): Promise<void> {
  await sendAhead(trx, trx.insertInto("credit_sources").values({ ...source, tenant_id: trx.tenantId }));
}

/** Ends a source that was reversed or voided. Nothing of it may be in use. */
export async function updateCreditSourceEnded(
  trx: TenantTransaction,
  sourceId: string,
  endedAt: Temporal.Instant,
): Promise<void> {
  await trx.updateTable("credit_sources").set({ ended_at: endedAt }).where("tenant_id", "=", trx.tenantId)
    .where("id", "=", sourceId).execute();
}

/** Credit that may be paid back: a certificate 2307 is tax that was withheld, and no money came in. */
export async function listRefundableSources(
  trx: TenantTransaction,
  subscriberId: string,
): Promise<CreditSourceRow[]> {
  const sources = await listCreditSources(trx, [subscriberId]);
  if (sources.length === 0) return [];
  const certificates = await trx.selectFrom("payments").select("id").where("tenant_id", "=", trx.tenantId)
    .where("id", "in", sources.map((source) => source.source_id)).where("method", "=", "withholding_2307")
    .execute();
  const withheld = new Set(certificates.map((payment) => payment.id));
  return sources.filter((source) => !withheld.has(source.source_id));
}

/** Live sources with something left over, oldest first. The used ones of years are not read. */
export async function listCreditSources(
  trx: TenantTransaction,
  subscriberIds: readonly string[],
): Promise<CreditSourceRow[]> {
  const { rows } = await sql<CreditSourceRow>`
    select subscriber_id, id as source_id, number, amount_centavos - used_centavos as available_centavos
    from credit_sources where tenant_id = ${trx.tenantId} and subscriber_id = any(${[
    ...subscriberIds,
  ]}::uuid[])
      and ended_at is null and used_centavos < amount_centavos order by received_on, created_at, id`.execute(
    trx,
  );
  return rows;
}
