import { appRole, type MigrationDatabase, run, runAll } from "./_tenant_table.ts";

/** As in web/domain/payments/accounts.ts; a test holds both equal. True: kept by subscriber. */
const ACCOUNTS: Readonly<Record<string, boolean>> = {
  receivable: true,
  subscriber_credit: true,
  "revenue:recurring": false,
  "revenue:one_time": false,
  "revenue:late_fee": false,
  "revenue:reconnection_fee": false,
  "revenue:convenience_fee": false,
  "revenue:lock_in_fee": false,
  vat_payable: false,
  "cash:cash": false,
  "cash:gcash": false,
  "cash:maya": false,
  "cash:bank": false,
  "cash:check": false,
  "cash:other": false,
  gateway_clearing: false,
  gateway_fees: false,
  withholding_receivable: false,
  refunds_payable: false,
  write_offs: false,
  credit_memos: false,
  opening_balance: false,
};

/** What may change in a row of the books; everything else stands as it was written. */
const MAY_CHANGE: Readonly<Record<string, readonly string[]>> = {
  bills: ["status", "paid_centavos", "is_imported", "voided_at", "void_reason"],
  payments: ["status", "reversed_at", "reverse_reason"],
  allocations: ["released_at"],
};

/**
 * The books are sealed: accounts are rows, a ledger transaction is whole when it is written and takes no entry later,
 * the web may change only what happens to a bill or a payment afterwards, and a reference is on one live payment of
 * its method unless a person says otherwise.
 */
export async function up(db: MigrationDatabase): Promise<void> {
  await createAccounts(db);
  await sealTransactions(db);
  await limitUpdates(db);
  await guardReferences(db);
}

async function createAccounts(db: MigrationDatabase): Promise<void> {
  const rows = Object.entries(ACCOUNTS).map(([code, isBySubscriber]) => `('${code}', ${isBySubscriber})`);
  await runAll(db, [
    `create table ledger_accounts (
      code text primary key,
      is_by_subscriber boolean not null,
      unique (code, is_by_subscriber)
    )`,
    "comment on column ledger_accounts.is_by_subscriber is 'True: each entry names its subscriber. False: none does.'",
    `insert into ledger_accounts (code, is_by_subscriber) values ${rows.join(", ")}`,
    `grant select on ledger_accounts to ${await appRole(db)}`,
    // One key says both: the account exists, and it is kept by subscriber exactly when the entry names one.
    `alter table ledger_entries add column is_by_subscriber boolean not null
      generated always as (subscriber_id is not null) stored`,
    `alter table ledger_entries add constraint ledger_entries_account
      foreign key (account, is_by_subscriber) references ledger_accounts (code, is_by_subscriber)`,
  ]);
}

const SEALING = "language plpgsql set search_path = pg_catalog, public, pg_temp";

async function sealTransactions(db: MigrationDatabase): Promise<void> {
  await runAll(db, [
    // Whoever adds entries to a transaction adds its lines 1 to n, which sum to zero. Line 1 can be added once: what
    // is written is whole, and sealed. One look at each statement, as before.
    `create or replace function assert_ledger_balanced() returns trigger ${SEALING} as $$
      declare broken record;
      begin
        select a.transaction_id, sum(a.amount_centavos) as off_by, min(a.line_no) as first, max(a.line_no) as last,
          count(*) as lines into broken from added a group by a.tenant_id, a.transaction_id
          having sum(a.amount_centavos) <> 0 or count(*) < 2 or min(a.line_no) <> 1 or max(a.line_no) <> count(*)
          limit 1;
        if found and broken.off_by <> 0 then
          raise exception 'Cannot post ledger transaction %: its entries sum to % centavos',
            broken.transaction_id, broken.off_by using errcode = 'check_violation';
        elsif found then
          raise exception 'Cannot post ledger transaction %: one statement writes its lines 1 to n and no other adds to them, here were % from line % to %',
            broken.transaction_id, broken.lines, broken.first, broken.last using errcode = 'check_violation';
        end if;
        return null;
      end $$`,
    // By the key of the entries, one after the other: a plan made while the table was small is kept by the session.
    `create function assert_ledger_has_entries() returns trigger ${SEALING}
      set enable_seqscan = off set enable_bitmapscan = off as $$
      declare bare uuid;
      begin
        select a.id into bare from added a where (select e.line_no from public.ledger_entries e
          where e.tenant_id = a.tenant_id and e.transaction_id = a.id and e.line_no = 1) is null limit 1;
        if found then
          raise exception 'Cannot post ledger transaction %: its entries are not written with it', bare
            using errcode = 'check_violation';
        end if;
        return null;
      end $$`,
    "revoke all on function assert_ledger_has_entries() from public",
    `create trigger ledger_transactions_have_entries after insert on ledger_transactions
      referencing new table as added for each statement execute function assert_ledger_has_entries()`,
  ]);
}

async function limitUpdates(db: MigrationDatabase): Promise<void> {
  const role = await appRole(db);
  for (const [table, columns] of Object.entries(MAY_CHANGE)) {
    await runAll(db, [
      `revoke update on ${table} from ${role}`,
      `grant update (${columns.join(", ")}) on ${table} to ${role}`,
    ]);
  }
}

async function guardReferences(db: MigrationDatabase): Promise<void> {
  await runAll(db, [
    "alter table payments add column is_reference_shared boolean not null default false",
    `comment on column payments.is_reference_shared is
      'Another payment of its method had this reference already, and a person said that this is another payment.'`,
    // What was posted twice before this stays, and is marked: the first keeps the reference. Of every tenant: row
    // level security would hide all of them from the owner.
    "alter table payments no force row level security",
    `update payments p set is_reference_shared = true
      where p.status = 'posted' and p.reference_folded <> '' and exists (
        select from payments first where first.tenant_id = p.tenant_id and first.method = p.method
          and first.reference_folded = p.reference_folded and first.status = 'posted'
          and (first.recorded_at, first.id) < (p.recorded_at, p.id))`,
    "alter table payments force row level security",
    `create unique index payments_one_live_reference on payments (tenant_id, method, reference_folded)
      where status = 'posted' and reference_folded <> '' and not is_reference_shared`,
  ]);
}

export async function down(db: MigrationDatabase): Promise<void> {
  const role = await appRole(db);
  await run(db, "alter table payments drop column is_reference_shared");
  for (const table of Object.keys(MAY_CHANGE)) {
    await runAll(db, [
      `revoke update on ${table} from ${role}`,
      ...MAY_CHANGE[table]!.map((column) => `revoke update (${column}) on ${table} from ${role}`),
      `grant update on ${table} to ${role}`,
    ]);
  }
  await runAll(db, [
    "drop trigger ledger_transactions_have_entries on ledger_transactions",
    "drop function assert_ledger_has_entries()",
    `create or replace function assert_ledger_balanced() returns trigger
      language plpgsql set search_path = pg_catalog, public, pg_temp as $$
      declare unbalanced record;
      begin
        select a.transaction_id, sum(a.amount_centavos) as off_by into unbalanced from added a
          group by a.tenant_id, a.transaction_id having sum(a.amount_centavos) <> 0 limit 1;
        if found then
          raise exception 'Cannot post ledger transaction %: its entries sum to % centavos',
            unbalanced.transaction_id, unbalanced.off_by using errcode = 'check_violation';
        end if;
        return null;
      end $$`,
    "alter table ledger_entries drop constraint ledger_entries_account, drop column is_by_subscriber",
    "drop table ledger_accounts",
  ]);
}
