import { nameProblem, readsAsId } from "@/shared/protocol/mod.ts";
import { clip } from "@/shared/text/mod.ts";
import { uuidv7 } from "@/shared/ids.ts";
import { PLAN_MAX } from "@/web/domain/billing/limits.ts";
import { findPlanByName, insertPlan } from "@/web/store/billing/plans.ts";
import { insertPrepaidUnits } from "@/web/store/billing/prepaid.ts";
import { type ImportBatchRow, updateImportBatch } from "@/web/store/imports/import_batches.ts";
import { listImportUnits } from "@/web/store/imports/import_bought.ts";
import { listImportProfiles } from "@/web/store/imports/import_rows.ts";
import type { TenantTransaction } from "@/web/store/db/tenant_transaction.ts";
import { type ImportSettings, storedSettings } from "./import_settings.ts";

interface Chunk {
  batch: ImportBatchRow;
  settings: ImportSettings;
  now: Temporal.Instant;
}

/** Plan id by profile. New plans are made by the first chunk; their ids are kept with the batch in its transaction. */
export async function makePlans(
  trx: TenantTransaction,
  { batch, settings, now }: Chunk,
): Promise<Map<string, string>> {
  const newPlanIds = { ...settings.newPlanIds };
  const byProfile = new Map<string, string>();
  for (const choice of settings.profiles) {
    if ("planId" in choice) byProfile.set(choice.profile, choice.planId);
    if (!("newPlan" in choice)) continue;
    const { name, priceCentavos } = choice.newPlan;
    const known = newPlanIds[name] ?? (await findPlanByName(trx, name))?.id;
    const planId = known ?? uuidv7(now.epochMilliseconds);
    if (known === undefined) {
      // A plan for several profiles leaves the profile alone, since an import changes nothing on the router.
      const sharing = settings.profiles.filter((other) => "newPlan" in other && other.newPlan.name === name);
      const isItsOwn = sharing.length === 1 && nameProblem(choice.profile) === null &&
        !readsAsId(choice.profile);
      await insertPlan(trx, planId, {
        name,
        price_centavos: priceCentavos,
        ppp_profile: isItsOwn ? choice.profile : null,
        speed: await speedOf(trx, batch.id, sharing.map((other) => other.profile)),
      }, now);
      const profiles = sharing.map((other) => other.profile);
      await insertPrepaidUnits(trx, planId, await listImportUnits(trx, batch.id, profiles));
      newPlanIds[name] = planId;
    }
    byProfile.set(choice.profile, planId);
  }
  if (Object.keys(newPlanIds).length > Object.keys(settings.newPlanIds).length) {
    await updateImportBatch(trx, batch.id, { settings: storedSettings({ ...settings, newPlanIds }) });
  }
  return byProfile;
}

/** The rate limit that the review showed, where the profiles of the plan have one in common. */
async function speedOf(
  trx: TenantTransaction,
  batchId: string,
  profiles: readonly string[],
): Promise<string | null> {
  const shown = (await listImportProfiles(trx, batchId)).filter(({ profile }) => profiles.includes(profile));
  const [limit, ...others] = new Set(shown.map(({ rate_limit }) => rate_limit));
  return limit === undefined || limit === null || others.length > 0 ? null : clip(limit, PLAN_MAX.speed);
}
