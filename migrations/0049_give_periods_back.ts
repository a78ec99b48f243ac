import { type MigrationDatabase, protectTenantTable, runAll } from "./_tenant_table.ts";

/**
 * Periods that a bill charges and that were given back whole before they began, because the connection came to pay up
 * front: their days may be sold, so no charged period holds them any more, and the line of the bill says what it was for.
 */
export async function up(db: MigrationDatabase): Promise<void> {
  await runAll(db, [
    `create table given_back_periods (
      tenant_id uuid not null,
      subscription_id uuid not null,
      bill_id uuid not null,
      period_start date not null,
      period_end date not null check (period_end > period_start),
      given_back_at timestamptz not null,
      primary key (tenant_id, bill_id, subscription_id, period_start),
      foreign key (tenant_id, subscription_id) references subscriptions (tenant_id, id) on delete cascade,
      foreign key (tenant_id, bill_id) references bills (tenant_id, id)
    )`,
    "comment on column given_back_periods.period_end is 'As the line of the bill has it.'",
    "create index given_back_periods_by_subscription on given_back_periods (tenant_id, subscription_id)",
  ]);
  await protectTenantTable(db, "given_back_periods", "select, insert");
}

/** Not over rows: without them a bill would charge a line for days that nothing holds, and no way forward brings them back. */
export async function down(db: MigrationDatabase): Promise<void> {
  await runAll(db, [
    "alter table given_back_periods no force row level security",
    `do $$ begin
      if exists (select from given_back_periods) then
        raise exception 'Cannot drop given_back_periods: it says which days of bills were given back';
      end if;
    end $$`,
    "drop table given_back_periods",
  ]);
}
