import type { Selectable } from "kysely";
import type { ConsentTextsTable, SubscriberConsentsTable } from "../db/schema.ts";
import type { TenantTransaction } from "../db/tenant_transaction.ts";

const TEXT_COLUMNS = [
  "tenant_id",
  "version",
  "text_en",
  "text_fil",
  "saved_at",
  "saved_by",
] as const;

const CONSENT_COLUMNS = [
  "tenant_id",
  "id",
  "subscriber_id",
  "state",
  "way",
  "version",
  "said_on",
  "noted_at",
  "noted_by",
] as const;

/** What somebody said to being written to. */
export type SubscriberConsentRow = Selectable<SubscriberConsentsTable>;
/** A version of what people are asked to agree to. */
export type ConsentTextRow = Selectable<ConsentTextsTable>;

/** Everything that somebody said, the newest first. */
export async function listConsents(
  trx: TenantTransaction,
  subscriberId: string,
): Promise<SubscriberConsentRow[]> {
  return await trx.selectFrom("subscriber_consents").select(CONSENT_COLUMNS).where(
    "tenant_id",
    "=",
    trx.tenantId,
  )
    .where("subscriber_id", "=", subscriberId).orderBy("id", "desc").limit(50).execute();
}

/** Writes down what somebody said; it is what counts from now on. */
export async function insertConsent(
  trx: TenantTransaction,
  row: Omit<SubscriberConsentRow, "tenant_id">,
): Promise<void> {
  await trx.insertInto("subscriber_consents").values({ ...row, tenant_id: trx.tenantId }).execute();
  await trx.updateTable("subscribers").set({ consent: row.state }).where("tenant_id", "=", trx.tenantId)
    .where("id", "=", row.subscriber_id).execute();
}

/** The newest text; null: the one that is shipped, version 0. */
export async function findConsentText(trx: TenantTransaction): Promise<ConsentTextRow | null> {
  return await trx.selectFrom("consent_texts").select(TEXT_COLUMNS).where("tenant_id", "=", trx.tenantId)
    .orderBy("version", "desc").limit(1).executeTakeFirst() ?? null;
}

/** Adds a version; two at once get one number, and the second fails. */
export async function insertConsentText(
  trx: TenantTransaction,
  row: Omit<ConsentTextRow, "tenant_id">,
): Promise<void> {
  await trx.insertInto("consent_texts").values({ ...row, tenant_id: trx.tenantId }).execute();
}
