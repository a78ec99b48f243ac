import { type MigrationDatabase, runAll } from "./_tenant_table.ts";

/** What may have rules for itself; where it has none, the level above holds. */
const LEVELS = ["plans", "subscriptions"];

/** Rules of billing at three levels: the company's, a plan's, a connection's. */
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
}

export async function down(db: MigrationDatabase): Promise<void> {
  for (const table of LEVELS) {
    await runAll(db, [
      `alter table ${table} drop column own_terms_days, drop column own_grace_days, drop column own_first_bill`,
    ]);
  }
}
