import type { Isp } from "@/tests/billing/isp.ts";
import { withTenant } from "@/web/store/db/tenant_transaction.ts";
import { insertTenant } from "@/web/store/settings/tenants.ts";

/** Another company on the same database. @returns its id */
export async function addNeighbour({ context }: Isp): Promise<string> {
  const tenantId = crypto.randomUUID();
  await withTenant(
    context.db,
    tenantId,
    (trx) => insertTenant(trx, { slug: "kapitbahay", name: "Kapitbahay Net", timeZone: "Asia/Manila" }),
  );
  return tenantId;
}
