import { type MigrationDatabase, runAll } from "./_tenant_table.ts";

/** To what a batch of a bill run writes last, behind the number that other batches wait for. */
const KEYS = [
  ["bill_lines", "bill_lines_tenant_id_bill_id_fkey"],
  ["charged_periods", "charged_periods_tenant_id_bill_id_fkey"],
  ["ledger_entries", "ledger_entries_tenant_id_transaction_id_fkey"],
] as const;

/**
 * What runs cost. Of a bill run: a transaction may ask that these keys are looked at by its commit (whoever does not ask has
 * them looked at as before), and the index that keeps periods apart compares first what tells most of them apart; the
 * tenant, alike in all of them, came first. Of a cut run: what a subscriber owes is found without the years that are paid.
 * All that is late is found by the same index: it is read whole, and is no longer than what is open.
 */
export async function up(db: MigrationDatabase): Promise<void> {
  await runAll(db, [
    ...KEYS.map(([table, key]) =>
      `alter table ${table} alter constraint ${key} deferrable initially immediate`
    ),
    ...keepApart("subscription_id with =, daterange(period_start, period_end) with &&, tenant_id with ="),
    ...openBills("tenant_id, subscriber_id, due_on"),
  ]);
}

export async function down(db: MigrationDatabase): Promise<void> {
  await runAll(db, [
    ...KEYS.map(([table, key]) => `alter table ${table} alter constraint ${key} not deferrable`),
    ...keepApart("tenant_id with =, subscription_id with =, daterange(period_start, period_end) with &&"),
    ...openBills("tenant_id, due_on, subscription_id"),
  ]);
}

function keepApart(columns: string): string[] {
  return [
    "alter table charged_periods drop constraint charged_periods_do_not_overlap",
    `alter table charged_periods add constraint charged_periods_do_not_overlap exclude using gist (${columns})`,
  ];
}

function openBills(columns: string): string[] {
  return [
    "drop index bills_open",
    `create index bills_open on bills (${columns}) where status = 'issued' and paid_centavos < total_centavos`,
  ];
}
