import { taxOn, type TaxSetting, type TaxTerms } from "@/web/domain/billing/mod.ts";
import type { TenantRow } from "@/web/store/settings/tenants.ts";

/** The columns of a company that say how it is taxed. */
export type TaxColumns = Pick<
  TenantRow,
  "tax_mode" | "vat_rate_bp" | "tax_from_on" | "tax_mode_before" | "vat_rate_bp_before"
>;

/** How a company has set its tax. */
export function taxSettingOf(tenant: TaxColumns): TaxSetting {
  return {
    mode: tenant.tax_mode,
    rateBp: tenant.vat_rate_bp,
    fromOn: tenant.tax_from_on,
    before: { mode: tenant.tax_mode_before, rateBp: tenant.vat_rate_bp_before },
  };
}

/** How a bill is taxed that a company issues on a day. */
export function taxTermsOn(tenant: TaxColumns, day: Temporal.PlainDate): TaxTerms {
  return taxOn(taxSettingOf(tenant), day);
}
