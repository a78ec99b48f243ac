import { type DuplicateReason, duplicateReasons } from "@/web/domain/subscribers/mod.ts";
import {
  listSimilarSubscribers,
  type SimilarSubscriberRow,
} from "@/web/store/subscribers/new_subscribers.ts";
import type { ContactFields } from "@/web/store/subscribers/subscribers.ts";
import type { TenantTransaction } from "@/web/store/db/tenant_transaction.ts";

/** Somebody who may be the one that is being added, and why. */
export interface Duplicate {
  subscriber: SimilarSubscriberRow;
  reasons: DuplicateReason[];
}

const SHOWN_MAX = 5;

/** People who look like this one, the surest first. `exceptId`: the one that is being edited. */
export async function findDuplicates(
  trx: TenantTransaction,
  person: Pick<ContactFields, "name" | "phone" | "email" | "address">,
  exceptId: string | null = null,
): Promise<Duplicate[]> {
  if (person.name.trim() === "") return [];
  const rows = await listSimilarSubscribers(trx, person);
  return rows.filter((row) => row.id !== exceptId).map((row) => ({
    subscriber: row,
    reasons: duplicateReasons({
      nameScore: row.name_score,
      addressScore: row.address_score,
      isSamePhone: row.same_phone,
      isSameEmail: row.same_email,
      addressLength: person.address?.length ?? 0,
    }),
  })).filter(({ reasons }) => reasons.length > 0).slice(0, SHOWN_MAX);
}
