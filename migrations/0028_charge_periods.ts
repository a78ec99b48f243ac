import { sql } from "kysely";
import { type MigrationDatabase, protectTenantTable, run, runAll } from "./_tenant_table.ts";
import { explainGaps, LINE_SAID } from "./_charged_past.ts";

const TABLES = [
  "audit_entries",
  "bills",
  "bill_lines",
  "block_reasons",
  "charged_periods",
  "plans",
  "subscriptions",
  "tenants",
  "watermark_moves",
];

/**
 * What was charged becomes a row of its own (rule R6): one for each stretch of days of a connection, without gap and
 * overlap, with the plan and price of then. Until now one date per connection had to say which months were billed,
 * skipped, stopped or voided, and could not.
 */
export async function up(db: MigrationDatabase): Promise<void> {
  await createPeriods(db);
  for (const table of TABLES) await run(db, `alter table ${table} no force row level security`);
  await run(db, "analyze bills, bill_lines, subscriptions");
  await runAll(db, [
    LINES_NAME_THEIR_CONNECTION,
    billedPeriods(),
    `update subscriptions set stopped_at = now() where stopped_from_on is not null`,
  ]);
  await explainGaps(db);
  for (const table of TABLES) await run(db, `alter table ${table} force row level security`);
  await runAll(db, [
    "alter table subscriptions add check ((stopped_from_on is null) = (stopped_at is null))",
    "alter table bills drop constraint bills_periods_do_not_overlap",
    "drop index bills_one_per_period",
    "create index bills_by_subscription on bills (tenant_id, subscription_id, period_start)",
    "drop table watermark_moves",
  ]);
}

async function createPeriods(db: MigrationDatabase): Promise<void> {
  await runAll(db, [
    // The key is the first day: a period that is billed again stays one row. `unexplained`: nothing that was kept says
    // whether it was to be billed; a person decides.
    `create table charged_periods (
      tenant_id uuid not null,
      subscription_id uuid not null,
      period_start date not null,
      period_end date not null check (period_end > period_start),
      state text not null check (state in ('billed', 'to_bill_again', 'never', 'unexplained')),
      bill_id uuid,
      freed_bill_id uuid,
      why text check (why in ('stopped', 'suspended', 'free', 'decided')),
      plan_name text,
      price_centavos bigint check (price_centavos >= 0),
      anchor_day smallint check (anchor_day between 1 and 31),
      proration text check (proration in ('actual', 'days30')),
      is_in_full boolean,
      suspended_policy text check (suspended_policy in ('charge', 'skip')),
      first_billed_on date,
      stopped_at timestamptz,
      created_at timestamptz not null,
      primary key (tenant_id, subscription_id, period_start),
      foreign key (tenant_id, subscription_id) references subscriptions (tenant_id, id) on delete cascade,
      foreign key (tenant_id, bill_id) references bills (tenant_id, id),
      foreign key (tenant_id, freed_bill_id) references bills (tenant_id, id),
      constraint charged_periods_billed check ((state = 'billed') = (bill_id is not null)),
      constraint charged_periods_never check ((state = 'never') = (why is not null)),
      constraint charged_periods_terms check (state in ('never', 'unexplained') or (plan_name is not null
        and price_centavos is not null and anchor_day is not null and proration is not null
        and is_in_full is not null and suspended_policy is not null and first_billed_on is not null)),
      constraint charged_periods_do_not_overlap exclude using gist
        (tenant_id with =, subscription_id with =, daterange(period_start, period_end) with &&)
    )`,
    `create index charged_periods_open on charged_periods (tenant_id, subscription_id)
      where state in ('to_bill_again', 'unexplained')`,
    "alter table subscriptions add column stopped_at timestamptz",
    "alter table bill_lines add column subscription_id uuid",
    `alter table bill_lines add foreign key (tenant_id, subscription_id)
      references subscriptions (tenant_id, id)`,
  ]);
  await protectTenantTable(db, "charged_periods", "select, insert, update, delete");
}

const LINES_NAME_THEIR_CONNECTION = `update bill_lines l set subscription_id = b.subscription_id
  from bills b where b.tenant_id = l.tenant_id and b.id = l.bill_id`;

