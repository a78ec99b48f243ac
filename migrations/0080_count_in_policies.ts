import { type MigrationDatabase, runAll } from "./_tenant_table.ts";

/** A policy may go by a number of connections in place of an amount: cutting many by hand has none. */
export async function up(db: MigrationDatabase): Promise<void> {
  await runAll(db, [
    "alter table approval_policies add column from_count integer check (from_count > 0)",
    "alter table approval_policies drop constraint approval_policies_check",
    `alter table approval_policies add constraint approval_policies_from
      check (num_nonnulls(from_centavos, from_count) = case mode when 'above' then 1 else 0 end)`,
    "comment on column approval_policies.from_count is 'Connections from which on it needs one, where it goes by them.'",
  ]);
}

export async function down(db: MigrationDatabase): Promise<void> {
  await runAll(db, [
    "alter table approval_policies drop constraint approval_policies_from",
    "update approval_policies set mode = 'always' where from_count is not null",
    "alter table approval_policies drop column from_count",
    `alter table approval_policies add constraint approval_policies_check
      check ((mode = 'above') = (from_centavos is not null))`,
  ]);
}
