import { sql } from "kysely";
import { OFFLINE_AFTER_MS } from "@/shared/protocol/mod.ts";
import { localDate } from "@/shared/calendar/mod.ts";
import { centavos, sum } from "@/shared/money/mod.ts";
import { type Coverage, coverageOn, type CoverageState } from "@/web/domain/billing/mod.ts";
import { type CutRow, decideRow, type OpenBill } from "@/web/domain/cuts/mod.ts";
import { coverageAround, type CoverageJson, isCoveredOn, toCoverage } from "../billing/coverage.ts";
import type { TenantRow } from "../settings/tenants.ts";
import { SETTLE_ORDER } from "../billing/settle_order.ts";
import type { TenantTransaction } from "../db/tenant_transaction.ts";

/** Whether the router can be reached now. It never decides a cut; it says when the cut will be seen. */
export type RouterReach = "online" | "unreachable" | "unknown";

interface CandidateFacts {
  subscription_id: string;
  subscriber_id: string;
  name: string;
  account_number: string;
  phone: string | null;
  ppp_name: string;
  plan_name: string;
  site_id: string;
  site_name: string;
  router_name: string;
  router_status: RouterReach;
  is_exempt: boolean;
  hold_until: Temporal.PlainDate | null;
  is_excluded: boolean;
  is_cut: boolean;
  bills: { balance: string; disputed: string; due_on: string; grace_days: number; is_imported: boolean }[];
  /** Null: it gets bills. */
  coverage: CoverageJson[] | null;
  last_payment_on: Temporal.PlainDate | null;
  last_payment_centavos: bigint | null;
}

/** A subscription with debt past grace, and what the rules say about it on a date. */
export interface CutCandidate extends Omit<CandidateFacts, "bills" | "coverage">, CutRow {
  balance_centavos: bigint;
  oldest_due_on: Temporal.PlainDate;
  grace_ends_on: Temporal.PlainDate;
}

/** Which candidates are wanted. */
export interface CandidateOptions {
  /** Only these; all of the tenant otherwise. Not narrowed to debt past grace, so that each one gets its decision. */
  subscriptionIds?: readonly string[];
  /** Leaves out those who are cut already: most of the debts of a night are old ones. */
  exceptCut?: boolean;
  /** The reasons are shown now and not kept: they may say "today". */
  isForReading?: boolean;
  /** Real time, for the state of routers. */
  now: Temporal.Instant;
}

/**
 * Reads the debts of a date and decides each row with the rule of web/domain. The Tonight list, the plan of a run and
 * its execution all come through here, so they cannot disagree.
 */
export async function listCutCandidates(
  trx: TenantTransaction,
  tenant: TenantRow,
  businessOn: Temporal.PlainDate,
  options: CandidateOptions,
): Promise<CutCandidate[]> {
  const facts = await readFacts(trx, businessOn, options);
  const moment = options.now.add({ seconds: Number(tenant.business_offset_seconds) });
  const now = localDate(moment, tenant.time_zone);
  const readOn = options.isForReading === true ? { readOn: now } : {};
  return facts.map((row) => decideCandidate(row, tenant, { today: businessOn, now, ...readOn }));
}

function decideCandidate(
  row: CandidateFacts,
  tenant: TenantRow,
  { now, ...days }: { today: Temporal.PlainDate; now: Temporal.PlainDate; readOn?: Temporal.PlainDate },
): CutCandidate {
  const { bills: stored, coverage, ...facts } = row;
  const bills = stored.map((bill): OpenBill & { isImported: boolean } => ({
    balanceCentavos: centavos(bill.balance),
    disputedCentavos: centavos(bill.disputed),
    dueOn: Temporal.PlainDate.from(bill.due_on),
    graceDays: bill.grace_days,
    isImported: bill.is_imported,
  }));
  const prepaid = coverage === null ? undefined : coverageFor(toCoverage(coverage), days.today, now);
  const decided = decideRow({
    bills,
    ...(prepaid && { prepaid }),
    holdUntil: row.hold_until,
    isExcludedToday: row.is_excluded,
    isExempt: row.is_exempt,
    // What it owes cuts it not, so nobody has to decide about it either.
    isImportedUndecided: prepaid === undefined && bills.some((bill) => bill.isImported),
    minBalanceCentavos: centavos(tenant.min_balance_centavos),
    blackout: { weekdays: tenant.blackout_weekdays, dates: tenant.blackout_dates },
    ...days,
  });
  const [oldest] = bills;
  const covered = prepaid?.until?.subtract({ days: 1 });
  return {
    ...facts,
    ...decided,
    balance_centavos: sum(bills.map((bill) => bill.balanceCentavos)),
    oldest_due_on: covered ?? oldest?.dueOn ?? days.today,
    grace_ends_on: covered ?? oldest?.dueOn.add({ days: oldest.graceDays }) ?? days.today,
  };
}

/** By a run that goes on after midnight, days that are paid from then on count as well. */
function coverageFor(
  coverage: readonly Coverage[],
  on: Temporal.PlainDate,
  now: Temporal.PlainDate,
): CoverageState {
  const state = coverageOn(coverage, on);
  if (state.isCovered || Temporal.PlainDate.compare(now, on) <= 0) return state;
  const later = coverageOn(coverage, now);
  return later.isCovered ? later : state;
}

