import { uuidv7 } from "@/shared/ids.ts";
import { centavos } from "@/shared/money/mod.ts";
import type { Isp } from "@/tests/billing/isp.ts";
import type { Leg } from "@/web/domain/payments/mod.ts";
import { insertLedgerTransactions, type NewLedgerTransaction } from "@/web/store/billing/ledger.ts";

/** Posts a transaction by its legs alone, as a use case would that these tests do not know. */
export async function postStraight(
  isp: Isp,
  posting: Pick<NewLedgerTransaction, "legs"> & Partial<NewLedgerTransaction> & { on: string },
): Promise<string> {
  const { on, ...rest } = posting;
  const at = isp.clock.now();
  const id = uuidv7(at.epochMilliseconds);
  await isp.run((trx) =>
    insertLedgerTransactions(trx, [{
      id,
      kind: "payment_posted",
      business_on: Temporal.PlainDate.from(on),
      recorded_at: at,
      bill_id: null,
      source_id: null,
      description: "Posted straight",
      actor: "Test",
      ...rest,
    }])
  );
  return id;
}

/** Two legs of one amount. */
export function moved(
  debit: Omit<Leg, "amountCentavos">,
  credit: Omit<Leg, "amountCentavos">,
  pesos: number,
) {
  const amount = BigInt(pesos * 100);
  return [
    { ...debit, amountCentavos: centavos(amount) },
    { ...credit, amountCentavos: centavos(-amount) },
  ];
}
