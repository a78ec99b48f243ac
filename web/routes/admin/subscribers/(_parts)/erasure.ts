import { found } from "@/web/app/frame/page_context.ts";
import { isBlocked } from "@/web/services/privacy/blockers.ts";
import type { TenantTransaction } from "@/web/store/db/tenant_transaction.ts";
import { readBlockers, readErasureFigures } from "@/web/store/privacy/erasures.ts";
import { getTenant } from "@/web/store/settings/tenants.ts";
import { findSubscriber } from "@/web/store/subscribers/subscribers.ts";

/** What the page of an erasure shows. */
export async function loadErasure(trx: TenantTransaction, subscriberId: string) {
  const person = found(await findSubscriber(trx, subscriberId));
  const blockers = await readBlockers(trx, subscriberId);
  return {
    person,
    blockers,
    waits: isBlocked(blockers),
    figures: await readErasureFigures(trx, subscriberId),
    tenant: await getTenant(trx),
  };
}
