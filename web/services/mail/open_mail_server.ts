import type { SmtpLogin, SmtpServer } from "@/web/gateways/mail/types.ts";
import type { MasterKeys } from "@/web/gateways/master_key/mod.ts";
import { findMailServer, type MailServerRow } from "@/web/store/mail/mail_servers.ts";
import type { TenantTransaction } from "@/web/store/db/tenant_transaction.ts";
import type { ServiceContext } from "../context.ts";
import { openSecret } from "../secrets/mod.ts";

/** With what secrets are opened, and what a mail server may be. */
export interface MailServerOptions extends MailPlace {
  masterKeys: MasterKeys;
}

/** Where a mail server may stand. */
export type MailPlace = Pick<SmtpServer, "reach" | "ports">;

/** Where the mail servers of an installation may stand; those of the demo at the port of its own one alone. */
export function mailPlaceOf(
  { isManyTenants = false, isDemo = false, demoMailPort }: Pick<
    ServiceContext,
    "isManyTenants" | "isDemo" | "demoMailPort"
  >,
): MailPlace {
  if (isDemo) return { reach: "loopback", ports: demoMailPort === undefined ? [] : [demoMailPort] };
  return { reach: isManyTenants ? "public" : "anywhere" };
}

/** Columns of `mail_servers` that hold a secret. */
export type MailSecretColumn =
  | "password_sealed"
  | "oauth_client_secret_sealed"
  | "oauth_refresh_token_sealed";

/**
 * The tenant's mail server as it is spoken to, its secrets opened; null while none is set.
 *
 * @throws {SecretError} when a secret does not open; the settings can be saved again with one that is typed
 */
export async function openMailServer(
  trx: TenantTransaction,
  { masterKeys, ...place }: MailServerOptions,
): Promise<{ server: SmtpServer; row: MailServerRow } | null> {
  const row = await findMailServer(trx);
  if (row === null) return null;
  const { host, port, encryption } = row;
  const login = await openLogin(trx, masterKeys, row);
  return { server: { host, port, encryption, login, ...place }, row };
}

async function openLogin(
  trx: TenantTransaction,
  masterKeys: MasterKeys,
  row: MailServerRow,
): Promise<SmtpLogin | null> {
  const secret = (column: MailSecretColumn) => openMailSecret(trx, masterKeys, row, column);
  const username = row.username ?? "";
  if (row.auth === "none") return null;
  if (row.auth === "password") {
    return { kind: "password", username, password: await secret("password_sealed") };
  }
  return {
    kind: "oauth2",
    username,
    clientId: row.oauth_client_id ?? "",
    clientSecret: await secret("oauth_client_secret_sealed"),
    refreshToken: await secret("oauth_refresh_token_sealed"),
    tokenUrl: row.oauth_token_url ?? "",
  };
}

/** One secret of the server in clear; empty where none is stored. */
export async function openMailSecret(
  trx: TenantTransaction,
  masterKeys: MasterKeys,
  row: MailServerRow,
  column: MailSecretColumn,
): Promise<string> {
  const sealed = row[column];
  return sealed === null ? "" : await openSecret(trx, masterKeys, mailSecretPlace(trx, column), sealed);
}

/** Where a secret of the server stands. */
export function mailSecretPlace({ tenantId }: TenantTransaction, column: MailSecretColumn) {
  return { table: "mail_servers", column, rowId: tenantId };
}
