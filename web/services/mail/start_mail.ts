import type { Kysely } from "kysely";
import { oneLine } from "@/web/domain/mail/one_line.ts";
import { connectionsMaxOf, minuteMaxOf } from "@/web/domain/mail/presets.ts";
import type { PublicLinks } from "@/web/gateways/public_links/mod.ts";
import type { MasterKeys } from "@/web/gateways/master_key/mod.ts";
import type { StatementPress } from "@/web/gateways/pdf/mod.ts";
import type { SmtpServer } from "@/web/gateways/mail/types.ts";
import type { Database } from "@/web/store/db/schema.ts";
import type { TenantTransaction } from "@/web/store/db/tenant_transaction.ts";
import { findMailStanding, type MailServerRow } from "@/web/store/mail/mail_servers.ts";
import { businessNow } from "../business_clock.ts";
import type { ServiceContext } from "../context.ts";
import { composeMail } from "./compose_mail.ts";
import { composeStaffMail } from "./compose_staff_mail.ts";
import { MailWorker } from "./mail_worker.ts";
import { TokenKeeper } from "./keep_tokens.ts";
import { mailPlaceOf, openMailServer } from "./open_mail_server.ts";
import type { OutboxParts } from "./outbox_parts.ts";
import { getTenant } from "@/web/store/settings/tenants.ts";
import { whyNotEach } from "./why_not.ts";

/** What mail is made with; a process that sends has all of it. */
export interface MailContext extends ServiceContext {
  links: PublicLinks;
  press: StatementPress;
  masterKeys: MasterKeys;
}

/** Sends what is queued from now on, on connections of its own. */
export function startMail(context: MailContext, db: Kysely<Database>): MailWorker {
  return new MailWorker({
    db,
    clock: context.clock,
    log: context.log,
    parts: outboxParts({ ...context, db }),
  });
}

/** The outbox on the real settings, texts and books. */
export function outboxParts(context: MailContext): OutboxParts {
  const { clock, masterKeys } = context;
  const options = { masterKeys, ...mailPlaceOf(context) };
  const keeper = new TokenKeeper(context);
  return {
    openServer: async (trx) => {
      const opened = await openMailServer(trx, options);
      if (opened === null) return null;
      const { server, row } = opened;
      return {
        server: await withKeptTokens(trx, keeper, { server, row }),
        from: { name: oneLine(row.from_name), address: row.from_address },
        replyTo: row.reply_to,
        hourlyMax: row.hourly_max,
        dailyMax: row.daily_max,
        connectionsMax: connectionsMaxOf(row),
        minuteMax: minuteMaxOf(row),
      };
    },
    compose: (trx, message) =>
      message.subscriber_id === null
        ? composeStaffMail(trx, context, message)
        : composeMail(trx, context, message),
    whyNot: async (trx, messages) => {
      const tenant = await getTenant(trx);
      return await whyNotEach(trx, tenant, messages.map(({ id }) => id), businessNow(tenant, clock));
    },
  };
}

async function withKeptTokens(
  trx: TenantTransaction,
  keeper: TokenKeeper,
  { server, row }: { server: SmtpServer; row: MailServerRow },
): Promise<SmtpServer> {
  const { login } = server;
  if (login?.kind !== "oauth2") return server;
  const { problem } = await findMailStanding(trx);
  const owner = { tenantId: trx.tenantId, revision: row.revision, refreshToken: login.refreshToken };
  return { ...server, login: { ...login, tokens: keeper.of(owner, { isDoubted: problem !== null }) } };
}
