import { centavos } from "@/shared/money/mod.ts";
import { type BilledLine, type DayRange, mergeRanges } from "@/web/domain/billing/mod.ts";
import {
  type BilledLineRow,
  countUnpaidBills,
  type DueSubscription,
  listBilledLines,
  listLivePeriods,
  listSuspensions,
  type SuspensionRow,
} from "@/web/store/billing/bill_run.ts";
import type { TenantTransaction } from "@/web/store/db/tenant_transaction.ts";
import type { TenantRow } from "@/web/store/settings/tenants.ts";
import type { SubscriptionFacts } from "./plan_batch.ts";

/** How far back a suspension may lie that still comes off a bill. */
const LOOK_BACK_DAYS = 400;

/**
 * Reads what makes a subscription of a batch unlike others: periods that are billed already, days that were
 * suspended, bills that are not paid. Those without any are left out. In statements after the claim, so that a payment
 * or a cut that held the lock until then is seen.
 */
export async function readFacts(
  trx: TenantTransaction,
  due: readonly DueSubscription[],
  tenant: TenantRow,
  asOf: Temporal.PlainDate,
): Promise<Map<string, SubscriptionFacts>> {
  const ids = due.map((row) => row.id);
  const since = asOf.subtract({ days: LOOK_BACK_DAYS });
  const live = Map.groupBy(await listLivePeriods(trx, ids), (row) => row.subscription_id);
  const off = Map.groupBy(await listSuspensions(trx, ids, since), (row) => row.subscription_id);
  const isOff = new Set([...off].filter(([, rows]) => rows.some(stands)).map(([id]) => id));
  const unpaid = await countUnpaidBills(trx, [...isOff]);
  const inAdvance = due.filter((row) => row.bill_timing === "advance" && off.has(row.id));
  const lines = Map.groupBy(
    await listBilledLines(trx, inAdvance.map((row) => row.id), since),
    (row) => row.subscription_id,
  );
  const facts = new Map<string, SubscriptionFacts>();
  for (const id of new Set([...live.keys(), ...off.keys()])) {
    facts.set(id, {
      live: live.get(id) ?? [],
      suspended: uncharged(off.get(id) ?? [], tenant),
      isOff: isOff.has(id),
      unpaidBills: unpaid.get(id) ?? 0,
      billedLines: (lines.get(id) ?? []).map(toBilledLine),
    });
  }
  return facts;
}

function stands(row: SuspensionRow): boolean {
  return row.removed_on === null;
}

/**
 * A vacation hold is never charged; the other reasons are not under the policy `skip`, from the day on which that
 * became the policy (billing rule 13).
 */
function uncharged(rows: readonly SuspensionRow[], tenant: TenantRow): DayRange[] {
  const { suspended_policy: policy, suspended_policy_on: since } = tenant;
  return mergeRanges(rows.flatMap(({ reason, added_on: start, removed_on: end }): DayRange[] => {
    if (reason === "vacation") return [{ start, end }];
    if (policy !== "skip") return [];
    if (since === null || Temporal.PlainDate.compare(start, since) >= 0) return [{ start, end }];
    const isOver = end !== null && Temporal.PlainDate.compare(end, since) <= 0;
    return isOver ? [] : [{ start: since, end }];
  }));
}

function toBilledLine(row: BilledLineRow): BilledLine {
  return {
    periodStart: row.period_start,
    periodEnd: row.period_end,
    amountCentavos: centavos(row.amount_centavos),
    issuedOn: row.issued_on,
    creditedCentavos: centavos(row.credited_centavos),
  };
}
