import { coded } from "@/shared/codes/mod.ts";
import { err, ok, type Result } from "@/shared/result.ts";
import { type BulkRow, updateNextPlans } from "@/web/store/subscribers/bulk.ts";
import { updateOwnPricesKept } from "@/web/store/billing/own_prices.ts";
import { findPlan, type PlanRow } from "@/web/store/billing/plans.ts";
import type { TenantTransaction } from "@/web/store/db/tenant_transaction.ts";
import { listPlannedEnds } from "@/web/store/subscribers/service_ends.ts";
import { type BulkCode, type BulkOutcome, type BulkTargets, runBulk } from "../subscribers/bulk.ts";
import { isUnderWay, namedPlan } from "./change_plan.ts";
import { nextCycleOf } from "./next_cycle.ts";
import type { Actor, ServiceContext } from "../context.ts";
import type { UseCase } from "../use_case.ts";

/**
 * Changes the plan of many connections from the next cycle of each on, as `changePlan` does for one. Those whose
 * billing has not begun, whose last change is still being settled, or whose service ends before are left as they are.
 */
export async function bulkChangePlan(
  context: ServiceContext,
  tenantId: string,
  actor: Actor,
  input: BulkTargets & { planId: string },
): Promise<Result<BulkOutcome, BulkCode | "plan_not_found">> {
  const summary = ({ changed: count }: BulkOutcome) => coded("audit_bulk_plan", { count });
  return await runBulk(
    context,
    tenantId,
    actor,
    { ...input, action: "change_plan", summary },
    async (useCase, rows) => {
      const plan = await findPlan(useCase.trx, input.planId);
      if (plan === null || plan.archived_at !== null) {
        return err("plan_not_found");
      }
      const isSame = (row: BulkRow) => row.plan_id === plan.id || row.next_plan_id === plan.id;
      const behind = new Set((await listBehindEnd(useCase.trx, useCase, rows)).map(({ row }) => row.id));
      const changes = rows.filter((row) => !isSame(row) && !behind.has(row.id))
        .flatMap((row) => changeOf(useCase, row, plan));
      await updateOwnPricesKept(useCase.trx, changes.map(({ row }) => row.id), { isKept: false });
      await updateNextPlans(
        useCase.trx,
        changes.map(({ row, on }) => ({ id: row.id, plan_id: plan.id, on })),
      );
      return ok({
        entries: changes.map(({ row, on, summary }) => ({
          row,
          action: "plan_change_planned",
          summary,
          details: {
            plan_id: plan.id,
            on: on.toString(),
            plan_before: row.next_plan_id,
            on_before: row.next_plan_on?.toString() ?? null,
          },
        })),
        same: rows.filter(isSame).length,
        ...(behind.size > 0 && { details: { behind_planned_end: [...behind] } }),
      });
    },
  );
}

/** Those whose service ends before their next cycle, with the last day: no plan begins behind it. */
export async function listBehindEnd(
  trx: TenantTransaction,
  moment: Parameters<typeof nextCycleOf>[0],
  rows: readonly BulkRow[],
): Promise<{ row: BulkRow; lastOn: Temporal.PlainDate }[]> {
  const ends = await listPlannedEnds(trx, rows.map(({ id }) => id));
  return rows.flatMap((row) => {
    const lastOn = ends.get(row.id);
    if (lastOn === undefined || row.activated_on === null) return [];
    const on = nextCycleOf(moment, row, row.activated_on);
    return Temporal.PlainDate.compare(on, lastOn) > 0 ? [{ row, lastOn }] : [];
  });
}

function changeOf(useCase: UseCase, row: BulkRow, plan: PlanRow) {
  if (row.activated_on === null || isUnderWay(useCase, row)) return [];
  const on = nextCycleOf(useCase, row, row.activated_on);
  return [{ row, on, summary: coded("audit_plan_change_planned", { ...namedPlan(plan), on }) }];
}
