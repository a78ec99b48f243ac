import { exposeFunction, type MigrationDatabase, protectTenantTable, run, runAll } from "./_tenant_table.ts";

/** Plans, subscribers, subscriptions, bills, payments, allocations, ledger, runs, holds, imports. */
export async function up(db: MigrationDatabase): Promise<void> {
  await createSubscribers(db);
  await createMoney(db);
  await createRuns(db);
  await protect(db);
  await createFunctions(db);
}

async function createSubscribers(db: MigrationDatabase): Promise<void> {
  await runAll(db, [
    `create table plans (
      tenant_id uuid not null references tenants (id),
      id uuid not null,
      name text not null check (length(name) between 1 and 80),
      price_centavos bigint not null check (price_centavos >= 0),
      ppp_profile text,
      speed text,
      archived_at timestamptz,
      created_at timestamptz not null default now(),
      primary key (tenant_id, id)
    )`,
    "create unique index plans_name on plans (tenant_id, name) where archived_at is null",
    `create table import_batches (
      tenant_id uuid not null,
      id uuid not null,
      router_id uuid not null,
      status text not null check (status in ('reading', 'review', 'running', 'done', 'failed', 'undone')),
      command_id uuid,
      first_bill_on date,
      settings jsonb not null default '{}',
      total integer not null default 0,
      done integer not null default 0,
      created_count integer not null default 0,
      skipped_count integer not null default 0,
      error_message text,
      created_by text not null,
      created_at timestamptz not null,
      finished_at timestamptz,
      undone_at timestamptz,
      primary key (tenant_id, id),
      foreign key (tenant_id, router_id) references routers (tenant_id, id)
    )`,
    `create table subscribers (
      tenant_id uuid not null references tenants (id),
      id uuid not null,
      account_number text not null,
      name text not null check (length(name) between 1 and 160),
      phone text,
      email text,
      address text,
      notes text,
      import_batch_id uuid,
      created_at timestamptz not null default now(),
      name_lower text collate "C" not null generated always as (lower(name)) stored,
      account_lower text collate "C" not null generated always as (lower(account_number)) stored,
      phone_digits text collate "C" generated always as (regexp_replace(phone, '[^0-9]', '', 'g')) stored,
      primary key (tenant_id, id),
      unique (tenant_id, account_number),
      foreign key (tenant_id, import_batch_id) references import_batches (tenant_id, id)
    )`,
    "create index subscribers_by_name on subscribers (tenant_id, name_lower, id)",
    "create index subscribers_by_phone on subscribers (tenant_id, phone_digits)",
    "create index subscribers_account_prefix on subscribers (tenant_id, account_lower)",
    `create index subscribers_words on subscribers using gin
      ((lower(name || ' ' || account_number || ' ' || coalesce(phone, '') || ' ' || coalesce(address, ''))) gin_trgm_ops)`,
    `create table subscriptions (
      tenant_id uuid not null,
      id uuid not null,
      subscriber_id uuid not null,
      plan_id uuid not null,
      router_id uuid not null,
      ppp_name text not null,
      ppp_name_lower text collate "C" not null generated always as (lower(ppp_name)) stored,
      billing_mode text not null default 'postpaid' check (billing_mode in ('postpaid')),
      status text not null check (status in ('pending', 'active', 'disconnected', 'cancelled')),
      anchor_day smallint check (anchor_day between 1 and 31),
      activated_on date,
      billed_through_on date,
      next_bill_on date,
      is_exempt boolean not null default false,
      import_batch_id uuid,
      created_at timestamptz not null default now(),
      primary key (tenant_id, id),
      foreign key (tenant_id, subscriber_id) references subscribers (tenant_id, id),
      foreign key (tenant_id, plan_id) references plans (tenant_id, id),
      foreign key (tenant_id, router_id) references routers (tenant_id, id),
      foreign key (tenant_id, import_batch_id) references import_batches (tenant_id, id)
    )`,
    "create unique index subscriptions_ppp_name on subscriptions (tenant_id, router_id, ppp_name) where status <> 'cancelled'",
    "create index subscriptions_by_subscriber on subscriptions (tenant_id, subscriber_id)",
    "create index subscriptions_by_ppp_name on subscriptions (tenant_id, ppp_name_lower)",
    "create index subscriptions_to_bill on subscriptions (tenant_id, next_bill_on, id) where status <> 'cancelled'",
    `create table block_reasons (
      tenant_id uuid not null,
      id uuid not null,
      subscription_id uuid not null,
      reason text not null check (reason in
        ('nonpayment', 'abuse', 'vacation', 'admin', 'not_installed', 'imported_disabled')),
      note text,
      run_id uuid,
      added_by text not null,
      added_on date not null,
      added_at timestamptz not null,
      removed_on date,
      removed_at timestamptz,
      removed_by text,
      primary key (tenant_id, id),
      foreign key (tenant_id, subscription_id) references subscriptions (tenant_id, id)
    )`,
    "create unique index block_reasons_live on block_reasons (tenant_id, subscription_id, reason) where removed_at is null",
    `create table import_rows (
      tenant_id uuid not null,
      batch_id uuid not null,
      ppp_name text not null,
      profile text not null,
      is_disabled boolean not null,
      comment text,
      caller_id text,
      name text,
      phone text,
      decision text not null check (decision in ('import', 'skip')),
      issue text,
      outcome text check (outcome in ('created', 'skipped', 'failed')),
      outcome_message text,
      subscriber_id uuid,
      subscription_id uuid,
      primary key (tenant_id, batch_id, ppp_name),
      foreign key (tenant_id, batch_id) references import_batches (tenant_id, id) on delete cascade
    )`,
  ]);
}

