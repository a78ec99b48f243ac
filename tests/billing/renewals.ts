import { type Isp, todayOf } from "@/tests/billing/isp.ts";
import { findSubscriberBalance } from "@/web/store/billing/ledger.ts";
import { findNextCutDay, previewCut } from "@/web/store/cuts/tonight.ts";
import { getTenant } from "@/web/store/settings/tenants.ts";

export const credit = (isp: Isp, n = 0) =>
  isp.run(async (trx) =>
    Number((await findSubscriberBalance(trx, isp.subscriberIds[n]!)).creditCentavos) / 100
  );

export const days = (bought: { fromOn: Temporal.PlainDate; untilOn: Temporal.PlainDate }) =>
  `${bought.fromOn} ${bought.untilOn.subtract({ days: 1 })}`;

export async function tonight(isp: Isp): Promise<string[]> {
  const rows = await isp.run(async (trx) => {
    const { businessOn } = await findNextCutDay(trx, todayOf(isp));
    return (await previewCut(trx, await getTenant(trx), businessOn, isp.clock.now())).rows;
  });
  return rows.map((row) => `${row.pppName} ${row.decision} ${row.reason}`);
}

export const SEVEN = { count: 7, pesos: 199 } as const;
