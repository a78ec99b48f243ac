import { centavos } from "@/shared/money/mod.ts";
import {
  type BillTiming,
  type FirstBillPreview,
  nextBillOn,
  previewFirstBill,
  type TaxedSum,
  taxedSum,
} from "@/web/domain/billing/mod.ts";
import type { PlanRow } from "@/web/store/billing/plans.ts";
import type { TenantRow } from "@/web/store/settings/tenants.ts";
import type { OwnRulesColumns } from "@/web/store/billing/own_rules.ts";
import { plannedBy, rulesOf } from "./rule_levels.ts";
import { taxTermsOn } from "./tax_terms.ts";

/** What decides the bills of a connection that has none yet. */
export interface NewConnectionTerms {
  plan: Pick<PlanRow, "name" | "price_centavos"> & OwnRulesColumns;
  /** What it says for itself. @default nothing */
  own?: OwnRulesColumns;
  timing: BillTiming;
  /** 1 to 31; null: the day of its activation. */
  anchorDay: number | null;
  activatedOn: Temporal.PlainDate;
}

/** Billing fields of a connection on its first day. */
export function startBilling(tenant: TenantRow, terms: NewConnectionTerms) {
  const rules = plannerRules(tenant, terms);
  return {
    activated_on: terms.activatedOn,
    anchor_day: rules.anchorDay,
    next_bill_on: nextBillOn({ ...rules, billedThrough: null }),
  };
}

/** A first bill, with what of it is VAT. */
export interface TaxedFirstBill extends FirstBillPreview {
  tax: TaxedSum;
}

/** What the first bill will say if the connection begins on that day. */
export function firstBillOf(tenant: TenantRow, terms: NewConnectionTerms): TaxedFirstBill {
  const first = previewFirstBill({
    ...plannerRules(tenant, terms),
    graceDays: rulesOf(tenant, terms.plan, terms.own).graceDays.value,
    blackout: { weekdays: tenant.blackout_weekdays, dates: tenant.blackout_dates },
  });
  const tax = taxedSum(
    taxTermsOn(tenant, first.issueOn),
    ...first.lines.map((line) => line.amountCentavos),
  );
  return { ...first, tax, totalCentavos: tax.totalCentavos };
}

function plannerRules(tenant: TenantRow, terms: NewConnectionTerms) {
  const { plan, timing, anchorDay, activatedOn } = terms;
  return {
    planName: plan.name,
    priceCentavos: centavos(plan.price_centavos),
    timing,
    anchorDay: anchorDay ?? activatedOn.day,
    activatedOn,
    minNoticeDays: tenant.min_notice_days,
    lateTermsDays: tenant.late_terms_days,
    leadDays: tenant.lead_days,
    ...plannedBy(tenant, rulesOf(tenant, terms.plan, terms.own)),
    proration: tenant.proration,
  };
}