async function createMoney(db: MigrationDatabase): Promise<void> {
  await runAll(db, [
    `create table number_series (
      tenant_id uuid not null references tenants (id),
      series text not null,
      prefix text not null,
      pad smallint not null check (pad between 1 and 12),
      next_value bigint not null default 1 check (next_value >= 1),
      primary key (tenant_id, series)
    )`,
    `create table bills (
      tenant_id uuid not null,
      id uuid not null,
      subscriber_id uuid not null,
      subscription_id uuid not null,
      number text,
      status text not null check (status in ('draft', 'issued', 'void')),
      period_start date not null,
      period_end date not null check (period_end > period_start),
      issued_on date,
      due_on date,
      grace_days smallint not null,
      total_centavos bigint not null check (total_centavos >= 0),
      paid_centavos bigint not null default 0 check (paid_centavos between 0 and total_centavos),
      run_id uuid,
      is_imported boolean not null default false,
      voided_at timestamptz,
      void_reason text,
      created_at timestamptz not null,
      primary key (tenant_id, id),
      foreign key (tenant_id, subscriber_id) references subscribers (tenant_id, id),
      foreign key (tenant_id, subscription_id) references subscriptions (tenant_id, id),
      check (status = 'draft' or (number is not null and issued_on is not null and due_on is not null)),
      constraint bills_periods_do_not_overlap exclude using gist
        (tenant_id with =, subscription_id with =, daterange(period_start, period_end) with &&) where (status <> 'void')
    )`,
    "create unique index bills_number on bills (tenant_id, number)",
    "create unique index bills_one_per_period on bills (tenant_id, subscription_id, period_start) where status <> 'void'",
    "create index bills_by_subscriber on bills (tenant_id, subscriber_id, issued_on desc, id)",
    "create index bills_by_issue on bills (tenant_id, issued_on desc, id)",
    "create index bills_open on bills (tenant_id, due_on, subscription_id) where status = 'issued' and paid_centavos < total_centavos",
    `create table bill_lines (
      tenant_id uuid not null,
      bill_id uuid not null,
      line_no smallint not null,
      kind text not null check (kind in ('recurring', 'one_time')),
      description text not null,
      period_start date not null,
      period_end date not null,
      amount_centavos bigint not null,
      primary key (tenant_id, bill_id, line_no),
      foreign key (tenant_id, bill_id) references bills (tenant_id, id)
    )`,
    `create table payments (
      tenant_id uuid not null,
      id uuid not null,
      subscriber_id uuid not null,
      number text not null,
      method text not null check (method in ('cash', 'gcash', 'maya', 'bank', 'check', 'other')),
      amount_centavos bigint not null check (amount_centavos > 0),
      tendered_centavos bigint,
      received_on date not null,
      recorded_at timestamptz not null,
      recorded_on date not null,
      recorded_by text not null,
      staff_user_id uuid,
      reference text,
      note text,
      status text not null check (status in ('posted', 'reversed')),
      reversed_at timestamptz,
      reverse_reason text,
      idempotency_key text not null,
      request_hash text not null,
      primary key (tenant_id, id),
      unique (tenant_id, number),
      unique (tenant_id, idempotency_key),
      foreign key (tenant_id, subscriber_id) references subscribers (tenant_id, id)
    )`,
    "create index payments_by_subscriber on payments (tenant_id, subscriber_id, received_on desc, id)",
    "create index payments_by_date on payments (tenant_id, recorded_at desc, id)",
    `create table allocations (
      tenant_id uuid not null,
      id uuid not null,
      payment_id uuid not null,
      bill_id uuid not null,
      amount_centavos bigint not null check (amount_centavos > 0),
      created_at timestamptz not null,
      released_at timestamptz,
      primary key (tenant_id, id),
      foreign key (tenant_id, payment_id) references payments (tenant_id, id),
      foreign key (tenant_id, bill_id) references bills (tenant_id, id)
    )`,
    "create index allocations_by_payment on allocations (tenant_id, payment_id) where released_at is null",
    "create index allocations_by_bill on allocations (tenant_id, bill_id) where released_at is null",
    `create table ledger_transactions (
      tenant_id uuid not null references tenants (id),
      id uuid not null,
      kind text not null check (kind in
        ('bill_issued', 'bill_voided', 'payment_posted', 'credit_applied', 'credit_released', 'payment_reversed')),
      business_on date not null,
      recorded_at timestamptz not null,
      bill_id uuid,
      payment_id uuid,
      description text not null,
      actor text not null,
      primary key (tenant_id, id),
      foreign key (tenant_id, bill_id) references bills (tenant_id, id),
      foreign key (tenant_id, payment_id) references payments (tenant_id, id)
    )`,
    `create table ledger_entries (
      tenant_id uuid not null,
      transaction_id uuid not null,
      line_no smallint not null,
      account text not null,
      subscriber_id uuid,
      amount_centavos bigint not null check (amount_centavos <> 0),
      primary key (tenant_id, transaction_id, line_no),
      foreign key (tenant_id, transaction_id) references ledger_transactions (tenant_id, id),
      foreign key (tenant_id, subscriber_id) references subscribers (tenant_id, id)
    )`,
    "create index ledger_entries_by_subscriber on ledger_entries (tenant_id, subscriber_id, account) where subscriber_id is not null",
  ]);
}

