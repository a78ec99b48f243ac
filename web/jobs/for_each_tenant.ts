import type { ServiceContext } from "@/web/services/context.ts";
import { lookupTenants } from "@/web/store/access/staff.ts";

/**
 * The same for every company. What fails for one keeps none of the others from theirs; the job fails, and is tried
 * again, once all have had it.
 *
 * @param event what the log says of one that failed
 */
export async function forEachTenant(
  { db, log }: ServiceContext,
  event: string,
  work: (tenantId: string) => Promise<void>,
): Promise<void> {
  const errors: unknown[] = [];
  for (const tenantId of await lookupTenants(db)) {
    try {
      await work(tenantId);
    } catch (error) {
      log.error(event, { tenant_id: tenantId, error });
      errors.push(error);
    }
  }
  if (errors.length > 0) {
    throw new AggregateError(errors, `Cannot do it for ${errors.length} tenants: ${event}`);
  }
}
