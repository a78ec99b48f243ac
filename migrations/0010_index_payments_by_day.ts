import { type MigrationDatabase, run } from "./_tenant_table.ts";

/** What came in on a day or in a span of days, from the index alone: Today asks it for each of its last 30 days. */
export async function up(db: MigrationDatabase): Promise<void> {
  await run(
    db,
    `create index payments_by_day on payments (tenant_id, recorded_on) include (method, amount_centavos)
      where status = 'posted'`,
  );
}

export async function down(db: MigrationDatabase): Promise<void> {
  await run(db, "drop index payments_by_day");
}
