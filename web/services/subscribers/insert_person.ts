import { coded } from "@/shared/codes/mod.ts";
import { uuidv7 } from "@/shared/ids.ts";
import { err, ok, type Result } from "@/shared/result.ts";
import { takeNumbers } from "@/web/store/billing/number_series.ts";
import { insertSubscriber } from "@/web/store/subscribers/new_subscribers.ts";
import type { ContactFields } from "@/web/store/subscribers/subscribers.ts";
import { recordAudit } from "../audit.ts";
import type { UseCase } from "../use_case.ts";
import { findDuplicates } from "./find_duplicates.ts";

/** A person who was added. */
export interface AddedPerson {
  id: string;
  accountNumber: string;
}

/** Adds a person whose contact data are clean. Somebody who looks the same stops it once. */
export async function insertPerson(
  { trx, at }: UseCase,
  contact: ContactFields,
  { isDuplicateAccepted }: { isDuplicateAccepted: boolean },
): Promise<Result<AddedPerson, "duplicate">> {
  if (!isDuplicateAccepted) {
    const [same] = await findDuplicates(trx, contact);
    if (same !== undefined) return err("duplicate", { name: same.subscriber.name });
  }
  const id = uuidv7(at.epochMilliseconds);
  const [accountNumber = ""] = await takeNumbers(trx, "account", 1);
  await insertSubscriber(trx, { ...contact, id, account_number: accountNumber, created_at: at });
  return ok({ id, accountNumber });
}

/** Says so on their timeline. Last in the transaction, as `recordAudit`. */
export async function auditPerson(
  { trx, at, actor, business }: UseCase,
  { id, accountNumber }: AddedPerson,
): Promise<void> {
  await recordAudit(trx, actor, {
    action: "subscriber.added",
    subjectKind: "subscriber",
    subjectId: id,
    subscriberId: id,
    summary: coded("audit_subscriber_added", { account: accountNumber }),
    at,
    businessOn: business.today,
  });
}
