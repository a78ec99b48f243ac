import type { Centavos } from "@/shared/money/mod.ts";
import type { LateFeeRule } from "./late_fee.ts";
import type { FirstBillPolicy } from "./types.ts";

/** Where a rule stands. What is nearer to the connection holds. */
export const RULE_LEVELS = ["company", "plan", "connection"] as const;
export type RuleLevel = typeof RULE_LEVELS[number];

/** The rules that a plan and a connection may have for themselves. */
export interface LevelledRules {
  /** Days from the natural date to the due date. */
  termsDays: number;
  /** Days past due that stay connected. */
  graceDays: number;
  /** What the first days cost. */
  firstBill: FirstBillPolicy;
  /** Whether days on which the connection was off are charged. */
  suspendedPolicy: SuspendedPolicy;
  /** Unpaid bills after which a connection that is off gets no more; 0: they never stop. */
  stopAfterUnpaidBills: number;
  /** What paying late costs. */
  lateFee: LateFeeRule;
  /** Days past due that cost nothing. */
  lateAfterDays: number;
  /** What coming back after a cut costs; zero: nothing. */
  reconnectionFeeCentavos: Centavos;
}

/** What is charged for days on which a connection is off (billing rule 13). */
export const SUSPENDED_POLICIES = ["charge", "skip"] as const;
export type SuspendedPolicy = typeof SUSPENDED_POLICIES[number];

/** First bills that need no further number: joining a few days with the next bill is the company's alone. */
export const OWN_FIRST_BILLS = ["prorate", "full", "free", "stub_plus_full"] as const;
export type OwnFirstBill = typeof OWN_FIRST_BILLS[number];

/** What a plan or a connection says for itself. Null: as the level above. */
export interface OwnRules {
  termsDays: number | null;
  graceDays: number | null;
  firstBill: OwnFirstBill | null;
  suspendedPolicy: SuspendedPolicy | null;
  stopAfterUnpaidBills: number | null;
  lateFee: LateFeeRule | null;
  lateAfterDays: number | null;
  reconnectionFeeCentavos: Centavos | null;
}

/** A plan or connection like most. */
export const NO_OWN_RULES: OwnRules = {
  termsDays: null,
  graceDays: null,
  firstBill: null,
  suspendedPolicy: null,
  stopAfterUnpaidBills: null,
  lateFee: null,
  lateAfterDays: null,
  reconnectionFeeCentavos: null,
};

/** A rule with where it comes from. */
export interface RuleInEffect<Value> {
  value: Value;
  from: RuleLevel;
}

/** All of them. */
export type RulesInEffect = { [Name in keyof LevelledRules]: RuleInEffect<LevelledRules[Name]> };

/** What holds for a connection: its own rule, else its plan's, else the company's. */
export function rulesInEffect(
  company: LevelledRules,
  plan: OwnRules,
  connection: OwnRules = NO_OWN_RULES,
): RulesInEffect {
  const of = <Name extends keyof LevelledRules>(name: Name): RuleInEffect<LevelledRules[Name]> => {
    const own = connection[name];
    if (own !== null) return { value: own as LevelledRules[Name], from: "connection" };
    const planned = plan[name];
    if (planned !== null) return { value: planned as LevelledRules[Name], from: "plan" };
    return { value: company[name], from: "company" };
  };
  return {
    termsDays: of("termsDays"),
    graceDays: of("graceDays"),
    firstBill: of("firstBill"),
    suspendedPolicy: of("suspendedPolicy"),
    stopAfterUnpaidBills: of("stopAfterUnpaidBills"),
    lateFee: of("lateFee"),
    lateAfterDays: of("lateAfterDays"),
    reconnectionFeeCentavos: of("reconnectionFeeCentavos"),
  };
}

/** What a level says about days that are off, and since when it says that, or nothing. */
export interface DatedPolicy {
  /** Null: as the level above. */
  policy: SuspendedPolicy | null;
  /** Null: from the beginning. */
  since: Temporal.PlainDate | null;
}

/**
 * The policy that holds, and since when: what was charged before a level took its word back, or gave one, stays charged.
 *
 * @param nearer the connection, then its plan
 */
export function policyInEffect(
  company: DatedPolicy & { policy: SuspendedPolicy },
  nearer: readonly DatedPolicy[],
): { policy: SuspendedPolicy; since: Temporal.PlainDate | null } {
  let since: Temporal.PlainDate | null = null;
  for (const level of [...nearer, company]) {
    if (level.since !== null && (since === null || Temporal.PlainDate.compare(level.since, since) > 0)) {
      since = level.since;
    }
    if (level.policy !== null) return { policy: level.policy, since };
  }
  return { policy: company.policy, since };
}
