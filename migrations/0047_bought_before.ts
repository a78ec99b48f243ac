import { type MigrationDatabase, run, runAll } from "./_tenant_table.ts";

const REASONS = ["stopped", "suspended", "free", "decided", "uncovered"];

/**
 * Days that a prepaid connection has without a bill: bought before the company came to Linya. An import keeps what its
 * file says of them.
 */
export async function up(db: MigrationDatabase): Promise<void> {
  await runAll(db, [
    "alter table charged_periods drop constraint charged_periods_why_check",
    whyIn([...REASONS, "bought_before"]),
    `alter table import_rows add column prepaid_until_on date,
      add column prepaid_unit text check (prepaid_unit in ('days', 'months')),
      add column prepaid_count smallint check (prepaid_count between 1 and 31),
      add constraint import_rows_prepaid check ((prepaid_until_on is null) = (prepaid_unit is null)
        and (prepaid_unit is null) = (prepaid_count is null))`,
    "comment on column import_rows.prepaid_until_on is 'Last day that was bought in the system before; null: it gets bills.'",
  ]);
}

/** Days without a bill become days that were decided about: nobody is billed for them afterwards either. */
export async function down(db: MigrationDatabase): Promise<void> {
  await run(db, "alter table charged_periods no force row level security");
  await run(
    db,
    "update charged_periods set why = 'decided' where why = 'bought_before'",
  );
  await run(db, "alter table charged_periods force row level security");
  await runAll(db, [
    "alter table charged_periods drop constraint charged_periods_why_check",
    whyIn(REASONS),
    `alter table import_rows drop constraint import_rows_prepaid, drop column prepaid_until_on, drop column prepaid_unit,
      drop column prepaid_count`,
  ]);
}

function whyIn(reasons: readonly string[]): string {
  const list = reasons.map((reason) => `'${reason}'`).join(", ");
  return `alter table charged_periods add constraint charged_periods_why_check check (why in (${list}))`;
}
