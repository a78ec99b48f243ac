import { sql } from "kysely";
import { type AgingBucket, type Connection, connectionRows } from "./connections.ts";
import { listNeeds, type NeedsYou } from "./needs_you.ts";
import type { RunRow } from "./runs.ts";
import { findNextCutDay, previewCut } from "./tonight.ts";
import type { TenantRow } from "./tenants.ts";
import type { TenantTransaction } from "./tenant_transaction.ts";

/** The figures of the Today page. Each one equals the list that it links to. */
export interface TodayFigures {
  needsYou: NeedsYou[];
  tonight: {
    businessOn: Temporal.PlainDate;
    at: Temporal.PlainTime;
    count: number;
    amountCentavos: bigint;
    /** Set when the day's list is planned or the run waits for approval. */
    run: RunRow | null;
  };
  /** Live payments recorded on the business date. */
  collectedToday: { method: string; count: number; amountCentavos: bigint }[];
  /** Connections that are not cancelled. */
  connections: Record<Connection, number> & { total: number };
  /** Of the bills issued since `since`: how much was billed, and how much of that is paid. */
  cycle: { since: Temporal.PlainDate; billedCentavos: bigint; collectedCentavos: bigint; bills: number };
  /** Connections with debt by the age of their oldest open bill; lists: `listSubscribers({ aging })`. */
  aging: { bucket: AgingBucket; count: number; amountCentavos: bigint }[];
  /** Connections by state; lists: `listSubscribers({ service })`. */
  states: Record<string, number>;
  /** Connections by bill status; lists: `listSubscribers({ bill })`. */
  bills: Record<string, number>;
}

const BUCKETS: readonly AgingBucket[] = ["current", "1-7", "8-30", "31-60", "60+"];

/** Reads every figure of Today. */
export async function readToday(
  trx: TenantTransaction,
  tenant: TenantRow,
  moment: { today: Temporal.PlainDate; now: Temporal.Instant },
): Promise<TodayFigures> {
  const next = await findNextCutDay(trx, moment.today);
  const preview = await previewCut(trx, tenant, next.businessOn, moment.now);
  const groups = await readGroups(trx, moment);
  const byConnection = { online: 0, offline: 0, unknown: 0, total: 0 };
  for (const { key, count } of groups.filter((group) => group.kind === "connection")) {
    byConnection[key as Connection] = count;
    byConnection.total += count;
  }
  const aging = groups.filter((group) => group.kind === "aging");
  return {
    needsYou: await listNeeds(trx, moment),
    tonight: {
      businessOn: next.businessOn,
      at: Temporal.PlainTime.from(tenant.cut_time),
      count: preview.counts.cut,
      amountCentavos: preview.cutCentavos,
      run: next.run,
    },
    collectedToday: await readCollected(trx, moment.today),
    connections: byConnection,
    cycle: await readCycle(trx, cycleStart(tenant, moment.today)),
    aging: BUCKETS.map((bucket) => {
      const found = aging.find((group) => group.key === bucket);
      return { bucket, count: found?.count ?? 0, amountCentavos: found?.amount ?? 0n };
    }),
    states: countsOf(groups, "service"),
    bills: countsOf(groups, "bill"),
  };
}

interface Group {
  kind: "connection" | "aging" | "service" | "bill";
  key: string;
  count: number;
  amount: bigint;
}

/** One pass over the same rows that the subscribers list shows. */
async function readGroups(
  trx: TenantTransaction,
  moment: { today: Temporal.PlainDate; now: Temporal.Instant },
): Promise<Group[]> {
  const { rows } = await sql<Group>`
    with rows as materialized (${connectionRows({ tenantId: trx.tenantId, ...moment })})
    select 'connection' as kind, connection as key, count(*)::int as count, 0::bigint as amount from rows
      where service_state <> 'cancelled' group by connection
    union all
    select 'aging', aging, count(*)::int, sum(balance_centavos)::bigint from rows where aging is not null group by aging
    union all
    select 'service', service_state, count(*)::int, sum(balance_centavos)::bigint from rows
      where service_state is not null group by service_state
    union all
    select 'bill', bill_status, count(*)::int, sum(balance_centavos)::bigint from rows
      where bill_status is not null group by bill_status`.execute(trx);
  return rows;
}

function countsOf(groups: readonly Group[], kind: Group["kind"]): Record<string, number> {
  return Object.fromEntries(
    groups.filter((group) => group.kind === kind).map(({ key, count }) => [key, count]),
  );
}

async function readCollected(
  trx: TenantTransaction,
  today: Temporal.PlainDate,
): Promise<TodayFigures["collectedToday"]> {
  const { rows } = await sql<TodayFigures["collectedToday"][number]>`
    select method, count(*)::int as count, sum(amount_centavos)::bigint as "amountCentavos" from payments
    where tenant_id = ${trx.tenantId} and recorded_on = ${today} and status = 'posted'
    group by method order by sum(amount_centavos) desc, method`.execute(trx);
  return rows;
}

async function readCycle(trx: TenantTransaction, since: Temporal.PlainDate): Promise<TodayFigures["cycle"]> {
  const { rows } = await sql<{ billed: bigint; collected: bigint; bills: number }>`
    select coalesce(sum(total_centavos), 0)::bigint as billed, coalesce(sum(paid_centavos), 0)::bigint as collected,
      count(*)::int as bills
    from bills where tenant_id = ${trx.tenantId} and status = 'issued' and issued_on >= ${since}`.execute(
    trx,
  );
  const row = rows[0];
  return {
    since,
    billedCentavos: row?.billed ?? 0n,
    collectedCentavos: row?.collected ?? 0n,
    bills: row?.bills ?? 0,
  };
}

/** The tenant's cycle day on or before a date. */
function cycleStart(tenant: TenantRow, today: Temporal.PlainDate): Temporal.PlainDate {
  const month = today.day >= Math.min(tenant.cycle_day, today.daysInMonth)
    ? today
    : today.subtract({ months: 1 });
  return month.with({ day: Math.min(tenant.cycle_day, month.daysInMonth) });
}
