import { getTenant } from "@/web/store/settings/tenants.ts";
import type { TenantTransaction } from "@/web/store/db/tenant_transaction.ts";
import { type AuditInput, recordAudit } from "../audit.ts";
import { businessNow } from "../business_clock.ts";
import type { Actor, ServiceContext } from "../context.ts";

/** Audits a change to sites, agents, routers or imports, dated with both clocks. Call it last: it takes the chain's lock. */
export async function recordNetworkAudit(
  trx: TenantTransaction,
  context: ServiceContext,
  actor: Actor,
  entry: Omit<AuditInput, "at" | "businessOn">,
): Promise<void> {
  const tenant = await getTenant(trx);
  await recordAudit(trx, actor, {
    ...entry,
    at: context.clock.now(),
    businessOn: businessNow(tenant, context.clock).today,
  });
}
