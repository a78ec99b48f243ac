import { lookupTenants } from "@/web/store/access/staff.ts";
import { deleteOldLines } from "@/web/store/access/system_log.ts";
import { withTenant } from "@/web/store/db/tenant_transaction.ts";
import { getTenant, updateLogCleaned } from "@/web/store/settings/tenants.ts";
import type { ServiceContext } from "../context.ts";

/** Lines of one transaction, and batches of a company in one turn; the rest waits for the next hour. */
const BATCH = { lines: 5_000, most: 40 };

/** Deletes what is older than each company keeps. May run at any time, and on several nodes. */
export async function cleanUpLog(context: ServiceContext, { lines, most } = BATCH): Promise<void> {
  for (const tenantId of await lookupTenants(context.db)) {
    for (let batch = 0; batch < most; batch++) {
      const gone = await withTenant(context.db, tenantId, async (trx) => {
        const now = context.clock.now();
        const { system_log_days: days } = await getTenant(trx);
        const count = await deleteOldLines(trx, { before: now.subtract({ hours: 24 * days }), most: lines });
        await updateLogCleaned(trx, now);
        return count;
      });
      if (gone < lines) break;
    }
  }
}
