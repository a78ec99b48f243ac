import { centavos } from "@/shared/money/mod.ts";
import { periodContaining } from "@/shared/calendar/mod.ts";
import {
  type BilledLine,
  type DayRange,
  type FreedPeriod,
  mergeRanges,
  type SettledRest,
} from "@/web/domain/billing/mod.ts";
import {
  type BilledLineRow,
  countUnpaidBills,
  type DueSubscription,
  listBilledLines,
  listSuspensions,
  type SuspensionRow,
} from "@/web/store/billing/bill_run.ts";
import {
  type FreedPeriodRow,
  listAheadOfThemselves,
  listFreedPeriods,
} from "@/web/store/billing/charged_periods.ts";
import { listOwnPricesDue } from "@/web/store/billing/own_prices.ts";
import { listRestSettled, type RestSettledRow } from "@/web/store/billing/plan_settlements.ts";
import type { TenantTransaction } from "@/web/store/db/tenant_transaction.ts";
import type { TenantRow } from "@/web/store/settings/tenants.ts";
import { toOwnPrices, toOwnTerms } from "./own_prices.ts";
import { listWaitingReconnections } from "./reconnection_fees.ts";
import { suspendedPolicyOf, type TenantPolicy } from "./rule_levels.ts";
import { NOTHING_KNOWN, type SubscriptionFacts } from "./subscription_plan.ts";

/** How long ago a suspension may have ended that still comes off a line in advance. */
const LOOK_BACK_DAYS = 400;

/**
 * Reads what makes a subscription of a batch unlike others: periods that are to be billed again, days that were
 * suspended, bills that are not paid, prices of its own. Those without any are left out. In statements after the claim, so that a payment
 * or a cut that held the lock until then is seen.
 */
export async function readFacts(
  trx: TenantTransaction,
  due: readonly DueSubscription[],
  tenant: TenantRow,
  asOf: Temporal.PlainDate,
): Promise<Map<string, SubscriptionFacts>> {
  const ids = due.map((row) => row.id);
  const ahead = await listAheadOfThemselves(trx, ids);
  const freed = Map.groupBy(await listFreedPeriods(trx, ids), (row) => row.subscription_id);
  const recent = asOf.subtract({ days: LOOK_BACK_DAYS });
  const off = Map.groupBy(
    await listSuspensions(trx, ids, firstNeeded(due, freed, recent)),
    (row) => row.subscription_id,
  );
  const isOff = new Set([...off].filter(([, rows]) => rows.some(stands)).map(([id]) => id));
  const unpaid = await countUnpaidBills(trx, [...isOff]);
  const inAdvance = due.filter((row) => row.bill_timing === "advance" && off.has(row.id));
  const lines = Map.groupBy(
    await listBilledLines(trx, inAdvance.map((row) => row.id), firstOff(inAdvance, off, recent)),
    (row) => row.subscription_id,
  );
  const rests = restsOf(await listRestSettled(trx, inAdvance.map((row) => row.id)));
  const own = Map.groupBy(await listOwnPricesDue(trx, ids), (row) => row.subscription_id);
  const back = await listWaitingReconnections(trx, tenant, ids);
  const facts = new Map<string, SubscriptionFacts>();
  for (const row of due) {
    const prices = own.get(row.id);
    if (prices !== undefined) facts.set(row.id, { ...NOTHING_KNOWN, own: toOwnPrices(prices, row) });
  }
  for (const id of new Set([...ahead, ...freed.keys(), ...off.keys(), ...back.keys()])) {
    const suspensions = off.get(id) ?? [];
    facts.set(id, {
      isAheadOfItself: ahead.has(id),
      freed: (freed.get(id) ?? []).map((row) => withRest(toFreedPeriod(row, suspensions, tenant), rests, id)),
      suspended: uncharged(suspensions, policyOf(suspensions, tenant)),
      isOff: isOff.has(id),
      unpaidBills: unpaid.get(id) ?? 0,
      billedLines: (lines.get(id) ?? []).map((row) => withRest(toBilledLine(row), rests, id)),
      own: facts.get(id)?.own ?? [],
      reconnections: back.get(id) ?? [],
    });
  }
  return facts;
}

/** Settled rests by connection and first day of their period. */
function restsOf(rows: readonly RestSettledRow[]): Map<string, SettledRest> {
  return new Map(rows.map((row) => {
    const { period_start: start, period_end: end } = row;
    const whole = row.is_in_full ? { start, end } : periodContaining(start, row.anchor_day);
    const rest = {
      fromOn: row.from_on,
      priceCentavos: centavos(row.rest_price_centavos),
      wholeDays: whole.start.until(whole.end, { largestUnit: "day" }).days,
    };
    return [`${row.subscription_id} ${start}`, rest];
  }));
}

