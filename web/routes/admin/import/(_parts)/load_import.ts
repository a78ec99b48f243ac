import type { MoneyForecast } from "@/web/domain/imports/mod.ts";
import type { AppState } from "@/web/app/state.ts";
import { checkImport, type ImportForecast } from "@/web/services/imports/dry_run_import.ts";
import { type ImportSettings, importSettings } from "@/web/services/imports/import_settings.ts";
import { countReviewRows, type ReviewFilter } from "@/web/store/imports/imports_page.ts";
import { type CommandRow, findCommand } from "@/web/store/network/commands.ts";
import { findImportBatch, type ImportBatchRow, listImportProfiles } from "@/web/store/imports/imports.ts";
import { listPlans, type PlanListRow } from "@/web/store/billing/plans.ts";
import { findRouter, type RouterRow } from "@/web/store/network/routers.ts";
import { listSiteOverview, type SiteOverviewRow } from "@/web/store/network/sites.ts";
import { found, momentOf, type PageMoment, readPage } from "@/web/app/frame/page_context.ts";
import { type AgentState, agentState } from "../../(_network)/agent_state.tsx";

/** A profile of the router with its secrets. */
export type ProfileRow = Awaited<ReturnType<typeof listImportProfiles>>[number];

/** Everything on the page of an import. */
export interface ImportView {
  batch: ImportBatchRow;
  settings: ImportSettings;
  router: RouterRow;
  site: SiteOverviewRow;
  agent: AgentState;
  command: CommandRow | null;
  counts: Record<ReviewFilter, number>;
  profiles: ProfileRow[];
  plans: PlanListRow[];
  /** What the import would do; only once a review was saved. */
  forecast: ImportForecast | null;
  /** What is billed a month before and after it. */
  money: MoneyForecast | null;
  moment: PageMoment;
  /** What is wrong with the form that was sent. */
  problems: Record<string, string>;
}

const WAIT_SECONDS = 2;

/** Reads the page of an import; with `problems` it answers a refused form. */
export async function loadImport(
  state: AppState,
  wanted: { batchId: string; problems?: Record<string, string> },
): Promise<ImportView> {
  const moment = momentOf(state);
  const view = await readPage(state, async (trx) => {
    const batch = found(await findImportBatch(trx, wanted.batchId));
    const router = found(await findRouter(trx, batch.router_id));
    const isReview = batch.status === "review";
    const isChecked = isReview && batch.first_bill_on !== null;
    const check = isChecked ? await checkImport(trx, batch.id) : null;
    return {
      batch,
      settings: importSettings.parse(batch.settings),
      router,
      site: found((await listSiteOverview(trx)).find((site) => site.id === router.site_id)),
      command: batch.command_id === null ? null : await findCommand(trx, batch.command_id),
      counts: await countReviewRows(trx, batch.id),
      profiles: await listImportProfiles(trx, batch.id),
      plans: isReview ? await listPlans(trx, { withArchived: false }) : [],
      forecast: check?.forecast ?? null,
      money: check?.money ?? null,
    };
  });
  const { status } = view.batch;
  state.live = [`import:${wanted.batchId}`, "network"];
  state.title = state.t("import.from", { router: view.router.name });
  if (status === "reading" || status === "running") state.refreshSeconds = WAIT_SECONDS;
  return {
    ...view,
    agent: agentState(view.site, moment.now),
    moment,
    problems: wanted.problems ?? {},
  };
}
