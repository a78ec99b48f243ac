import type { MailBrand, MailFacts } from "@/web/domain/mail/content.ts";
import { fillText } from "@/web/domain/mail/texts.ts";
import type { MailLanguage } from "@/web/domain/mail/types.ts";
import { translator } from "@/web/messages/mod.ts";
import { cleanLines, oneLine, paragraphsOf, subjectOf } from "./clean_text.ts";
import { htmlOf } from "./mail_html.tsx";
import { type MailFact, mailSheet } from "./mail_sheet.ts";
import { plainTextOf } from "./plain_text.ts";
import { fittingTexts, type MailTexts } from "./shipped_texts.ts";
import { textValues } from "./text_values.ts";

/** A mail as it is sent. */
export interface RenderedMail {
  /** One line. */
  subject: string;
  html: string;
  /** Says the same. */
  text: string;
}

/** How a mail is looked at; what is sent leaves the choice to the reader's device. */
export interface MailLook {
  /** @default as the device says */
  scheme?: "light" | "dark";
  /** Address of the logo. @default the picture that goes with the mail */
  logoSrc?: string;
  /** What a preview says above it. @default nothing */
  above?: readonly string[];
}

/** Everything that both parts of a mail say, clean and in order. */
export interface MailParts {
  language: MailLanguage;
  subject: string;
  company: string;
  head: { label: string; value: string };
  paragraphs: readonly (readonly string[])[];
  facts: readonly MailFact[];
  notes: readonly string[];
  button: { label: string; href: string } | null;
  waysToPay: { label: string; lines: readonly string[] } | null;
  contacts: readonly string[];
  wishes: { label: string; href: string } | null;
}

/** The logo of a mail, shown in its HTML. */
export const LOGO_CID = "logo@linya";

/**
 * A mail of what happened. The facts stand beside the company's own words and not in them: period, due date, amount and
 * link are in every mail about a bill, whatever was edited.
 */
export function renderMail(
  facts: MailFacts,
  brand: MailBrand,
  { language, texts, look = {} }: { language: MailLanguage; texts: MailTexts; look?: MailLook },
): RenderedMail {
  const parts = partsOf(facts, brand, language, fittingTexts(texts, facts.told, language));
  return { subject: parts.subject, html: htmlOf(parts, brand, look), text: plainTextOf(parts) };
}

function partsOf(facts: MailFacts, brand: MailBrand, language: MailLanguage, texts: MailTexts): MailParts {
  const t = translator(language);
  const values = textValues(facts, brand, t);
  const sheet = mailSheet(facts, t);
  const clean = <Fact extends MailFact>(fact: Fact): Fact => ({ ...fact, value: oneLine(fact.value) });
  const ways = cleanLines(brand.waysToPay ?? "").filter((line) => line !== "");
  return {
    language,
    subject: subjectOf(fillText(texts.subject, values)),
    company: oneLine(brand.company),
    head: clean(sheet.head),
    paragraphs: paragraphsOf(fillText(texts.body, values)),
    facts: [{ label: t("mailing.account"), value: oneLine(facts.account) }, ...sheet.facts.map(clean)],
    notes: sheet.notes.map(oneLine),
    button: sheet.button,
    waysToPay: sheet.asksForMoney && ways.length > 0
      ? { label: t("mailing.ways_to_pay"), lines: ways }
      : null,
    contacts: [brand.address, brand.phone, brand.email].filter((line) => line !== null).map(oneLine)
      .filter((line) => line !== ""),
    wishes: facts.wishesLink === null ? null : { label: t("mailing.wishes"), href: facts.wishesLink },
  };
}
