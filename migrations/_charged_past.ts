import { sql } from "kysely";
import type { MigrationDatabase } from "./_tenant_table.ts";

/** Days of a connection that no bill has, up to where it stood. Half-open, as all days here; dates as text. */
interface Gap {
  tenant_id: string;
  subscription_id: string;
  gap_start: string;
  gap_end: string;
  /** Where the old model would have gone on: it bills what lies behind this date and is not billed. */
  watermark: string | null;
  stopped_from_on: string | null;
  /** The first days of a connection, where first bills are free. */
  is_free: boolean;
}

/** A void bill line in a gap, with what it takes to bill its days again. */
interface VoidLine {
  tenant_id: string;
  subscription_id: string;
  bill_id: string;
  voided_at: string;
  period_start: string;
  period_end: string;
  terms: Record<string, unknown>;
}

/** Days on which nothing was to be charged. */
interface Quiet {
  subscription_id: string;
  start: string;
  end: string;
}

/** A piece of a gap that is known. */
interface Piece {
  start: string;
  end: string;
  row: Record<string, unknown>;
}

const FAR = "9999-12-31";

/**
 * Says of every day that lies behind a connection and has no bill what it is: to be billed again after a void, never to
 * be billed (bills had stopped, the service was suspended, the first days were free), or unexplained. Nothing is guessed:
 * what was kept has to say so. Moves every connection to the end of its days.
 */
export async function explainGaps(db: MigrationDatabase): Promise<void> {
  await sql.raw(PLACES).execute(db);
  const { rows: gaps } = await sql<Gap>`${sql.raw(GAPS)}`.execute(db);
  if (gaps.length > 0) {
    const ids = [...new Set(gaps.map((gap) => gap.subscription_id))];
    const voids = Map.groupBy(await voidLines(db, ids), (line) => line.subscription_id);
    const stops = Map.groupBy(await stopped(db, ids), (one) => one.subscription_id);
    const offs = Map.groupBy(await suspended(db, ids), (one) => one.subscription_id);
    const rows = gaps.flatMap((gap) => {
      const id = gap.subscription_id;
      return explain(gap, voids.get(id) ?? [], stops.get(id) ?? [], offs.get(id) ?? []);
    });
    for (let i = 0; i < rows.length; i += 2000) await insert(db, rows.slice(i, i + 2000));
  }
  await sql.raw(MOVED).execute(db);
}

/** One gap as rows, in order and without a hole. */
function explain(
  gap: Gap,
  voids: readonly VoidLine[],
  stops: readonly Quiet[],
  offs: readonly Quiet[],
): Record<string, unknown>[] {
  const pieces = toBillAgain(gap, voids);
  const rows: Record<string, unknown>[] = [];
  let from = gap.gap_start;
  for (const piece of [...pieces, { start: gap.gap_end, end: gap.gap_end, row: {} }]) {
    if (from < piece.start) rows.push(...passed(gap, from, piece.start, stops, offs));
    if (piece.start < piece.end) rows.push(rowOf(gap, piece.start, piece.end, piece.row));
    from = piece.end;
  }
  return rows;
}

/**
 * Void periods that the old model would still have billed again. Of several voids of the same days the last one counts; a
 * void that the old model had passed over is not explained by it.
 */
function toBillAgain(gap: Gap, voids: readonly VoidLine[]): Piece[] {
  const pieces: Piece[] = [];
  const inside = voids.filter((line) => gap.gap_start <= line.period_start && line.period_end <= gap.gap_end)
    .filter((line) => gap.watermark === null || gap.watermark <= line.period_start)
    .toSorted((a, b) => a.voided_at < b.voided_at ? 1 : -1);
  for (const line of inside) {
    if (pieces.some((piece) => line.period_start < piece.end && piece.start < line.period_end)) continue;
    const row = { ...line.terms, state: "to_bill_again", freed_bill_id: line.bill_id };
    pieces.push({ start: line.period_start, end: line.period_end, row });
  }
  return pieces.toSorted((a, b) => a.start < b.start ? -1 : 1);
}

/** Days without any bill. */
function passed(
  gap: Gap,
  start: string,
  end: string,
  stops: readonly Quiet[],
  offs: readonly Quiet[],
): Record<string, unknown>[] {
  if (gap.is_free) return [rowOf(gap, start, end, { state: "never", why: "free" })];
  const stop = stops.find((one) => start <= one.start && one.start < end);
  if (stop !== undefined) {
    const before = start < stop.start ? passed(gap, start, stop.start, [], offs) : [];
    return [...before, rowOf(gap, stop.start, end, { state: "never", why: "stopped" })];
  }
  const isOff = offs.some((one) => one.start <= start && end <= one.end);
  const row = isOff ? { state: "never", why: "suspended" } : { state: "unexplained" };
  return [rowOf(gap, start, end, row)];
}

