import { appRole, type MigrationDatabase, protectTenantTable, run, runAll } from "./_tenant_table.ts";

const OUTCOMES =
  "'listed', 'cut', 'paid', 'held', 'excluded', 'exempt', 'not_due', 'below_minimum', 'already_cut', 'billed', 'failed'";
const PERMISSION = "bill:dispute";
const TABLES = ["bills", "role_permissions", "roles", "run_rows"];

/**
 * A bill, or a part of it, that a subscriber disputes: it stays owed, and what is disputed counts for no cut until a person
 * has decided. And the days that a statement which is issued late leaves, where a tenant gives more than the least notice.
 */
export async function up(db: MigrationDatabase): Promise<void> {
  const role = await appRole(db);
  await runAll(db, [
    `create table disputes (
      tenant_id uuid not null,
      id uuid not null,
      bill_id uuid not null,
      amount_centavos bigint not null check (amount_centavos > 0),
      reason text not null check (length(reason) between 1 and 200),
      opened_on date not null,
      opened_at timestamptz not null,
      opened_by text not null,
      decide_by_on date not null,
      decision text check (decision in ('upheld', 'rejected', 'withdrawn')),
      note text check (length(note) between 1 and 200),
      decided_on date,
      decided_at timestamptz,
      decided_by text,
      primary key (tenant_id, id),
      foreign key (tenant_id, bill_id) references bills (tenant_id, id),
      check (decide_by_on > opened_on),
      check (num_nulls(decision, decided_on, decided_at, decided_by) in (0, 4)),
      check (note is null or decision is not null)
    )`,
    "comment on column disputes.amount_centavos is 'Of the bill; its total where the whole bill is disputed.'",
    "comment on column disputes.decide_by_on is 'Last day of the clock. Nothing happens by itself after it.'",
    "comment on column disputes.decision is 'Null while it is open; it is over, too, when its bill is void.'",
    "create unique index disputes_one_open on disputes (tenant_id, bill_id) where decision is null",
    "create index disputes_by_bill on disputes (tenant_id, bill_id)",
    "create index disputes_by_clock on disputes (tenant_id, decide_by_on, id)",
    `alter table bills add column disputed_centavos bigint not null default 0
      constraint bills_disputed check (disputed_centavos between 0 and total_centavos)`,
    "comment on column bills.disputed_centavos is 'Of the open dispute. It is the part that is paid last.'",
    "alter table tenants add column dispute_days smallint not null default 30 check (dispute_days between 1 and 180)",
    "alter table tenants add column late_terms_days smallint not null default 0 check (late_terms_days in (0, 10, 20))",
    `comment on column tenants.late_terms_days is
      'Days to pay that a statement issued late has at least; 0: no more than min_notice_days.'`,
    "alter table run_rows drop constraint run_rows_outcome_check",
    `alter table run_rows add constraint run_rows_outcome_check check (outcome in (${OUTCOMES}, 'disputed'))`,
    `grant update (disputed_centavos, grace_days) on bills to ${role}`,
  ]);
  await protectTenantTable(db, "disputes", "select, insert");
  await run(db, `grant update (decision, note, decided_on, decided_at, decided_by) on disputes to ${role}`);
  await seeingAllRows(db, [
    `insert into role_permissions (tenant_id, role_id, permission)
      select tenant_id, id, '${PERMISSION}' from roles where name in ('Owner', 'Billing') and is_builtin
      on conflict do nothing`,
  ]);
}

/** The owner of the tables is bound by row level security too; within this transaction it is not. */
async function seeingAllRows(db: MigrationDatabase, statements: readonly string[]): Promise<void> {
  for (const table of TABLES) await run(db, `alter table ${table} no force row level security`);
  await runAll(db, statements);
  for (const table of TABLES) await run(db, `alter table ${table} force row level security`);
}

export async function down(db: MigrationDatabase): Promise<void> {
  const role = await appRole(db);
  await seeingAllRows(db, [
    `delete from role_permissions where permission = '${PERMISSION}'`,
    // What kept somebody is no word of before.
    "update run_rows set outcome = 'below_minimum' where outcome = 'disputed'",
    "alter table run_rows drop constraint run_rows_outcome_check",
    `alter table run_rows add constraint run_rows_outcome_check check (outcome in (${OUTCOMES}))`,
  ]);
  await runAll(db, [
    `revoke update (disputed_centavos, grace_days) on bills from ${role}`,
    "alter table bills drop column disputed_centavos",
    "alter table tenants drop column dispute_days, drop column late_terms_days",
    "drop table disputes",
  ]);
}
