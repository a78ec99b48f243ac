import { appRole, type MigrationDatabase, protectTenantTable, run, runAll } from "./_tenant_table.ts";

const TABLES = ["allocations", "bill_lines", "bills", "credit_sources", "ledger_transactions", "payments"];

/** As compareSettledFirst() of web/domain/payments. */
const LINE_ORDER =
  `l.period_start, case l.kind when 'recurring' then 0 when 'one_time' then 1 else 2 end, l.line_no`;

/**
 * Credit has one home, whatever it came from (payment, memo, opening balance): a source knows how much of it is used,
 * so that nobody adds up every payment ever. What is allocated reaches the lines of a bill (rule R21): a line knows how
 * much of it is settled, and neither can be exceeded.
 */
export async function up(db: MigrationDatabase): Promise<void> {
  await createSources(db);
  await seeingAllRows(db, async () => {
    await runAll(db, [FILL_SOURCES, ...SETTLE_LINES, ...REACH_LINES]);
    await limit(db);
  });
}

/** Row level security would hide the rows of every tenant from the owner, and from the check of a new foreign key. */
async function seeingAllRows(db: MigrationDatabase, work: () => Promise<void>): Promise<void> {
  for (const table of TABLES) await run(db, `alter table ${table} no force row level security`);
  await work();
  for (const table of TABLES) await run(db, `alter table ${table} force row level security`);
}

async function createSources(db: MigrationDatabase): Promise<void> {
  await runAll(db, [
    `create table credit_sources (
      tenant_id uuid not null,
      id uuid not null,
      subscriber_id uuid not null,
      kind text not null check (kind in ('payment', 'memo', 'opening')),
      number text not null,
      amount_centavos bigint not null check (amount_centavos > 0),
      used_centavos bigint not null default 0,
      received_on date not null,
      created_at timestamptz not null,
      ended_at timestamptz,
      primary key (tenant_id, id),
      foreign key (tenant_id, subscriber_id) references subscribers (tenant_id, id),
      constraint credit_sources_not_exceeded check (used_centavos between 0 and amount_centavos)
    )`,
    "comment on column credit_sources.id is 'Of the payment or memo that it is.'",
    "comment on column credit_sources.used_centavos is 'Allocated to bills and paid back.'",
    "comment on column credit_sources.ended_at is 'Reversed or voided: nothing of it is left.'",
    `create index credit_sources_idle on credit_sources (tenant_id, subscriber_id, received_on, created_at, id)
      where ended_at is null and used_centavos < amount_centavos`,
    `alter table bills add column kind text not null default 'recurring'
      check (kind in ('recurring', 'prepaid', 'one_time', 'debit_memo', 'final', 'opening'))`,
    "comment on column bills.subscription_id is 'The connection that it is filed under. Its lines say whose service they are for.'",
    "alter table bill_lines add column settled_centavos bigint not null default 0",
    "comment on column bill_lines.settled_centavos is 'Allocated to it, and taken off by a credit line of the same bill.'",
    "alter table bill_lines drop constraint bill_lines_kind_check",
    `alter table bill_lines add constraint bill_lines_kind_check check (kind in ('recurring', 'one_time', 'late_fee',
      'reconnection_fee', 'lock_in_fee', 'convenience_fee'))`,
    "alter table allocations drop constraint allocations_tenant_id_payment_id_fkey",
    "alter table allocations rename column payment_id to source_id",
    "alter index allocations_by_payment rename to allocations_by_source",
    "alter table allocations add column line_no smallint",
    "alter table ledger_transactions drop constraint ledger_transactions_tenant_id_payment_id_fkey",
    "alter table ledger_transactions rename column payment_id to source_id",
  ]);
  await protectTenantTable(db, "credit_sources", "select, insert");
}

const FILL_SOURCES = `
  insert into credit_sources (tenant_id, id, subscriber_id, kind, number, amount_centavos, used_centavos, received_on, created_at,
    ended_at)
  select p.tenant_id, p.id, p.subscriber_id, 'payment', p.number, p.amount_centavos, coalesce(live.amount, 0), p.received_on,
    p.recorded_at, p.reversed_at
  from payments p left join (select tenant_id, source_id, sum(amount_centavos) as amount from allocations
    where released_at is null group by 1, 2) live on live.tenant_id = p.tenant_id and live.source_id = p.id`;

/** Where the lines of each bill stand beside each other: credit lines first take from the lines that are paid first. */
const SPANS = `
  select l.tenant_id, l.bill_id, l.line_no, l.amount_centavos as amount,
    sum(l.amount_centavos) over (partition by l.tenant_id, l.bill_id order by ${LINE_ORDER}) - l.amount_centavos as low,
    coalesce((select -sum(c.amount_centavos) from bill_lines c where c.tenant_id = l.tenant_id and c.bill_id = l.bill_id
      and c.amount_centavos < 0), 0) as offset_centavos
  from bill_lines l where l.amount_centavos >= 0`;