async function createRuns(db: MigrationDatabase): Promise<void> {
  await runAll(db, [
    `create table runs (
      tenant_id uuid not null references tenants (id),
      id uuid not null,
      kind text not null check (kind in ('bill', 'cut')),
      business_on date not null,
      trigger text not null check (trigger in ('scheduled', 'manual')),
      status text not null check (status in ('planned', 'awaiting_approval', 'approved', 'running', 'done', 'failed')),
      brake_reason text,
      approved_by text,
      approved_at timestamptz,
      requested_by text not null,
      created_at timestamptz not null,
      started_at timestamptz,
      finished_at timestamptz,
      total integer not null default 0,
      changed integer not null default 0,
      skipped integer not null default 0,
      failed integer not null default 0,
      amount_centavos bigint not null default 0,
      error_message text,
      primary key (tenant_id, id)
    )`,
    "create unique index runs_one_scheduled_per_day on runs (tenant_id, kind, business_on) where trigger = 'scheduled'",
    `create table run_rows (
      tenant_id uuid not null,
      run_id uuid not null,
      subscription_id uuid not null,
      position integer not null,
      outcome text not null check (outcome in
        ('listed', 'cut', 'paid', 'held', 'excluded', 'exempt', 'not_due', 'below_minimum', 'already_cut', 'billed', 'failed')),
      balance_centavos bigint not null,
      cut_on date,
      reason text not null,
      decided_at timestamptz,
      primary key (tenant_id, run_id, subscription_id),
      foreign key (tenant_id, run_id) references runs (tenant_id, id),
      foreign key (tenant_id, subscription_id) references subscriptions (tenant_id, id)
    )`,
    `create table cut_exclusions (
      tenant_id uuid not null,
      id uuid not null,
      subscription_id uuid not null,
      business_on date not null,
      reason text not null,
      created_by text not null,
      created_at timestamptz not null,
      removed_at timestamptz,
      primary key (tenant_id, id),
      foreign key (tenant_id, subscription_id) references subscriptions (tenant_id, id)
    )`,
    "create unique index cut_exclusions_live on cut_exclusions (tenant_id, subscription_id, business_on) where removed_at is null",
    `create table holds (
      tenant_id uuid not null,
      id uuid not null,
      subscription_id uuid not null,
      until_on date not null,
      reason text not null,
      created_by text not null,
      created_at timestamptz not null,
      ended_at timestamptz,
      primary key (tenant_id, id),
      foreign key (tenant_id, subscription_id) references subscriptions (tenant_id, id)
    )`,
    "create unique index holds_live on holds (tenant_id, subscription_id) where ended_at is null",
  ]);
}

