import assert from "node:assert/strict";
import { coded } from "@/shared/codes/mod.ts";
import { silentLogger } from "@/shared/log.ts";
import { centavos } from "@/shared/money/mod.ts";
import { ok } from "@/shared/result.ts";
import { assertBooksHold, createIsp, type Isp, liveUntil, offNow, pay } from "@/tests/billing/isp.ts";
import { assertOk } from "@/tests/support/expect.ts";
import { createTestDatabase } from "@/tests/support/postgres.ts";
import type { BillLineKind } from "@/web/domain/billing/mod.ts";
import { issueBill } from "@/web/services/billing/issue_bill.ts";
import { voidBill } from "@/web/services/billing/void_bill.ts";
import { reversePayment } from "@/web/services/payments/reverse_payment.ts";
import { runUseCase } from "@/web/services/use_case.ts";
import { migrate, migrationStatus } from "@/web/store/db/migrate.ts";

interface Line {
  kind: BillLineKind;
  pesos: number;
  /** First day. @default 2026-01-01 */
  from?: string;
  /** Number of the connection that it is for; null: none's. @default 0 */
  of?: number | null;
}

/** Issues a bill of such lines to the first subscriber, due on 8 January; number and id. */
async function issue(isp: Isp, lines: readonly Line[]) {
  return assertOk(
    await runUseCase(isp.context, isp.tenantId, isp.actor, async (useCase) =>
      ok(
        await issueBill(useCase, {
          kind: "one_time",
          subscriberId: isp.subscriberIds[0]!,
          subscriptionId: isp.subscriptionIds[0]!,
          dueOn: Temporal.PlainDate.from("2026-01-08"),
          graceDays: 5,
          lines: lines.map(({ kind, pesos, from = "2026-01-01", of = 0 }) => {
            const periodStart = Temporal.PlainDate.from(from);
            return {
              kind,
              description: coded("line_whole", { plan: "Fiber 50", period: from }),
              periodStart,
              periodEnd: periodStart.add({ months: 1 }),
              amountCentavos: centavos(pesos * 100),
              subscriptionId: of === null ? null : isp.subscriptionIds[of]!,
            };
          }),
        }),
      )),
  );
}

/** What each line of a bill has settled, in pesos. */
async function settled(isp: Isp, billId: string): Promise<number[]> {
  const rows = await isp.run((trx) =>
    trx.selectFrom("bill_lines").select("settled_centavos").where("tenant_id", "=", isp.tenantId)
      .where("bill_id", "=", billId).orderBy("line_no").execute()
  );
  return rows.map((row) => Number(row.settled_centavos) / 100);
}

Deno.test("a payment reaches lines: service before fees; only a fee unpaid cuts nobody, the service unpaid does", async () => {
  await using database = await createTestDatabase();
  const isp = await createIsp(database, { subscribers: 2 });
  const bill = await issue(isp, [
    { kind: "late_fee", pesos: 50, of: null },
    { kind: "one_time", pesos: 300 },
  ]);
  const first = await pay(isp, 0, 200);
  assert.deepEqual(await settled(isp, bill.id), [0, 200]);
  await liveUntil(isp, "2026-01-15T10:00");
  assert.deepEqual(await offNow(isp), [0], "100 of its own line is past grace");
  const second = await pay(isp, 0, 100);
  assert.deepEqual(second.restored, [isp.subscriptionIds[0]]);
  assert.deepEqual(await settled(isp, bill.id), [0, 300]);
  await liveUntil(isp, "2026-01-20T10:00");
  assert.deepEqual(await offNow(isp), [], "the fee alone cuts nobody");
  assertOk(
    await reversePayment(isp.context, isp.tenantId, isp.actor, {
      paymentId: first.paymentId,
      reason: "Bounced",
    }),
  );
  assert.deepEqual(await settled(isp, bill.id), [0, 100]);
  await liveUntil(isp, "2026-01-21T10:00");
  assert.deepEqual(await offNow(isp), [0]);
  await assertBooksHold(isp);
});

Deno.test("one bill for three connections and money for two: two stay on, the third goes off", async () => {
  await using database = await createTestDatabase();
  const isp = await createIsp(database, { subscribers: 3 });
  // One payer for three lines.
  await isp.run((trx) =>
    trx.updateTable("subscriptions").set({ subscriber_id: isp.subscriberIds[0]! })
      .where("tenant_id", "=", isp.tenantId).execute()
  );
  const bill = await issue(isp, [0, 1, 2].map((of) => ({ kind: "one_time" as const, pesos: 1000, of })));
  await pay(isp, 0, 2000);
  assert.deepEqual(await settled(isp, bill.id), [1000, 1000, 0]);
  await liveUntil(isp, "2026-01-15T10:00");
  assert.deepEqual(await offNow(isp), [2]);
  assert.deepEqual((await pay(isp, 0, 1000)).restored, [isp.subscriptionIds[2]]);
  await assertBooksHold(isp);
});

Deno.test("lines and shares of a database from before are reached: paid before and after give the same", async () => {
  await using database = await createTestDatabase();
  const isp = await createIsp(database, { subscribers: 2 });
  const bill = await issue(isp, [
    { kind: "one_time", pesos: 1000, from: "2026-02-01" },
    { kind: "one_time", pesos: 500 },
    { kind: "one_time", pesos: -300 },
  ]);
  assert.deepEqual(await settled(isp, bill.id), [0, 300, -300], "the credit line is used up on the oldest");
  const gone = await issue(isp, [{ kind: "one_time", pesos: 70 }]);
  assertOk(await voidBill(isp.context, isp.tenantId, isp.actor, { billId: gone.id, reason: "Wrong" }));
  await pay(isp, 0, 100);
  await liveUntil(isp, "2026-01-02T10:00");
  await pay(isp, 0, 600);
  await pay(isp, 1, 40);
  const look = () =>
    isp.run(async (trx) => ({
      settled: await settled(isp, bill.id),
      sources: await trx.selectFrom("credit_sources").selectAll().where("tenant_id", "=", isp.tenantId)
        .orderBy("number").execute(),
      // How often a share of one line is written says nothing.
      shares: await trx.selectFrom("allocations")
        .select(({ fn }) => ["source_id", "line_no", fn.sum<bigint>("amount_centavos").as("amount_centavos")])
        .where("tenant_id", "=", isp.tenantId).groupBy(["source_id", "line_no"])
        .orderBy("source_id").orderBy("line_no").execute(),
    }));
  const before = await look();
  assert.deepEqual(before.settled, [500, 500, -300]);
  assert.deepEqual(before.shares.map((share) => Number(share.amount_centavos) / 100), [100, 500, 100]);
  const names = (await migrationStatus(database.ownerUrl, silentLogger)).map((one) => one.name);
  const previous = names[names.findIndex((name) => name.startsWith("0031_")) - 1]!;
  await migrate(database.ownerUrl, { to: previous }, silentLogger);
  await migrate(database.ownerUrl, {}, silentLogger);
  assert.deepEqual(await look(), before);
  await assertBooksHold(isp);
});
