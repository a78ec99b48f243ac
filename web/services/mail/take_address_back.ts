import { coded } from "@/shared/codes/mod.ts";
import { err, ok, type Result } from "@/shared/result.ts";
import { lockBill } from "@/web/store/billing/bills.ts";
import { updateLinkGeneration } from "@/web/store/mail/bill_links.ts";
import { recordAudit } from "../audit.ts";
import type { Actor, ServiceContext } from "../context.ts";
import { runUseCase } from "../use_case.ts";

/** Takes the public address of a bill back: it got into wrong hands. What was sent with it leads nowhere from then on. */
export async function takeAddressBack(
  context: ServiceContext,
  tenantId: string,
  actor: Actor,
  { billId }: { billId: string },
): Promise<Result<null, "bill_not_found" | "bill_is_draft">> {
  return await runUseCase<null, "bill_not_found" | "bill_is_draft">(
    context,
    tenantId,
    actor,
    async ({ trx, at, business }) => {
      const bill = await lockBill(trx, billId);
      if (bill === null) return err("bill_not_found");
      if (bill.status === "draft") return err("bill_is_draft");
      await updateLinkGeneration(trx, billId);
      await recordAudit(trx, actor, {
        action: "bill.address_taken_back",
        subjectKind: "bill",
        subjectId: billId,
        subscriberId: bill.subscriber_id,
        summary: coded("audit_bill_address_taken_back", { number: bill.number ?? "" }),
        details: { generation: bill.link_generation + 1 },
        at,
        businessOn: business.today,
      });
      return ok(null);
    },
  );
}
