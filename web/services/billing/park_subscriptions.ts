import { coded, formatCoded } from "@/shared/codes/mod.ts";
import { insertSystemLog } from "@/web/store/access/system_log.ts";
import type { DueSubscription } from "@/web/store/billing/bill_run.ts";
import { upsertParkedBills } from "@/web/store/billing/parked_bills.ts";
import { addRunProgress, type RunRow, upsertRunRows } from "@/web/store/billing/runs.ts";
import type { UseCase } from "../use_case.ts";
import type { ParkedSubscription } from "./plan_batch.ts";

/** Leaves these alone until a person mends them: the run, their list and the system log say why. */
export async function parkSubscriptions(
  { trx, at }: UseCase,
  run: RunRow,
  parked: readonly ParkedSubscription[],
): Promise<void> {
  await upsertRunRows(
    trx,
    run.id,
    parked.map(({ subscription, why }, i) => ({
      subscription_id: subscription.id,
      position: i,
      outcome: "failed",
      balance_centavos: 0n,
      cut_on: null,
      reason: formatCoded(why),
      decided_at: at,
    })),
  );
  await upsertParkedBills(
    trx,
    run.id,
    parked.map(({ subscription, why }) => ({ subscription_id: subscription.id, reason: formatCoded(why) })),
    at,
  );
  for (const { subscription, why } of parked) {
    await insertSystemLog(trx, {
      at,
      level: "error",
      event: "bill_parked",
      message: formatCoded(why),
      subscriptionId: subscription.id,
      reference: run.id,
      fields: { run_id: run.id, ppp_name: subscription.ppp_name },
    });
  }
}

/** Parks whom the database itself refused. */
export async function parkRefused(
  useCase: UseCase,
  run: RunRow,
  due: readonly DueSubscription[],
  error: Error,
): Promise<void> {
  const why = coded("parked_refused", { details: error.message });
  await parkSubscriptions(useCase, run, due.map((subscription) => ({ subscription, why })));
  await addRunProgress(useCase.trx, run.id, { total: due.length, failed: due.length });
}
