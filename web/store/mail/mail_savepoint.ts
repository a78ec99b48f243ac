import { sql } from "kysely";
import type { TenantTransaction } from "../db/tenant_transaction.ts";

/** Where a transaction is taken back to when a mail beside what it is for could not be queued. */
export async function setMailSavepoint(trx: TenantTransaction): Promise<void> {
  await sql`savepoint mail_beside`.execute(trx);
}

/** Takes the mail back, and nothing else. */
export async function rollBackToMailSavepoint(trx: TenantTransaction): Promise<void> {
  await sql`rollback to savepoint mail_beside`.execute(trx);
}

/** The mail is queued: what follows has its own. */
export async function releaseMailSavepoint(trx: TenantTransaction): Promise<void> {
  await sql`release savepoint mail_beside`.execute(trx);
}