const SETTLE_LINES = [
  "update bill_lines set settled_centavos = amount_centavos where amount_centavos < 0",
  `update bill_lines l set settled_centavos =
      least(s.amount, greatest(0, s.offset_centavos + case when b.status = 'void' then 0 else b.paid_centavos end - s.low))
    from (${SPANS}) s join bills b on b.tenant_id = s.tenant_id and b.id = s.bill_id
    where l.tenant_id = s.tenant_id and l.bill_id = s.bill_id and l.line_no = s.line_no
      and s.offset_centavos + b.paid_centavos > s.low`,
];

/** One share a line: the live ones of a bill lie one after the other behind what its credit lines took. */
const REACH_LINES = [
  `create temporary table parts on commit drop as
    with share as (
      select a.tenant_id, a.id, a.bill_id, a.amount_centavos, a.source_id, a.created_at, a.released_at,
        case when a.released_at is null then sum(a.amount_centavos) filter (where a.released_at is null)
          over (partition by a.tenant_id, a.bill_id order by a.created_at, a.id) else a.amount_centavos end
          - a.amount_centavos as low
      from allocations a)
    select h.tenant_id, h.id, h.bill_id, h.source_id, h.created_at, h.released_at, s.line_no,
      least(h.low + s.offset_centavos + h.amount_centavos, s.low + s.amount)
        - greatest(h.low + s.offset_centavos, s.low) as amount,
      row_number() over (partition by h.tenant_id, h.id order by s.low, s.line_no) as part
    from share h join (${SPANS}) s on s.tenant_id = h.tenant_id and s.bill_id = h.bill_id
      and h.low + s.offset_centavos < s.low + s.amount
      and h.low + s.offset_centavos + h.amount_centavos > s.low`,
  `update allocations a set line_no = p.line_no, amount_centavos = p.amount from parts p
    where p.part = 1 and p.tenant_id = a.tenant_id and p.id = a.id`,
  `insert into allocations (tenant_id, id, source_id, bill_id, line_no, amount_centavos, created_at, released_at)
    select tenant_id, gen_random_uuid(), source_id, bill_id, line_no, amount, created_at, released_at
    from parts where part > 1`,
  "drop table parts",
];

async function limit(db: MigrationDatabase): Promise<void> {
  const role = await appRole(db);
  await runAll(db, [
    "alter table allocations alter column line_no set not null",
    "alter table allocations add foreign key (tenant_id, source_id) references credit_sources (tenant_id, id)",
    `alter table ledger_transactions add foreign key (tenant_id, source_id)
      references credit_sources (tenant_id, id)`,
    `alter table allocations add foreign key (tenant_id, bill_id, line_no)
      references bill_lines (tenant_id, bill_id, line_no)`,
    `alter table bill_lines add constraint bill_lines_not_exceeded check (
      case when amount_centavos < 0 then settled_centavos = amount_centavos
        else settled_centavos between 0 and amount_centavos end)`,
    `grant update (settled_centavos) on bill_lines to ${role}`,
    `grant update (used_centavos, ended_at) on credit_sources to ${role}`,
  ]);
}

/** Shares stay one a line: joined again, they would be the same money. */
export async function down(db: MigrationDatabase): Promise<void> {
  await seeingAllRows(db, () => undo(db));
  await run(db, "drop table credit_sources");
}

async function undo(db: MigrationDatabase): Promise<void> {
  const role = await appRole(db);
  await runAll(db, [
    `revoke update (settled_centavos) on bill_lines from ${role}`,
    "alter table bill_lines drop constraint bill_lines_not_exceeded, drop column settled_centavos",
    "alter table bill_lines drop constraint bill_lines_kind_check",
    "alter table bill_lines add constraint bill_lines_kind_check check (kind in ('recurring', 'one_time'))",
    "alter table bills drop column kind",
    "alter table ledger_transactions drop constraint ledger_transactions_tenant_id_source_id_fkey",
    "alter table ledger_transactions rename column source_id to payment_id",
    "alter table ledger_transactions add foreign key (tenant_id, payment_id) references payments (tenant_id, id)",
    "alter table allocations drop constraint allocations_tenant_id_source_id_fkey",
    "alter table allocations drop column line_no",
    "alter table allocations rename column source_id to payment_id",
    "alter index allocations_by_source rename to allocations_by_payment",
    "alter table allocations add foreign key (tenant_id, payment_id) references payments (tenant_id, id)",
  ]);
}
