import { allowWords, forbidWords } from "./_check_values.ts";
import { type MigrationDatabase, runAll } from "./_tenant_table.ts";

const METHOD = { table: "payments", name: "method" };
const MODES = "('non_vat', 'vat_inclusive', 'vat_exclusive')";
/** As in web/domain/billing/limits.ts and web/domain/payments/limits.ts; tests hold both equal. */
const RATES = { vat: 5000, withholding: 3200 };

/**
 * VAT. The company says how it is taxed and from which day; a bill carries what held when it was issued and is never
 * computed again. A line has its VAT in its amount, a memo what it gives back of the VAT of its bill. And subscribers who
 * withhold: a part of their bills is settled by certificate 2307.
 */
export async function up(db: MigrationDatabase): Promise<void> {
  await runAll(db, [
    `alter table tenants
      add column tax_mode text not null default 'non_vat' constraint tenants_tax_mode_check check (tax_mode in ${MODES}),
      add column vat_rate_bp smallint not null default 1200 check (vat_rate_bp between 1 and ${RATES.vat}),
      add column tax_from_on date,
      add column tax_mode_before text not null default 'non_vat'
        constraint tenants_tax_mode_before_check check (tax_mode_before in ${MODES}),
      add column vat_rate_bp_before smallint not null default 1200
        check (vat_rate_bp_before between 1 and ${RATES.vat}),
      add column tin text constraint tenants_tin_length check (length(tin) <= 20),
      add column registered_name text constraint tenants_registered_name_length check (length(registered_name) <= 160)`,
    "comment on column tenants.tax_from_on is 'First day of tax_mode; until then tax_mode_before. Null: always.'",
    "comment on column tenants.vat_rate_bp is 'Basis points.'",
    "comment on column tenants.tin is 'Taxpayer identification number.'",
    `alter table bills
      add column tax_mode text not null default 'non_vat' constraint bills_tax_mode_check check (tax_mode in ${MODES}),
      add column vat_rate_bp smallint not null default 0,
      add column vatable_centavos bigint not null default 0,
      add column vat_centavos bigint not null default 0,
      add constraint bills_tax check (case when tax_mode = 'non_vat' then vatable_centavos = 0 and vat_centavos = 0
        else vat_centavos >= 0 and vatable_centavos + vat_centavos = total_centavos end)`,
    "comment on column bills.tax_mode is 'As it held when it was issued.'",
    "comment on column bills.vat_centavos is 'In the total.'",
    "alter table bill_lines add column vat_centavos bigint not null default 0",
    "comment on column bill_lines.vat_centavos is 'In the amount, whether the price had it or it came on top.'",
    `alter table credit_memos add column vat_centavos bigint not null default 0,
      add constraint credit_memos_vat check (vat_centavos between 0 and amount_centavos)`,
    "comment on column credit_memos.vat_centavos is 'Of the VAT of its bill: given back with it.'",
    `alter table subscribers
      add column withholding_rate_bp smallint check (withholding_rate_bp between 1 and ${RATES.withholding})`,
    "comment on column subscribers.withholding_rate_bp is 'Withholds tax from what is billed, in basis points; null: does not.'",
    // The summary by month, and whether the books agree with the bills, read one account of all.
    `create index ledger_entries_vat on ledger_entries (tenant_id, transaction_id) include (amount_centavos)
      where account = 'vat_payable'`,
  ]);
  await allowWords(db, METHOD, ["withholding_2307"]);
}

export async function down(db: MigrationDatabase): Promise<void> {
  await forbidWords(db, METHOD, ["withholding_2307"]);
  await runAll(db, [
    "drop index ledger_entries_vat",
    "alter table subscribers drop column withholding_rate_bp",
    "alter table credit_memos drop column vat_centavos",
    "alter table bill_lines drop column vat_centavos",
    `alter table bills drop column tax_mode, drop column vat_rate_bp, drop column vatable_centavos,
      drop column vat_centavos`,
    `alter table tenants drop column tax_mode, drop column vat_rate_bp, drop column tax_from_on,
      drop column tax_mode_before, drop column vat_rate_bp_before, drop column tin, drop column registered_name`,
  ]);
}
