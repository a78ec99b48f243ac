import { type MigrationDatabase, runAll } from "./_tenant_table.ts";

/** To what a batch of a bill run writes last, behind the number that other batches wait for. */
const KEYS = [
  ["bill_lines", "bill_lines_tenant_id_bill_id_fkey"],
  ["charged_periods", "charged_periods_tenant_id_bill_id_fkey"],
  ["ledger_entries", "ledger_entries_tenant_id_transaction_id_fkey"],
] as const;

/**
 * What a bill run costs: a transaction may ask that these keys are looked at by its commit (whoever does not ask has them
 * looked at as before), and the index that keeps periods apart compares first what tells most of them apart. The tenant,
 * alike in all of them, came first.
 */
export async function up(db: MigrationDatabase): Promise<void> {
  await runAll(db, [
    ...KEYS.map(([table, key]) =>
      `alter table ${table} alter constraint ${key} deferrable initially immediate`
    ),
    ...keepApart("subscription_id with =, daterange(period_start, period_end) with &&, tenant_id with ="),
  ]);
}

export async function down(db: MigrationDatabase): Promise<void> {
  await runAll(db, [
    ...KEYS.map(([table, key]) => `alter table ${table} alter constraint ${key} not deferrable`),
    ...keepApart("tenant_id with =, subscription_id with =, daterange(period_start, period_end) with &&"),
  ]);
}

function keepApart(columns: string): string[] {
  return [
    "alter table charged_periods drop constraint charged_periods_do_not_overlap",
    `alter table charged_periods add constraint charged_periods_do_not_overlap exclude using gist (${columns})`,
  ];
}
