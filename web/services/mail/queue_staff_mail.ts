import { uuidv7 } from "@/shared/ids.ts";
import { PERSON_MAX } from "@/web/domain/access/limits.ts";
import {
  isSealedOccasion,
  type SealedOccasion,
  type StaffOccasionWithParams,
  writeStaffFacts,
} from "@/web/domain/mail/staff.ts";
import { isStoppedUntil } from "@/web/domain/mail/sender_problems.ts";
import { MAIL_LANGUAGES, type MailLanguage } from "@/web/domain/mail/types.ts";
import type { MasterKeys } from "@/web/gateways/master_key/mod.ts";
import type { TenantTransaction } from "@/web/store/db/tenant_transaction.ts";
import { announceLive } from "@/web/store/live/live_topics.ts";
import { findMailServer } from "@/web/store/mail/mail_servers.ts";
import { insertStaffMessage } from "@/web/store/mail/staff_messages.ts";
import { findSender } from "@/web/store/mail/senders.ts";
import { findPreference } from "@/web/store/settings/preferences.ts";
import { getTenant } from "@/web/store/settings/tenants.ts";
import { businessNow } from "../business_clock.ts";
import { sealSecret } from "../secrets/mod.ts";

/** Whom a mail to staff is to. */
export interface StaffRecipient {
  email: string;
  name: string;
  /** Null: they are not of the staff yet. */
  staffUserId: string | null;
  /** @default the one they have chosen, else the company's */
  locale?: MailLanguage | undefined;
}

/** What the path of an occasion's button needs: one that opens a door is sealed. */
type Door = { occasion: SealedOccasion; path: string; masterKeys: MasterKeys | undefined } | {
  occasion: Exclude<StaffOccasionWithParams["occasion"], SealedOccasion>;
  /** Of a page that asks for a sign-in, e.g. `/admin/approvals/…`; null: no button. */
  path: string | null;
};

/** A mail to one of the company's people, or to who is to be one. */
export type StaffMail = StaffOccasionWithParams & Door & {
  to: StaffRecipient;
  /** Real time. */
  at: Temporal.Instant;
  /** Name of whoever caused it, as an audit entry has it. */
  by: string;
  /** Names the occasion: a second one of it is not written. @default each is one of its own */
  key?: string | undefined;
  /** What it is about, e.g. `invite:<id>`: `skipStaffMessages` takes back by it what still waits. */
  about?: string | undefined;
  /** It is not sent any more after this. @default never */
  goodUntil?: Temporal.Instant | undefined;
};

/** Whether it goes out. Without a mail server nothing is written; of a sender that is stopped it waits. */
export type StaffMailOutcome = "queued" | "mail_stopped" | "no_mail_server";

/** Whoever waits for a mail in front of a screen takes a longer stop for one without an end. */
const STOP_MINUTES = 10;

/** Where the path of a message's button is sealed. */
export function staffMailPlace(messageId: string) {
  return { table: "mail_messages", column: "path_sealed", rowId: messageId };
}

/**
 * Queues a mail to one of the staff in the transaction of what it tells: it exists exactly when that commits, and is sent
 * afterwards from the company's mail server like every other. What subscribers chose, quiet hours and refusals are none of
 * its business: a person waits for it, or has to know.
 */
export async function queueStaffMail(trx: TenantTransaction, mail: StaffMail): Promise<StaffMailOutcome> {
  if (await findMailServer(trx) === null) return "no_mail_server";
  const { to, at } = mail;
  const tenant = await getTenant(trx);
  const id = uuidv7(at.epochMilliseconds);
  await insertStaffMessage(trx, {
    id,
    occasion: mail.occasion,
    dedupeKey: mail.key === undefined ? `${mail.occasion}:${id}` : `${mail.occasion}:${mail.key}`,
    staffUserId: to.staffUserId,
    name: (to.name === "" ? to.email : to.name).slice(0, PERSON_MAX.name),
    address: to.email,
    facts: writeStaffFacts(mail, {
      path: isSealedMail(mail) ? null : mail.path,
      language: to.locale ?? await chosenLanguage(trx, to) ?? tenant.subscriber_language,
      about: mail.about ?? null,
      goodUntil: mail.goodUntil ?? null,
    }),
    pathSealed: isSealedMail(mail) ? await sealPath(trx, mail, id) : null,
  }, { at, businessOn: businessNow(tenant, { now: () => at }).today, by: mail.by });
  announceLive(trx, ["mail"]);
  const sender = await findSender(trx);
  const isStopped = sender !== null && isStoppedUntil(sender, at.add({ minutes: STOP_MINUTES }));
  return isStopped ? "mail_stopped" : "queued";
}

/** The language that they have chosen in their settings. */
async function chosenLanguage(
  trx: TenantTransaction,
  { staffUserId }: StaffRecipient,
): Promise<MailLanguage | undefined> {
  if (staffUserId === null) return undefined;
  const chosen = await findPreference(trx, staffUserId, "locale");
  return MAIL_LANGUAGES.find((language) => language === chosen);
}

function isSealedMail(mail: StaffMail): mail is StaffMail & { occasion: SealedOccasion } {
  return isSealedOccasion(mail.occasion);
}

async function sealPath(
  trx: TenantTransaction,
  { path, masterKeys }: { path: string; masterKeys: MasterKeys | undefined },
  messageId: string,
): Promise<string> {
  if (masterKeys === undefined) throw new Error("Cannot mail a link: this process has no master keys");
  return await sealSecret(trx, masterKeys, staffMailPlace(messageId), path);
}
