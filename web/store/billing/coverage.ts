import { type RawBuilder, sql } from "kysely";
import type { Coverage } from "@/web/domain/billing/mod.ts";
import type { TenantTransaction } from "../db/tenant_transaction.ts";
import { uuidArray } from "./bill_run.ts";

/** Days that are paid for, as they travel. Half-open. */
export interface CoverageJson {
  start: string;
  end: string;
  /** In place of a bill: bought before Linya. */
  why: "bought_before" | null;
}

export function toCoverage(rows: readonly CoverageJson[]): Coverage[] {
  return rows.map(({ start, end }) => ({
    start: Temporal.PlainDate.from(start),
    end: Temporal.PlainDate.from(end),
  }));
}

/**
 * Charged periods `p` of the connection `c` that are paid for: what is covered has no other home. Those of a bill that is
 * paid in full, and those that were bought before Linya (decision 51).
 */
const PAID_PERIODS = sql`public.charged_periods p
  left join lateral (select b.id, b.status, b.paid_centavos, b.total_centavos from public.bills b
    where b.tenant_id = p.tenant_id and b.id = p.bill_id offset 0) b on true
  where p.tenant_id = c.tenant_id and p.subscription_id = c.id
    and (p.state = 'billed' or p.why = 'bought_before')
    and (b.id is null or b.status = 'issued' and b.paid_centavos >= b.total_centavos)`;

/** Whether a paid bill of the connection `c` covers a day; read by its key (`offset`), never by all periods there are. */
export function isCoveredOn(on: Temporal.PlainDate): RawBuilder<boolean> {
  return sql<
    boolean
  >`exists (select from ${PAID_PERIODS} and p.period_start <= ${on}::date and p.period_end > ${on}::date
    offset 0)`;
}

/** Days before its end on which coverage counts as expiring. */
const EXPIRING_DAYS = 3;

/** Whether the connection `c` is paid for now and will not be in three days; the list and its figure share it. */
export function isExpiring(today: Temporal.PlainDate): RawBuilder<boolean> {
  return sql<boolean>`(c.billing_mode = 'prepaid' and c.status in ('active', 'disconnected') and ${
    isCoveredOn(today)
  } and not ${isCoveredOn(today.add({ days: EXPIRING_DAYS }))})`;
}

/** Coverage of the connection `c` from a day on, and the last one before it; in order. */
export function coverageAround(on: Temporal.PlainDate): RawBuilder<CoverageJson[]> {
  return sql<CoverageJson[]>`(
    select coalesce(jsonb_agg(jsonb_build_object('start', v.period_start, 'end', v.period_end, 'why', v.why)
      order by v.period_start), '[]')
    from (select p.period_start, p.period_end, p.why from ${PAID_PERIODS} and p.period_end > ${on}::date
      union all
      (select p.period_start, p.period_end, p.why from ${PAID_PERIODS} and p.period_end <= ${on}::date
        order by p.period_start desc limit 1)) v)`;
}

/** Coverage around a day of those of these connections that are paid up front. */
export async function listCoverage(
  trx: TenantTransaction,
  subscriptionIds: readonly string[],
  on: Temporal.PlainDate,
): Promise<Map<string, Coverage[]>> {
  if (subscriptionIds.length === 0) return new Map();
  const { rows } = await sql<{ id: string; coverage: CoverageJson[] }>`
    select c.id, ${coverageAround(on)} as coverage from public.subscriptions c
    where c.tenant_id = ${trx.tenantId} and c.id = any(${uuidArray(subscriptionIds)}::uuid[])
      and c.billing_mode = 'prepaid'`.execute(trx);
  return new Map(rows.map((row) => [row.id, toCoverage(row.coverage)]));
}

/** Whether any connection is paid up front: lists ask only then. */
export async function hasPrepaid(trx: TenantTransaction): Promise<boolean> {
  const { rows } = await sql<{ has: boolean }>`
    select exists (select from subscriptions c where c.tenant_id = ${trx.tenantId} and c.billing_mode = 'prepaid') as has`
    .execute(trx);
  return rows[0]?.has === true;
}
