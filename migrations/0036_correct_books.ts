import { allowWords, forbidWords } from "./_check_values.ts";
import { appRole, type MigrationDatabase, protectTenantTable, run, runAll } from "./_tenant_table.ts";

/** What may change in a memo or a refund; amounts, reasons and where it was drawn from never do. */
const MAY_CHANGE: Readonly<Record<string, string>> = {
  credit_memos: "voided_at, void_reason",
  refunds: "reversed_at, reverse_reason",
  bills: "bir_invoice_no",
};

/** Who may from the start; roles that an owner made get none of it. */
const GRANTS: Readonly<Record<string, readonly string[]>> = {
  "charge:post": ["Owner", "Billing", "Cashier"],
  "memo:post": ["Owner", "Billing"],
  "memo:write_off": ["Owner"],
  "refund:post": ["Owner"],
};

const POSTING_KIND = { table: "ledger_transactions", name: "kind" };
const POSTINGS = ["memo_issued", "memo_voided", "refund_granted", "refund_paid", "refund_reversed"];

/**
 * What corrects the books without touching what was written: credit memos and write-offs are sources of credit, refunds
 * draw from sources, and a bill whose BIR invoice is noted is reported.
 */
export async function up(db: MigrationDatabase): Promise<void> {
  await createMemos(db);
  await createRefunds(db);
  await runAll(db, [
    "alter table ledger_transactions add column refund_id uuid",
    `alter table ledger_transactions add foreign key (tenant_id, refund_id)
      references refunds (tenant_id, id)`,
    `alter table bills add column bir_invoice_no text
      check (length(bir_invoice_no) between 1 and 60)`,
    `comment on column bills.bir_invoice_no is
      'Of the invoice that the BIR knows it by: it is reported, and is corrected by a memo.'`,
  ]);
  await allowWords(db, POSTING_KIND, POSTINGS);
  await protectTenantTable(db, "credit_memos", "select, insert");
  await protectTenantTable(db, "refunds", "select, insert");
  await protectTenantTable(db, "refund_shares", "select, insert");
  const role = await appRole(db);
  for (const [table, columns] of Object.entries(MAY_CHANGE)) {
    await run(db, `grant update (${columns}) on ${table} to ${role}`);
  }
  const rows = Object.entries(GRANTS).flatMap(([permission, roles]) =>
    roles.map((name) => `('${name}', '${permission}')`)
  );
  await acrossTenants(db, [
    `insert into role_permissions (tenant_id, role_id, permission)
      select r.tenant_id, r.id, g.permission from roles r
      join (values ${rows.join(", ")}) g(name, permission) on g.name = r.name
      where r.is_builtin on conflict do nothing`,
  ]);
}

async function createMemos(db: MigrationDatabase): Promise<void> {
  await runAll(db, [
    `create table credit_memos (
      tenant_id uuid not null,
      id uuid not null,
      subscriber_id uuid not null,
      number text not null,
      kind text not null check (kind in ('goodwill', 'outage', 'correction', 'other', 'write_off')),
      reason text not null check (length(reason) between 1 and 200),
      amount_centavos bigint not null check (amount_centavos > 0),
      bill_id uuid,
      issued_on date not null,
      recorded_at timestamptz not null,
      recorded_by text not null,
      staff_user_id uuid,
      idempotency_key text not null,
      request_hash text not null,
      voided_at timestamptz,
      void_reason text check (length(void_reason) between 1 and 200),
      primary key (tenant_id, id),
      unique (tenant_id, number),
      unique (tenant_id, idempotency_key),
      foreign key (tenant_id, subscriber_id) references subscribers (tenant_id, id),
      foreign key (tenant_id, bill_id) references bills (tenant_id, id),
      check ((voided_at is null) = (void_reason is null)),
      check (kind <> 'write_off' or bill_id is not null)
    )`,
    "comment on column credit_memos.bill_id is 'Paid first; null: it was given to the subscriber.'",
    "create index credit_memos_by_subscriber on credit_memos (tenant_id, subscriber_id, recorded_at desc, id)",
    "create index credit_memos_by_time on credit_memos (tenant_id, recorded_at desc, id)",
  ]);
}

async function createRefunds(db: MigrationDatabase): Promise<void> {
  await runAll(db, [
    `create table refunds (
      tenant_id uuid not null,
      id uuid not null,
      subscriber_id uuid not null,
      number text not null,
      method text not null check (method in ('cash', 'gcash', 'maya', 'bank', 'check', 'other')),
      reference text check (length(reference) between 1 and 200),
      amount_centavos bigint not null check (amount_centavos > 0),
      reason text not null check (length(reason) between 1 and 200),
      paid_on date not null,
      recorded_at timestamptz not null,
      recorded_by text not null,
      staff_user_id uuid,
      idempotency_key text not null,
      request_hash text not null,
      reversed_at timestamptz,
      reverse_reason text check (length(reverse_reason) between 1 and 200),
      primary key (tenant_id, id),
      unique (tenant_id, number),
      unique (tenant_id, idempotency_key),
      foreign key (tenant_id, subscriber_id) references subscribers (tenant_id, id),
      check ((reversed_at is null) = (reverse_reason is null))
    )`,
    "create index refunds_by_subscriber on refunds (tenant_id, subscriber_id, recorded_at desc, id)",
    "create index refunds_by_time on refunds (tenant_id, recorded_at desc, id)",
    `create table refund_shares (
      tenant_id uuid not null,
      refund_id uuid not null,
      source_id uuid not null,
      amount_centavos bigint not null check (amount_centavos > 0),
      primary key (tenant_id, refund_id, source_id),
      foreign key (tenant_id, refund_id) references refunds (tenant_id, id),
      foreign key (tenant_id, source_id) references credit_sources (tenant_id, id)
    )`,
    "comment on table refund_shares is 'What a refund was drawn from. It counts as used while the refund is not reversed.'",
    "create index refund_shares_by_source on refund_shares (tenant_id, source_id)",
  ]);
}

/** The owner of the tables is bound by row level security too; within this transaction it is not. */
async function acrossTenants(db: MigrationDatabase, statements: readonly string[]): Promise<void> {
  const tables = ["roles", "role_permissions"];
  for (const table of tables) await run(db, `alter table ${table} no force row level security`);
  await runAll(db, statements);
  for (const table of tables) await run(db, `alter table ${table} force row level security`);
}

/** Refused by the checks once a memo or refund is in the books: no earlier version knows what they are. */
export async function down(db: MigrationDatabase): Promise<void> {
  const names = Object.keys(GRANTS).map((permission) => `'${permission}'`).join(", ");
  await acrossTenants(db, [`delete from role_permissions where permission in (${names})`]);
  await forbidWords(db, POSTING_KIND, POSTINGS);
  await runAll(db, [
    "alter table bills drop column bir_invoice_no",
    "alter table ledger_transactions drop column refund_id",
    "drop table refund_shares",
    "drop table refunds",
    "drop table credit_memos",
  ]);
}
