import { coded } from "@/shared/codes/mod.ts";
import { uuidv7 } from "@/shared/ids.ts";
import { err, ok, type Result } from "@/shared/result.ts";
import { insertSubscriber } from "@/web/store/subscribers/new_subscribers.ts";
import type { TenantTransaction } from "@/web/store/db/tenant_transaction.ts";
import { takeNumbers } from "@/web/store/billing/number_series.ts";
import { type ContactFields, findSubscriber } from "@/web/store/subscribers/subscribers.ts";
import {
  type AddedConnection,
  checkConnection,
  type ConnectionCode,
  type ConnectionInput,
  findSentBefore,
  insertConnection,
} from "./add_connection.ts";
import { recordAudit } from "../audit.ts";
import { cleanContact, type ContactCode } from "./contact_fields.ts";
import type { Actor, ServiceContext } from "../context.ts";
import { findDuplicates } from "./find_duplicates.ts";
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
  input: ContactFields & ConnectionInput & { isDuplicateAccepted: boolean },
): Promise<Result<AddedConnection & { accountNumber: string }, AddSubscriberCode>> {
  const contact = cleanContact(input);
  if (!contact.ok) return contact;
  return await withPppName(context, tenantId, actor, async (useCase, tell) => {
    const { trx, at, business } = useCase;
    const before = await findAddedBefore(trx, input, contact.value.name);
    if (before !== null) return ok(before);
    const checked = await checkConnection(trx, input, contact.value.name);
    if (!checked.ok) {
      // Its twin may have been added since the look: what stands in the way is then its own.
      const twin = await findAddedBefore(trx, input, contact.value.name);
      return twin === null ? checked : ok(twin);
    }
    if (!input.isDuplicateAccepted) {
      const [same] = await findDuplicates(trx, contact.value);
      if (same !== undefined) return err("duplicate", { name: same.subscriber.name });
    }
    const id = uuidv7(at.epochMilliseconds);
    const [accountNumber = ""] = await takeNumbers(trx, "account", 1);
    await insertSubscriber(trx, { ...contact.value, id, account_number: accountNumber, created_at: at });
    const made = await insertConnection(useCase, context, { ...checked.value, subscriberId: id }, tell);
    await recordAudit(trx, actor, {
      action: "subscriber.added",
      subjectKind: "subscriber",
      subjectId: id,
      subscriberId: id,
      summary: coded("audit_subscriber_added", { account: accountNumber }),
      at,
      businessOn: business.today,
    });
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
