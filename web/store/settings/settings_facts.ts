import { sql } from "kysely";
import { type BrakeDecision, decideBrake } from "@/web/domain/cuts/mod.ts";
import type { BillingSettings, SettingsFacts, TonightFacts } from "@/web/domain/settings/mod.ts";
import { isOfCycle } from "../billing/bill_kinds.ts";
import { countActiveConnections, countOutcomes, listRecentCutCounts, type RunRow } from "../billing/runs.ts";
import { toTenantColumns } from "./settings.ts";
import type { TenantRow } from "./tenants.ts";
import type { TenantTransaction } from "../db/tenant_transaction.ts";
import { type CutPreview, findNextCutDay, previewCut } from "../cuts/tonight.ts";

/** The moment of the question. */
export interface SettingsMoment {
  /** Business date and time. */
  today: Temporal.PlainDate;
  time: Temporal.PlainTime;
  /** Real time. */
  now: Temporal.Instant;
}

/**
 * Reads what a change of the billing settings would meet. The next cut list is made twice by the function that makes
 * it in earnest, with the settings as they are and as they would be.
 */
export async function readSettingsFacts(
  trx: TenantTransaction,
  tenant: TenantRow,
  after: BillingSettings,
  moment: SettingsMoment,
): Promise<SettingsFacts> {
  const counts = await readCounts(trx, tenant);
  return { ...counts, tonight: await readTonight(trx, tenant, after, moment) };
}

interface Counts {
  connections: number;
  arrears: number;
  advance: number;
  unbilled: number;
  open_bills: number;
  late_fee_bills: number;
  anchors: { day: number; connections: number }[];
  cut_days: { on: string; bills: number }[];
  unpaid: { bills: number; connections: number }[];
}

async function readCounts(
  trx: TenantTransaction,
  tenant: TenantRow,
): Promise<Omit<SettingsFacts, "tonight">> {
  const { rows } = await sql<Counts>`
    with connection as (
      select c.id, coalesce(c.anchor_day, ${tenant.cycle_day}::smallint) as day, c.bill_timing, c.billed_through_on
      from subscriptions c where c.tenant_id = ${trx.tenantId} and c.status in ('active', 'disconnected')
        and c.activated_on is not null
    ), open as (
      select b.subscription_id, b.kind, b.due_on + b.grace_days + 1 as cut_on,
        b.total_centavos - b.paid_centavos > b.disputed_centavos and b.kind <> 'late_fee' as counts from bills b
      where b.tenant_id = ${trx.tenantId} and b.status = 'issued' and b.paid_centavos < b.total_centavos
    ), owing as (
      select o.subscription_id, count(*)::int as bills from open o
      join subscriptions c on c.tenant_id = ${trx.tenantId} and c.id = o.subscription_id
      join plans p on p.tenant_id = c.tenant_id and p.id = c.plan_id
      where o.counts and ${
    isOfCycle(sql`o.kind`)
  } and coalesce(c.own_stop_after_unpaid_bills, p.own_stop_after_unpaid_bills) is null group by 1)
    select (select count(*)::int from connection) as connections,
      (select count(*)::int from connection where bill_timing = 'arrears') as arrears,
      (select count(*)::int from connection where bill_timing = 'advance') as advance,
      (select count(*)::int from connection c where not exists (select from bills b
        where b.tenant_id = ${trx.tenantId} and b.subscription_id = c.id)) as unbilled,
      (select count(*)::int from open) as open_bills,
      (select count(*)::int from bills b where b.tenant_id = ${trx.tenantId} and b.late_fee_look_on is not null
        and b.status = 'issued' and b.paid_centavos < b.total_centavos) as late_fee_bills,
      coalesce((select jsonb_agg(jsonb_build_object('day', day, 'connections', n) order by n desc, day)
        from (select day, count(*)::int as n from connection group by day) d), '[]') as anchors,
      coalesce((select jsonb_agg(jsonb_build_object('on', cut_on, 'bills', n) order by cut_on)
        from (select cut_on, count(*)::int as n from open where counts group by cut_on) d), '[]') as cut_days,
      coalesce((select jsonb_agg(jsonb_build_object('bills', bills, 'connections', n) order by bills)
        from (select bills, count(*)::int as n from owing group by bills) d), '[]') as unpaid`.execute(trx);
  const [row] = rows;
  if (row === undefined) throw new Error("Cannot read what a change would meet: the query gave no row");
  return {
    connections: row.connections,
    timings: { arrears: row.arrears, advance: row.advance },
    unbilled: row.unbilled,
    openBills: row.open_bills,
    lateFeeBills: row.late_fee_bills,
    anchors: row.anchors,
    cutDays: row.cut_days.map(({ on, bills }) => ({ on: Temporal.PlainDate.from(on), bills })),
    unpaid: row.unpaid,
  };
}

async function readTonight(
  trx: TenantTransaction,
  tenant: TenantRow,
  after: BillingSettings,
  moment: SettingsMoment,
): Promise<TonightFacts> {
  const { businessOn, run } = await findNextCutDay(trx, moment.today);
  const changed: TenantRow = { ...tenant, ...toTenantColumns(after) };
  const listBefore = await previewCut(trx, tenant, businessOn, moment.now);
  const listAfter = await previewCut(trx, changed, businessOn, moment.now);
  const [cutBefore, cutAfter] = [cutIds(listBefore), cutIds(listAfter)];
  const active = await countActiveConnections(trx);
  const recentRunCounts = await listRecentCutCounts(trx);
  // A list that is made already is what the brake counts; before that it is what would be on it.
  const listed = run === null ? null : (await countOutcomes(trx, run.id)).listed ?? 0;
  const brake = (row: TenantRow, cuts: number): BrakeDecision =>
    isWaiting(run) ? { trips: true, reason: run?.brake_reason ?? "" } : decideBrake({
      toCut: listed ?? cuts,
      active,
      recentRunCounts,
      percent: row.brake_percent,
      multiple: row.brake_multiple,
    });
  return {
    on: businessOn,
    isToday: businessOn.equals(moment.today),
    cutsBefore: cutBefore.size,
    cutsAfter: cutAfter.size,
    added: [...cutAfter].filter((id) => !cutBefore.has(id)).length,
    removed: [...cutBefore].filter((id) => !cutAfter.has(id)).length,
    active,
    brakeBefore: brake(tenant, cutBefore.size),
    brakeAfter: brake(changed, cutAfter.size),
    time: moment.time,
    listed: listed ?? cutAfter.size,
  };
}

function cutIds(preview: CutPreview): Set<string> {
  return new Set(preview.rows.filter((row) => row.decision === "cut").map((row) => row.subscriptionId));
}

function isWaiting(run: RunRow | null): boolean {
  return run?.status === "awaiting_approval";
}
