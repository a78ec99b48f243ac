import { err, type Failure } from "@/shared/result.ts";
import {
  type LevelledRules,
  type OwnFirstBill,
  type OwnRules,
  policyInEffect,
  type RulesInEffect,
  rulesInEffect,
  type SuspendedPolicy,
} from "@/web/domain/billing/mod.ts";
import { SETTING_BOUNDS } from "@/web/domain/settings/mod.ts";
import type { TenantRow } from "@/web/store/settings/tenants.ts";

/** Columns of a plan or a connection with rules of its own. */
export interface OwnRulesColumns {
  own_terms_days: number | null;
  own_grace_days: number | null;
  own_first_bill: OwnFirstBill | null;
  own_suspended_policy: SuspendedPolicy | null;
  own_stop_after_unpaid_bills: number | null;
}

/** The same of what is stored: with the day on which its word about days that are off began. */
export interface DatedRulesColumns extends OwnRulesColumns {
  own_suspended_policy_on: Temporal.PlainDate | null;
}

/** What a plan or a connection says about days that are off. */
export type PolicyColumns = Pick<DatedRulesColumns, "own_suspended_policy" | "own_suspended_policy_on">;

/** What a plan or a connection says for itself. */
export function toOwnRules(row: OwnRulesColumns): OwnRules {
  return {
    termsDays: row.own_terms_days,
    graceDays: row.own_grace_days,
    firstBill: row.own_first_bill,
    suspendedPolicy: row.own_suspended_policy,
    stopAfterUnpaidBills: row.own_stop_after_unpaid_bills,
  };
}

/** Columns of a plan or a connection. */
export function toOwnRulesColumns(rules: OwnRules): OwnRulesColumns {
  return {
    own_terms_days: rules.termsDays,
    own_grace_days: rules.graceDays,
    own_first_bill: rules.firstBill,
    own_suspended_policy: rules.suspendedPolicy,
    own_stop_after_unpaid_bills: rules.stopAfterUnpaidBills,
  };
}

/** What the company says. */
export function companyRules(tenant: TenantRow): LevelledRules {
  return {
    termsDays: tenant.terms_days,
    graceDays: tenant.grace_days,
    firstBill: tenant.first_bill,
    suspendedPolicy: tenant.suspended_policy,
    stopAfterUnpaidBills: tenant.stop_after_unpaid_bills,
  };
}

/** A tenant as far as it says what is charged for days that are off. */
export type TenantPolicy = Pick<TenantRow, "suspended_policy" | "suspended_policy_on">;

/** What is charged of a connection for days that are off, as columns of a tenant whose policy that were. */
export function suspendedPolicyOf(
  tenant: TenantPolicy,
  plan: PolicyColumns,
  connection: PolicyColumns,
): TenantPolicy {
  const { policy, since } = policyInEffect(
    { policy: tenant.suspended_policy, since: tenant.suspended_policy_on },
    [connection, plan].map((row) => ({
      policy: row.own_suspended_policy,
      since: row.own_suspended_policy_on,
    })),
  );
  return { suspended_policy: policy, suspended_policy_on: since };
}

/** The day on which a new word about days that are off begins; nothing where it is the one of before. */
export function policyBegins(
  before: OwnRulesColumns,
  after: OwnRulesColumns,
  today: Temporal.PlainDate,
): { own_suspended_policy_on?: Temporal.PlainDate } {
  return before.own_suspended_policy === after.own_suspended_policy ? {} : { own_suspended_policy_on: today };
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

/** Rules of one's own that no company may have. */
export type OwnRulesCode = "terms_out_of_range" | "grace_out_of_range" | "stop_out_of_range";

/** Why rules of one's own cannot be: the bounds of the company's hold for them too. */
export function checkOwnRules(
  { termsDays, graceDays, stopAfterUnpaidBills }: OwnRules,
): Failure<OwnRulesCode> | null {
  const isOutside = (days: number | null, [min, max]: readonly [number, number]) =>
    days !== null && (!Number.isInteger(days) || days < min || days > max);
  const { termsDays: terms, graceDays: grace, stopAfterUnpaidBills: stop } = SETTING_BOUNDS;
  if (isOutside(stopAfterUnpaidBills, stop)) return err("stop_out_of_range", { max: stop[1] });
  if (isOutside(termsDays, terms)) return err("terms_out_of_range", { max: terms[1] });
  return isOutside(graceDays, grace) ? err("grace_out_of_range", { max: grace[1] }) : null;
}
