import { type Centavos, centavos } from "@/shared/money/mod.ts";
import type { WatermarkShape } from "@/web/store/billing/bill_write.ts";
import { type EndToCome, listLastBills } from "@/web/store/billing/bill_preview.ts";
import { findPlan } from "@/web/store/billing/plans.ts";
import type { TenantTransaction } from "@/web/store/db/tenant_transaction.ts";
import type { TenantRow } from "@/web/store/settings/tenants.ts";
import { findOpenEnd } from "@/web/store/subscribers/service_ends.ts";
import { findSubscription } from "@/web/store/subscribers/subscriptions.ts";
import type { PreviewRow } from "./preview_bills.ts";
import { type EndReview, workOutEnd } from "./review_end.ts";
import { rulesOf } from "./rule_levels.ts";

/** The last bill that a planned end makes in the night before the bills of a day. */
interface LastBillToCome {
  period: { start: Temporal.PlainDate; end: Temporal.PlainDate };
  dueOn: Temporal.PlainDate;
  planName: string;
  totalCentavos: Centavos;
}

/** Rows of the last bills that the night before a run makes. `places`: where the runs before it leave connections. */
export async function endRows(
  trx: TenantTransaction,
  moment: { tenant: TenantRow; asOf: Temporal.PlainDate },
  ends: readonly EndToCome[],
  places: ReadonlyMap<string, WatermarkShape>,
): Promise<PreviewRow[]> {
  const rows: PreviewRow[] = [];
  const last = new Map(
    (await listLastBills(trx, ends.map(({ id }) => id))).map((row) => [row.subscription_id, row]),
  );
  for (const end of ends) {
    const bill = await previewLastBill(trx, moment, end.id, places.get(end.id) ?? null);
    if (bill === null) continue;
    const lastCentavos = last.get(end.id)?.total_centavos;
    rows.push({
      ...ownerOf(end, 0),
      ...bill,
      lastCentavos: lastCentavos === undefined ? null : centavos(lastCentavos),
      anomalies: ["final"],
      why: null,
    });
  }
  return rows;
}

/** Whose row it is. */
export function ownerOf(owner: Omit<EndToCome, "billed_through_on" | "last_on">, i: number) {
  return {
    key: `${owner.id}.${i}`,
    subscriptionId: owner.id,
    subscriberId: owner.subscriber_id,
    name: owner.name,
    accountNumber: owner.account_number,
    pppName: owner.ppp_name,
  };
}

/**
 * Works out the last bill of a planned end as the night does, and writes nothing. Null where the end asks for nothing.
 */
async function previewLastBill(
  trx: TenantTransaction,
  { tenant, asOf }: { tenant: TenantRow; asOf: Temporal.PlainDate },
  subscriptionId: string,
  /** Where the runs before it will have left the connection; null where none comes before. */
  before: WatermarkShape | null,
): Promise<LastBillToCome | null> {
  const [found, end] = [await findSubscription(trx, subscriptionId), await findOpenEnd(trx, subscriptionId)];
  if (found === null || end === null) return null;
  const connection = before === null ? found : {
    ...found,
    billed_through_on: dateOf(before.billed_through_on),
    stopped_from_on: dateOf(before.stopped_from_on),
  };
  const moment = { tenant, today: asOf };
  const review = await workOutEnd(trx, moment, connection, { lastDay: end.last_on, unused: end.unused });
  if (!review.ok) return null;
  const plan = await findPlan(trx, connection.plan_id);
  return plan === null ? null : toLastBill(review.value, end.last_on, {
    planName: plan.name,
    dueOn: asOf.add({ days: rulesOf(tenant, plan, connection).termsDays.value }),
  });
}

function toLastBill(
  { lines, reconnections, billCentavos, lockInFeeCentavos }: EndReview,
  lastDay: Temporal.PlainDate,
  { planName, dueOn }: Pick<LastBillToCome, "planName" | "dueOn">,
): LastBillToCome | null {
  const used = lines.filter((line) => line.days > 0);
  if (used.length + reconnections.length === 0 && lockInFeeCentavos === 0n) return null;
  const start = used.at(0)?.periodStart ?? lastDay;
  return {
    period: { start, end: lastDay.add({ days: 1 }) },
    dueOn,
    planName: used.at(-1)?.terms?.planName ?? planName,
    totalCentavos: centavos(billCentavos),
  };
}

function dateOf(text: string | null): Temporal.PlainDate | null {
  return text === null ? null : Temporal.PlainDate.from(text);
}
