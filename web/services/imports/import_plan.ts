import { accountKey } from "@/shared/protocol/mod.ts";
import { decideImportRow, importKey, type RowDecision } from "@/web/domain/imports/mod.ts";
import type { TenantTransaction } from "@/web/store/db/tenant_transaction.ts";
import { findPlan } from "@/web/store/billing/plans.ts";
import { type ImportRow } from "@/web/store/imports/import_rows.ts";
import { listSubscriptionsNamed, type NamedSubscription } from "@/web/store/imports/imported_subscribers.ts";
import { err, type Failure } from "@/shared/result.ts";
import type { ImportSettings } from "./import_settings.ts";

/** A row with what the import does with it. */
export interface DecidedRow {
  row: ImportRow;
  decision: RowDecision;
}

/** Decides rows against the subscriptions as they are now, which may be more than when the router was read. */
export async function decideRows(
  trx: TenantTransaction,
  batch: { routerId: string; settings: ImportSettings },
  rows: readonly ImportRow[],
): Promise<DecidedRow[]> {
  const known = await listSubscriptionsNamed(trx, rows.map((row) => row.ppp_name));
  const here = new Set(known.filter((k) => k.router_id === batch.routerId).map(accountOf));
  return rows.map((row) => ({
    row,
    decision: decideImportRow({
      profile: row.profile,
      isDisabled: row.is_disabled,
      decision: row.decision,
      isSubscription: here.has(importKey({ name: row.ppp_name, service: row.service })),
      issue: row.issue,
    }, batch.settings),
  }));
}

/** The key of a subscription's account. */
export function accountOf({ ppp_service: service, ppp_name: name }: NamedSubscription): string {
  return accountKey({ service, name });
}

/** Why a plan cannot take the secrets of a profile; null when it can. An import changes nothing on the router. */
export async function planProblem(
  trx: TenantTransaction,
  choice: { profile: string; planId: string },
): Promise<Failure<"plan_gone" | "plan_unfit"> | null> {
  const plan = await findPlan(trx, choice.planId);
  if (plan === null || plan.archived_at !== null) {
    return err("plan_gone", { profile: choice.profile });
  }
  if (plan.ppp_profile === null || plan.ppp_profile === choice.profile) return null;
  return err("plan_unfit", { plan: plan.name, sets: plan.ppp_profile, profile: choice.profile });
}
