import { savePreference } from "@/web/store/settings/preferences.ts";
import { withTenant } from "@/web/store/db/tenant_transaction.ts";
import type { ServiceContext } from "../context.ts";

/** Keeps what one person likes; null forgets it. It is about nobody else, so it is not audited. */
export async function savePreferences(
  context: Pick<ServiceContext, "db" | "clock">,
  who: { tenantId: string; staffUserId: string },
  values: Readonly<Record<string, unknown>>,
): Promise<void> {
  const at = context.clock.now();
  await withTenant(context.db, who.tenantId, async (trx) => {
    for (const [name, value] of Object.entries(values)) {
      await savePreference(trx, { staffUserId: who.staffUserId, name, value, at });
    }
  });
}
