import { type RawBuilder, sql } from "kysely";
import { localDate } from "@/shared/calendar/mod.ts";
import { centavos, sum } from "@/shared/money/mod.ts";
import { type Coverage, coverageOn, type CoverageState } from "@/web/domain/billing/mod.ts";
import {
  type CutHour,
  type CutRow,
  cutsGoOnOn,
  debtKey,
  decideRow,
  momentOfCut,
  oldestDueOn,
  type OpenBill,
} from "@/web/domain/cuts/mod.ts";
import { coverageAround, type CoverageJson, isCoveredOn, toCoverage } from "../billing/coverage.ts";
import { uuidArray } from "../billing/bill_run.ts";
import type { TenantRow } from "../settings/tenants.ts";
import { SETTLE_ORDER } from "../billing/settle_order.ts";
import { noticeOn, toNotice } from "./notices.ts";
import type { TenantTransaction } from "../db/tenant_transaction.ts";

interface CandidateFacts {
  subscription_id: string;
  subscriber_id: string;
  is_exempt: boolean;
  hold_until: Temporal.PlainDate | null;
  is_excluded: boolean;
  /** End of the planned outage that has it down at the moment of the cut. */
  outage_until: Temporal.Instant | null;
  is_cut: boolean;
  /** What it owes, see {@linkcode OPEN_BILLS}; null for nothing. */
  bills: string | null;
  /** Null: it gets bills. */
  coverage: CoverageJson[] | null;
  /** What it was told of its cut, see {@linkcode noticeOn}; null where nobody has to be told. */
  notice: string | null;
}

/** The facts without whose they are. */
type DecidingFacts = Omit<CandidateFacts, "subscription_id" | "subscriber_id" | "is_cut">;

/** What the rules make of the facts of a connection. */
interface Decided extends CutRow {
  balance_centavos: bigint;
  oldest_due_on: Temporal.PlainDate;
  grace_ends_on: Temporal.PlainDate;
  /** What a notice of its cut is about, see {@linkcode debtKey}. */
  debt: string;
  /** Due date of the oldest debt that counts for a cut; null where days that were paid up front end. */
  debt_due_on: Temporal.PlainDate | null;
}

/** A subscription with debt past grace, and what the rules say about it on a date. */
export interface CutCandidate
  extends Omit<CandidateFacts, "bills" | "coverage" | "outage_until" | "notice">, Decided {}

/** Which candidates are wanted. */
export interface CandidateOptions {
  /** Only these; all of the tenant otherwise. Not narrowed to debt past grace, so that each one gets its decision. */
  subscriptionIds?: readonly string[];
  /** Leaves out those who are cut already: most of the debts of a night are old ones. */
  exceptCut?: boolean;
  /** By the name of the subscriber otherwise. */
  isInAnyOrder?: boolean;
  /** The reasons are shown now and not kept: they may say "today". */
  isForReading?: boolean;
  /** Real time. */
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
  const moment = options.now.add({ seconds: Number(tenant.business_offset_seconds) });
  const now = localDate(moment, tenant.time_zone);
  const hour = hourOf(tenant, businessOn);
  const facts = await readFacts(trx, businessOn, { ...options, cutAt: momentOfCut(hour, moment) });
  const readOn = options.isForReading === true ? { readOn: now } : {};
  const known = new Map<string, Decided>();
  return facts.map(({ subscription_id, subscriber_id, is_cut, ...deciding }) => {
    const alike = JSON.stringify(deciding);
    let decided = known.get(alike);
    if (decided === undefined) {
      decided = decideFacts(deciding, tenant, { today: businessOn, now, ...readOn });
      known.set(alike, decided);
    }
    const { is_exempt, hold_until, is_excluded } = deciding;
    return { subscription_id, subscriber_id, is_cut, is_exempt, hold_until, is_excluded, ...decided };
  });
}

