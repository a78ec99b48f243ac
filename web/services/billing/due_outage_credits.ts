import { periodContaining } from "@/shared/calendar/mod.ts";
import { type Centavos, centavos, min, multiplyRounded, subtract } from "@/shared/money/mod.ts";
import { creditOfPeriod } from "@/web/domain/billing/mod.ts";
import { OUTAGE_DAYS_BACK_MAX } from "@/web/domain/billing/limits.ts";
import {
  listOutageConnections,
  listOutPeriods,
  type OutPeriodRow,
} from "@/web/store/billing/outage_credits.ts";
import type { TenantTransaction } from "@/web/store/db/tenant_transaction.ts";
import type { TenantRow } from "@/web/store/settings/tenants.ts";

/** A statement for all of 20,000 with a year of outages takes longer than a statement may. */
const CONNECTIONS_AT_ONCE = 250;

/** A period whose credit is not what its outages come to. */
export interface DueOutageCredit extends OutPeriodRow {
  /** What its outages come to in all. */
  targetCentavos: Centavos;
  /** Still to be given; below zero: more was given than its outages come to now. */
  dueCentavos: Centavos;
}

/** Which of them. */
export interface DueOutages {
  tenant: TenantRow;
  now: Temporal.Instant;
  today: Temporal.PlainDate;
  /** @default false */
  withRunning?: boolean;
  /** Null: of all. */
  subscriptionIds: readonly string[] | null;
}

/** What is to be credited for outages, and what was credited too much, subscriber by subscriber. */
export async function listDueOutageCredits(
  trx: TenantTransaction,
  { tenant, now, today, withRunning = false, subscriptionIds }: DueOutages,
): Promise<DueOutageCredit[]> {
  const since = now.subtract({ hours: OUTAGE_DAYS_BACK_MAX * 24 });
  const ids = subscriptionIds ?? await listOutageConnections(trx, { now, since });
  const rows: OutPeriodRow[] = [];
  for (let first = 0; first < ids.length; first += CONNECTIONS_AT_ONCE) {
    const asked = {
      now,
      today,
      zone: tenant.time_zone,
      since,
      thresholdMinutes: tenant.outage_threshold_minutes,
      creditsPlanned: tenant.credits_planned_outages,
      withRunning,
      subscriptionIds: ids.slice(first, first + CONNECTIONS_AT_ONCE),
    };
    rows.push(...await listOutPeriods(trx, asked));
  }
  return rows.sort(bySubscriber).map((row) => {
    const targetCentavos = targetOf(row, tenant.outage_threshold_minutes);
    return { ...row, targetCentavos, dueCentavos: subtract(targetCentavos, centavos(row.given_centavos)) };
  }).filter((row) => row.dueCentavos !== 0n);
}

function bySubscriber(a: OutPeriodRow, b: OutPeriodRow): number {
  const [left, right] = [a, b].map((row) =>
    `${row.subscriber_id} ${row.subscription_id} ${row.period_start}`
  );
  return left! < right! ? -1 : 1;
}

/** Never more than was charged for the period, nor than what other memos have left of its bill. */
function targetOf(row: OutPeriodRow, thresholdMinutes: number): Centavos {
  const { period_start: start, period_end: end } = row;
  const whole = row.is_in_full ? { start, end } : periodContaining(start, row.anchor_day);
  const left = subtract(centavos(row.bill_centavos), centavos(row.back_centavos - row.given_centavos));
  return creditOfPeriod({
    priceCentavos: grossPrice(row),
    periodDays: whole.start.until(whole.end, { largestUnit: "day" }).days,
    minutes: row.minutes,
    chargedMinutes: row.charged_minutes,
    chargedCentavos: min(centavos(row.charged_centavos), left),
    thresholdMinutes,
  });
}

/** Where VAT came on top of the price, it is given back with it. */
function grossPrice(row: OutPeriodRow): Centavos {
  const net = row.line_centavos - row.line_vat_centavos;
  if (row.tax_mode !== "vat_exclusive" || net <= 0n) return centavos(row.price_centavos);
  return multiplyRounded(centavos(row.price_centavos), row.line_centavos, net);
}
