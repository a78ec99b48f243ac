import { isApprovalKind } from "@/web/domain/approvals/mod.ts";
import { kindOf } from "@/web/services/approvals/registry.ts";
import { businessNow } from "@/web/services/business_clock.ts";
import type { FrameFigures } from "@/web/store/access/sessions.ts";
import { findOpenSetupStep, hasOpenSetup } from "@/web/store/settings/setup_progress.ts";
import type { ShellCounts } from "@/web/store/live/shell.ts";
import { countAtSites } from "@/web/store/live/site_counts.ts";
import { withTenant } from "@/web/store/db/tenant_transaction.ts";
import { loadDemo } from "./load_demo.ts";
import type { Shell } from "./shell.ts";
import type { StaffSession } from "@/web/app/guard/session.ts";
import type { AppState } from "@/web/app/state.ts";

/** Puts together what the frame of the admin shows; the figures came with the session. */
export async function loadShell(state: AppState, session: StaffSession): Promise<Shell> {
  const { frame } = session;
  if (frame === undefined) throw new Error("Cannot show the frame: the session came without its figures");
  const { tenant } = frame;
  const counts = countsFor(session, frame);
  const toDecide = countToDecide(session, counts);
  const { today, time } = businessNow(tenant, state.services.clock);
  return {
    tenant,
    today,
    time,
    agents: { online: counts.agents_online, total: counts.agents_total },
    counts: {
      ...(counts.runs_awaiting_approval > 0
        ? { tonight: { count: counts.runs_awaiting_approval, tone: "warn" as const } }
        : {}),
      ...(toDecide > 0 ? { approvals: { count: toDecide, tone: "warn" as const } } : {}),
      ...(counts.imports_in_review > 0 ? { import: { count: counts.imports_in_review } } : {}),
    },
    setupStep: await findSetupStep(state, session, frame),
    isDemo: state.demo !== null,
    demo: await loadDemo(state, session),
  };
}

/** Requests for an approval that this person may decide. */
function countToDecide(
  { permissions, staffUserId }: StaffSession,
  { requests_open: open }: ShellCounts,
): number {
  return open.filter(({ kind, askedById }) =>
    askedById !== staffUserId && isApprovalKind(kind) && permissions.has(kindOf(kind).decide.permission)
  ).reduce((total, { count }) => total + count, 0);
}

/** What the frame counts at the sites that the page is limited to. */
function countsFor({ siteIds = null }: StaffSession, { counts, atSites }: FrameFigures): ShellCounts {
  return siteIds === null ? counts : countAtSites(counts, atSites, siteIds);
}

async function findSetupStep(
  state: AppState,
  session: StaffSession,
  { tenant }: FrameFigures,
): Promise<Shell["setupStep"]> {
  // Most requests end here: an ISP that works has been through all of it.
  if (!session.permissions.has("settings:write") || !hasOpenSetup(tenant)) return null;
  const { db } = state.services;
  return await withTenant(db, session.tenantId, (trx) => findOpenSetupStep(trx, tenant), { readOnly: true });
}
