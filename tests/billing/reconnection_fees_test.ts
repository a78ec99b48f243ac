import assert from "node:assert/strict";
import { centavos } from "@/shared/money/mod.ts";
import { assertOk } from "@/tests/support/expect.ts";
import { createTestDatabase, type TestDatabase } from "@/tests/support/postgres.ts";
import { NO_OWN_RULES } from "@/web/domain/billing/mod.ts";
import { agreeRules } from "@/web/services/billing/agree_rules.ts";
import { voidBill } from "@/web/services/billing/void_bill.ts";
import { recordPayment } from "@/web/services/payments/record_payment.ts";
import { reversePayment } from "@/web/services/payments/reverse_payment.ts";
import { assertBooksHold, createIsp, type Isp, type IspOptions, liveUntil, offNow, pay } from "./isp.ts";

const call = (isp: Isp) => [isp.context, isp.tenantId, isp.actor] as const;

/** Bills of ₱1,000, cut on the 14th; coming back costs ₱100. */
async function isp100(database: TestDatabase, options: IspOptions): Promise<Isp> {
  const isp = await createIsp(database, options);
  await isp.run((trx) =>
    trx.updateTable("tenants").set({ reconnection_fee_centavos: 10000n }).where("id", "=", isp.tenantId)
      .execute()
  );
  return isp;
}

/** `pesos of month` of each fee that a live bill of a connection asks for. */
async function feesOf(isp: Isp, n: number): Promise<string[]> {
  const rows = await isp.run((trx) =>
    trx.selectFrom("bill_lines as l").innerJoin(
      "bills as b",
      (join) => join.onRef("b.tenant_id", "=", "l.tenant_id").onRef("b.id", "=", "l.bill_id"),
    )
      .select(["l.amount_centavos", "b.period_start"]).where("l.tenant_id", "=", isp.tenantId)
      .where("l.kind", "=", "reconnection_fee").where("b.status", "=", "issued")
      .where("b.subscriber_id", "=", isp.subscriberIds[n]!).orderBy("b.period_start").execute()
  );
  return rows.map((row) =>
    `${Number(row.amount_centavos) / 100} of ${row.period_start.toString().slice(0, 7)}`
  );
}

async function payOn(isp: Isp, n: number, pesos: number, receivedOn: string) {
  return assertOk(
    await recordPayment(...call(isp), {
      subscriberId: isp.subscriberIds[n]!,
      amountCentavos: centavos(pesos * 100),
      method: "cash",
      receivedOn: Temporal.PlainDate.from(receivedOn),
      idempotencyKey: `back-${crypto.randomUUID()}`,
    }),
  );
}

async function creditOf(isp: Isp, n: number): Promise<number> {
  const rows = await isp.run((trx) =>
    trx.selectFrom("credit_sources").select(["amount_centavos", "used_centavos"])
      .where("tenant_id", "=", isp.tenantId).where("subscriber_id", "=", isp.subscriberIds[n]!)
      .where("ended_at", "is", null).execute()
  );
  return rows.reduce((all, row) => all + Number(row.amount_centavos - row.used_centavos), 0) / 100;
}

Deno.test("coming back costs once, on the next bill, never before it; not who was cut by our fault, nor who has the rule for none", async () => {
  await using database = await createTestDatabase();
  const isp = await isp100(database, { subscribers: 4 });
  assertOk(
    await agreeRules(...call(isp), {
      subscriptionId: isp.subscriptionIds[3]!,
      rules: { ...NO_OWN_RULES, reconnectionFeeCentavos: centavos(0) },
      lockIn: null,
    }),
  );
  await liveUntil(isp, "2026-02-05T12:00");
  await pay(isp, 2, 1000);
  await liveUntil(isp, "2026-02-15T12:00");
  assert.deepEqual(await offNow(isp), [0, 1, 3]);
  await pay(isp, 0, 1000);
  await payOn(isp, 1, 1000, "2026-02-13");
  await pay(isp, 3, 1000);
  assert.deepEqual(await offNow(isp), [], "what is paid is back at once, the fee waits");
  await liveUntil(isp, "2026-03-02T12:00");
  assert.deepEqual(await Promise.all([0, 1, 2, 3].map((n) => feesOf(isp, n))), [
    ["100 of 2026-02"],
    [],
    [],
    [],
  ]);
  // The service is paid before the fee: nobody is cut for it, and the next cut costs again.
  await pay(isp, 0, 1000);
  await liveUntil(isp, "2026-03-20T12:00");
  assert.deepEqual(await offNow(isp), [1, 2, 3]);
  await liveUntil(isp, "2026-04-02T12:00");
  assert.deepEqual(await feesOf(isp, 0), ["100 of 2026-02"]);
  await assertBooksHold(isp);
});

Deno.test("a void bill leaves the fee to the next one; money that turns out to be from before the cut gives it back once", async () => {
  await using database = await createTestDatabase();
  const isp = await isp100(database, { subscribers: 2 });
  await liveUntil(isp, "2026-02-15T12:00");
  const [first, second] = [await pay(isp, 0, 1000), await pay(isp, 1, 1000)];
  await liveUntil(isp, "2026-03-02T12:00");
  const billed = await isp.run((trx) =>
    trx.selectFrom("reconnection_fees").selectAll().where("tenant_id", "=", isp.tenantId)
      .where("subscription_id", "=", isp.subscriptionIds[0]!).executeTakeFirstOrThrow()
  );
  assertOk(await voidBill(...call(isp), { billId: billed.bill_id!, reason: "Wrong price" }));
  assert.deepEqual(await feesOf(isp, 0), []);
  await liveUntil(isp, "2026-03-03T12:00");
  assert.deepEqual(await feesOf(isp, 0), ["100 of 2026-02"]);
  // The collector had the money since the 10th.
  for (const { paymentId } of [first, second]) {
    assertOk(await reversePayment(...call(isp), { paymentId, reason: "Wrong day" }));
  }
  await payOn(isp, 0, 2100, "2026-02-10");
  await payOn(isp, 0, 1, "2026-02-10");
  await payOn(isp, 1, 1000, "2026-02-14");
  assert.equal(await creditOf(isp, 0), 101);
  assert.equal(await creditOf(isp, 1), 0);
  await assertBooksHold(isp);
});
