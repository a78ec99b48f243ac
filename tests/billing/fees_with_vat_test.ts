import assert from "node:assert/strict";
import { assertOk } from "@/tests/support/expect.ts";
import { createTestDatabase } from "@/tests/support/postgres.ts";
import { parseCoded } from "@/shared/codes/mod.ts";
import { centavos } from "@/shared/money/mod.ts";
import { TAX_MODES, type TaxMode } from "@/web/domain/billing/mod.ts";
import { disputeBill } from "@/web/services/billing/dispute_bill.ts";
import { recordPayment } from "@/web/services/payments/record_payment.ts";
import { assertBooksHold, createIsp, type Isp, liveUntil, pay } from "./isp.ts";
import { balanceOn, setTax, switchFeesOn, taxedBills } from "./tax_isp.ts";

/** Bills of ₱1,000 of the 1st, due on the 8th; from the 12th a late one costs 5 %, coming back ₱100. */
async function feeIsp(database: Parameters<typeof createIsp>[0], mode: TaxMode): Promise<Isp> {
  const isp = await createIsp(database, { subscribers: 3 });
  await switchFeesOn(isp);
  if (mode !== "non_vat") await setTax(isp, mode);
  return isp;
}

async function feesOf(isp: Isp, n: number): Promise<string[]> {
  return (await taxedBills(isp, n)).filter((bill) => bill.startsWith("late_fee"))
    .map((bill) => bill.replace(/^late_fee \S+ \S+ /, ""));
}

/** What nothing paid, ₱400 paid and ₱300 disputed cost; then the bill of March with the fee for coming back. */
const WORKED: Record<TaxMode, { fees: [string, string, string]; march: string; words: string }> = {
  non_vat: {
    fees: ["0 + 0 = 5000", "0 + 0 = 3000", "0 + 0 = 3500"],
    march: "0 + 0 = 110000",
    words: "line_late_fee_percent 100000",
  },
  // The fee has its VAT in it, as the price has.
  vat_inclusive: {
    fees: ["4464 + 536 = 5000", "2679 + 321 = 3000", "3125 + 375 = 3500"],
    march: "98214 + 11786 = 110000",
    words: "line_late_fee_percent 100000",
  },
  // 5 % of ₱1,120.00, ₱720.00 and ₱820.00, the VAT on it among it.
  vat_exclusive: {
    fees: ["5000 + 600 = 5600", "3214 + 386 = 3600", "3661 + 439 = 4100"],
    march: "110000 + 13200 = 123200",
    words: "line_late_fee_percent_vat 112000",
  },
};

for (const mode of TAX_MODES) {
  Deno.test(`fees in a company that is ${mode}: 5 % of what is unpaid with the VAT of either, once, and ₱100 for coming back`, async () => {
    await using database = await createTestDatabase();
    const isp = await feeIsp(database, mode);
    const { fees, march, words } = WORKED[mode];
    await liveUntil(isp, "2026-02-05T12:00");
    await pay(isp, 1, 400);
    const [disputed] = await isp.run((trx) =>
      trx.selectFrom("bills").select("id").where("subscriber_id", "=", isp.subscriberIds[2]!).execute()
    );
    assertOk(
      await disputeBill(isp.context, isp.tenantId, isp.actor, {
        billId: disputed!.id,
        amountCentavos: centavos(30_000),
        reason: "Was off",
      }),
    );
    await liveUntil(isp, "2026-02-12T12:00");
    assert.deepEqual(await Promise.all([0, 1, 2].map(async (n) => (await feesOf(isp, n))[0])), fees);
    const line = await isp.run((trx) =>
      trx.selectFrom("bill_lines").select("description").where("kind", "=", "late_fee")
        .where(
          "bill_id",
          "in",
          (eb) => eb.selectFrom("bills").select("id").where("subscriber_id", "=", isp.subscriberIds[0]!),
        ).executeTakeFirstOrThrow()
    );
    const said = parseCoded(line.description);
    assert.equal(`${said?.code} ${said?.values.unpaid}`, words);
    await liveUntil(isp, "2026-02-15T12:00");
    await pay(isp, 0, 1400);
    await liveUntil(isp, "2026-03-01T12:00");
    const bill = (await taxedBills(isp, 0)).at(-1)!;
    assert.match(bill, new RegExp(`${march.replaceAll("+", "\\+")}$`));
    // In time after all for the first and a part of the second: both fees go back with all their VAT.
    for (const [n, pesos] of [[0, 1120], [1, 320]] as const) {
      assertOk(
        await recordPayment(isp.context, isp.tenantId, isp.actor, {
          subscriberId: isp.subscriberIds[n]!,
          amountCentavos: centavos(pesos * 100),
          method: "cash",
          receivedOn: Temporal.PlainDate.from("2026-02-10"),
          idempotencyKey: crypto.randomUUID(),
        }),
      );
    }
    await assertBooksHold(isp);
    const earned = await balanceOn(isp, "vat_payable");
    assert.equal(earned === 0n, mode === "non_vat");
  });
}
