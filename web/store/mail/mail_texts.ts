import type { Insertable, Selectable } from "kysely";
import type { MailLanguage, Occasion } from "@/web/domain/mail/types.ts";
import type { MailTextsTable } from "../db/schema.ts";
import type { TenantTransaction } from "../db/tenant_transaction.ts";

/** A text that the company changed. */
export type MailTextRow = Selectable<MailTextsTable>;

const COLUMNS = [
  "tenant_id",
  "occasion",
  "language",
  "subject",
  "body",
  "revision",
  "saved_at",
  "saved_by",
] as const;

/** The company's own text of an occasion; null where it has none. */
export async function findMailText(
  trx: TenantTransaction,
  occasion: Occasion,
  language: MailLanguage,
): Promise<MailTextRow | null> {
  return await trx.selectFrom("mail_texts").select(COLUMNS).where("tenant_id", "=", trx.tenantId)
    .where("occasion", "=", occasion).where("language", "=", language).executeTakeFirst() ?? null;
}

/** All of the company's own texts. */
export async function listMailTexts(trx: TenantTransaction): Promise<MailTextRow[]> {
  return await trx.selectFrom("mail_texts").select(COLUMNS).where("tenant_id", "=", trx.tenantId)
    .orderBy("occasion").orderBy("language").execute();
}

/** Puts a text in the place of the old one. */
export async function upsertMailText(
  trx: TenantTransaction,
  { occasion, language, ...text }: Omit<Insertable<MailTextsTable>, "tenant_id">,
): Promise<void> {
  await trx.insertInto("mail_texts").values({ tenant_id: trx.tenantId, occasion, language, ...text })
    .onConflict((conflict) => conflict.columns(["tenant_id", "occasion", "language"]).doUpdateSet(text))
    .execute();
}

/** Forgets the company's own text. */
export async function deleteMailText(
  trx: TenantTransaction,
  occasion: Occasion,
  language: MailLanguage,
): Promise<void> {
  await trx.deleteFrom("mail_texts").where("tenant_id", "=", trx.tenantId)
    .where("occasion", "=", occasion).where("language", "=", language).execute();
}
