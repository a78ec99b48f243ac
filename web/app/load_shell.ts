import { OFFLINE_AFTER_MS } from "@/shared/protocol/mod.ts";
import { businessNow } from "@/web/services/business_clock.ts";
import { getShellCounts } from "@/web/store/shell.ts";
import { findOpenSetupStep } from "@/web/store/setup_progress.ts";
import { getTenant } from "@/web/store/tenants.ts";
import { withTenant } from "@/web/store/tenant_transaction.ts";
import { loadDemo } from "./load_demo.ts";
import type { Shell } from "./shell.ts";
import type { AppState, Session } from "./state.ts";

/** Reads what the frame of the admin shows. */
export async function loadShell(state: AppState, session: Session): Promise<Shell> {
  const { db, clock } = state.services;
  const demo = await loadDemo(state, session);
  const freshAfter = clock.now().subtract({ milliseconds: OFFLINE_AFTER_MS });
  return await withTenant(db, session.tenantId, async (trx) => {
    const tenant = await getTenant(trx);
    const counts = await getShellCounts(trx, freshAfter);
    const { today, time } = businessNow(tenant, clock);
    return {
      tenant,
      today,
      time,
      agents: { online: counts.agents_online, total: counts.agents_total },
      counts: {
        ...(counts.runs_awaiting_approval > 0
          ? { tonight: { count: counts.runs_awaiting_approval, tone: "warn" as const } }
          : {}),
        ...(counts.imports_in_review > 0 ? { import: { count: counts.imports_in_review } } : {}),
      },
      setupStep: session.permissions.has("settings:write") ? await findOpenSetupStep(trx, tenant) : null,
      isDemo: state.demo !== null,
      demo,
    };
  });
}
