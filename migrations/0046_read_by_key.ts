import { exposeFunction, type MigrationDatabase, run } from "./_tenant_table.ts";

/**
 * Bills whose grace has ended, from the index of the open ones. Of a comparison of two columns the planner takes a third
 * of all bills to be open, and then reads every bill there ever was; `enable_seqscan` keeps it on the index. It runs with
 * the rights of who asks: row level security shows one tenant's bills.
 */
export async function up(db: MigrationDatabase): Promise<void> {
  await run(
    db,
    `create function list_bills_past_grace(on_day date) returns table (bill_id uuid, subscriber_id uuid)
      language sql stable rows 1000 set search_path = pg_catalog, public, pg_temp
      set enable_seqscan = off set enable_bitmapscan = off as $$
      select b.id, b.subscriber_id from bills b
      where b.tenant_id = nullif(current_setting('app.tenant', true), '')::uuid and b.status = 'issued'
        and b.paid_centavos < b.total_centavos and b.due_on < on_day and b.due_on + b.grace_days < on_day $$`,
  );
  await exposeFunction(db, "list_bills_past_grace(date)");
}

export async function down(db: MigrationDatabase): Promise<void> {
  await run(db, "drop function list_bills_past_grace(date)");
}
