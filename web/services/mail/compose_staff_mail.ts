import { isSealedOccasion, isStaffOccasion, readStaffFacts } from "@/web/domain/mail/staff.ts";
import { oneLine } from "@/web/domain/mail/one_line.ts";
import type { MasterKeys } from "@/web/gateways/master_key/mod.ts";
import { renderStaffMail } from "@/web/gateways/mail/render/mod.ts";
import type { TenantTransaction } from "@/web/store/db/tenant_transaction.ts";
import type { OutboxMessage } from "@/web/store/mail/outbox.ts";
import { getTenant } from "@/web/store/settings/tenants.ts";
import { openSecret } from "../secrets/mod.ts";
import { logoOf, readMailBrand } from "./compose_mail.ts";
import type { ComposedMail, MailParts } from "./mail_parts.ts";
import { staffMailPlace } from "./queue_staff_mail.ts";

/**
 * Makes the mail of a message to one of the staff, in the layout of all others. Its button leads to our own host only.
 *
 * @throws {Error} when it holds no such message, or what it opens is forgotten already
 */
export async function composeStaffMail(
  trx: TenantTransaction,
  { links, masterKeys }: Pick<MailParts, "links"> & { masterKeys: MasterKeys },
  message: OutboxMessage,
): Promise<ComposedMail> {
  const { id, occasion, to_name: name } = message;
  const read = isStaffOccasion(occasion) ? readStaffFacts(occasion, message.facts) : null;
  if (read === null || name === null) throw new Error(`Cannot compose message ${id}: it is none to staff`);
  const { told, facts } = read;
  const path = isSealedOccasion(told.occasion) ? await openPath(trx, masterKeys, message) : facts.path;
  const tenant = await getTenant(trx);
  const brand = await readMailBrand(trx, tenant);
  const rendered = renderStaffMail(
    {
      name,
      told,
      href: path === null ? null : links.addressOf(path),
      zone: tenant.time_zone,
      goodUntil: facts.goodUntil,
    },
    brand,
    facts.language,
  );
  return {
    ...rendered,
    subject: oneLine(rendered.subject),
    toName: oneLine(name),
    attachments: logoOf(brand),
    headers: {},
    language: facts.language,
  };
}

async function openPath(
  trx: TenantTransaction,
  masterKeys: MasterKeys,
  { id, path_sealed: sealed }: OutboxMessage,
): Promise<string> {
  if (sealed === null) throw new Error(`Cannot compose message ${id}: its link is forgotten`);
  return await openSecret(trx, masterKeys, staffMailPlace(id), sealed);
}
