import { findPreference, savePreference } from "@/web/store/settings/preferences.ts";
import type { ContactFields } from "@/web/store/subscribers/subscribers.ts";
import type { TenantTransaction } from "@/web/store/db/tenant_transaction.ts";
import { type Actor, staffIdOf } from "../context.ts";

/** Name of the row that holds a person's last contact edit as it was before. */
const NAME = "undo_contact";
const FIELDS = ["name", "phone", "email", "address", "barangay", "city", "notes"] as const;

/**
 * Keeps the contact data that an edit replaces, for its undo: the last edit of each staff member only. It stands here and
 * not in the audit log, because the log's chain can never be changed and a person's data may have to be erased.
 */
export async function rememberContact(
  trx: TenantTransaction,
  actor: Actor,
  before: ContactFields & { id: string },
  at: Temporal.Instant,
): Promise<void> {
  const staffUserId = staffIdOf(actor);
  if (staffUserId === null) return;
  const fields = Object.fromEntries(FIELDS.map((field) => [field, before[field]]));
  const value = { subscriberId: before.id, fields };
  await savePreference(trx, { staffUserId, name: NAME, value, at });
}

/** The contact data before the person's last edit of this subscriber; null when it is not remembered. */
export async function findRememberedContact(
  trx: TenantTransaction,
  staffUserId: string,
  subscriberId: string,
): Promise<ContactFields | null> {
  const value = await findPreference(trx, staffUserId, NAME) as {
    subscriberId?: string;
    fields?: ContactFields;
  } | undefined;
  return value?.subscriberId === subscriberId ? value.fields ?? null : null;
}
