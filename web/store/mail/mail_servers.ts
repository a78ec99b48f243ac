import type { Insertable, Selectable } from "kysely";
import type { MailServersTable } from "../db/schema.ts";
import type { TenantTransaction } from "../db/tenant_transaction.ts";

/** The ISP's own mail server, its secrets sealed. */
export type MailServerRow = Selectable<MailServersTable>;

/** Columns that are written; a sealed one that is left out stays as it is. */
export type MailServerColumns =
  & Omit<
    Insertable<MailServersTable>,
    "tenant_id" | "password_sealed" | "oauth_client_secret_sealed" | "oauth_refresh_token_sealed"
  >
  & Partial<
    Pick<MailServersTable, "password_sealed" | "oauth_client_secret_sealed" | "oauth_refresh_token_sealed">
  >;

const COLUMNS = [
  "tenant_id",
  "preset",
  "host",
  "port",
  "encryption",
  "auth",
  "username",
  "password_sealed",
  "oauth_client_id",
  "oauth_client_secret_sealed",
  "oauth_refresh_token_sealed",
  "oauth_token_url",
  "from_name",
  "from_address",
  "reply_to",
  "hourly_max",
  "daily_max",
  "revision",
  "saved_at",
  "saved_by",
] as const;

/** The mail server of the tenant; null while none is set. */
export async function findMailServer(trx: TenantTransaction): Promise<MailServerRow | null> {
  return await trx.selectFrom("mail_servers").select(COLUMNS).where("tenant_id", "=", trx.tenantId)
    .executeTakeFirst() ?? null;
}

/** The same, held until commit. */
export async function lockMailServer(trx: TenantTransaction): Promise<MailServerRow | null> {
  return await trx.selectFrom("mail_servers").select(COLUMNS).where("tenant_id", "=", trx.tenantId)
    .forUpdate().executeTakeFirst() ?? null;
}

/** Sets the mail server of the tenant. */
export async function upsertMailServer(trx: TenantTransaction, columns: MailServerColumns): Promise<void> {
  await trx.insertInto("mail_servers").values({ ...columns, tenant_id: trx.tenantId })
    .onConflict((conflict) => conflict.column("tenant_id").doUpdateSet(columns)).execute();
}

/** Takes the mail server away, its secrets with it. */
export async function deleteMailServer(trx: TenantTransaction): Promise<void> {
  await trx.deleteFrom("mail_servers").where("tenant_id", "=", trx.tenantId).execute();
}

/** What stops all mail of the tenant is forgotten: it is tried again at once. */
export async function clearMailProblem(trx: TenantTransaction): Promise<void> {
  await trx.updateTable("mail_senders")
    .set({ problem: null, problem_words: null, problem_at: null, tries: 0, not_before_at: null })
    .where("tenant_id", "=", trx.tenantId).execute();
}

/** What stops all mail of the tenant; null while nothing does. */
export interface MailProblem {
  problem: string;
  problem_words: string | null;
  problem_at: Temporal.Instant | null;
}

/** Reads {@linkcode MailProblem}. */
export async function findMailProblem(trx: TenantTransaction): Promise<MailProblem | null> {
  const row = await trx.selectFrom("mail_senders").select(["problem", "problem_words", "problem_at"])
    .where("tenant_id", "=", trx.tenantId).executeTakeFirst();
  return row === undefined || row.problem === null ? null : { ...row, problem: row.problem };
}
