import type { MailLanguage, Occasion } from "@/web/domain/mail/types.ts";
import { ENGLISH, FILIPINO } from "@/web/messages/mod.ts";

/** What a company may say in its own words. */
export interface MailTexts {
  subject: string;
  /** Paragraphs apart by an empty line. */
  body: string;
}

/** The texts that every company begins with, with their variables. */
export function shippedTexts(occasion: Occasion, language: MailLanguage): MailTexts {
  const messages = language === "fil" ? { ...ENGLISH, ...FILIPINO } : ENGLISH;
  return {
    subject: messages[`mailing.subject_${occasion}`],
    body: messages[`mailing.body_${occasion}`],
  };
}
