import { coded, codedOf } from "@/shared/codes/mod.ts";
import { err, type Failure, ok, type Result } from "@/shared/result.ts";
import { firstBillProblem, isBlocked, type ProfileChoice } from "@/web/domain/imports/mod.ts";
import {
  type ImportBatchRow,
  lockImportBatch,
  updateImportBatch,
} from "@/web/store/imports/import_batches.ts";
import {
  type ImportRowChange,
  listImportProfiles,
  listImportRows,
  updateImportRows,
} from "@/web/store/imports/import_rows.ts";
import { findPlanByName } from "@/web/store/billing/plans.ts";
import type { TenantTransaction } from "@/web/store/db/tenant_transaction.ts";
import { getTenant } from "@/web/store/settings/tenants.ts";
import { businessNow } from "../business_clock.ts";
import type { Actor, ServiceContext } from "../context.ts";
import { runUseCase } from "../use_case.ts";
import { cleanName } from "../network/create_site.ts";
import { planProblem } from "./import_plan.ts";
import { importSettings, storedSettings } from "./import_settings.ts";
import { recordNetworkAudit } from "../network/network_audit.ts";
import { PLAN_MAX } from "@/web/domain/billing/limits.ts";
import {
  FIRST_BILL_DAYS_AHEAD_MAX,
  FIRST_BILL_DAYS_BACK_MAX,
  IMPORT_MAX,
} from "@/web/domain/imports/limits.ts";
import { CONTACT_MAX } from "@/web/domain/subscribers/limits.ts";

/** What a person decided in the review. Rows that are not named stay as they are. */
export interface ImportReview {
  batchId: string;
  firstBillOn: Temporal.PlainDate;
  disabledPolicy: "disconnected" | "skip";
  profiles: readonly ProfileChoice[];
  /** By the key of each row. */
  rows: readonly { account: string; decision: "import" | "skip"; name?: string; phone?: string }[];
}

/** Why a review cannot be saved. */
export type ReviewProblem =
  | "import_not_found"
  | "import_not_in_review"
  | "first_bill_too_old"
  | "first_bill_too_far"
  | "profile_unknown"
  | "plan_gone"
  | "plan_unfit"
  | "plan_name_invalid"
  | "plan_name_taken"
  | "plan_has_two_prices"
  | "price_absurd"
  | "row_unknown"
  | "row_blocked"
  | "row_name_invalid"
  | "phone_invalid";

type Problem = Failure<ReviewProblem>;

/** Keeps a review. Everything is checked before the first write, so that a refusal changes nothing. */
export async function saveImportReview(
  context: ServiceContext,
  tenantId: string,
  actor: Actor,
  review: ImportReview,
): Promise<Result<null, ReviewProblem>> {
  return await runUseCase(context, tenantId, actor, async ({ trx }) => {
    const batch = await lockImportBatch(trx, review.batchId);
    if (batch === null) return err("import_not_found");
    if (batch.status !== "review") {
      return err("import_not_in_review");
    }
    const today = businessNow(await getTenant(trx), context.clock).today;
    const problem = checkDate(review.firstBillOn, today) ??
      await checkProfiles(trx, batch, review.profiles) ??
      await checkRows(trx, batch, review.rows);
    if (problem !== null) return problem;
    await updateImportRows(trx, batch.id, review.rows.map(changeOf));
    const settings = importSettings.parse(batch.settings);
    await updateImportBatch(trx, batch.id, {
      first_bill_on: review.firstBillOn,
      settings: storedSettings({
        ...settings,
        disabledPolicy: review.disabledPolicy,
        profiles: review.profiles.map(cleanChoice),
      }),
    });
    await recordNetworkAudit(trx, context, actor, {
      action: "import.reviewed",
      subjectKind: "import",
      subjectId: batch.id,
      summary: coded("audit_import_reviewed", { day: review.firstBillOn }),
    });
    return ok(null);
  });
}

function checkDate(firstBillOn: Temporal.PlainDate, today: Temporal.PlainDate): Problem | null {
  const problem = firstBillProblem(firstBillOn, today);
  if (problem === "too_old") {
    return err("first_bill_too_old", { max: FIRST_BILL_DAYS_BACK_MAX });
  }
  if (problem === null) return null;
  return err("first_bill_too_far", { max: FIRST_BILL_DAYS_AHEAD_MAX });
}

async function checkProfiles(
  trx: TenantTransaction,
  batch: ImportBatchRow,
  choices: readonly ProfileChoice[],
): Promise<Problem | null> {
  const known = new Set((await listImportProfiles(trx, batch.id)).map((profile) => profile.profile));
  const prices = new Map<string, bigint>();
  for (const choice of choices) {
    if (!known.has(choice.profile)) {
      return err("profile_unknown", { profile: choice.profile });
    }
    if ("planId" in choice) {
      const unfit = await planProblem(trx, choice);
      if (unfit !== null) return unfit;
    }
    if (!("newPlan" in choice)) continue;
    const problem = await checkNewPlan(trx, choice.newPlan, prices);
    if (problem !== null) return problem;
  }
  return null;
}

async function checkNewPlan(
  trx: TenantTransaction,
  plan: { name: string; priceCentavos: bigint },
  prices: Map<string, bigint>,
): Promise<Problem | null> {
  const name = cleanName(plan.name);
  if (name === null) {
    return err("plan_name_invalid", { max: PLAN_MAX.name });
  }
  if (plan.priceCentavos < 0n || plan.priceCentavos > IMPORT_MAX.priceCentavos) {
    return err("price_absurd", { plan: name, max: IMPORT_MAX.priceCentavos });
  }
  if (await findPlanByName(trx, name) !== null) {
    return err("plan_name_taken", { name });
  }
  const other = prices.get(name);
  if (other !== undefined && other !== plan.priceCentavos) {
    return err("plan_has_two_prices", { name });
  }
  prices.set(name, plan.priceCentavos);
  return null;
}

async function checkRows(
  trx: TenantTransaction,
  batch: ImportBatchRow,
  changes: ImportReview["rows"],
): Promise<Problem | null> {
  if (changes.length === 0) return null;
  const rows = new Map(
    (await listImportRows(trx, batch.id, { limit: IMPORT_MAX.rows })).map((row) => [row.account_key, row]),
  );
  for (const change of changes) {
    const row = rows.get(change.account);
    if (row === undefined) {
      return err("row_unknown", { ppp: change.account });
    }
    if (change.decision === "import" && isBlocked(row.issue)) {
      return err("row_blocked", { ppp: row.ppp_name, why: codedOf(row.issue ?? "") });
    }
    const name = change.name?.trim();
    if (name !== undefined && (name.length < 1 || name.length > CONTACT_MAX.name)) {
      return err("row_name_invalid", { ppp: row.ppp_name, max: CONTACT_MAX.name });
    }
    if (change.phone !== undefined && !/^[+\d][\d\s().-]{0,29}$|^$/.test(change.phone.trim())) {
      return err("phone_invalid", { ppp: row.ppp_name });
    }
  }
  return null;
}

function changeOf(change: ImportReview["rows"][number]): ImportRowChange {
  return {
    account_key: change.account,
    decision: change.decision,
    ...(change.name === undefined ? {} : { name: change.name.trim() }),
    ...(change.phone === undefined ? {} : { phone: change.phone.trim() || null }),
  };
}

function cleanChoice(choice: ProfileChoice): ProfileChoice {
  if (!("newPlan" in choice)) return choice;
  const { name, priceCentavos } = choice.newPlan;
  return { profile: choice.profile, newPlan: { name: cleanName(name) ?? name, priceCentavos } };
}
