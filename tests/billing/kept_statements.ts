import assert from "node:assert/strict";
import { readStatement } from "@/web/services/payments/read_statement.ts";
import { findSubscriberBalance } from "@/web/store/billing/ledger.ts";
import type { TenantTransaction } from "@/web/store/db/tenant_transaction.ts";
import { assertBooksHold, type Isp, todayOf } from "./isp.ts";

/**
 * What the statement of account of each subscriber said on each day that was looked at. Whatever is corrected later
 * changes none of them: a correction is an entry of its own day.
 */
export class KeptStatements {
  readonly #isp: Isp;
  readonly #said = new Map<string, string>();

  constructor(isp: Isp) {
    this.#isp = isp;
  }

  /** Checks the books, and today's statements against the ledger. */
  async check(): Promise<void> {
    const isp = this.#isp;
    await assertBooksHold(isp);
    const today = todayOf(isp);
    await isp.run(async (trx) => {
      for (const subscriberId of isp.subscriberIds) {
        const now = await findSubscriberBalance(trx, subscriberId);
        const { statement, open } = await this.#read(trx, subscriberId, today);
        assert.equal(statement.closingCentavos, now.receivableCentavos - now.creditCentavos, "as the ledger");
        assert.equal(open.reduce((all, bill) => all + bill.open_centavos, 0n), now.receivableCentavos);
        this.#said.set(`${subscriberId} ${today}`, sayOf(statement, open));
      }
    });
  }

  /** Every day that was looked at and is over says what it said then. */
  async checkPast(): Promise<void> {
    const today = todayOf(this.#isp);
    await this.#isp.run(async (trx) => {
      for (const [key, said] of this.#said) {
        const [subscriberId, on] = key.split(" ") as [string, string];
        const day = Temporal.PlainDate.from(on);
        if (day.equals(today)) continue;
        const { statement, open } = await this.#read(trx, subscriberId, day);
        assert.equal(sayOf(statement, open), said, `the statement of ${on} says something else on ${today}`);
      }
    });
  }

  async #read(trx: TenantTransaction, subscriberId: string, day: Temporal.PlainDate) {
    const days = { from: day.subtract({ days: 400 }), through: day };
    const view = await readStatement(trx, subscriberId, days, todayOf(this.#isp));
    if (view === null) throw new Error(`Cannot read the statement of ${subscriberId}: there is none`);
    return view;
  }
}

function sayOf(
  { closingCentavos, lines }: { closingCentavos: bigint; lines: readonly unknown[] },
  open: readonly { number: string; open_centavos: bigint }[],
): string {
  const bills = open.map((bill) => `${bill.number} ${bill.open_centavos}`).join(", ");
  return `closes with ${closingCentavos} after ${lines.length} lines; open: ${bills}`;
}