function rowOf(gap: Gap, start: string, end: string, row: Record<string, unknown>) {
  const { tenant_id, subscription_id } = gap;
  return { tenant_id, subscription_id, period_start: start, period_end: end, ...row };
}

async function insert(db: MigrationDatabase, rows: readonly Record<string, unknown>[]): Promise<void> {
  await sql`
    insert into charged_periods (tenant_id, subscription_id, period_start, period_end, state, why, freed_bill_id, plan_name,
      price_centavos, anchor_day, proration, is_in_full, suspended_policy, first_billed_on, created_at)
    select r.tenant_id, r.subscription_id, r.period_start, r.period_end, r.state, r.why, r.freed_bill_id, r.plan_name,
      r.price_centavos, r.anchor_day, r.proration, r.is_in_full, r.suspended_policy, r.first_billed_on,
      coalesce(r.created_at, now())
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as r(tenant_id uuid, subscription_id uuid,
      period_start date, period_end date, state text, why text, freed_bill_id uuid, plan_name text, price_centavos bigint,
      anchor_day smallint, proration text, is_in_full boolean, suspended_policy text, first_billed_on date,
      created_at timestamptz)`.execute(db);
}

/** When bills stopped: as the timeline says, as was noted before a connection was moved, and as it stands now. */
async function stopped(db: MigrationDatabase, ids: readonly string[]): Promise<Quiet[]> {
  const { rows } = await sql<Quiet>`
    select subscription_id, start::text, ${FAR} as end from (
      select subject_id::uuid as subscription_id, (details ->> 'from')::date as start from audit_entries
        where action = 'subscription.bills_stopped' and details ->> 'from' is not null
      union select subscription_id, stopped_from_on from watermark_moves where stopped_from_on is not null
      union select id, stopped_from_on from subscriptions where stopped_from_on is not null) stop
    where subscription_id = any(${[...ids]}::uuid[]) order by 1, 2`.execute(db);
  return rows;
}

/** Days for which nothing is charged: vacations, and all suspensions where the ISP charges none. Joined where they touch. */
async function suspended(db: MigrationDatabase, ids: readonly string[]): Promise<Quiet[]> {
  const { rows } = await sql<Quiet>`
    select b.subscription_id, lower(r)::text as start, upper(r)::text as end from (
      select b.subscription_id, unnest(range_agg(daterange(
          case when b.reason = 'vacation' then b.added_on else greatest(b.added_on, t.suspended_policy_on) end,
          coalesce(b.removed_on, ${FAR}::date)))) as r
      from block_reasons b join tenants t on t.id = b.tenant_id
      where b.subscription_id = any(${[...ids]}::uuid[]) and b.added_on < coalesce(b.removed_on, ${FAR}::date)
        and (b.reason = 'vacation' or (t.suspended_policy = 'skip'
          and greatest(b.added_on, t.suspended_policy_on) < coalesce(b.removed_on, ${FAR}::date)))
      group by 1) b order by 1, 2`.execute(db);
  return rows;
}

async function voidLines(db: MigrationDatabase, ids: readonly string[]): Promise<VoidLine[]> {
  const { rows } = await sql<VoidLine>`${sql.raw(VOID_LINES)} and b.subscription_id = any(${[
    ...ids,
  ]}::uuid[])`
    .execute(db);
  return rows;
}

/** The end of the days of each connection: its old date, or its last bill where a void had moved it back. */
const PLACES = `
  create temporary table old_places on commit drop as
  select c.tenant_id, c.id, c.billed_through_on as watermark, c.stopped_from_on,
    greatest(p.last_end, least(c.billed_through_on, c.stopped_from_on), voids.last_end) as place
  from subscriptions c
  left join lateral (select max(period_end) as last_end from charged_periods p
    where p.tenant_id = c.tenant_id and p.subscription_id = c.id) p on true
  left join lateral (select max(b.period_end) as last_end from bills b where b.tenant_id = c.tenant_id
    and b.subscription_id = c.id and b.status = 'void' and not b.is_imported
    and b.period_start >= coalesce(c.billed_through_on, '-infinity'::date)
    and b.period_end <= coalesce(c.stopped_from_on, 'infinity'::date)) voids on true`;

