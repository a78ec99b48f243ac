import { ok } from "@/shared/result.ts";
import { assertOk } from "@/tests/support/expect.ts";
import { voidBill } from "@/web/services/billing/void_bill.ts";
import { applyIdleCredit, releaseShares } from "@/web/services/payments/apply_credit.ts";
import { runUseCase } from "@/web/services/use_case.ts";
import { findBill } from "@/web/store/billing/bills.ts";
import { listLiveAllocations } from "@/web/store/payments/allocations.ts";
import type { Isp } from "./isp.ts";

/**
 * Voids a bill as versions before credit memos did, whatever was paid on it: its money is credit again and pays other
 * bills. Databases have such pasts.
 */
export async function voidPaid(isp: Isp, input: { billId: string; reason: string }): Promise<void> {
  const call = [isp.context, isp.tenantId, isp.actor] as const;
  const bill = await isp.run((trx) => findBill(trx, input.billId));
  if (bill === null) throw new Error(`Cannot void: there is no bill ${input.billId}`);
  await runUseCase(...call, async ({ trx, booking }) => {
    const shares = await listLiveAllocations(trx, { billId: bill.id });
    return ok(await releaseShares(trx, bill.subscriber_id, shares, booking));
  });
  assertOk(await voidBill(...call, input));
  await runUseCase(
    ...call,
    async ({ trx, booking }) => ok(await applyIdleCredit(trx, [bill.subscriber_id], booking)),
  );
}
