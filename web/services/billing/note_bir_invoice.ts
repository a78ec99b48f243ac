import { coded } from "@/shared/codes/mod.ts";
import { err, ok, type Result } from "@/shared/result.ts";
import { CHARGE_MAX } from "@/web/domain/payments/limits.ts";
import { findBill, updateBirInvoice } from "@/web/store/billing/bills.ts";
import { lockSubscriber } from "@/web/store/subscribers/subscribers.ts";
import { recordAudit } from "../audit.ts";
import type { Actor, ServiceContext } from "../context.ts";
import { runUseCase } from "../use_case.ts";

/** Why an invoice is not noted. */
export type NoteBirInvoiceCode = "bill_not_found" | "bill_is_draft" | "already_void" | "text_too_long";

/** Notes under which invoice the BIR knows a bill, or with an empty text that it does not: a reported bill is never voided. */
export async function noteBirInvoice(
  context: ServiceContext,
  tenantId: string,
  actor: Actor,
  input: { billId: string; invoice: string },
): Promise<Result<null, NoteBirInvoiceCode>> {
  const invoice = input.invoice.trim();
  if (invoice.length > CHARGE_MAX.birInvoiceNo) return err("text_too_long", { max: CHARGE_MAX.birInvoiceNo });
  return await runUseCase(context, tenantId, actor, async ({ trx, at, business }) => {
    const seen = await findBill(trx, input.billId);
    if (seen === null) return err("bill_not_found");
    await lockSubscriber(trx, seen.subscriber_id);
    const bill = await findBill(trx, input.billId);
    const number = seen.number ?? "";
    if (bill === null || bill.status === "void") return err("already_void", { number });
    if (bill.status === "draft") return err("bill_is_draft");
    const before = bill.bir_invoice_no ?? "";
    if (before === invoice) return ok(null);
    await updateBirInvoice(trx, bill.id, invoice === "" ? null : invoice);
    await recordAudit(trx, actor, {
      action: "bill.bir_invoice_noted",
      subjectKind: "bill",
      subjectId: bill.id,
      subscriberId: bill.subscriber_id,
      summary: invoice === ""
        ? coded("audit_bir_invoice_removed", { number, invoice: before })
        : coded("audit_bir_invoice_noted", { number, invoice }),
      details: { before },
      at,
      businessOn: business.today,
    });
    return ok(null);
  });
}
