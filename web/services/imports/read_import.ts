import { err, ok, type Result } from "@/shared/result.ts";
import { suggestPlan, suggestPlanName } from "@/web/domain/imports/mod.ts";
import { findImportBatch, type ImportBatchRow, listImportProfiles } from "@/web/store/imports/imports.ts";
import { listPlans, type PlanRow } from "@/web/store/billing/plans.ts";
import type { TenantTransaction } from "@/web/store/db/tenant_transaction.ts";
import { dryRunImport, type ImportForecast } from "./dry_run_import.ts";
import { type ImportSettings, importSettings } from "./import_settings.ts";

/** One profile of the router, with what it most likely is. */
export interface ProfileView {
  profile: string;
  rateLimit: string | null;
  secrets: number;
  disabled: number;
  /** What was saved for it; null before that. */
  choice: ImportSettings["profiles"][number] | null;
  /** Plan to offer first; null: offer a new plan of `newPlanName`. */
  suggestedPlanId: string | null;
  newPlanName: string;
}

/** Everything that the import page shows besides its rows (`listImportRows`). */
export interface ImportView {
  batch: ImportBatchRow;
  settings: ImportSettings;
  profiles: ProfileView[];
  plans: PlanRow[];
  forecast: ImportForecast;
}

/** Reads an import for its page. */
export async function readImport(
  trx: TenantTransaction,
  batchId: string,
): Promise<Result<ImportView, "import_not_found">> {
  const batch = await findImportBatch(trx, batchId);
  const forecast = await dryRunImport(trx, batchId);
  if (batch === null || forecast === null) return err("import_not_found");
  const settings = importSettings.parse(batch.settings);
  const plans = await listPlans(trx, { withArchived: false });
  const options = plans.map(({ id, name, ppp_profile, speed }) => ({
    id,
    name,
    pppProfile: ppp_profile,
    speed,
  }));
  const profiles = (await listImportProfiles(trx, batchId)).map((row): ProfileView => ({
    profile: row.profile,
    rateLimit: row.rate_limit,
    secrets: row.secrets,
    disabled: row.disabled,
    choice: settings.profiles.find((choice) => choice.profile === row.profile) ?? null,
    suggestedPlanId: suggestPlan({ name: row.profile, rateLimit: row.rate_limit }, options),
    newPlanName: suggestPlanName(row.profile),
  }));
  return ok({ batch, settings, profiles, plans, forecast });
}
