import assert from "node:assert/strict";
import { centavos } from "@/shared/money/mod.ts";
import { createIsp, type Isp, liveUntil, pay, todayOf } from "@/tests/billing/isp.ts";
import { assertOk } from "@/tests/support/expect.ts";
import { createTestDatabase } from "@/tests/support/postgres.ts";
import { playedIsp } from "@/tests/support/played.ts";
import { disputeBill } from "@/web/services/billing/dispute_bill.ts";
import { takeOverBalance } from "@/web/services/payments/opening_balance.ts";
import { readStatement } from "@/web/services/payments/read_statement.ts";

const day = Temporal.PlainDate.from;

async function statementOf(isp: Isp, n: number, from: string, through: string) {
  const days = { from: day(from), through: day(through) };
  const view = await isp.run((trx) => readStatement(trx, isp.subscriberIds[n]!, days, todayOf(isp)));
  assert.ok(view !== null);
  return view;
}

Deno.test("a dispute hides nothing from a statement", async () => {
  await using past = await playedIsp({ subscribers: 3 }, "2026-02-03T10:00");
  const { isp } = past;
  const { id } = await isp.run((trx) =>
    trx.selectFrom("bills").select("id").where("tenant_id", "=", isp.tenantId)
      .where("subscriber_id", "=", isp.subscriberIds[0]!).executeTakeFirstOrThrow()
  );
  assertOk(
    await disputeBill(isp.context, isp.tenantId, isp.actor, {
      billId: id,
      amountCentavos: null,
      reason: "Was off",
    }),
  );
  await liveUntil(isp, "2026-03-02T10:00");
  await pay(isp, 0, 500);
  const { statement } = await statementOf(isp, 0, "2026-03-01", "2026-03-31");
  assert.equal(statement.openingCentavos, 100_000n);
  assert.equal(statement.closingCentavos, 150_000n);
});

Deno.test("a balance of the old books and a payment of its day are both counted, once", async () => {
  await using database = await createTestDatabase();
  const isp = await createIsp(database, { subscribers: 1, start: "2026-05-14T08:00:00+08:00" });
  assertOk(
    await takeOverBalance(isp.context, isp.tenantId, isp.actor, {
      subscriberId: isp.subscriberIds[0]!,
      side: "owed",
      amountCentavos: centavos(200_000n),
      asOf: day("2026-05-14"),
    }),
  );
  await pay(isp, 0, 100);
  const { statement } = await statementOf(isp, 0, "2026-05-14", "2026-05-14");
  assert.equal(statement.closingCentavos, 190_000n);
});

Deno.test("what is open less what is credit is the balance, also between a payment and the bill that it pays", async () => {
  await using past = await playedIsp({ subscribers: 3 }, "2026-02-03T10:00");
  const { isp } = past;
  await pay(isp, 0, 1400);
  await liveUntil(isp, "2026-04-02T10:00");
  for (
    const [through, open, balance] of [
      ["2026-02-02", 100_000n, 100_000n],
      ["2026-02-15", 0n, -40_000n],
      ["2026-03-01", 60_000n, 60_000n],
    ] as const
  ) {
    const view = await statementOf(isp, 0, "2026-02-01", through);
    assert.equal(view.open.reduce((all, bill) => all + bill.open_centavos, 0n), open, through);
    assert.equal(view.statement.closingCentavos, balance, through);
  }
});
