import { coded, formatCoded } from "@/shared/codes/mod.ts";
import { deleteOldEvents, deleteOldInstallationEvents } from "@/web/store/access/security_events.ts";
import { deleteDeadSessions } from "@/web/store/access/sessions.ts";
import { lookupTenants } from "@/web/store/access/staff.ts";
import { insertSystemLog } from "@/web/store/access/system_log.ts";
import { getTenant } from "@/web/store/settings/tenants.ts";
import { withTenant } from "@/web/store/db/tenant_transaction.ts";
import type { SessionContext } from "./session.ts";

/** How long what is over is kept, so that somebody who looks into an attack still finds it. */
const SESSION_DAYS = 30;
/** Of tries that belong to no company; each company sets its own. */
const LOG_DAYS = 180;
/** Of what people outside can cause; sign-ins and what staff did stay for all the days. */
const FROM_OUTSIDE_MOST = 50_000;

/** Deletes dead sessions and what is old in the security log. May run at any time, and on several nodes. */
export async function cleanUpAccess(context: SessionContext): Promise<void> {
  const now = context.clock.now();
  const keep = { since: now.subtract({ hours: 24 * LOG_DAYS }), mostFromOutside: FROM_OUTSIDE_MOST };
  await deleteOldInstallationEvents(context.db, keep);
  for (const tenantId of await lookupTenants(context.db)) {
    await withTenant(context.db, tenantId, async (trx) => {
      await deleteDeadSessions(trx, now.subtract({ hours: 24 * SESSION_DAYS }));
      const { security_days: days } = await getTenant(trx);
      const count = await deleteOldEvents(trx, { ...keep, since: now.subtract({ hours: 24 * days }) });
      if (count === 0) return;
      const message = formatCoded(coded("log_cleaned", { kind: "security", count }));
      await insertSystemLog(trx, { at: now, level: "info", event: "privacy_cleaned", message });
    });
  }
}
