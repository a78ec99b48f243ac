import { err, type Failure } from "@/shared/result.ts";
import {
  type LevelledRules,
  type OwnFirstBill,
  type OwnRules,
  type RulesInEffect,
  rulesInEffect,
} from "@/web/domain/billing/mod.ts";
import { SETTING_BOUNDS } from "@/web/domain/settings/mod.ts";
import type { TenantRow } from "@/web/store/settings/tenants.ts";

/** Columns of a plan or a connection with rules of its own. */
export interface OwnRulesColumns {
  own_terms_days: number | null;
  own_grace_days: number | null;
  own_first_bill: OwnFirstBill | null;
}

/** What a plan or a connection says for itself. */
export function toOwnRules(row: OwnRulesColumns): OwnRules {
  return { termsDays: row.own_terms_days, graceDays: row.own_grace_days, firstBill: row.own_first_bill };
}

/** Columns of a plan or a connection. */
export function toOwnRulesColumns(rules: OwnRules): OwnRulesColumns {
  return {
    own_terms_days: rules.termsDays,
    own_grace_days: rules.graceDays,
    own_first_bill: rules.firstBill,
  };
}

/** What the company says. */
export function companyRules(tenant: TenantRow): LevelledRules {
  return { termsDays: tenant.terms_days, graceDays: tenant.grace_days, firstBill: tenant.first_bill };
}

/** Rules of a plan, or of a connection on it, each with where it comes from. */
export function rulesOf(
  tenant: TenantRow,
  plan: OwnRulesColumns,
  connection?: OwnRulesColumns,
): RulesInEffect {
  return rulesInEffect(companyRules(tenant), toOwnRules(plan), connection && toOwnRules(connection));
}

/** The same as the planner of bills takes them. A few first days are joined with the next bill where the company says so. */
export function plannedBy(tenant: TenantRow, { termsDays, firstBill }: RulesInEffect) {
  return {
    termsDays: termsDays.value,
    firstBill: firstBill.value,
    mergeStubLtDays: firstBill.from === "company" ? tenant.merge_stub_lt_days : 0,
  };
}

/** Why rules of one's own cannot be: the bounds of the company's hold for them too. */
export function checkOwnRules(
  { termsDays, graceDays }: OwnRules,
): Failure<"terms_out_of_range" | "grace_out_of_range"> | null {
  const isOutside = (days: number | null, [min, max]: readonly [number, number]) =>
    days !== null && (!Number.isInteger(days) || days < min || days > max);
  const { termsDays: terms, graceDays: grace } = SETTING_BOUNDS;
  if (isOutside(termsDays, terms)) return err("terms_out_of_range", { max: terms[1] });
  return isOutside(graceDays, grace) ? err("grace_out_of_range", { max: grace[1] }) : null;
}
