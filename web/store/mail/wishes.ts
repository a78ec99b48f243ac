import type { Insertable, Selectable } from "kysely";
import type { MailConsentsTable, SubscribersTable } from "../db/schema.ts";
import type { TenantTransaction } from "../db/tenant_transaction.ts";

/** What a subscriber wanted to be sent, and who said so. */
export type ConsentRow = Pick<
  Selectable<MailConsentsTable>,
  "wanted" | "source" | "said_at" | "said_by"
>;

/** Writes down what a subscriber wants, with who said so. */
export async function updateMailWanted(
  trx: TenantTransaction,
  consent: Omit<Insertable<MailConsentsTable>, "tenant_id">,
): Promise<void> {
  await trx.updateTable("subscribers").set({ mail_wanted: consent.wanted })
    .where("tenant_id", "=", trx.tenantId).where("id", "=", consent.subscriber_id).execute();
  await trx.insertInto("mail_consents").values({ ...consent, tenant_id: trx.tenantId }).execute();
}

/** The language of what is sent to a subscriber; null: the company's. */
export async function updateMailLanguage(
  trx: TenantTransaction,
  subscriberId: string,
  language: SubscribersTable["language"],
): Promise<void> {
  await trx.updateTable("subscribers").set({ language })
    .where("tenant_id", "=", trx.tenantId).where("id", "=", subscriberId).execute();
}

/** What was said last; null where nobody has said anything. */
export async function findLastConsent(
  trx: TenantTransaction,
  subscriberId: string,
): Promise<ConsentRow | null> {
  return await trx.selectFrom("mail_consents").select(["wanted", "source", "said_at", "said_by"])
    .where("tenant_id", "=", trx.tenantId).where("subscriber_id", "=", subscriberId)
    .orderBy("id", "desc").limit(1).executeTakeFirst() ?? null;
}
