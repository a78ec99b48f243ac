import { err, type Failure } from "@/shared/result.ts";
import { centavos } from "@/shared/money/mod.ts";
import {
  type LateFeeRule,
  type LevelledRules,
  type OwnRules,
  policyInEffect,
  type RulesInEffect,
  rulesInEffect,
  type SuspendedPolicy,
} from "@/web/domain/billing/mod.ts";
import { FEE_MAX } from "@/web/domain/billing/limits.ts";
import { isFee, isFeePercent, SETTING_BOUNDS } from "@/web/domain/settings/mod.ts";
import type { OwnRulesColumns } from "@/web/store/billing/own_rules.ts";
import type { TenantRow } from "@/web/store/settings/tenants.ts";

/** What a plan or a connection says about days that are off, and since when. */
export interface PolicyColumns {
  own_suspended_policy: SuspendedPolicy | null;
  own_suspended_policy_on: Temporal.PlainDate | null;
}

/** What a plan or a connection says for itself. */
export function toOwnRules(row: OwnRulesColumns): OwnRules {
  const { own_late_fee_kind: kind, own_reconnection_fee_centavos: reconnection } = row;
  return {
    termsDays: row.own_terms_days,
    graceDays: row.own_grace_days,
    firstBill: row.own_first_bill,
    suspendedPolicy: row.own_suspended_policy,
    stopAfterUnpaidBills: row.own_stop_after_unpaid_bills,
    lateFee: kind === null ? null : lateFeeRule(kind, row.own_late_fee_centavos, row.own_late_fee_bp),
    lateAfterDays: row.own_late_after_days,
    reconnectionFeeCentavos: reconnection === null ? null : centavos(reconnection),
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
    own_late_fee_kind: rules.lateFee?.kind ?? null,
    own_late_fee_centavos: rules.lateFee?.kind === "flat" ? rules.lateFee.amountCentavos : null,
    own_late_fee_bp: rules.lateFee?.kind === "percent" ? rules.lateFee.rateBp : null,
    own_late_after_days: rules.lateAfterDays,
    own_reconnection_fee_centavos: rules.reconnectionFeeCentavos,
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
    lateFee: lateFeeRule(tenant.late_fee_kind, tenant.late_fee_centavos, tenant.late_fee_bp),
    lateAfterDays: tenant.late_after_days,
    reconnectionFeeCentavos: centavos(tenant.reconnection_fee_centavos),
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

/** What paying late costs, from its columns. */
export function lateFeeRule(
  kind: LateFeeRule["kind"],
  amountCentavos: bigint | null,
  rateBp: number | null,
): LateFeeRule {
  if (kind === "flat") return { kind, amountCentavos: centavos(amountCentavos ?? 0n) };
  return kind === "percent" ? { kind, rateBp: rateBp ?? 0 } : { kind };
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

/** Why rules of one's own are refused. */
export type OwnRulesCode =
  | "terms_out_of_range"
  | "grace_out_of_range"
  | "stop_out_of_range"
  | "late_after_out_of_range"
  | "fee_out_of_range"
  | "percent_out_of_range";

/** Why rules of one's own cannot be: the bounds of the company's hold for them too. */
export function checkOwnRules(rules: OwnRules): Failure<OwnRulesCode> | null {
  const { termsDays, graceDays, stopAfterUnpaidBills, lateFee, lateAfterDays, reconnectionFeeCentavos } =
    rules;
  const isOutside = (days: number | null, [min, max]: readonly [number, number]) =>
    days !== null && (!Number.isInteger(days) || days < min || days > max);
  const { termsDays: terms, graceDays: grace, stopAfterUnpaidBills: stop, lateAfterDays: late } =
    SETTING_BOUNDS;
  if (isOutside(stopAfterUnpaidBills, stop)) return err("stop_out_of_range", { max: stop[1] });
  if (isOutside(termsDays, terms)) return err("terms_out_of_range", { max: terms[1] });
  if (isOutside(graceDays, grace)) return err("grace_out_of_range", { max: grace[1] });
  if (isOutside(lateAfterDays, late)) return err("late_after_out_of_range", { max: late[1] });
  if (lateFee?.kind === "percent" && !isFeePercent(lateFee.rateBp)) return err("percent_out_of_range");
  const isFlat = lateFee?.kind !== "flat" || isFee(lateFee.amountCentavos);
  const isReconnection = !reconnectionFeeCentavos || isFee(reconnectionFeeCentavos);
  return isFlat && isReconnection ? null : err("fee_out_of_range", { max: FEE_MAX });
}
