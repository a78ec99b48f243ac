import type { SkipReason } from "@/web/domain/mail/types.ts";
import type { SmtpServer } from "@/web/gateways/mail/types.ts";
import type { TenantTransaction } from "@/web/store/db/tenant_transaction.ts";
import type { OutboxMessage } from "@/web/store/mail/outbox.ts";
import type { ComposedMail } from "./mail_parts.ts";

/** A tenant's mail server as it is set now, its secrets in clear, and who the mails are from. */
export interface OpenedServer {
  server: SmtpServer;
  from: { name: string; address: string };
  replyTo: string | null;
  /** Null: as many as it takes. */
  hourlyMax: number | null;
  dailyMax: number | null;
  /** Connections at once that its provider allows; left out: it says none. */
  connectionsMax?: number;
  /** Mails that it allows in a minute; left out: it says none. */
  minuteMax?: number | null;
}

/** What the worker asks others. */
export interface OutboxParts {
  /** Null: no mail server is set. */
  openServer(trx: TenantTransaction): Promise<OpenedServer | null>;
  /** Makes the message. Where it throws, this message is tried again and the others go. */
  compose(trx: TenantTransaction, message: OutboxMessage): Promise<ComposedMail>;
  /** Asked again when they are sent, with the reason of each that is not to be: paid meanwhile, void, disputed. */
  whyNot(trx: TenantTransaction, messages: readonly OutboxMessage[]): Promise<Map<string, SkipReason>>;
}
