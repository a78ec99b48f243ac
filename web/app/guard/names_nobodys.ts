import { areInTenant, idsByTable } from "@/web/store/access/field_subjects.ts";
import { withTenant } from "@/web/store/db/tenant_transaction.ts";
import type { AppState } from "@/web/app/state.ts";

/**
 * Whether a query or a form names a thing that is not there: of another company, of another site, or of nobody. All three
 * are answered alike, before a use case hears of it; what is read here is limited as the page is.
 */
export async function namesNobodys(state: AppState, values: unknown): Promise<boolean> {
  const { session } = state;
  if (session?.audience !== "staff" || typeof values !== "object" || values === null) return false;
  const named = idsByTable(values as Record<string, unknown>);
  if (named === null) return true;
  if (named.size === 0) return false;
  const { db } = state.services;
  return !await withTenant(db, session.tenantId, (trx) => areInTenant(trx, named), { readOnly: true });
}
