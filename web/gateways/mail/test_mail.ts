import type { MailLanguage } from "@/web/domain/mail/types.ts";
import { translator } from "@/web/messages/mod.ts";
import type { OutgoingMail } from "./types.ts";

/** What a test mail says and between whom it goes. */
export interface TestMailFacts {
  company: string;
  from: OutgoingMail["from"];
  replyTo: string | null;
  to: string;
  /** Who sends it. */
  by: string;
  at: Temporal.Instant;
  locale: MailLanguage;
}

/** The mail that *Send a test* sends: it says where it comes from and that nothing is to be done. */
export function composeTestMail({ company, from, replyTo, to, by, at, locale }: TestMailFacts): OutgoingMail {
  const t = translator(locale);
  const text = t("mail_server.test_text", { company, by });
  return {
    from,
    replyTo,
    to: { name: "", address: to },
    subject: t("mail_server.test_subject", { company }),
    text,
    html: `<!doctype html><html lang="${locale}"><body><p>${escapeHtml(text)}</p></body></html>`,
    messageId: `<${crypto.randomUUID()}@${from.address.split("@")[1] ?? "localhost"}>`,
    date: at,
    headers: {},
    attachments: [],
  };
}

function escapeHtml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll(
    '"',
    "&quot;",
  );
}
