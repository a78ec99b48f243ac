import type { ServiceContext } from "@/web/services/context.ts";
import { eachInTurn } from "@/web/services/each_in_turn.ts";
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
  const said = (tenantId: string, error: unknown) => log.error(event, { tenant_id: tenantId, error });
  await eachInTurn(await lookupTenants(db), work, said);
}
