import type { MoneyForecast } from "@/web/domain/imports/mod.ts";
import type { z } from "zod";
import type { Asked, FormView } from "@/web/app/form/form_types.ts";
import type { idParams } from "@/web/route_table/fields.ts";
import type { TenantTransaction } from "@/web/store/db/tenant_transaction.ts";
import { checkImport, type ImportForecast } from "@/web/services/imports/dry_run_import.ts";
import { type ImportSettings, importSettings } from "@/web/services/imports/import_settings.ts";
import { countReviewRows, type ReviewFilter } from "@/web/store/imports/imports_page.ts";
import { findImportBatch, type ImportBatchRow } from "@/web/store/imports/import_batches.ts";
import { listImportProfiles } from "@/web/store/imports/import_rows.ts";
import { listPlans, type PlanListRow } from "@/web/store/billing/plans.ts";
import { findRouter, type RouterRow } from "@/web/store/network/routers.ts";
import { listSiteOverview } from "@/web/store/network/sites.ts";
import { found } from "@/web/app/frame/page_context.ts";
import { type AgentState, agentState } from "../../(_network)/agent_state.tsx";

/** A profile of the router with its secrets. */
export type ProfileRow = Awaited<ReturnType<typeof listImportProfiles>>[number];

/** Everything on the page of an import. */
export interface LoadedImport {
  batch: ImportBatchRow;
  settings: ImportSettings;
  router: RouterRow;
  agent: AgentState;
  counts: Record<ReviewFilter, number>;
  profiles: ProfileRow[];
  plans: PlanListRow[];
  /** What the import would do; only once a review was saved. */
  forecast: ImportForecast | null;
  /** What is billed a month before and after it. */
  money: MoneyForecast | null;
}

/** The page of an import. */
export type ImportView = FormView<LoadedImport, string>;

/** Reads the page of an import. */
export async function loadImport(
  trx: TenantTransaction,
  { params, moment, isSent }: Asked<z.output<typeof idParams>, unknown>,
): Promise<LoadedImport> {
  const batch = found(await findImportBatch(trx, params.id));
  const router = found(await findRouter(trx, batch.router_id));
  const site = found((await listSiteOverview(trx)).find(({ id }) => id === router.site_id));
  const isReview = batch.status === "review";
  // What was sent is not what was checked, and the check goes through every row.
  const isChecked = isReview && batch.first_bill_on !== null && !isSent;
  const check = isChecked ? await checkImport(trx, batch.id) : null;
  return {
    batch,
    settings: importSettings.parse(batch.settings),
    router,
    agent: agentState(site, moment.now),
    counts: await countReviewRows(trx, batch.id),
    profiles: await listImportProfiles(trx, batch.id),
    plans: isReview ? await listPlans(trx, { withArchived: false }) : [],
    forecast: check?.forecast ?? null,
    money: check?.money ?? null,
  };
}
