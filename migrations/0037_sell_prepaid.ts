import { appRole, type MigrationDatabase, protectTenantTable, run, runAll } from "./_tenant_table.ts";

const REASONS = ["stopped", "suspended", "free", "decided"];

/**
 * Connections that are paid up front: what a plan sells, what was bought, and changes between paying up front and
 * after a bill. Coverage has no column of its own: it is the charged periods of paid bills.
 */
export async function up(db: MigrationDatabase): Promise<void> {
  const role = await appRole(db);
  await runAll(db, [
    "alter table subscriptions drop constraint subscriptions_billing_mode_check",
    `alter table subscriptions add constraint subscriptions_billing_mode_check
      check (billing_mode in ('postpaid', 'prepaid'))`,
    `alter table subscriptions add column renews_itself boolean not null default false,
      add column prepaid_unit text check (prepaid_unit in ('days', 'months')),
      add column prepaid_count smallint check (prepaid_count between 1 and 31),
      add check ((prepaid_unit is null) = (prepaid_count is null))`,
    "comment on column subscriptions.prepaid_unit is 'What it bought last, or shall buy first.'",
    "create index subscriptions_prepaid on subscriptions (tenant_id, id) where billing_mode = 'prepaid'",
    `alter table tenants add column prepaid_lapse text not null default 'restart'
      check (prepaid_lapse in ('restart', 'backdate'))`,
    "alter table charged_periods drop constraint charged_periods_why_check",
    whyIn([...REASONS, "uncovered"]),
    "alter table charged_periods add column line_end date check (line_end > period_end)",
    `comment on column charged_periods.line_end is
      'Where its line ends; the days behind period_end were credited when the connection changed how it pays.'`,
    `create table plan_prepaid_units (
      tenant_id uuid not null,
      plan_id uuid not null,
      unit text not null check (unit in ('days', 'months')),
      count smallint not null check (count between 1 and 31),
      price_centavos bigint check (price_centavos >= 0),
      primary key (tenant_id, plan_id, unit, count),
      foreign key (tenant_id, plan_id) references plans (tenant_id, id) on delete cascade
    )`,
    "comment on column plan_prepaid_units.price_centavos is 'Null: worked out from the price of the plan.'",
    `create table prepaid_purchases (
      tenant_id uuid not null,
      id uuid not null,
      subscription_id uuid not null,
      bill_id uuid not null,
      unit text not null check (unit in ('days', 'months')),
      count smallint not null check (count between 1 and 31),
      quantity smallint not null check (quantity between 1 and 12),
      price_centavos bigint not null check (price_centavos >= 0),
      from_on date not null,
      until_on date not null check (until_on > from_on),
      is_renewal boolean not null,
      made_at timestamptz not null,
      made_by text not null,
      primary key (tenant_id, id),
      foreign key (tenant_id, subscription_id) references subscriptions (tenant_id, id),
      foreign key (tenant_id, bill_id) references bills (tenant_id, id)
    )`,
    "comment on column prepaid_purchases.id is 'Made with the form: sent twice, it is one purchase.'",
    "create index prepaid_purchases_by_subscription on prepaid_purchases (tenant_id, subscription_id, from_on)",
    "create index prepaid_purchases_by_bill on prepaid_purchases (tenant_id, bill_id)",
    `create table mode_changes (
      tenant_id uuid not null,
      id uuid not null,
      subscription_id uuid not null,
      to_mode text not null check (to_mode in ('postpaid', 'prepaid')),
      effective_on date not null,
      unused text not null check (unused in ('coverage', 'credit')),
      state text not null check (state in ('planned', 'made', 'cancelled')),
      asked_at timestamptz not null,
      asked_by text not null,
      primary key (tenant_id, id),
      foreign key (tenant_id, subscription_id) references subscriptions (tenant_id, id) on delete cascade
    )`,
    `create unique index mode_changes_planned on mode_changes (tenant_id, subscription_id)
      where state = 'planned'`,
  ]);
  await protectTenantTable(db, "plan_prepaid_units", "select, insert, delete");
  await protectTenantTable(db, "prepaid_purchases", "select, insert");
  await protectTenantTable(db, "mode_changes", "select, insert");
  await run(db, `grant update (state) on mode_changes to ${role}`);
}

/** Whoever paid up front gets a bill from where the last purchase ends. */
export async function down(db: MigrationDatabase): Promise<void> {
  const tables = ["subscriptions", "charged_periods"];
  for (const table of tables) await run(db, `alter table ${table} no force row level security`);
  await runAll(db, [
    `update subscriptions set billing_mode = 'postpaid',
      next_bill_on = case when status in ('active', 'disconnected') then coalesce(billed_through_on, activated_on) end
      where billing_mode = 'prepaid'`,
    "update charged_periods set why = 'decided' where why = 'uncovered'",
  ]);
  for (const table of tables) await run(db, `alter table ${table} force row level security`);
  await runAll(db, [
    "drop table mode_changes",
    "drop table prepaid_purchases",
    "drop table plan_prepaid_units",
    "alter table charged_periods drop column line_end",
    "alter table charged_periods drop constraint charged_periods_why_check",
    whyIn(REASONS),
    "alter table tenants drop column prepaid_lapse",
    "drop index subscriptions_prepaid",
    "alter table subscriptions drop column renews_itself, drop column prepaid_unit, drop column prepaid_count",
    "alter table subscriptions drop constraint subscriptions_billing_mode_check",
    `alter table subscriptions add constraint subscriptions_billing_mode_check
      check (billing_mode in ('postpaid'))`,
  ]);
}

function whyIn(reasons: readonly string[]): string {
  const list = reasons.map((reason) => `'${reason}'`).join(", ");
  return `alter table charged_periods add constraint charged_periods_why_check check (why in (${list}))`;
}
