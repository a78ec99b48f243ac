import type { Clock } from "@/shared/clock.ts";
import type { MailLanguage } from "@/web/domain/mail/types.ts";
import type { MailAttachment } from "@/web/gateways/mail/types.ts";
import type { StatementPress } from "@/web/gateways/pdf/mod.ts";
import type { PublicLinks } from "@/web/gateways/public_links/mod.ts";

/** What mails are made with. */
export interface MailParts {
  links: PublicLinks;
  press: StatementPress;
  /** Real time: what a mail says is as of the tenant's business day at this moment. */
  clock: Clock;
}

/** A mail as the outbox sends it. */
export interface ComposedMail {
  subject: string;
  html: string;
  text: string;
  toName: string;
  attachments: MailAttachment[];
  headers: Record<string, string>;
  language: MailLanguage;
}
