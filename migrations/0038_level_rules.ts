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
  ]);
}

export async function down(db: MigrationDatabase): Promise<void> {
  await runAll(db, [
    "alter table charged_periods drop column rest_plan_name, drop column rest_price_centavos",
  ]);
  for (const table of LEVELS) {
    await runAll(db, [
      `alter table ${table} drop column own_terms_days, drop column own_grace_days, drop column own_first_bill`,
    ]);
  }
}
