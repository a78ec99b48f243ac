import { z } from "zod";
import { type Coded, coded } from "@/shared/codes/mod.ts";
import { err, ok, type Result } from "@/shared/result.ts";
import { MAIL_PRESETS } from "@/web/domain/mail/presets.ts";
import { findMailServer, lockMailServer, type MailServerRow } from "@/web/store/mail/mail_servers.ts";
import { encryptionOf, isMailKeyChange, type MailServerPlan, planMailServer } from "../../mail/mail_input.ts";
import { removeMailIn, type SaveMailCode, saveMailIn } from "../../settings/save_mail.ts";
import type { UseCase } from "../../use_case.ts";
import type { AskedSecrets } from "../asked_secrets.ts";
import { type ApprovalKind, type ApprovalMoment, type ApprovalPreview, seenOf } from "../kind.ts";

/** What the form of the mail server may hold that nobody sees. */
export const MAIL_SECRETS = ["password", "clientSecret", "refreshToken"] as const;

const save = z.object({
  change: z.literal("save"),
  revision: z.int().min(0),
  preset: z.enum(MAIL_PRESETS),
  host: z.string(),
  port: z.int(),
  encryption: z.enum(["by_port", "starttls", "tls", "none"]),
  auth: z.enum(["none", "password", "oauth2"]),
  username: z.string().nullable(),
  clientId: z.string().nullable(),
  tokenUrl: z.string().nullable(),
  removeLogin: z.boolean(),
  fromName: z.string(),
  fromAddress: z.string(),
  replyTo: z.string().nullable(),
  hourlyMax: z.int().nullable(),
  dailyMax: z.int().nullable(),
  /** Which secrets were typed; what they are waits apart. */
  typed: z.array(z.enum(MAIL_SECRETS)),
});

const input = z.discriminatedUnion("change", [save, z.object({ change: z.literal("remove") })]);

type Input = z.output<typeof input>;
type Save = z.output<typeof save>;
type Code = SaveMailCode | "mail_server_gone";

/** A change of where mail goes and as whom, or that none goes any more. */
export const mailKeysKind: ApprovalKind<Input, null, Code> = {
  id: "mail_keys",
  version: 1,
  input,
  askPermission: "settings:write",
  decide: { permission: "approval:decide", limit: null },
  isOnePerSubject: true,
  words: (wanted) => wanted.change === "remove" ? [coded("approval_mail_remove")] : wordsOf(wanted),
  lock: async ({ trx }) => void await lockMailServer(trx),
  preview: (moment, wanted) =>
    wanted.change === "remove" ? previewRemoval(moment) : previewSave(moment, wanted),
  execute,
};

/** What is saved, with the secrets that were typed. */
function withSecrets({ change: _change, typed: _typed, ...wanted }: Save, secrets: AskedSecrets) {
  const [password = null, clientSecret = null, refreshToken = null] = MAIL_SECRETS.map((name) =>
    secrets[name]
  );
  return { ...wanted, password, clientSecret, refreshToken };
}

async function execute(
  useCase: UseCase,
  wanted: Input,
  secrets: AskedSecrets,
): Promise<Result<null, Code>> {
  if (wanted.change === "remove") return await removeMailIn(useCase);
  return await saveMailIn(useCase, withSecrets(wanted, secrets));
}

async function previewSave(
  { trx }: ApprovalMoment,
  wanted: Save,
): Promise<Result<ApprovalPreview, Code>> {
  const stored = await findMailServer(trx);
  if ((stored?.revision ?? 0) !== wanted.revision) return err("row_changed");
  // What was typed is judged as that it was typed: what it is opens only when it is done.
  const typed = Object.fromEntries(wanted.typed.map((name) => [name, "typed"]));
  const plan = planMailServer(withSecrets(wanted, typed), stored, { isManyTenants: false });
  if (!plan.ok) return plan;
  return ok({
    ...about(trx.tenantId, plan.value.columns.host),
    isFree: !isMailKeyChange(plan.value, stored),
    effects: [
      ...changesOf(plan.value, stored),
      coded("approval_mail_then"),
      coded("approval_money_stays"),
      coded("approval_router_stays"),
    ],
    seen: seenOf({ ...wanted }),
  });
}

