import { requireSession } from "./input.ts";
import { isInTenant, type PathSubject } from "@/web/store/access/path_subjects.ts";
import { withTenant } from "@/web/store/db/tenant_transaction.ts";
import type { AppState } from "./state.ts";

/** Whether a thing is the signed-in tenant's. */
export function isThere(state: AppState, subject: PathSubject, id: string): Promise<boolean> {
  const { tenantId } = requireSession(state);
  return withTenant(state.services.db, tenantId, (trx) => isInTenant(trx, subject, id), { readOnly: true });
}
