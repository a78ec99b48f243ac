import { exposeFunction, type MigrationDatabase, run, runAll } from "./_tenant_table.ts";

const INDEXED = [
  // Every posting asks for the secrets of its connections.
  "create index desired_secrets_by_subscription on desired_secrets (tenant_id, subscription_id)",
  // The pages of a bill and of a payment also show what was released.
  "drop index allocations_by_source",
  "drop index allocations_by_bill",
  "create index allocations_by_source on allocations (tenant_id, source_id)",
  "create index allocations_by_bill on allocations (tenant_id, bill_id)",
  // Newest first with its ties in the same direction, as the list asks.
  "drop index payments_by_date",
  "create index payments_by_date on payments (tenant_id, recorded_at, id)",
];

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
  await runAll(db, INDEXED);
}

export async function down(db: MigrationDatabase): Promise<void> {
  await runAll(db, [
    "drop index desired_secrets_by_subscription",
    "drop index allocations_by_source",
    "drop index allocations_by_bill",
    "create index allocations_by_source on allocations (tenant_id, source_id) where released_at is null",
    "create index allocations_by_bill on allocations (tenant_id, bill_id) where released_at is null",
    "drop index payments_by_date",
    "create index payments_by_date on payments (tenant_id, recorded_at desc, id)",
  ]);
  await run(db, "drop function list_bills_past_grace(date)");
}
