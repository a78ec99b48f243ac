import { err, ok, type Result } from "@/shared/result.ts";
import {
  checkPublicPlace,
  encryptionOfPort,
  type HostProblem,
  parseMailHost,
  type PlaceProblem,
} from "@/web/domain/mail/server_rules.ts";
import type { MailPreset } from "@/web/domain/mail/presets.ts";
import type { Encryption } from "@/web/gateways/mail/types.ts";
import type { MailServerRow } from "@/web/store/mail/mail_servers.ts";
import type { MailSecretColumn } from "./open_mail_server.ts";

/** A mail server as it is typed; its addresses are parsed already. */
export interface MailServerInput {
  preset: MailPreset;
  host: string;
  port: number;
  encryption: Encryption | "by_port";
  auth: MailServerRow["auth"];
  username: string | null;
  /** Secrets: null leaves the stored one. */
  password: string | null;
  clientId: string | null;
  clientSecret: string | null;
  refreshToken: string | null;
  tokenUrl: string | null;
  /** Forgets what is stored and sends without a login. */
  removeLogin: boolean;
  fromName: string;
  fromAddress: string;
  replyTo: string | null;
  hourlyMax: number | null;
  dailyMax: number | null;
}

export type MailInputCode =
  | HostProblem
  | PlaceProblem
  | "mail_encryption_needed"
  | "mail_username_needed"
  | "mail_client_id_needed"
  | "mail_token_url_invalid"
  | SecretCode;

type SecretCode =
  | "mail_password_needed"
  | "mail_password_again"
  | "mail_client_secret_needed"
  | "mail_client_secret_again"
  | "mail_refresh_token_needed"
  | "mail_refresh_token_again";

/** What becomes of a secret: what was typed is sealed, the stored one stays, or there is none. */
export type SecretChange = { kind: "typed"; text: string } | { kind: "kept" } | { kind: "none" };

/** A mail server that makes sense: its columns without those that are sealed or say who saved. */
export interface MailServerPlan {
  columns:
    & Pick<
      MailServerRow,
      | "preset"
      | "host"
      | "port"
      | "encryption"
      | "auth"
      | "username"
      | "oauth_client_id"
      | "oauth_token_url"
      | "from_name"
      | "from_address"
    >
    & Pick<MailServerRow, "reply_to" | "hourly_max" | "daily_max">;
  secrets: Record<MailSecretColumn, SecretChange>;
}

/** Judges what was typed against what is stored. Pure. */
export function planMailServer(
  input: MailServerInput,
  stored: MailServerRow | null,
  { isManyTenants }: { isManyTenants: boolean },
): Result<MailServerPlan, MailInputCode> {
  const host = parseMailHost(input.host);
  if (!host.ok) return host;
  const { port } = input;
  const encryption = encryptionOf(input);
  if (encryption === null) return err("mail_encryption_needed", { port: String(port) });
  if (isManyTenants) {
    const place = checkMailPlace(input);
    if (!place.ok) return place;
  }
  const columns = {
    preset: input.preset,
    host: host.value,
    port,
    encryption,
    ...loginOf(input),
    from_name: input.fromName,
    from_address: input.fromAddress,
    reply_to: input.replyTo,
    hourly_max: input.hourlyMax,
    daily_max: input.dailyMax,
  };
  const secrets = planSecrets(input, columns, stored);
  return secrets.ok ? ok({ columns, secrets: secrets.value }) : secrets;
}

/** How the connection is kept secret; null where the port does not say. */
export function encryptionOf(
  { encryption, port }: Pick<MailServerInput, "encryption" | "port">,
): Encryption | null {
  return encryption === "by_port" ? encryptionOfPort(port) : encryption;
}

/** Of an installation for many ISPs: refuses what leads into its network. */
export function checkMailPlace(input: MailServerInput): Result<unknown, HostProblem | PlaceProblem> {
  const host = parseMailHost(input.host);
  if (!host.ok) return host;
  return checkPublicPlace({ host: host.value, port: input.port, tokenUrl: loginOf(input).oauth_token_url });
}