const GAPS = `
  with tile as (
    select tenant_id, subscription_id, period_end as gap_start, lead(period_start) over w as gap_end
      from charged_periods window w as (partition by tenant_id, subscription_id order by period_start)
    union all
    -- before the first bill: an imported connection begins where its import says, which only its first bill knows
    select c.tenant_id, c.id, c.activated_on, coalesce(min(p.period_start), o.place)
      from subscriptions c join old_places o on o.tenant_id = c.tenant_id and o.id = c.id
      left join charged_periods p on p.tenant_id = c.tenant_id and p.subscription_id = c.id
      where c.activated_on is not null and c.import_batch_id is null group by 1, 2, 3, o.place
    union all
    select o.tenant_id, o.id, max(p.period_end), o.place from old_places o
      join charged_periods p on p.tenant_id = o.tenant_id and p.subscription_id = o.id group by 1, 2, 4)
  select t.tenant_id, t.subscription_id, t.gap_start::text, t.gap_end::text, o.watermark::text, o.stopped_from_on::text,
    n.first_bill = 'free' and t.gap_start = c.activated_on and t.gap_end - t.gap_start < 31
      and c.import_batch_id is null as is_free
  from tile t join old_places o on o.tenant_id = t.tenant_id and o.id = t.subscription_id
  join subscriptions c on c.tenant_id = t.tenant_id and c.id = t.subscription_id
  join tenants n on n.id = t.tenant_id
  where t.gap_start < t.gap_end order by 1, 2, 3`;

/** What a line `l` says of its plan and days; null days where it is a whole period. In words of old, as a code since. */
export const LINE_SAID = `
  select left(case when coded.line is not null then coded.line ->> 'plan'
      else regexp_replace(regexp_replace(l.description, ' \\(\\d+ of \\d+ days(, \\d+ suspended)?\\)$', ''), ', [^,]*$', '')
    end, 200) as plan_name,
    coalesce((coded.line ->> 'days')::numeric, worded.part[1]::numeric) as days,
    coalesce((coded.line ->> 'of')::numeric, worded.part[2]::numeric) as of_days
  from (select case when l.description like '{"code":"line!_%' escape '!' then l.description::jsonb -> 'values' end
      as line) coded
    cross join (select regexp_match(l.description, '\\((\\d+) of (\\d+) days(?:, \\d+ suspended)?\\)$') as part) worded`;

const VOID_LINES = `
  select b.tenant_id, b.subscription_id, b.id as bill_id, b.voided_at::text, l.period_start::text, l.period_end::text,
    jsonb_build_object('plan_name', said.plan_name,
      'price_centavos', case when said.days is null then l.amount_centavos
        when p.price_centavos is not null and least(p.price_centavos,
          round(p.price_centavos * said.days / said.of_days)) = l.amount_centavos then p.price_centavos
        when said.days > 0 then round(l.amount_centavos * said.of_days / said.days)
        else coalesce(p.price_centavos, 0) end,
      'anchor_day', coalesce(c.anchor_day, case t.cycle_anchor when 'anniversary'
        then extract(day from c.activated_on)::smallint else t.cycle_day end),
      'proration', t.proration, 'suspended_policy', t.suspended_policy, 'first_billed_on', b.issued_on,
      'is_in_full', said.days is null and l.period_end - l.period_start < 28, 'created_at', b.created_at) as terms
  from bills b join bill_lines l on l.tenant_id = b.tenant_id and l.bill_id = b.id
  join tenants t on t.id = b.tenant_id
  join subscriptions c on c.tenant_id = b.tenant_id and c.id = b.subscription_id
  cross join lateral (${LINE_SAID}) said
  left join lateral (select max(p.price_centavos) as price_centavos from plans p where p.tenant_id = b.tenant_id
    and p.name = said.plan_name) p on true
  where b.status = 'void' and not b.is_imported and l.kind = 'recurring' and l.amount_centavos >= 0`;

/** Every connection stands at the end of its days; one whose bills had stopped does not move over them. */
const MOVED = `
  update subscriptions c set billed_through_on = o.place from old_places o
  where o.tenant_id = c.tenant_id and o.id = c.id and o.place is not null
    and c.billed_through_on is distinct from o.place
    and exists (select from charged_periods p where p.tenant_id = c.tenant_id and p.subscription_id = c.id)`;