/**
 * A line says its plan, its days of how many, and what it came to. The price of then is the amount of a whole period; of
 * a part it is the plan's price where that gives the amount, else what a whole one of the same plan cost the same
 * connection, else what the amount makes of a whole period.
 */
function billedPeriods(): string {
  return `
  with part as (
    select b.tenant_id, b.subscription_id, b.id as bill_id, l.period_start, l.period_end, l.amount_centavos as amount,
      b.issued_on, b.created_at, said.plan_name, said.days, said.of_days
    from bills b join bill_lines l on l.tenant_id = b.tenant_id and l.bill_id = b.id
    cross join lateral (${LINE_SAID}) said
    where b.status = 'issued' and not b.is_imported and l.kind = 'recurring' and l.amount_centavos >= 0),
  whole as (
    select tenant_id, subscription_id, plan_name, max(amount) as amount from part where days is null group by 1, 2, 3),
  priced as (
    select part.*, case when part.days is null then part.amount else coalesce(
      (select max(p.price_centavos) from plans p where p.tenant_id = part.tenant_id and p.name = part.plan_name
        and least(p.price_centavos, round(p.price_centavos * part.days / part.of_days)) = part.amount),
      (select w.amount from whole w where w.tenant_id = part.tenant_id and w.subscription_id = part.subscription_id
        and w.plan_name = part.plan_name and least(w.amount, round(w.amount * part.days / part.of_days)) = part.amount),
      case when part.days > 0 then round(part.amount * part.of_days / part.days) end, 0) end as price
    from part)
  insert into charged_periods (tenant_id, subscription_id, period_start, period_end, state, bill_id, plan_name,
    price_centavos, anchor_day, proration, is_in_full, suspended_policy, first_billed_on, created_at)
  select x.tenant_id, x.subscription_id, x.period_start, x.period_end, 'billed', x.bill_id, left(x.plan_name, 200), x.price,
    ${ANCHOR_DAY}, t.proration, x.days is null and x.period_end - x.period_start < 28, t.suspended_policy, x.issued_on,
    x.created_at
  from priced x join tenants t on t.id = x.tenant_id
  join subscriptions c on c.tenant_id = x.tenant_id and c.id = x.subscription_id`;
}

const ANCHOR_DAY = `coalesce(c.anchor_day, case t.cycle_anchor when 'anniversary'
  then extract(day from c.activated_on)::smallint else t.cycle_day end)`;

export async function down(db: MigrationDatabase): Promise<void> {
  await runAll(db, [
    `create table watermark_moves (
      tenant_id uuid not null,
      id uuid not null,
      subscription_id uuid not null,
      moved_at timestamptz not null,
      billed_through_on date,
      next_bill_on date,
      stopped_from_on date,
      primary key (tenant_id, id),
      foreign key (tenant_id, subscription_id) references subscriptions (tenant_id, id) on delete cascade
    )`,
    "create index watermark_moves_by_time on watermark_moves (tenant_id, moved_at)",
    "create index watermark_moves_by_subscription on watermark_moves (tenant_id, subscription_id)",
  ]);
  await protectTenantTable(db, "watermark_moves", "select, insert, update, delete");
  const tables = ["subscriptions", "charged_periods", "bills"];
  for (const table of tables) await run(db, `alter table ${table} no force row level security`);
  // The old model bills a voided period again by going back to it.
  await sql`
    update subscriptions c set billed_through_on = least(c.billed_through_on, first.period_start)
    from (select tenant_id, subscription_id, min(period_start) as period_start from charged_periods
      where state = 'to_bill_again' group by 1, 2) first
    where first.tenant_id = c.tenant_id and first.subscription_id = c.id`.execute(db);
  for (const table of tables) await run(db, `alter table ${table} force row level security`);
  await runAll(db, [
    "drop table charged_periods",
    "alter table subscriptions drop column stopped_at",
    "alter table bill_lines drop column subscription_id",
    "drop index bills_by_subscription",
    `alter table bills add constraint bills_periods_do_not_overlap exclude using gist
      (tenant_id with =, subscription_id with =, daterange(period_start, period_end) with &&) where (status <> 'void')`,
    `create unique index bills_one_per_period on bills (tenant_id, subscription_id, period_start)
      where status <> 'void'`,
  ]);
}