/** What says where mail goes and as whom. */
const KEYS = [
  ...["host", "port", "encryption", "auth", "username", "oauth_client_id", "oauth_token_url"] as const,
  ...["from_address", "reply_to"] as const,
];

/** Whether a change is one of where mail goes or as whom; names and limits are not. */
export function isMailKeyChange({ columns, secrets }: MailServerPlan, stored: MailServerRow | null): boolean {
  return stored === null || KEYS.some((name) => columns[name] !== stored[name]) ||
    Object.values(secrets).some(({ kind }) => kind === "typed");
}

function loginOf(input: MailServerInput) {
  const auth = input.removeLogin ? "none" : input.auth;
  return {
    auth,
    username: auth === "none" ? null : input.username,
    oauth_client_id: auth === "oauth2" ? input.clientId : null,
    oauth_token_url: auth === "oauth2" ? input.tokenUrl : null,
  };
}

const NONE = { kind: "none" } as const;

function planSecrets(
  input: MailServerInput,
  columns: MailServerPlan["columns"],
  stored: MailServerRow | null,
): Result<MailServerPlan["secrets"], MailInputCode> {
  const secrets: MailServerPlan["secrets"] = {
    password_sealed: NONE,
    oauth_client_secret_sealed: NONE,
    oauth_refresh_token_sealed: NONE,
  };
  if (columns.auth === "none") return ok(secrets);
  if (columns.username === null) return err("mail_username_needed");
  const given = { columns, stored };
  if (columns.auth === "password") {
    const password = planSecret(given, "password_sealed", input.password);
    return password.ok ? ok({ ...secrets, password_sealed: password.value }) : password;
  }
  if (columns.oauth_client_id === null) return err("mail_client_id_needed");
  if (!isTokenUrl(columns.oauth_token_url)) return err("mail_token_url_invalid");
  const client = planSecret(given, "oauth_client_secret_sealed", input.clientSecret);
  if (!client.ok) return client;
  const token = planSecret(given, "oauth_refresh_token_sealed", input.refreshToken);
  if (!token.ok) return token;
  return ok({
    ...secrets,
    oauth_client_secret_sealed: client.value,
    oauth_refresh_token_sealed: token.value,
  });
}

const SAID = {
  password_sealed: { needed: "mail_password_needed", again: "mail_password_again" },
  oauth_client_secret_sealed: { needed: "mail_client_secret_needed", again: "mail_client_secret_again" },
  oauth_refresh_token_sealed: { needed: "mail_refresh_token_needed", again: "mail_refresh_token_again" },
} as const;

function planSecret(
  { columns, stored }: { columns: MailServerPlan["columns"]; stored: MailServerRow | null },
  column: MailSecretColumn,
  typed: string | null,
): Result<SecretChange, SecretCode> {
  if (typed !== null) return ok({ kind: "typed", text: typed });
  if (stored === null || stored[column] === null) return err(SAID[column].needed);
  return goesToTheSame(columns, stored) ? ok({ kind: "kept" }) : err(SAID[column].again);
}

/**
 * A stored secret goes only where it went before. Whoever may change the settings and does not know the password could
 * otherwise have it sent to a server of their own, or in clear.
 */
function goesToTheSame(columns: MailServerPlan["columns"], stored: MailServerRow): boolean {
  const same = ["host", "port", "auth", "username", "oauth_client_id", "oauth_token_url"] as const;
  return same.every((name) => columns[name] === stored[name]) &&
    (columns.encryption !== "none" || stored.encryption === "none");
}

function isTokenUrl(text: string | null): boolean {
  const url = text === null ? null : URL.parse(text);
  return url !== null && url.protocol === "https:" && url.username === "" && url.password === "";
}
