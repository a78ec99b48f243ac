import { type MigrationDatabase, runAll } from "./_tenant_table.ts";

/** Billing settings that the engine follows, and a plan change that waits for its cycle. */
export async function up(db: MigrationDatabase): Promise<void> {
  await runAll(db, [
    `alter table tenants
      add column cycle_anchor text not null default 'fixed' check (cycle_anchor in ('fixed', 'anniversary')),
      add column bill_timing text not null default 'arrears' check (bill_timing in ('arrears', 'advance')),
      add column lead_days smallint not null default 0 check (lead_days between 0 and 28),
      add column suspended_policy text not null default 'charge' check (suspended_policy in ('charge', 'skip')),
      add column suspended_policy_on date,
      add column stop_after_unpaid_bills smallint not null default 2 check (stop_after_unpaid_bills between 0 and 24),
      drop constraint tenants_first_bill_check,
      add constraint tenants_first_bill_check
        check (first_bill in ('prorate', 'full', 'free', 'stub_plus_full', 'merge_stub_lt'))`,
    // stopped_from_on: the first day that is not billed because too much is unpaid (for termination).
    `alter table subscriptions
      add column bill_timing text not null default 'arrears' check (bill_timing in ('arrears', 'advance')),
      add column next_plan_id uuid,
      add column next_plan_on date,
      add column stopped_from_on date,
      add foreign key (tenant_id, next_plan_id) references plans (tenant_id, id),
      add check ((next_plan_id is null) = (next_plan_on is null))`,
    `create index subscriptions_plan_changes on subscriptions (tenant_id, next_plan_on) where next_plan_on is not null`,
    `create index subscriptions_stopped on subscriptions (tenant_id, id) where stopped_from_on is not null`,
    // Every bill moves a watermark. Without an index on it, and with room on the page, such an update touches no index
    // at all: a third of the time of a bill run. Who is due is found in the order of the primary key.
    "drop index subscriptions_to_bill",
    "alter table subscriptions set (fillfactor = 50)",
    // Days that were suspended are counted from the history, not only from the reasons that still stand.
    `create index block_reasons_history on block_reasons (tenant_id, subscription_id, added_on)`,
  ]);
}

export async function down(db: MigrationDatabase): Promise<void> {
  await runAll(db, [
    "drop index block_reasons_history",
    "alter table subscriptions reset (fillfactor)",
    "create index subscriptions_to_bill on subscriptions (tenant_id, next_bill_on, id) where status <> 'cancelled'",
    "drop index subscriptions_stopped",
    "drop index subscriptions_plan_changes",
    `alter table subscriptions drop column stopped_from_on, drop column next_plan_on, drop column next_plan_id,
      drop column bill_timing`,
    "update tenants set first_bill = 'prorate' where first_bill = 'stub_plus_full'",
    `alter table tenants drop constraint tenants_first_bill_check,
      add constraint tenants_first_bill_check check (first_bill in ('prorate', 'full', 'free', 'merge_stub_lt')),
      drop column stop_after_unpaid_bills, drop column suspended_policy_on, drop column suspended_policy,
      drop column lead_days,
      drop column bill_timing, drop column cycle_anchor`,
  ]);
}
