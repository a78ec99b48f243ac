import { ok, type Result } from "@/shared/result.ts";
import type { TenantTransaction } from "@/web/store/db/tenant_transaction.ts";
import { type ContactFields, findSubscriber } from "@/web/store/subscribers/subscribers.ts";
import {
  type AddedConnection,
  checkConnection,
  type ConnectionCode,
  type ConnectionInput,
  findSentBefore,
  insertConnection,
} from "./add_connection.ts";
import { cleanContact, type ContactCode } from "./contact_fields.ts";
import type { Actor, ServiceContext } from "../context.ts";
import { auditPerson, insertPerson } from "./insert_person.ts";
import { type SaidConsent, writeConsent } from "../privacy/note_consent.ts";
import { withPppName } from "./with_ppp_name.ts";

/** Why a subscriber is not added. */
export type AddSubscriberCode = ContactCode | ConnectionCode | "duplicate";

/**
 * Adds a person with a first connection. Somebody who looks the same stops it once: the same form with
 * `isDuplicateAccepted` adds them anyway.
 */
export async function addSubscriber(
  context: ServiceContext,
  tenantId: string,
  actor: Actor,
  input: ContactFields & ConnectionInput & {
    isDuplicateAccepted: boolean;
    /** What they said to offers and news. @default {nobody asked} */
    consent?: SaidConsent | null;
  },
): Promise<Result<AddedConnection & { accountNumber: string }, AddSubscriberCode>> {
  const contact = cleanContact(input);
  if (!contact.ok) return contact;
  return await withPppName(context, tenantId, actor, async (useCase, tell) => {
    const { trx } = useCase;
    const before = await findAddedBefore(trx, input, contact.value.name);
    if (before !== null) return ok(before);
    const checked = await checkConnection(trx, input, contact.value.name);
    if (!checked.ok) return checked;
    const added = await insertPerson(useCase, contact.value, input);
    if (!added.ok) return added;
    const { id, accountNumber } = added.value;
    const made = await insertConnection(useCase, context, { ...checked.value, subscriberId: id }, tell);
    await auditPerson(useCase, added.value);
    if (input.consent) await writeConsent(useCase, id, input.consent);
    return ok({ ...made, accountNumber });
  });
}

/** Who was added by this very form, sent a moment before. */
async function findAddedBefore(
  trx: TenantTransaction,
  input: ConnectionInput,
  name: string,
): Promise<AddedConnection & { accountNumber: string } | null> {
  const earlier = await findSentBefore(trx, input);
  if (earlier === null) return null;
  const added = await findSubscriber(trx, earlier.subscriberId);
  return added?.name === name ? { ...earlier, accountNumber: added.account_number } : null;
}
