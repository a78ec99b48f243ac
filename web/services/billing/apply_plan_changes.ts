import { coded } from "@/shared/codes/mod.ts";
import { ok, type Result } from "@/shared/result.ts";
import {
  listPlanChangesDue,
  type PlanChangeRow,
  updatePlansChanged,
} from "@/web/store/billing/plan_changes.ts";
import { updateOwnPricesEnded } from "@/web/store/billing/own_prices.ts";
import { updatePricesDue } from "@/web/store/billing/plans.ts";
import { recordAudit } from "../audit.ts";
import { refuseDoubtedClock } from "./clock_guard.ts";
import type { Actor, ServiceContext } from "../context.ts";
import { refreshDesired } from "../network/desired_state.ts";
import { runUseCase, type UseCase } from "../use_case.ts";

const CHUNK = 200;

interface Page {
  after: string | null;
  limit: number;
}

/**
 * Makes plan changes count whose day has come: the routers get the new profile, and once every day before the change
 * is billed the next plan becomes the plan. Run after the bills of the day; again does nothing twice.
 *
 * @returns how many plans were changed for good
 */
export async function applyPlanChanges(
  context: ServiceContext,
  tenantId: string,
  actor: Actor,
  input: { businessOn: Temporal.PlainDate },
): Promise<Result<number, "clock_doubted">> {
  let changed = 0;
  let after: string | null = null;
  while (true) {
    const page: Page = { after, limit: CHUNK };
    const step: Result<{ changed: number; last: string | null }, "clock_doubted"> = await runUseCase(
      context,
      tenantId,
      actor,
      (useCase) => applyChunk(useCase, input.businessOn, page),
    );
    if (!step.ok) return step;
    changed += step.value.changed;
    if (step.value.last === null) return ok(changed);
    after = step.value.last;
  }
}

async function applyChunk(
  useCase: UseCase,
  businessOn: Temporal.PlainDate,
  page: Page,
): Promise<Result<{ changed: number; last: string | null }, "clock_doubted">> {
  const { trx, at, actor } = useCase;
  const doubted = await refuseDoubtedClock(useCase);
  if (doubted !== null) return doubted;
  const due = await listPlanChangesDue(trx, businessOn, page);
  // It locks the rows; what was read before is read again, so that a change that was made meanwhile is not lost.
  useCase.touchRouters(await refreshDesired(trx, due.map((row) => row.id), { now: at }));
  if (page.after === null) await updatePricesDue(trx, businessOn);
  const settled = (await listPlanChangesDue(trx, businessOn, page))
    .filter((row) => row.is_settled && due.some((seen) => seen.id === row.id));
  const by = { at, label: actor.label, on: businessOn };
  await updateOwnPricesEnded(trx, settled.map((row) => row.id), by);
  await updatePlansChanged(trx, settled.map((row) => row.id));
  for (const row of settled) await audit(useCase, row);
  return ok({ changed: settled.length, last: due.length < page.limit ? null : due.at(-1)?.id ?? null });
}

async function audit({ trx, at, actor, business }: UseCase, row: PlanChangeRow): Promise<void> {
  await recordAudit(trx, actor, {
    action: "subscription.plan_changed",
    subjectKind: "subscription",
    subjectId: row.id,
    subscriberId: row.subscriber_id,
    summary: coded("audit_plan_changed", { before: row.plan_name, plan: row.next_plan_name }),
    // The plans by their ids, for taking back what a wrong clock has changed.
    details: {
      effective_on: row.next_plan_on.toString(),
      from_plan_id: row.plan_id,
      to_plan_id: row.next_plan_id,
    },
    at,
    businessOn: business.today,
  });
}
