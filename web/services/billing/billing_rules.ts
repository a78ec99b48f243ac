import { type Centavos, centavos } from "@/shared/money/mod.ts";
import {
  anchorDayFor,
  NO_OWN_RULES,
  type OwnTerms,
  type PlanBillsInput,
  type RulesInEffect,
  rulesInEffect,
} from "@/web/domain/billing/mod.ts";
import type { TenantRow } from "@/web/store/settings/tenants.ts";
import { companyRules, plannedBy } from "./rule_levels.ts";

/** What the rules of one connection depend on besides the company's settings. */
export interface BilledConnection {
  planName: string;
  priceCentavos: Centavos | bigint;
  /** Where it has a price of its own: how it comes about. */
  own?: OwnTerms;
  /** Null: as the company's settings say. */
  anchorDay: number | null;
  timing: PlanBillsInput["timing"];
  activatedOn: Temporal.PlainDate;
  /** @default all as the company says */
  inEffect?: RulesInEffect;
}

/** The rules of billing as they hold for one connection: the company's settings put in terms of the planner. */
export function billingRules(
  tenant: TenantRow,
  connection: BilledConnection,
): Omit<PlanBillsInput, "asOf" | "billedThrough" | "suspended"> {
  return {
    planName: connection.planName,
    timing: connection.timing,
    anchorDay: connection.anchorDay ?? anchorDayFor(tenant, connection.activatedOn),
    priceCentavos: centavos(connection.priceCentavos),
    ...(connection.own && { own: connection.own }),
    activatedOn: connection.activatedOn,
    minNoticeDays: tenant.min_notice_days,
    lateTermsDays: tenant.late_terms_days,
    leadDays: tenant.lead_days,
    ...plannedBy(tenant, connection.inEffect ?? rulesInEffect(companyRules(tenant), NO_OWN_RULES)),
    proration: tenant.proration,
  };
}
