import type { Insertable, Selectable } from "kysely";
import { BRIEF_PROBLEMS, MESSAGES_REFUSED, SENDER_PROBLEMS } from "@/web/domain/mail/sender_problems.ts";
import type { MailServersTable } from "../db/schema.ts";
import type { TenantTransaction } from "../db/tenant_transaction.ts";
import { extendExpiry, wakeMessages } from "./outbox.ts";
import { clearSenderProblem } from "./senders.ts";

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

/** Which settings hold, held so until commit; null: none is set. */
export async function lockMailRevision(trx: TenantTransaction): Promise<number | null> {
  const row = await trx.selectFrom("mail_servers").select("revision").where("tenant_id", "=", trx.tenantId)
    .forShare().executeTakeFirst();
  return row?.revision ?? null;
}

/** Sets the mail server of the tenant. */
export async function upsertMailServer(trx: TenantTransaction, columns: MailServerColumns): Promise<void> {
  await trx.insertInto("mail_servers").values({ ...columns, tenant_id: trx.tenantId })
    .onConflict((conflict) => conflict.column("tenant_id").doUpdateSet(columns)).execute();
}

/** Puts another refresh token, sealed, into the settings that it was given for; none over newer ones. */
export async function updateRefreshToken(
  trx: TenantTransaction,
  { revision, sealed }: { revision: number; sealed: string },
): Promise<void> {
  await trx.updateTable("mail_servers").set({ oauth_refresh_token_sealed: sealed })
    .where("tenant_id", "=", trx.tenantId).where("revision", "=", revision).where("auth", "=", "oauth2")
    .execute();
}

/** Takes the mail server away, its secrets with it. */
export async function deleteMailServer(trx: TenantTransaction): Promise<void> {
  await trx.deleteFrom("mail_servers").where("tenant_id", "=", trx.tenantId).execute();
}

/**
 * What stops all mail of the tenant is forgotten: it is tried again at once, and so is each message whose last try ended
 * with the server and not with its recipient. Messages come before the sender, as where they are sent; one that is on its
 * way is left alone. They still go by a few connections, and the first by one.
 */
export async function clearMailProblem(trx: TenantTransaction, at: Temporal.Instant): Promise<void> {
  await wakeMessages(trx, [...BRIEF_PROBLEMS, MESSAGES_REFUSED], { at });
  // With other settings they are as good as those that were never tried.
  await wakeMessages(trx, SENDER_PROBLEMS, { at, isForgotten: true });
  await extendExpiry(trx, at);
  await clearSenderProblem(trx);
}

/** What stops all mail of the tenant. */
export interface MailProblem {
  problem: string;
  problem_words: string | null;
  problem_at: Temporal.Instant | null;
}

/** How mail of the tenant stands, of who sends it. */
export interface MailStanding {
  /** Null while nothing stops it. */
  problem: MailProblem | null;
  /** Nothing is sent before; null: at once. */
  notBeforeAt: Temporal.Instant | null;
}

/** Reads {@linkcode MailStanding}. */
export async function findMailStanding(trx: TenantTransaction): Promise<MailStanding> {
  const row = await trx.selectFrom("mail_senders")
    .select(["problem", "problem_words", "problem_at", "not_before_at"]).where("tenant_id", "=", trx.tenantId)
    .executeTakeFirst();
  if (row === undefined) return { problem: null, notBeforeAt: null };
  const { problem, problem_words, problem_at, not_before_at } = row;
  return {
    problem: problem === null ? null : { problem, problem_words, problem_at },
    notBeforeAt: not_before_at,
  };
}
