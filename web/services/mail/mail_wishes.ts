import { coded } from "@/shared/codes/mod.ts";
import { uuidv7 } from "@/shared/ids.ts";
import { err, ok, type Result } from "@/shared/result.ts";
import { shortName } from "@/web/domain/mail/short_name.ts";
import type { MailLanguage, MailsWanted } from "@/web/domain/mail/types.ts";
import { withTenant } from "@/web/store/db/tenant_transaction.ts";
import { updateMailLanguage, updateMailWanted } from "@/web/store/mail/wishes.ts";
import { findTenant } from "@/web/store/settings/tenants.ts";
import { findSubscriber, lockSubscriber, type SubscriberRow } from "@/web/store/subscribers/subscribers.ts";
import { recordAudit } from "../audit.ts";
import type { RequestOrigin, ServiceContext } from "../context.ts";
import { runUseCase, type UseCase } from "../use_case.ts";
import type { LinkTry, Opened } from "./public_bill.ts";
import { countWrongLink } from "./public_door.ts";

/** What a subscriber sees of what they are sent. */
export interface MailWishes {
  tenantId: string;
  subscriberId: string;
  company: string;
  /** First name and an initial. */
  name: string;
  language: MailLanguage;
  wanted: MailsWanted;
}

/** The wishes that an address of a mail is about; what was not signed here is none. */
export async function openMailWishes(
  context: ServiceContext,
  { token, ip }: LinkTry,
): Promise<Opened<MailWishes>> {
  if (context.links === undefined || !/^[\w-]{54}$/.test(token)) return { kind: "none" };
  const named = await context.links.readMailToken(token);
  if (named === null) {
    const seconds = await countWrongLink(context, ip);
    return seconds === null ? { kind: "none" } : { kind: "wait", seconds };
  }
  const { tenantId, subscriberId } = named;
  const value = await withTenant(context.db, tenantId, async (trx) => {
    const tenant = await findTenant(trx);
    const person = tenant === null ? null : await findSubscriber(trx, subscriberId);
    if (tenant === null || person === null) return null;
    return {
      tenantId,
      subscriberId,
      company: tenant.name,
      name: shortName(person.name),
      language: person.language ?? tenant.subscriber_language,
      wanted: person.mail_wanted,
    };
  }, { readOnly: true });
  return value === null ? { kind: "none" } : { kind: "found", value };
}

/**
 * Writes down what a subscriber chose at such an address.
 *
 * @param wanted `unsubscribe`: no reminders, what a mail program asks for with one click; whoever wants nothing at all
 *   still gets nothing
 */
export async function chooseMails(
  context: ServiceContext,
  { tenantId, subscriberId }: MailWishes,
  wanted: MailsWanted | "unsubscribe",
  origin?: RequestOrigin,
): Promise<Result<null, "subscriber_not_found">> {
  const actor = {
    kind: "subscriber" as const,
    label: "Subscriber",
    subscriberId,
    ...(origin === undefined ? {} : { origin }),
  };
  return await runUseCase<null, "subscriber_not_found">(context, tenantId, actor, async (useCase) => {
    const before = await lockSubscriber(useCase.trx, subscriberId);
    if (before === null) return err("subscriber_not_found");
    const chosen = wanted !== "unsubscribe"
      ? wanted
      : before.mail_wanted === "none"
      ? "none"
      : "no_reminders";
    await setMailWanted(useCase, before, chosen, "link");
    return ok(null);
  });
}

/** Sets which mails a subscriber wants, with the record of who said so. */
export async function setMailWanted(
  { trx, actor, at, business }: UseCase,
  before: SubscriberRow,
  wanted: MailsWanted,
  source: "staff" | "link",
): Promise<void> {
  if (before.mail_wanted === wanted) return;
  await updateMailWanted(trx, {
    id: uuidv7(at.epochMilliseconds),
    subscriber_id: before.id,
    wanted,
    source,
    said_at: at,
    said_by: actor.label,
  });
  await recordAudit(trx, actor, {
    action: "subscriber.mail_wanted_set",
    subjectKind: "subscriber",
    subjectId: before.id,
    subscriberId: before.id,
    summary: coded("audit_mail_wanted", { wanted }),
    details: { before: before.mail_wanted, after: wanted, source },
    at,
    businessOn: business.today,
  });
}

/** Sets the language of what is sent to a subscriber; null: the company's. */
export async function setMailLanguage(
  { trx, actor, at, business }: UseCase,
  before: SubscriberRow,
  language: MailLanguage | null,
): Promise<void> {
  if (before.language === language) return;
  await updateMailLanguage(trx, before.id, language);
  await recordAudit(trx, actor, {
    action: "subscriber.mail_language_set",
    subjectKind: "subscriber",
    subjectId: before.id,
    subscriberId: before.id,
    summary: coded("audit_mail_language", { language: language ?? "company" }),
    details: { before: before.language, after: language },
    at,
    businessOn: business.today,
  });
}