async function previewRemoval({ trx }: ApprovalMoment): Promise<Result<ApprovalPreview, Code>> {
  const stored = await findMailServer(trx);
  if (stored === null) return err("mail_server_gone");
  return ok({
    ...about(trx.tenantId, stored.host),
    effects: [
      coded("approval_mail_none_then", { place: placeOf(stored) }),
      coded("approval_money_stays"),
      coded("approval_router_stays"),
    ],
    seen: seenOf({ change: "remove", revision: stored.revision }),
  });
}

/** It is the whole company's. */
function about(tenantId: string, host: string) {
  return {
    subject: { kind: "tenant", id: tenantId, label: host },
    subscriberId: null,
    siteId: null,
    amountCentavos: null,
  } as const;
}

function wordsOf(wanted: Save): Coded[] {
  const encryption = encryptionOf(wanted) ?? "none";
  const auth = wanted.removeLogin ? "none" : wanted.auth;
  return [
    coded("approval_mail_words", {
      place: placeOf({ ...wanted, encryption }),
      login: sayLogin({ auth, username: wanted.username, oauth_client_id: wanted.clientId }),
      from: wanted.fromAddress,
    }),
    ...(wanted.typed.length === 0 ? [] : [coded("approval_mail_typed", { count: wanted.typed.length })]),
  ];
}

/** Before and after, of what becomes another one. */
function changesOf({ columns, secrets }: MailServerPlan, stored: MailServerRow | null): Coded[] {
  const isTyped = Object.values(secrets).some(({ kind }) => kind === "typed");
  const newSecrets = isTyped ? [coded("approval_mail_secrets")] : [];
  if (stored === null) {
    // Where the secrets go that are typed with it, and where answers do: nothing stands there before.
    const { oauth_token_url: tokens, reply_to: reply } = columns;
    const first = (text: string) => ({ before: textOrNone(null), after: textOrNone(text) });
    return [
      coded("approval_mail_first"),
      ...(tokens === null ? [] : [coded("approval_mail_tokens", first(tokens))]),
      ...(reply === null ? [] : [coded("approval_mail_reply", first(reply))]),
      ...newSecrets,
    ];
  }
  const isOther = (...names: (keyof typeof columns & keyof MailServerRow)[]) =>
    names.some((name) => columns[name] !== stored[name]);
  const both = <T extends Coded>(say: (row: typeof columns) => T) => ({
    before: say(stored),
    after: say(columns),
  });
  return [
    ...(isOther("host", "port", "encryption") ? [coded("approval_mail_server", both(placeOf))] : []),
    ...(isOther("auth", "username", "oauth_client_id") ? [coded("approval_mail_login", both(sayLogin))] : []),
    ...(isOther("oauth_token_url")
      ? [coded("approval_mail_tokens", both((row) => textOrNone(row.oauth_token_url)))]
      : []),
    ...(isOther("from_address")
      ? [coded("approval_mail_from", both((row) => textOrNone(row.from_address)))]
      : []),
    ...(isOther("reply_to") ? [coded("approval_mail_reply", both((row) => textOrNone(row.reply_to)))] : []),
    ...newSecrets,
  ];
}

function placeOf({ host, port, encryption }: Pick<MailServerRow, "host" | "port" | "encryption">) {
  return coded("approval_mail_place", { server: `${host}:${port}`, encryption });
}

function sayLogin(
  { auth, username, oauth_client_id: client }: Pick<MailServerRow, "auth" | "username" | "oauth_client_id">,
) {
  return coded("approval_mail_login_as", { auth, login: username ?? "", client: client ?? "" });
}

function textOrNone(text: string | null) {
  return text === null ? coded("approval_mail_nothing") : coded("plain", { text });
}
