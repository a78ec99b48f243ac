import { uuidv7 } from "@/shared/ids.ts";
import { centavos } from "@/shared/money/mod.ts";
import { createIsp, type Isp, type IspOptions, todayOf } from "@/tests/billing/isp.ts";
import type { TestDatabase } from "@/tests/support/postgres.ts";
import { buyPrepaid, type PurchaseRequest } from "@/web/services/billing/buy_prepaid.ts";
import { replacePrepaidUnits } from "@/web/store/billing/prepaid.ts";

/** What the plan of these tests sells: ₱500 for 30 days, ₱199 for 7, days and months by the plan's price of ₱1,000. */
export const UNITS = [
  { unit: "days", count: 1, price_centavos: null },
  { unit: "days", count: 7, price_centavos: 19_900n },
  { unit: "days", count: 30, price_centavos: 50_000n },
  { unit: "months", count: 1, price_centavos: null },
  { unit: "months", count: 2, price_centavos: null },
] as const;

/** A provider whose connections all pay up front from their first day and have bought nothing yet. */
export async function createPrepaidIsp(
  database: Pick<TestDatabase, "db">,
  options: IspOptions = {},
): Promise<Isp> {
  const isp = await createIsp(database, { subscribers: 1, ...options });
  await isp.run(async (trx) => {
    await trx.updateTable("subscriptions").set({ billing_mode: "prepaid", next_bill_on: null })
      .where("tenant_id", "=", trx.tenantId).execute();
    await replacePrepaidUnits(trx, isp.planId, UNITS);
  });
  return isp;
}

/** How a purchase of a test differs from 30 days paid in cash. */
export interface BuyOptions extends Partial<PurchaseRequest> {
  /** Cash that comes with it; 0: from credit. */
  pesos?: number;
}

/** Buys for a connection of the provider, by number; the result as it is. */
export function buy(isp: Isp, n: number, { pesos = 500, ...request }: BuyOptions = {}) {
  return buyPrepaid(isp.context, isp.tenantId, isp.actor, {
    subscriptionId: isp.subscriptionIds[n]!,
    unit: "days",
    count: 30,
    quantity: 1,
    once: uuidv7(isp.clock.now().epochMilliseconds),
    ...(pesos > 0 && {
      payment: { amountCentavos: centavos(pesos * 100), method: "cash" as const, receivedOn: todayOf(isp) },
    }),
    ...request,
  });
}
