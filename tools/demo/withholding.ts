import { centavos } from "@/shared/money/mod.ts";
import { recordPayment } from "@/web/services/payments/record_payment.ts";
import { withheldSplit } from "@/web/services/payments/withheld_split.ts";
import { updateSubscriber } from "@/web/services/subscribers/update_subscriber.ts";
import { listOpenOnDay } from "@/web/store/billing/account_lines.ts";
import { findSubscriber } from "@/web/store/subscribers/subscribers.ts";
import { inBooks, must, type Seed } from "./books.ts";
import type { OpenBill } from "./people.ts";

/** Basis points. */
const RATE_BP = 200;

/** A business that withholds tax brings one part of its bill: its certificate, or the money, so that the other is awaited. */
export async function withhold(
  seed: Seed,
  bill: OpenBill,
  { brings, on }: { brings: "certificate" | "money"; on: Temporal.PlainDate },
): Promise<void> {
  const { context, tenantId, owner, cashier } = seed;
  const subscriberId = bill.subscriber_id;
  const { subscriber, open } = await inBooks(seed, async (trx) => ({
    subscriber: await findSubscriber(trx, subscriberId),
    open: await listOpenOnDay(trx, { subscriberId }),
  }));
  if (subscriber === null) throw new Error(`Cannot withhold: ${subscriberId} is not there`);
  must(
    await updateSubscriber(context, tenantId, owner, {
      ...subscriber,
      subscriberId,
      withholdingRateBp: RATE_BP,
    }),
  );
  const split = withheldSplit(open.filter(({ id }) => id === bill.bill_id), RATE_BP);
  const isCertificate = brings === "certificate";
  must(
    await recordPayment(context, tenantId, cashier, {
      subscriberId,
      amountCentavos: centavos(isCertificate ? split.certificateCentavos : split.moneyCentavos),
      method: isCertificate ? "withholding_2307" : "bank",
      receivedOn: on,
      reference: isCertificate ? `2307-${on.year}-${on.month}-1` : `BANK-2307-${on.month}`,
      targetBillId: bill.bill_id,
      idempotencyKey: `demo-withheld-${bill.bill_id}`,
    }),
  );
}
