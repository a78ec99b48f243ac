import type { AppState } from "@/web/app/state.ts";
import { parseMailAddress } from "@/web/domain/mail/address.ts";
import { type MailPreset, PRESET_VALUES } from "@/web/domain/mail/presets.ts";
import { MAIL_MAX } from "@/web/domain/mail/server_rules.ts";
import type { MailTest } from "@/web/services/mail/test_mail_server.ts";
import type { MailServerRow, MailStanding } from "@/web/store/mail/mail_servers.ts";
import type { RequestRow } from "@/web/store/approvals/requests.ts";
import type { TenantRow } from "@/web/store/settings/tenants.ts";
import type { Gate } from "../../../approvals/(_parts)/gate.tsx";

/** What the page of the mail settings shows. */
export interface MailFacts {
  tenant: TenantRow;
  row: MailServerRow | null;
  standing: MailStanding;
  /** Real time. */
  now: Temporal.Instant;
  /** How a change of where mail goes would go on. */
  gate: Gate;
  /** Such a change that waits for an approval. */
  waiting: RequestRow | null;
  /** Fills the form in place of what is saved. */
  preset: MailPreset | undefined;
  done: string | undefined;
}

/** What the fields are called. */
export const MAIL_LABELS = {
  host: "mail_server.host",
  port: "mail_server.port",
  encryption: "mail_server.encryption",
  auth: "mail_server.auth",
  username: "mail_server.username",
  password: "mail_server.password",
  clientId: "mail_server.client_id",
  clientSecret: "mail_server.client_secret",
  refreshToken: "mail_server.refresh_token",
  tokenUrl: "mail_server.token_url",
  removeLogin: "mail_server.remove_login",
  fromName: "mail_server.from_name",
  fromAddress: "mail_server.from_address",
  replyTo: "mail_server.reply_to",
  hourlyMax: "mail_server.hourly_max",
  dailyMax: "mail_server.daily_max",
  testTo: "mail_server.test_to",
  reason: "tables.reason",
} as const;

/** What the fields hold of what is saved, else of the company. Secrets are never among them. */
export function savedFields({ tenant, row }: Pick<MailFacts, "tenant" | "row">): Record<string, string> {
  if (row === null) return firstFields(tenant);
  return {
    revision: String(row.revision),
    preset: row.preset,
    host: row.host,
    port: String(row.port),
    encryption: row.encryption,
    auth: row.auth,
    username: row.username ?? "",
    clientId: row.oauth_client_id ?? "",
    tokenUrl: row.oauth_token_url ?? "",
    fromName: row.from_name,
    fromAddress: row.from_address,
    replyTo: row.reply_to ?? "",
    hourlyMax: row.hourly_max?.toString() ?? "",
    dailyMax: row.daily_max?.toString() ?? "",
  };
}

/** Fields of where mail goes and as whom, but for secrets, which no page holds. */
const KEY_FIELDS = [
  ...["host", "port", "encryption", "auth", "username", "clientId", "tokenUrl", "fromAddress", "replyTo"],
  "removeLogin",
];

/** Whether what the form holds is another place for mail, as far as a page can know before it is sent. */
export function isOtherPlace(facts: MailFacts, values: Readonly<Record<string, unknown>>): boolean {
  const saved = savedFields(facts);
  return facts.row === null || KEY_FIELDS.some((name) => String(values[name] ?? "") !== (saved[name] ?? ""));
}

/** The fields with a preset put in, where one is asked for. */
export function shownFields(facts: MailFacts): Record<string, string> {
  const saved = savedFields(facts);
  const { preset, row } = facts;
  if (preset === undefined || preset === row?.preset) return saved;
  const values = PRESET_VALUES[preset];
  return {
    ...saved,
    preset,
    host: values.host,
    port: String(values.port),
    encryption: values.encryption,
    auth: preset === "microsoft365" ? "oauth2" : "password",
    tokenUrl: values.tokenUrl,
    hourlyMax: values.hourlyMax?.toString() ?? "",
    dailyMax: values.dailyMax?.toString() ?? "",
  };
}

function firstFields(tenant: TenantRow): Record<string, string> {
  const email = parseMailAddress(tenant.email ?? "");
  return {
    revision: "0",
    preset: "own",
    host: "",
    port: "587",
    encryption: "by_port",
    auth: "password",
    username: "",
    clientId: "",
    tokenUrl: "",
    fromName: tenant.name.slice(0, MAIL_MAX.fromName),
    fromAddress: email.ok ? email.value : "",
    replyTo: "",
    hourlyMax: "",
    dailyMax: "",
  };
}

const tests = new WeakMap<AppState, MailTest>();

/** Keeps what a test found for the page that this request is answered with. */
export function rememberTest(state: AppState, test: MailTest): void {
  tests.set(state, test);
}

/** What the test of this request found; null where none was made. */
export function testOf(state: AppState): MailTest | null {
  return tests.get(state) ?? null;
}