/** What the rules say of these facts: many connections of a night owe the same, and are decided once. */
function decideFacts(
  { bills: stored, coverage, outage_until: until, notice, ...facts }: DecidingFacts,
  tenant: TenantRow,
  { now, ...days }: { today: Temporal.PlainDate; now: Temporal.PlainDate; readOn?: Temporal.PlainDate },
): Decided {
  const bills = stored === null ? [] : stored.split(";").map(toOpenBill);
  const prepaid = coverage === null ? undefined : coverageFor(toCoverage(coverage), days.today, now);
  const decided = decideRow({
    bills,
    ...(prepaid && { prepaid }),
    holdUntil: facts.hold_until,
    isExcludedToday: facts.is_excluded,
    ...(until !== null && { cutsGoOnOn: cutsGoOnOn(until, hourOf(tenant, days.today)) }),
    ...(notice !== null && { notice: toNotice(notice) }),
    isExempt: facts.is_exempt,
    // What it owes cuts it not, so nobody has to decide about it either.
    isImportedUndecided: prepaid === undefined && bills.some((bill) => bill.isImported),
    minBalanceCentavos: centavos(tenant.min_balance_centavos),
    blackout: { weekdays: tenant.blackout_weekdays, dates: tenant.blackout_dates },
    ...days,
  });
  const [oldest] = bills;
  const covered = prepaid?.until?.subtract({ days: 1 });
  return {
    ...decided,
    balance_centavos: sum(bills.map((bill) => bill.balanceCentavos)),
    oldest_due_on: covered ?? oldest?.dueOn ?? days.today,
    grace_ends_on: covered ?? oldest?.dueOn.add({ days: oldest.graceDays }) ?? days.today,
    debt: debtKey(bills, prepaid),
    debt_due_on: prepaid === undefined ? oldestDueOn(bills) : null,
  };
}

/** Reads what {@linkcode OPEN_BILLS} wrote of one bill. */
function toOpenBill(text: string): OpenBill & { isImported: boolean } {
  const [balance = "", disputed = "", dueOn = "", graceDays = "", imported] = text.split(" ");
  return {
    balanceCentavos: centavos(balance),
    disputedCentavos: centavos(disputed),
    dueOn: Temporal.PlainDate.from(dueOn),
    graceDays: Number(graceDays),
    isImported: imported === "t",
  };
}

