import { coded } from "@/shared/codes/mod.ts";
import { err, ok, type Result } from "@/shared/result.ts";
import { lockTenant, updateOutageRules } from "@/web/store/settings/settings.ts";
import type { TenantRow } from "@/web/store/settings/tenants.ts";
import { recordAudit } from "../audit.ts";
import type { Actor, ServiceContext } from "../context.ts";
import { runUseCase } from "../use_case.ts";

/** How outages are credited. */
export interface OutageRules {
  credit: TenantRow["outage_credit"];
  thresholdMinutes: number;
  /** Planned minutes count like those of faults. */
  creditsPlanned: boolean;
}

type OutageRuleColumns = Pick<
  TenantRow,
  "outage_credit" | "outage_threshold_minutes" | "credits_planned_outages"
>;

/** What a person who changes the rules has seen of them. */
export function outageRulesVersion(row: OutageRuleColumns): string {
  return `${row.outage_credit} ${row.outage_threshold_minutes} ${row.credits_planned_outages}`;
}

/** Says whether outages are credited, and from how many minutes of a period on. What was given stays. */
export async function saveOutageRules(
  context: ServiceContext,
  tenantId: string,
  actor: Actor,
  input: OutageRules & { seen?: string | undefined },
): Promise<Result<null, "row_changed">> {
  return await runUseCase<null, "row_changed">(context, tenantId, actor, async ({ trx, at, business }) => {
    const before = await lockTenant(trx);
    if (input.seen !== undefined && input.seen !== outageRulesVersion(before)) return err("row_changed");
    const { credit, thresholdMinutes: minutes, creditsPlanned } = input;
    const columns = {
      outage_credit: credit,
      outage_threshold_minutes: minutes,
      credits_planned_outages: creditsPlanned,
    };
    if (outageRulesVersion(before) === outageRulesVersion(columns)) return ok(null);
    await updateOutageRules(trx, columns);
    await recordAudit(trx, actor, {
      action: "settings.outages_saved",
      subjectKind: "tenant",
      subjectId: tenantId,
      summary: coded("audit_outage_rules", {
        credit,
        hours: Math.ceil(minutes / 60),
        planned: creditsPlanned ? "credited" : "not_credited",
      }),
      details: {
        credit,
        minutes,
        creditsPlanned,
        before: {
          credit: before.outage_credit,
          minutes: before.outage_threshold_minutes,
          creditsPlanned: before.credits_planned_outages,
        },
      },
      at,
      businessOn: business.today,
    });
    return ok(null);
  });
}
