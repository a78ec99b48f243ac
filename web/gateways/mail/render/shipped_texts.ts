import { ZERO } from "@/shared/money/mod.ts";
import type { Told } from "@/web/domain/mail/content.ts";
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
  const messages = messagesOf(language);
  return {
    subject: messages[`mailing.subject_${occasion}`],
    body: messages[`mailing.body_${occasion}`],
  };
}

/**
 * The texts for what happened: a bill that credit has paid already asks for nothing, so what Linya ships says that and no
 * due date. What the company wrote itself stays.
 */
export function fittingTexts(texts: MailTexts, told: Told, language: MailLanguage): MailTexts {
  if (told.occasion !== "bill_issued" || told.bill.leftCentavos > ZERO) return texts;
  const shipped = shippedTexts(told.occasion, language);
  const messages = messagesOf(language);
  return {
    subject: texts.subject === shipped.subject ? messages["mailing.subject_bill_paid"] : texts.subject,
    body: texts.body === shipped.body ? messages["mailing.body_bill_paid"] : texts.body,
  };
}

function messagesOf(language: MailLanguage): typeof ENGLISH {
  return language === "fil" ? { ...ENGLISH, ...FILIPINO } : ENGLISH;
}
