/** The parts of a soak, by the word that `--only` takes: test files that try more often there (`tests/support/soak.ts`). */
export const PARTS: Readonly<Record<string, readonly string[]>> = {
  /** Histories of two years of one subscriber on the pure engine, judged by a second implementation. */
  pure: ["tests/billing/random/pure_histories_test.ts"],
  prepaid: ["tests/billing/random/prepaid_histories_test.ts", "tests/billing/prepaid_property_test.ts"],
  years: ["tests/billing/random/ten_years_test.ts"],
  /** Histories of a provider through services and PostgreSQL. */
  postgres: ["tests/billing/random/pg_histories_test.ts"],
  books: ["tests/billing/simulation_test.ts", "tests/billing/paid_in_time_test.ts"],
  /** Each statement of the runs and of posting fails, in four ways. */
  statements: ["tests/faults/statements_test.ts"],
  kills: [
    "tests/faults/database_kill_test.ts",
    "tests/faults/payment_kill_test.ts",
    "tests/faults/web_fault_test.ts",
  ],
  /** Lives of an agent that dies anywhere: nothing of its own is taken for a person's hand. */
  agent: ["agent/routers/reconcile/own_hand_property_test.ts"],
  /** Kills of the process that mails. */
  mail: ["tests/faults/mail_kill_test.ts"],
  /** Properties of the rules. */
  rules: [
    "web/domain/billing/change_billing_mode_property_test.ts",
    "web/domain/billing/explain_line_test.ts",
    "web/domain/billing/own_price_test.ts",
    "web/domain/billing/plan_bills_property_test.ts",
    "web/domain/billing/year_property_test.ts",
    "web/services/billing/bill_planner_test.ts",
  ],
  storms: [
    "tests/interop/routeros_sim_robustness_test.ts",
    "tests/pages/ordering_test.ts",
    "tests/settings/settings_storm_test.ts",
  ],
};
