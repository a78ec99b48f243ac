import type { Selectable } from "kysely";
import type { MailBrand } from "@/web/domain/mail/content.ts";
import { oneLine } from "@/web/domain/mail/one_line.ts";
import { isStaffOccasion } from "@/web/domain/mail/staff.ts";
import type { MailLanguage, Occasion } from "@/web/domain/mail/types.ts";
import { LOGO_CID, type MailTexts, renderMail, shippedTexts } from "@/web/gateways/mail/render/mod.ts";
import type { MailAttachment } from "@/web/gateways/mail/types.ts";
import type { MailMessagesTable } from "@/web/store/db/schema.ts";
import type { TenantTransaction } from "@/web/store/db/tenant_transaction.ts";
import { findMailReader } from "@/web/store/mail/mail_facts.ts";
import { findMailText } from "@/web/store/mail/mail_texts.ts";
import { findSmallLogo } from "@/web/store/settings/tenant_logos.ts";
import { getTenant, type TenantRow } from "@/web/store/settings/tenants.ts";
import { businessNow } from "../business_clock.ts";
import { makeBillStatement } from "../statements/make_statement.ts";
import type { ComposedMail, MailParts } from "./mail_parts.ts";
import { readMailFacts } from "./read_mail_facts.ts";

/**
 * Makes the mail of a message, of what the books say now: whatever happened while it waited is in it.
 *
 * @throws {Error} when what it speaks of is not there
 */
export async function composeMail(
  trx: TenantTransaction,
  { links, press, clock }: MailParts,
  message: Selectable<MailMessagesTable>,
): Promise<ComposedMail> {
  const { subscriber_id: subscriberId, occasion } = message;
  if (subscriberId === null || isStaffOccasion(occasion)) {
    throw new Error(`Cannot compose message ${message.id}: it is to no subscriber`);
  }
  const tenant = await getTenant(trx);
  const reader = await findMailReader(trx, subscriberId);
  if (reader === null) throw new Error(`Cannot compose message ${message.id}: its subscriber is not there`);
  const { today } = businessNow(tenant, { now: () => clock.now() });
  const brand = await readMailBrand(trx, tenant);
  const statement = occasion === "bill_issued" && message.bill_id !== null
    ? await makeBillStatement(trx, { links, press }, message.bill_id)
    : null;
  const isReminder = occasion === "reminder" || occasion === "cut_notice";
  const wishesLink = isReminder ? await links.mailAddress(trx.tenantId, reader.id) : null;
  const told = await readMailFacts(trx, { tenant, today, links }, {
    ...message,
    occasion,
    subscriber_id: subscriberId,
  });
  const { language } = reader;
  const rendered = renderMail(
    { name: reader.name, account: reader.account_number, told, statement, wishesLink },
    brand,
    { language, texts: await readMailTexts(trx, occasion, language) },
  );
  return {
    ...rendered,
    subject: oneLine(rendered.subject),
    toName: oneLine(reader.name),
    attachments: [...logoOf(brand), ...pdfOf(statement)],
    headers: wishesLink === null ? {} : {
      "List-Unsubscribe": `<${wishesLink}>`,
      "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    },
    language,
  };
}

/** How the company's mails look. */
export async function readMailBrand(trx: TenantTransaction, tenant: TenantRow): Promise<MailBrand> {
  return {
    company: tenant.name,
    colour: tenant.brand_colour,
    logo: await findSmallLogo(trx),
    phone: tenant.phone,
    email: tenant.email,
    address: tenant.address,
    waysToPay: tenant.ways_to_pay,
  };
}

/** The company's own text, else the shipped one. */
export async function readMailTexts(
  trx: TenantTransaction,
  occasion: Occasion,
  language: MailLanguage,
): Promise<MailTexts> {
  return await findMailText(trx, occasion, language) ?? shippedTexts(occasion, language);
}

/** The logo as a mail shows it. */
export function logoOf({ logo }: MailBrand): MailAttachment[] {
  if (logo === null) return [];
  const { type, bytes } = logo;
  return [{
    fileName: `logo.${type}`,
    contentType: `image/${type}`,
    content: bytes,
    contentId: LOGO_CID,
  }];
}

function pdfOf(statement: { fileName: string; bytes: Uint8Array } | null): MailAttachment[] {
  if (statement === null) return [];
  return [{ fileName: statement.fileName, contentType: "application/pdf", content: statement.bytes }];
}