async function readFacts(
  trx: TenantTransaction,
  businessOn: Temporal.PlainDate,
  options: CandidateOptions,
): Promise<CandidateFacts[]> {
  const freshAfter = options.now.subtract({ milliseconds: OFFLINE_AFTER_MS });
  const pastGrace = sql`
    select distinct l.subscription_id as id from bills b
      join bill_lines l on l.tenant_id = b.tenant_id and l.bill_id = b.id and l.settled_centavos < l.amount_centavos
        and l.subscription_id is not null
      join subscriptions o on o.tenant_id = b.tenant_id and o.id = l.subscription_id and o.subscriber_id = b.subscriber_id
      where b.tenant_id = ${trx.tenantId} and b.status = 'issued' and b.paid_centavos < b.total_centavos
        and b.due_on < ${businessOn} and b.due_on + b.grace_days < ${businessOn}::date
    union select c.id from subscriptions c where c.tenant_id = ${trx.tenantId} and c.billing_mode = 'prepaid'`;
  const wanted = options.subscriptionIds === undefined
    ? pastGrace
    : sql`select id from unnest(${[...options.subscriptionIds]}::uuid[]) as id`;
  const { rows } = await sql<CandidateFacts>`
    select c.id as subscription_id, c.subscriber_id, s.name, s.account_number, s.phone, c.ppp_name, p.name as plan_name,
      r.site_id, t.name as site_name, r.name as router_name, c.is_exempt, h.until_on as hold_until,
      case when seen.heartbeat_at is null or seen.heartbeat_at <= ${freshAfter} then 'unknown'
        when r.status = 'online' then 'online' when r.status = 'unknown' then 'unknown'
        else 'unreachable' end as router_status,
      exists (select from cut_exclusions x where x.tenant_id = c.tenant_id and x.subscription_id = c.id
        and x.business_on = ${businessOn} and x.removed_at is null) as is_excluded,
      ${IS_CUT} as is_cut,
      coalesce((select jsonb_agg(jsonb_build_object('balance', own.balance::text, 'disputed', ${OWN_DISPUTED}::text,
          'due_on', b.due_on, 'grace_days', b.grace_days, 'is_imported', b.is_imported) order by b.due_on, b.id)
        from bills b cross join lateral (select sum(l.amount_centavos - l.settled_centavos) as balance
          from bill_lines l where l.tenant_id = b.tenant_id and l.bill_id = b.id and l.subscription_id = c.id) own
        where b.tenant_id = c.tenant_id and b.subscriber_id = c.subscriber_id and b.status = 'issued'
          and b.paid_centavos < b.total_centavos and own.balance > 0), '[]') as bills,
      case when c.billing_mode = 'prepaid' then ${coverageAround(businessOn)} end as coverage,
      last.received_on as last_payment_on, last.amount_centavos as last_payment_centavos
    from (${wanted}) wanted
    join subscriptions c on c.tenant_id = ${trx.tenantId} and c.id = wanted.id
    join subscribers s on s.tenant_id = c.tenant_id and s.id = c.subscriber_id
    join plans p on p.tenant_id = c.tenant_id and p.id = c.plan_id
    join routers r on r.tenant_id = c.tenant_id and r.id = c.router_id
    join sites t on t.tenant_id = c.tenant_id and t.id = r.site_id
    left join agents a on a.tenant_id = c.tenant_id and a.site_id = r.site_id and a.revoked_at is null
    left join agent_presence seen on seen.tenant_id = c.tenant_id and seen.agent_id = a.id
      and seen.disconnected_at is null
    left join holds h on h.tenant_id = c.tenant_id and h.subscription_id = c.id and h.ended_at is null
      and h.until_on >= ${businessOn}
    left join lateral (select y.received_on, y.amount_centavos from payments y where y.tenant_id = c.tenant_id
      and y.subscriber_id = c.subscriber_id and y.status = 'posted'
      order by y.received_on desc, y.recorded_at desc limit 1) last on true
    where c.status in ('active', 'disconnected') and ${
    options.exceptCut === true ? sql`not ${IS_CUT}` : sql`true`
  } and ${
    options.subscriptionIds === undefined
      ? sql`(c.billing_mode <> 'prepaid' or not ${isCoveredOn(businessOn)})`
      : sql`true`
  }
    order by s.name_sort, s.id, c.id`.execute(trx);
  return rows;
}

const IS_CUT =
  sql`exists (select from block_reasons k where k.tenant_id = c.tenant_id and k.subscription_id = c.id
  and k.reason = 'nonpayment' and k.removed_at is null)`;

/**
 * What of the connection's share of a bill is disputed: the disputed part of a bill is what is paid last, in the order in
 * which lines are settled. The same as disputedLines() of web/domain; a test compares both.
 */
const OWN_DISPUTED = sql`case when b.disputed_centavos = 0 then 0 else (
  select coalesce(sum(least(l.open, greatest(0, l.upto - (b.total_centavos - b.paid_centavos - b.disputed_centavos)))), 0)
  from (select l.subscription_id, l.amount_centavos - l.settled_centavos as open,
      sum(l.amount_centavos - l.settled_centavos) over (order by ${SETTLE_ORDER}) as upto
    from bill_lines l where l.tenant_id = b.tenant_id and l.bill_id = b.id
      and l.settled_centavos < l.amount_centavos) l where l.subscription_id = c.id) end`;