function hourOf(tenant: TenantRow, today: Temporal.PlainDate): CutHour {
  return { today, cutTime: Temporal.PlainTime.from(tenant.cut_time), zone: tenant.time_zone };
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

/** Everything is read by the key of each connection: the plan is the same where the planner knows nothing yet. */
async function readFacts(
  trx: TenantTransaction,
  businessOn: Temporal.PlainDate,
  options: CandidateOptions & { cutAt: Temporal.Instant },
): Promise<CandidateFacts[]> {
  const isAsked = options.subscriptionIds !== undefined;
  const { rows } = await sql<CandidateFacts>`
    with asked as materialized (${asked(trx, businessOn, options.subscriptionIds)}),
    planned as materialized (select o.id, o.to_at from outages o where o.tenant_id = ${trx.tenantId}
      and o.kind = 'scheduled' and o.taken_back_at is null and o.to_at > ${options.cutAt} and o.from_at <= ${options.cutAt}),
    said as materialized (select n.unreachable from reminder_settings n
      where n.tenant_id = ${trx.tenantId} and n.cut_needs_notice)
    select c.id as subscription_id, c.subscriber_id, c.is_exempt,
      (select h.until_on from holds h where h.tenant_id = c.tenant_id and h.subscription_id = c.id
        and h.ended_at is null and h.until_on >= ${businessOn}) as hold_until,
      exists (select from cut_exclusions x where x.tenant_id = c.tenant_id and x.subscription_id = c.id
        and x.business_on = ${businessOn} and x.removed_at is null offset 0) as is_excluded,
      (select max(p.to_at) from planned p where exists (select from outage_connections h where h.tenant_id = c.tenant_id
        and h.outage_id = p.id and h.subscription_id = c.id offset 0)) as outage_until,
      ${IS_CUT} as is_cut,
      ${OPEN_BILLS} as bills,
      case when c.billing_mode = 'prepaid' then ${coverageAround(businessOn)} end as coverage,
      ${noticeOn(businessOn)} as notice
    from asked
    join subscriptions c on c.tenant_id = ${trx.tenantId} and c.id = asked.id
    where c.status in ('active', 'disconnected')
      ${options.exceptCut === true ? sql`and not ${IS_CUT}` : sql``}
      ${
    isAsked
      ? sql``
      : sql`and asked.payer_id = c.subscriber_id and (c.billing_mode <> 'prepaid' or not ${
        isCoveredOn(businessOn)
      })`
  }`.execute(trx);
  return options.isInAnyOrder === true ? rows : await sortByName(trx, rows);
}

/** Ids of the connections that were named; otherwise of those with something past grace, and of all that pay up front. */
function asked(
  trx: TenantTransaction,
  businessOn: Temporal.PlainDate,
  subscriptionIds: readonly string[] | undefined,
): RawBuilder<{ id: string; payer_id: string | null }> {
  if (subscriptionIds !== undefined) {
    return sql`select distinct id, null::uuid as payer_id from unnest(${
      uuidArray(subscriptionIds)
    }::uuid[]) as id`;
  }
  return sql`
    select own.id, late.subscriber_id as payer_id from list_bills_past_grace(${businessOn}::date) late
      cross join lateral (select l.subscription_id as id from bill_lines l where l.tenant_id = ${trx.tenantId}
        and l.bill_id = late.bill_id and l.settled_centavos < l.amount_centavos and l.subscription_id is not null
        offset 0) own
    union select c.id, c.subscriber_id from subscriptions c where c.tenant_id = ${trx.tenantId} and c.billing_mode = 'prepaid'`;
}

/**
 * Puts them in the order of their subscribers' names, which are read at once: asked for each connection, a planner that
 * knows nothing of the table yet takes whichever index of the tenant is the smallest, and reads all subscribers each time.
 */
async function sortByName(trx: TenantTransaction, facts: CandidateFacts[]): Promise<CandidateFacts[]> {
  if (facts.length < 2) return facts;
  const { rows } = await sql<{ id: string }>`
    select s.id from subscribers s where s.tenant_id = ${trx.tenantId}
      and s.id = any(${uuidArray([...new Set(facts.map((row) => row.subscriber_id))])}::uuid[])
    order by s.name_sort, s.id`.execute(trx);
  const places = new Map(rows.map(({ id }, place) => [id, place]));
  const placeOf = (row: CandidateFacts) => places.get(row.subscriber_id) ?? places.size;
  return facts.toSorted((a, b) =>
    placeOf(a) - placeOf(b) || (a.subscription_id < b.subscription_id ? -1 : 1)
  );
}

/** Asked of one connection at a time (`offset` keeps it so): the reasons of all that was ever off are many. */
const IS_CUT =
  sql`exists (select from block_reasons k where k.tenant_id = c.tenant_id and k.subscription_id = c.id
  and k.reason = 'nonpayment' and k.removed_at is null offset 0)`;

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

/**
 * What the connection owes, one bill after the other, the oldest first: its balance, what of that is disputed, the day it
 * is due, days of grace, whether it was imported. As text: what is alike is then told apart without taking it apart.
 */
const OPEN_BILLS = sql`(
  select string_agg(concat_ws(' ', own.balance, ${OWN_DISPUTED}, b.due_on, b.grace_days, b.is_imported), ';'
    order by b.due_on, b.id)
  from bills b cross join lateral (select sum(l.amount_centavos - l.settled_centavos) as balance
    from bill_lines l where l.tenant_id = b.tenant_id and l.bill_id = b.id and l.subscription_id = c.id) own
  where b.tenant_id = c.tenant_id and b.subscriber_id = c.subscriber_id and b.status = 'issued'
    and b.paid_centavos < b.total_centavos and own.balance > 0)`;