async function protect(db: MigrationDatabase): Promise<void> {
  const all = "select, insert, update, delete";
  await protectTenantTable(db, "plans", "select, insert, update");
  await protectTenantTable(db, "import_batches", "select, insert, update");
  // Undoing an import is the one place where subscribers and subscriptions are deleted.
  await protectTenantTable(db, "subscribers", all, { isLookup: true });
  await protectTenantTable(db, "subscriptions", all, { isLookup: true });
  await protectTenantTable(db, "block_reasons", all);
  await protectTenantTable(db, "import_rows", all);
  await protectTenantTable(db, "number_series", "select, insert, update");
  await protectTenantTable(db, "bills", "select, insert, update");
  await protectTenantTable(db, "bill_lines", "select, insert");
  await protectTenantTable(db, "payments", "select, insert, update");
  await protectTenantTable(db, "allocations", "select, insert, update");
  await protectTenantTable(db, "ledger_transactions", "select, insert", { isLookup: true });
  await protectTenantTable(db, "ledger_entries", "select, insert", { isLookup: true });
  await protectTenantTable(db, "runs", "select, insert, update");
  await protectTenantTable(db, "run_rows", all);
  await protectTenantTable(db, "cut_exclusions", all);
  await protectTenantTable(db, "holds", all);
}

async function createFunctions(db: MigrationDatabase): Promise<void> {
  await runAll(db, [
    // Every statement has to add legs that sum to zero for each transaction it touches. Nobody may change or delete an
    // entry, so what balances at each step balances for ever. Once per statement: a check per row at commit was a
    // sixth of a bill run.
    `create function assert_ledger_balanced() returns trigger
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
    "revoke all on function assert_ledger_balanced() from public",
    `create trigger ledger_entries_balance after insert on ledger_entries
      referencing new table as added for each statement execute function assert_ledger_balanced()`,
    // Infix search cannot use the trigram index under row level security (ilike is not leakproof), so the owner
    // searches and takes the tenant from the setting, never from an argument (decision R18).
    `create function search_subscriber_ids(words text, most integer) returns table (subscriber_id uuid)
      language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
        with own as (select nullif(current_setting('app.tenant', true), '')::uuid as tenant_id),
        pattern as (select '%' || replace(replace(replace(lower(words), '\\', '\\\\'), '%', '\\%'), '_', '\\_') || '%' as p)
        select found.id from (
          select s.id, s.name_lower from public.subscribers s, own, pattern
            where s.tenant_id = own.tenant_id and
              lower(s.name || ' ' || s.account_number || ' ' || coalesce(s.phone, '') || ' ' || coalesce(s.address, '')) like pattern.p
          union
          select s.id, s.name_lower from public.subscriptions c
            join public.subscribers s on s.tenant_id = c.tenant_id and s.id = c.subscriber_id, own, pattern
            where c.tenant_id = own.tenant_id and c.ppp_name_lower like pattern.p
        ) found order by found.name_lower, found.id limit least(most, 1000) $$`,
  ]);
  await exposeFunction(db, "search_subscriber_ids(text, integer)");
}

export async function down(db: MigrationDatabase): Promise<void> {
  await run(db, "drop function search_subscriber_ids(text, integer)");
  for (
    const table of [
      "holds",
      "cut_exclusions",
      "run_rows",
      "runs",
      "ledger_entries",
      "ledger_transactions",
      "allocations",
      "payments",
      "bill_lines",
      "bills",
      "number_series",
      "import_rows",
      "block_reasons",
      "subscriptions",
      "subscribers",
      "import_batches",
      "plans",
    ]
  ) await run(db, `drop table ${table} cascade`);
  await run(db, "drop function assert_ledger_balanced()");
}
