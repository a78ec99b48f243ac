import { appRole, type MigrationDatabase, protectTenantTable, run, runAll } from "./_tenant_table.ts";

/** What may change in a price that was agreed; its amount and its first day never do. */
const MAY_CHANGE: Readonly<Record<string, string>> = {
  subscription_prices: "last_on, periods, only_plan_id, taken_back_at, taken_back_by",
  plan_prices: "agreed_on, taken_back_at, taken_back_by",
};

/** Terms of a charged period where the connection had a price of its own. */
const OWN_TERMS: Readonly<Record<string, string>> = {
  own_kind: "text check (own_kind in ('price', 'amount_off', 'percent_off'))",
  own_amount_centavos: "bigint check (own_amount_centavos >= 0)",
  own_basis_points: "integer check (own_basis_points between 0 and 10000)",
  own_until_on: "date",
  list_price_centavos: "bigint check (list_price_centavos >= 0)",
};

/**
 * What was agreed for one connection in place of the plan's price, as rows with their days, that a charged period keeps
 * with it; and a plan's price that was agreed for a day to come can be taken back.
 */
export async function up(db: MigrationDatabase): Promise<void> {
  const role = await appRole(db);
  await runAll(db, [
    `create table subscription_prices (
      tenant_id uuid not null,
      subscription_id uuid not null,
      id uuid not null,
      kind text not null check (kind in ('price', 'amount_off', 'percent_off')),
      amount_centavos bigint not null check (amount_centavos >= 0),
      basis_points integer not null check (basis_points between 0 and 10000),
      from_on date not null,
      last_on date,
      periods smallint check (periods between 1 and 120),
      is_by_day boolean not null,
      only_plan_id uuid,
      reason text not null check (length(reason) between 1 and 200),
      agreed_on date not null,
      agreed_at timestamptz not null,
      agreed_by text not null,
      taken_back_at timestamptz,
      taken_back_by text,
      primary key (tenant_id, subscription_id, id),
      foreign key (tenant_id, subscription_id) references subscriptions (tenant_id, id) on delete cascade,
      foreign key (tenant_id, only_plan_id) references plans (tenant_id, id),
      check (last_on >= from_on),
      check (last_on is null or periods is null),
      check ((kind = 'percent_off') = (basis_points > 0)),
      check (kind = 'price' or (kind = 'amount_off') = (amount_centavos > 0)),
      check ((taken_back_at is null) = (taken_back_by is null)),
      constraint subscription_prices_do_not_overlap exclude using gist (tenant_id with =, subscription_id with =,
        daterange(from_on, last_on, '[]') with &&) where (taken_back_at is null)
    )`,
    "comment on column subscription_prices.last_on is 'Null: no end, or after so many periods.'",
    `comment on column subscription_prices.is_by_day is
      'A person named the days. Otherwise a period costs what counts on its first day.'`,
    `comment on column subscription_prices.only_plan_id is
      'The plan that it ends with; null: it outlives a change of plan.'`,
    ...Object.entries(OWN_TERMS).map(([name, type]) =>
      `alter table charged_periods add column ${name} ${type}`
    ),
    `alter table charged_periods add constraint charged_periods_own check (num_nulls(own_kind, own_amount_centavos,
      own_basis_points, list_price_centavos) in (0, 4) and (own_until_on is null or own_kind is not null))`,
    "alter table plan_prices add column taken_back_at timestamptz, add column taken_back_by text",
    `alter table plan_prices add constraint plan_prices_taken_back
      check ((taken_back_at is null) = (taken_back_by is null) and (taken_back_at is null or from_on is not null))`,
    `revoke update on plan_prices from ${role}`,
  ]);
  await protectTenantTable(db, "subscription_prices", "select, insert");
  for (const [table, columns] of Object.entries(MAY_CHANGE)) {
    await run(db, `grant update (${columns}) on ${table} to ${role}`);
  }
}

export async function down(db: MigrationDatabase): Promise<void> {
  const role = await appRole(db);
  await runAll(db, [
    "alter table plan_prices no force row level security",
    // Without the mark it would count on its day.
    "delete from plan_prices where taken_back_at is not null",
    "alter table plan_prices force row level security",
    `revoke update (agreed_on, taken_back_at, taken_back_by) on plan_prices from ${role}`,
    "alter table plan_prices drop column taken_back_at, drop column taken_back_by",
    `grant update on plan_prices to ${role}`,
    `alter table charged_periods ${Object.keys(OWN_TERMS).map((name) => `drop column ${name}`).join(", ")}`,
    "drop table subscription_prices",
  ]);
}