function withRest<Part extends { periodStart: Temporal.PlainDate }>(
  part: Part,
  rests: ReadonlyMap<string, SettledRest>,
  subscriptionId: string,
): Part & { rest?: SettledRest } {
  const rest = rests.get(`${subscriptionId} ${part.periodStart}`);
  return rest === undefined ? part : { ...part, rest };
}

/** Suspensions are facts that never expire: as far back as days are still to be billed. */
function firstNeeded(
  due: readonly DueSubscription[],
  freed: ReadonlyMap<string, readonly FreedPeriodRow[]>,
  recent: Temporal.PlainDate,
): Temporal.PlainDate {
  let first = recent.toString();
  for (const { billed_through_on: from, activated_on: begun } of due) {
    const day = from ?? begun;
    if (day !== null && day < first) first = day;
  }
  for (const [period] of freed.values()) {
    const day = period?.period_start.toString() ?? first;
    if (day < first) first = day;
  }
  return Temporal.PlainDate.from(first);
}

/** Days paid for before a connection went off come off when it is back, however long that takes. */
function firstOff(
  inAdvance: readonly DueSubscription[],
  off: ReadonlyMap<string, readonly SuspensionRow[]>,
  recent: Temporal.PlainDate,
): Temporal.PlainDate {
  const days = inAdvance.flatMap(({ id }) => (off.get(id) ?? []).map((row) => row.added_on));
  return [recent, ...days].reduce((a, b) => Temporal.PlainDate.compare(a, b) <= 0 ? a : b);
}

function stands(row: SuspensionRow): boolean {
  return row.removed_on === null;
}

/**
 * A vacation hold is never charged; the other reasons are not under the policy `skip`, from the day on which that
 * became the policy (billing rule 13).
 */
export function uncharged(rows: readonly SuspensionRow[], inEffect: TenantPolicy): DayRange[] {
  const { suspended_policy: policy, suspended_policy_on: since } = inEffect;
  return mergeRanges(rows.flatMap(({ reason, added_on: start, removed_on: end }): DayRange[] => {
    if (reason === "vacation") return [{ start, end }];
    if (policy !== "skip") return [];
    if (since === null || Temporal.PlainDate.compare(start, since) >= 0) return [{ start, end }];
    const isOver = end !== null && Temporal.PlainDate.compare(end, since) <= 0;
    return isOver ? [] : [{ start: since, end }];
  }));
}

/** The policy of the connection that was off; of none, the company's. */
export function policyOf([row]: readonly SuspensionRow[], tenant: TenantPolicy): TenantPolicy {
  if (row === undefined) return tenant;
  const { plan_suspended_policy: own_suspended_policy, plan_suspended_policy_on: own_suspended_policy_on } =
    row;
  return suspendedPolicyOf(tenant, { own_suspended_policy, own_suspended_policy_on }, row);
}

/** A line that was billed in advance, as the rule of suspended days sees it. */
export function toBilledLine(row: BilledLineRow): BilledLine {
  return {
    periodStart: row.period_start,
    periodEnd: row.period_end,
    amountCentavos: centavos(row.amount_centavos),
    issuedOn: row.first_billed_on,
    creditedCentavos: centavos(row.credited_centavos),
    billId: row.bill_id,
  };
}

/** By the policy that its first bill was made under: a later change of the settings does not reach back. */
function toFreedPeriod(
  row: FreedPeriodRow,
  suspensions: readonly SuspensionRow[],
  tenant: TenantRow,
): FreedPeriod {
  const now = policyOf(suspensions, tenant);
  const since = now.suspended_policy === "skip" ? now.suspended_policy_on : null;
  const own = toOwnTerms(row);
  return {
    freedBillId: row.freed_bill_id,
    payerId: row.payer_id,
    periodStart: row.period_start,
    periodEnd: row.period_end,
    terms: {
      planName: row.plan_name,
      priceCentavos: centavos(row.price_centavos),
      anchorDay: row.anchor_day,
      proration: row.proration,
      isChargedInFull: row.is_in_full,
      ...(own && { own }),
    },
    firstBilledOn: row.first_billed_on,
    suspended: uncharged(suspensions, { suspended_policy: row.suspended_policy, suspended_policy_on: since }),
    creditedCentavos: centavos(row.credited_centavos),
  };
}
