import { coded } from "@/shared/codes/mod.ts";
import { AMOUNT_MAX, type Centavos } from "@/shared/money/mod.ts";
import { err, ok, type Result } from "@/shared/result.ts";
import { versionOf } from "@/shared/version.ts";
import type { PrepaidUnit } from "@/web/domain/billing/mod.ts";
import { lockPlan } from "@/web/store/billing/plans.ts";
import { listPrepaidUnits, type PrepaidUnitRow, replacePrepaidUnits } from "@/web/store/billing/prepaid.ts";
import { recordAudit } from "../audit.ts";
import type { Actor, ServiceContext } from "../context.ts";
import { runUseCase } from "../use_case.ts";

/** Why units are not saved. */
export type PrepaidUnitsCode = "plan_not_found" | "price_out_of_range" | "row_changed";

/** Version of what a plan sells up front. */
export function unitsVersion(units: readonly PrepaidUnitRow[]): string {
  const text = units.map((unit) => `${unit.unit} ${unit.count} ${unit.price_centavos}`).join("\n");
  return versionOf({ text }, ["text"]);
}

/**
 * Says what a plan sells up front, and for how much. What was bought stays; a unit that is sold no more is not renewed.
 */
export async function savePrepaidUnits(
  context: ServiceContext,
  tenantId: string,
  actor: Actor,
  input: { planId: string; units: readonly PrepaidUnit[]; seen?: string | undefined },
): Promise<Result<null, PrepaidUnitsCode>> {
  if (input.units.some(({ priceCentavos: price }) => price !== null && !isPrice(price))) {
    return err("price_out_of_range", { max: AMOUNT_MAX });
  }
  return await runUseCase<null, PrepaidUnitsCode>(context, tenantId, actor, async (useCase) => {
    const { trx, at, business } = useCase;
    const plan = await lockPlan(trx, input.planId);
    if (plan === null) return err("plan_not_found");
    const before = unitsVersion(await listPrepaidUnits(trx, plan.id));
    if (input.seen !== undefined && input.seen !== before) return err("row_changed");
    const units = input.units.map(({ unit, count, priceCentavos }) => ({
      unit,
      count,
      price_centavos: priceCentavos,
    }));
    await replacePrepaidUnits(trx, plan.id, units);
    await recordAudit(trx, actor, {
      action: "plan.prepaid_units",
      subjectKind: "plan",
      subjectId: plan.id,
      summary: coded("audit_prepaid_units", { plan: plan.name, count: units.length }),
      details: {
        units: units.map((unit) => ({ ...unit, price_centavos: unit.price_centavos?.toString() ?? null })),
      },
      at,
      businessOn: business.today,
    });
    return ok(null);
  });
}

function isPrice(price: Centavos): boolean {
  return price >= 0n && price <= AMOUNT_MAX;
}
