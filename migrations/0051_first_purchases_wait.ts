import { type MigrationDatabase, protectTenantTable, run, runAll } from "./_tenant_table.ts";

/** A prepaid connection that waits may be paid for before its days begin: with its secret, or with its first session. */
export async function up(db: MigrationDatabase): Promise<void> {
  await runAll(db, [
    `create table first_purchases (
      tenant_id uuid not null,
      id uuid not null,
      subscription_id uuid not null,
      plan_id uuid not null,
      unit text not null check (unit in ('days', 'months')),
      count smallint not null check (count between 1 and 31),
      quantity smallint not null check (quantity between 1 and 12),
      price_centavos bigint not null check (price_centavos >= 0),
      made_at timestamptz not null,
      made_by text not null,
      primary key (tenant_id, id),
      unique (tenant_id, subscription_id),
      foreign key (tenant_id, subscription_id) references subscriptions (tenant_id, id) on delete cascade,
      foreign key (tenant_id, plan_id) references plans (tenant_id, id)
    )`,
    "comment on table first_purchases is 'What a connection buys from credit on the day on which its service begins.'",
    "comment on column first_purchases.id is 'Made with the form: sent twice, it is one purchase.'",
    "comment on column first_purchases.price_centavos is 'Of one unit, as it was agreed: it holds until the days begin.'",
    "create index first_purchases_by_plan on first_purchases (tenant_id, plan_id)",
  ]);
  await protectTenantTable(db, "first_purchases", "select, insert, delete");
}

/** The money stays credit; whoever waits buys when the service begins. */
export async function down(db: MigrationDatabase): Promise<void> {
  await run(db, "drop table first_purchases");
}
