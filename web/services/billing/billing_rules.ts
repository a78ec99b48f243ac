import { type Centavos, centavos } from "@/shared/money/mod.ts";
import { anchorDayFor, type OwnTerms, type PlanBillsInput } from "@/web/domain/billing/mod.ts";
import type { TenantRow } from "@/web/store/settings/tenants.ts";

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
    termsDays: tenant.terms_days,
    minNoticeDays: tenant.min_notice_days,
    lateTermsDays: tenant.late_terms_days,
    leadDays: tenant.lead_days,
    firstBill: tenant.first_bill,
    mergeStubLtDays: tenant.merge_stub_lt_days,
    proration: tenant.proration,
  };
}
