import { later } from "@/shared/calendar/mod.ts";
import type { MailFacts } from "@/web/domain/mail/content.ts";
import { leftInAll } from "@/web/domain/mail/left_in_all.ts";
import type { OccasionFacts } from "@/web/domain/mail/facts.ts";
import { type Occasion, REMINDING } from "@/web/domain/mail/types.ts";
import {
  type MailLook,
  type MailTexts,
  type RenderedMail,
  renderMail,
  sampleFacts,
} from "@/web/gateways/mail/render/mod.ts";
import type { PublicLinks } from "@/web/gateways/public_links/mod.ts";
import type { TenantTransaction } from "@/web/store/db/tenant_transaction.ts";
import { findMailReader, listMailBills, type MailReaderRow } from "@/web/store/mail/mail_facts.ts";
import {
  findPreviewSubject,
  findPreviewSubscriber,
  type PreviewSubject,
} from "@/web/store/mail/preview_subject.ts";
import { getTenant, type TenantRow } from "@/web/store/settings/tenants.ts";
import { readMailBrand, readMailTexts } from "./compose_mail.ts";
import type { MailTextKey } from "./mail_texts.ts";
import { type MessageSubject, readMailFacts } from "./read_mail_facts.ts";

/** A mail that is only looked at. */
export interface PreviewedMail extends RenderedMail {
  /** Whom it is made with; null: a made-up example, as nothing of the kind was found. */
  reader: { name: string; account: string } | null;
}

/** What is looked at: a text as it was typed, with whom, and how. */
export interface PreviewRequest extends MailTextKey {
  texts: MailTexts;
  /** Account number or name; empty: whoever was billed last. */
  who: string;
  look: MailLook;
}

/**
 * The mail that a text would make for somebody. Nothing is sent or written.
 *
 * @param links without them it is an example
 */
export async function previewMail(
  trx: TenantTransaction,
  { today, links }: { today: Temporal.PlainDate; links: PublicLinks | undefined },
  { occasion, language, texts, who, look }: PreviewRequest,
): Promise<PreviewedMail> {
  const tenant = await getTenant(trx);
  const real = links === undefined ? null : await realFacts(trx, { tenant, today, links }, occasion, who);
  const brand = await readMailBrand(trx, tenant);
  const facts = real ?? sampleFacts(occasion, today);
  return {
    ...renderMail(facts, brand, { language, texts, look: { ...look, ...logoSource(brand.logo) } }),
    reader: real === null ? null : { name: real.name, account: real.account },
  };
}

/**
 * A reminder of bills as their subscriber would get it now, in their language and with the company's text; those of another
 * subscriber than the first are left out. Null where there is no such bill.
 */
export async function previewReminder(
  trx: TenantTransaction,
  { today, links }: { today: Temporal.PlainDate; links: PublicLinks },
  { billIds, look }: { billIds: readonly string[]; look: MailLook },
): Promise<PreviewedMail | null> {
  const bills = await listMailBills(trx, billIds);
  const first = bills.find((bill) => bill.id === billIds[0]);
  const reader = first === undefined ? null : await findMailReader(trx, first.subscriber_id);
  if (first === undefined || reader === null) return null;
  const theirs = bills.filter((bill) => bill.subscriber_id === reader.id).map((bill) => bill.id);
  const tenant = await getTenant(trx);
  const facts = await factsFor(trx, { tenant, today, links }, reader, {
    occasion: "reminder",
    subscriber_id: reader.id,
    bill_id: first.id,
    payment_id: null,
    memo_id: null,
    subscription_id: null,
    facts: { billIds: theirs } satisfies OccasionFacts<"reminder">,
  });
  const { language } = reader;
  const brand = await readMailBrand(trx, tenant);
  const texts = await readMailTexts(trx, "reminder", language);
  return {
    ...renderMail(facts, brand, { language, texts, look: { ...look, ...logoSource(brand.logo) } }),
    reader: { name: facts.name, account: facts.account },
  };
}

/** No address of a picture: a page in a sandbox has no session to fetch it with. */
function logoSource(logo: { type: string; bytes: Uint8Array } | null): MailLook {
  return logo === null
    ? {}
    : { logoSrc: `data:image/${logo.type};base64,${Uint8Array.from(logo.bytes).toBase64()}` };
}

interface Moment {
  tenant: TenantRow;
  today: Temporal.PlainDate;
  links: PublicLinks;
}

async function realFacts(
  trx: TenantTransaction,
  moment: Moment,
  occasion: Occasion,
  who: string,
): Promise<MailFacts | null> {
  const subscriberId = await findPreviewSubscriber(trx, who);
  const reader = subscriberId === null ? null : await findMailReader(trx, subscriberId);
  if (reader === null) return null;
  const message = messageAbout(occasion, reader.id, await findPreviewSubject(trx, reader.id), moment);
  return message === null ? null : await factsFor(trx, moment, reader, message);
}

async function factsFor(
  trx: TenantTransaction,
  moment: Moment,
  reader: MailReaderRow,
  message: MessageSubject,
): Promise<MailFacts> {
  const told = await readMailFacts(trx, moment, message);
  return {
    name: reader.name,
    account: reader.account_number,
    told,
    // As if the bill came now.
    statement: told.occasion === "bill_issued" ? { on: moment.today, owedCentavos: leftInAll(told) } : null,
    wishesLink: REMINDING.includes(message.occasion)
      ? await moment.links.mailAddress(trx.tenantId, reader.id)
      : null,
  };
}

/** A message as it could have been queued; null where the subscriber has nothing of the kind. */
function messageAbout(
  occasion: Occasion,
  subscriberId: string,
  { due_on: dueOn, grace_days: graceDays, ...ids }: PreviewSubject,
  { today }: Moment,
): MessageSubject | null {
  const message = { occasion, subscriber_id: subscriberId, ...ids, facts: {} };
  switch (occasion) {
    case "bill_issued":
    case "reminder":
      return ids.bill_id === null ? null : message;
    case "payment_received":
      return ids.payment_id === null ? null : message;
    case "credit_given":
      return ids.memo_id === null ? null : message;
    case "cut_notice": {
      if (ids.subscription_id === null || dueOn === null) return null;
      const cutOn = later(today.add({ days: 1 }), dueOn.add({ days: (graceDays ?? 0) + 1 }));
      const facts: OccasionFacts<"cut_notice"> = { cutOn: cutOn.toString(), days: 1, debt: "" };
      return { ...message, facts };
    }
    case "hold_granted": {
      const facts: OccasionFacts<"hold_granted"> = {
        holdId: crypto.randomUUID(),
        untilOn: today.add({ days: 3 }).toString(),
      };
      return ids.subscription_id === null ? null : { ...message, facts };
    }
    case "cut":
    case "restored":
      return ids.subscription_id === null ? null : message;
  }
}
