import { centavos } from "@/shared/money/mod.ts";
import {
  type BillTiming,
  type FirstBillPreview,
  nextBillOn,
  previewFirstBill,
} from "@/web/domain/billing/mod.ts";
import type { PlanRow } from "@/web/store/billing/plans.ts";
import type { TenantRow } from "@/web/store/settings/tenants.ts";

/** What decides the bills of a connection that has none yet. */
export interface NewConnectionTerms {
  plan: Pick<PlanRow, "name" | "price_centavos">;
  timing: BillTiming;
  /** 1 to 31; null: the day of its activation. */
  anchorDay: number | null;
  activatedOn: Temporal.PlainDate;
}

/** Billing fields of a connection on its first day. */
export function startBilling(tenant: TenantRow, terms: NewConnectionTerms) {
  const rules = rulesOf(tenant, terms);
  return {
    activated_on: terms.activatedOn,
    anchor_day: rules.anchorDay,
    next_bill_on: nextBillOn({ ...rules, billedThrough: null }),
  };
}

/** What the first bill will say if the connection begins on that day. */
export function firstBillOf(tenant: TenantRow, terms: NewConnectionTerms): FirstBillPreview {
  return previewFirstBill({
    ...rulesOf(tenant, terms),
    graceDays: tenant.grace_days,
    blackout: { weekdays: tenant.blackout_weekdays, dates: tenant.blackout_dates },
  });
}

function rulesOf(tenant: TenantRow, { plan, timing, anchorDay, activatedOn }: NewConnectionTerms) {
  return {
    planName: plan.name,
    priceCentavos: centavos(plan.price_centavos),
    timing,
    anchorDay: anchorDay ?? activatedOn.day,
    activatedOn,
    termsDays: tenant.terms_days,
    minNoticeDays: tenant.min_notice_days,
    lateTermsDays: tenant.late_terms_days,
    leadDays: tenant.lead_days,
    firstBill: tenant.first_bill,
    mergeStubLtDays: tenant.merge_stub_lt_days,
    proration: tenant.proration,
  };
}
