import { type MigrationDatabase, runAll } from "./_tenant_table.ts";

/** What may have rules for itself; where it has none, the level above holds. */
const LEVELS = ["plans", "subscriptions"];

/**
 * Rules of billing at three levels: the company's, a plan's, a connection's. And what the rest of a billed period was
 * settled to when its plan changed inside.
 */
export async function up(db: MigrationDatabase): Promise<void> {
  for (const table of LEVELS) {
    await runAll(db, [
      `alter table ${table}
        add column own_terms_days smallint check (own_terms_days between 0 and 90),
        add column own_grace_days smallint check (own_grace_days between 0 and 90),
        add column own_first_bill text check (own_first_bill in ('prorate', 'full', 'free', 'stub_plus_full'))`,
      `comment on column ${table}.own_terms_days is 'Null: as the level above says.'`,
    ]);
  }
  await runAll(db, [
    `alter table charged_periods
      add column rest_plan_name text,
      add column rest_price_centavos bigint check (rest_price_centavos >= 0),
      add check ((rest_plan_name is null) = (rest_price_centavos is null))`,
    `comment on column charged_periods.rest_price_centavos is
      'The plan changed inside it after it was billed: by this price the days from then on were settled.'`,
    `alter table subscriptions
      add column lock_in_until date,
      add column lock_in_fee_kind text check (lock_in_fee_kind in ('flat', 'per_month')),
      add column lock_in_fee_centavos bigint check (lock_in_fee_centavos > 0),
      add column ended_on date,
      add check (num_nonnulls(lock_in_until, lock_in_fee_kind, lock_in_fee_centavos) in (0, 3))`,
    "comment on column subscriptions.lock_in_until is 'First day on which leaving costs nothing.'",
    "comment on column subscriptions.ended_on is 'Last day of service.'",
  ]);
}

export async function down(db: MigrationDatabase): Promise<void> {
  await runAll(db, [
    `alter table subscriptions drop column lock_in_until, drop column lock_in_fee_kind,
      drop column lock_in_fee_centavos, drop column ended_on`,
    "alter table charged_periods drop column rest_plan_name, drop column rest_price_centavos",
  ]);
  for (const table of LEVELS) {
    await runAll(db, [
      `alter table ${table} drop column own_terms_days, drop column own_grace_days, drop column own_first_bill`,
    ]);
  }
}
