import { err, ok, type Result } from "@/shared/result.ts";
import type { MailLanguage } from "@/web/domain/mail/types.ts";
import { composeTestMail } from "@/web/gateways/mail/test_mail.ts";
import type { OutgoingMail, SmtpLogin, SmtpServer, SmtpTrial } from "@/web/gateways/mail/types.ts";
import { withTenant } from "@/web/store/db/tenant_transaction.ts";
import type { TenantTransaction } from "@/web/store/db/tenant_transaction.ts";
import { findMailServer, type MailServerRow } from "@/web/store/mail/mail_servers.ts";
import { getTenant } from "@/web/store/settings/tenants.ts";
import type { Actor, ServiceContext } from "../context.ts";
import { SecretError } from "../secrets/mod.ts";
import { renewToken } from "./keep_tokens.ts";
import {
  type MailInputCode,
  type MailServerInput,
  type MailServerPlan,
  planMailServer,
} from "./mail_input.ts";
import { mailPlaceOf, type MailSecretColumn, openMailSecret } from "./open_mail_server.ts";

/** Hands one mail to a server step by step; stops where the first step fails, or when the signal says so. */
export type TrySmtp = (server: SmtpServer, mail: OutgoingMail, signal: AbortSignal) => Promise<SmtpTrial>;

/** What a test found. */
export interface MailTest {
  /** Null: it was not over in time, and where it hangs is not known. */
  trial: SmtpTrial | null;
  /** With what it was made. */
  host: string;
  port: number;
  encryption: SmtpServer["encryption"];
  auth: MailServerRow["auth"];
  from: string;
  to: string;
}

/** A person waits for it. */
export const TEST_SECONDS = 30;

/**
 * Sends a test mail with what is typed, saved or not. A secret that was left empty is the stored one, and goes only to the
 * server and login that it is stored for.
 */
export async function testMailServer(
  context: ServiceContext,
  tenantId: string,
  actor: Actor,
  input: MailServerInput & { to: string; locale: MailLanguage },
): Promise<Result<MailTest, MailInputCode | "mail_secret_unreadable">> {
  const { trySmtp, isManyTenants = false } = context;
  if (trySmtp === undefined) throw new Error("Cannot test a mail server: this process sends no mail");
  const planned = await withTenant(context.db, tenantId, async (trx) => {
    const stored = await findMailServer(trx);
    const plan = planMailServer(input, stored, { isManyTenants });
    if (!plan.ok) return plan;
    const login = await loginOf(trx, context, { plan: plan.value, stored });
    const { name: company } = await getTenant(trx);
    return login.ok ? ok({ plan: plan.value, login: login.value, company }) : login;
  }, { readOnly: true });
  if (!planned.ok) return planned;
  const { plan: { columns }, login, company } = planned.value;
  const { host, port, encryption, auth } = columns;
  const mail = composeTestMail({
    company,
    from: { name: columns.from_name, address: columns.from_address },
    replyTo: columns.reply_to,
    to: input.to,
    by: actor.label,
    at: context.clock.now(),
    locale: input.locale,
  });
  const server = { host, port, encryption, login, ...mailPlaceOf(context) };
  const trial = await within(TEST_SECONDS * 1000, (signal) => trySmtp(server, mail, signal));
  return ok({ trial, host, port, encryption, auth, from: columns.from_address, to: input.to });
}

async function loginOf(
  trx: TenantTransaction,
  context: ServiceContext,
  { plan: { columns, secrets }, stored }: { plan: MailServerPlan; stored: MailServerRow | null },
): Promise<Result<SmtpLogin | null, "mail_secret_unreadable">> {
  const { masterKeys } = context;
  const clear = async (column: MailSecretColumn) => {
    const change = secrets[column];
    if (change.kind === "typed") return change.text;
    if (change.kind === "none" || stored === null) return "";
    if (masterKeys === undefined) throw new Error("Cannot open a secret: this process has no master keys");
    return await openMailSecret(trx, masterKeys, stored, column);
  };
  const username = columns.username ?? "";
  try {
    if (columns.auth === "none") return ok(null);
    if (columns.auth === "password") {
      return ok({ kind: "password", username, password: await clear("password_sealed") });
    }
    const refreshToken = await clear("oauth_refresh_token_sealed");
    const isStored = secrets.oauth_refresh_token_sealed.kind === "kept";
    return ok({
      kind: "oauth2",
      username,
      clientId: columns.oauth_client_id ?? "",
      clientSecret: await clear("oauth_client_secret_sealed"),
      refreshToken,
      tokenUrl: columns.oauth_token_url ?? "",
      // What replaces the stored one is stored: a test must not use it up.
      ...(isStored && stored !== null && masterKeys !== undefined
        ? {
          tokens: {
            take: (ask) =>
              renewToken(
                { ...context, masterKeys },
                { tenantId: trx.tenantId, revision: stored.revision, refreshToken },
                ask,
              ),
          },
        }
        : {}),
    });
  } catch (error) {
    if (error instanceof SecretError) return err("mail_secret_unreadable");
    throw error;
  }
}

/** The outcome, or null after so long: a server that neither answers nor ends must not hold the page. */
async function within<T>(ms: number, work: (signal: AbortSignal) => Promise<T>): Promise<T | null> {
  const deadline = new AbortController();
  const late = Promise.withResolvers<null>();
  const timer = setTimeout(() => {
    deadline.abort(new DOMException("The test took too long", "TimeoutError"));
    // What heeds the signal says itself how far it came.
    setTimeout(() => late.resolve(null), 1000);
  }, ms);
  try {
    const outcome = work(deadline.signal).catch((error: unknown) => {
      if (deadline.signal.aborted) return null;
      throw error;
    });
    return await Promise.race([outcome, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
