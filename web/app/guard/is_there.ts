import { isInTenant, type PathSubject } from "@/web/store/access/path_subjects.ts";
import { withTenant } from "@/web/store/db/tenant_transaction.ts";
import type { AppState } from "@/web/app/state.ts";

/** Whether a thing is the signed-in tenant's. */
export function isThere(state: AppState, subject: PathSubject, id: string): Promise<boolean> {
  const { session } = state;
  // Operators reach no tenant's things by an id in a path.
  if (session === null || session.audience === "operator") return Promise.resolve(false);
  const { tenantId } = session;
  return withTenant(state.services.db, tenantId, (trx) => isInTenant(trx, subject, id), { readOnly: true });
}
