import { centavos, sum } from "@/shared/money/mod.ts";
import { err, type Failure } from "@/shared/result.ts";
import type { TenantTransaction } from "@/web/store/db/tenant_transaction.ts";
import { listRefundsOfSource } from "@/web/store/payments/refunds.ts";

/** What was paid back of a payment, a memo or opening credit has left: it cannot be taken back as well. */
export async function refuseRefunded(
  trx: TenantTransaction,
  source: { id: string; number: string },
): Promise<Failure<"source_refunded"> | null> {
  const refunds = await listRefundsOfSource(trx, source.id);
  if (refunds.length === 0) return null;
  return err("source_refunded", {
    number: source.number,
    amount: sum(refunds.map((refund) => centavos(refund.amount_centavos))),
    refunds: refunds.map((refund) => refund.number).join(", "),
  });
}
