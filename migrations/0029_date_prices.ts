import { type MigrationDatabase, protectTenantTable, run, runAll } from "./_tenant_table.ts";

/**
 * Prices with a date. What was agreed stays; from which day it counts is worked out for each connection: from its next
 * period, or from the day that a person named.
 */
export async function up(db: MigrationDatabase): Promise<void> {
  await run(
    db,
    `create table plan_prices (
      tenant_id uuid not null,
      plan_id uuid not null,
      id uuid not null,
      agreed_on date not null,
      from_on date,
      price_centavos bigint not null check (price_centavos >= 0),
      agreed_at timestamptz not null,
      agreed_by text not null,
      primary key (tenant_id, plan_id, id),
      foreign key (tenant_id, plan_id) references plans (tenant_id, id)
    )`,
  );
  await protectTenantTable(db, "plan_prices", "select, insert, update");
  await runAll(db, [
    "alter table plans no force row level security",
    "alter table plan_prices no force row level security",
    `insert into plan_prices (tenant_id, plan_id, id, agreed_on, price_centavos, agreed_at, agreed_by)
      select p.tenant_id, p.id, gen_random_uuid(), (p.created_at at time zone t.time_zone)::date, p.price_centavos,
        p.created_at, '' from plans p join tenants t on t.id = p.tenant_id`,
    "alter table plans force row level security",
    "alter table plan_prices force row level security",
  ]);
}

export async function down(db: MigrationDatabase): Promise<void> {
  await run(db, "drop table plan_prices");
}
