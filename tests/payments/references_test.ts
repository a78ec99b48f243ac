import assert from "node:assert/strict";
import { centavos } from "@/shared/money/mod.ts";
import { silentLogger } from "@/shared/log.ts";
import { assertBooksHold, createIsp, type Isp, todayOf } from "@/tests/billing/isp.ts";
import { assertOk, assertRefused } from "@/tests/support/expect.ts";
import { createTestDatabase } from "@/tests/support/postgres.ts";
import type { PaymentInput } from "@/web/services/payments/payment_input.ts";
import { recordPayment } from "@/web/services/payments/record_payment.ts";
import { reversePayment } from "@/web/services/payments/reverse_payment.ts";
import { insertPayment } from "@/web/store/payments/payments.ts";
import { migrate, migrationStatus } from "@/web/store/db/migrate.ts";
import { sqlState } from "@/web/store/db/unavailable.ts";

function post(isp: Isp, n: number, changes: Partial<PaymentInput>) {
  return recordPayment(isp.context, isp.tenantId, isp.actor, {
    subscriberId: isp.subscriberIds[n]!,
    amountCentavos: centavos(50_000),
    method: "gcash",
    receivedOn: todayOf(isp),
    idempotencyKey: crypto.randomUUID(),
    ...changes,
  });
}

/** Number, reference and mark of every payment, oldest first. */
async function listAll(isp: Isp) {
  return await isp.run((trx) =>
    trx.selectFrom("payments").select(["number", "reference", "status", "is_reference_shared"])
      .where("tenant_id", "=", isp.tenantId).orderBy("number").execute()
  );
}

Deno.test("of two payments with one reference, posted at once for two people, exactly one is taken: 15 of 15", async () => {
  await using database = await createTestDatabase();
  const isp = await createIsp(database, { subscribers: 30 });
  const pairs = await Promise.all(Array.from({ length: 15 }, (_, i) =>
    Promise.all([
      post(isp, 2 * i, { reference: `GC 12-${i}` }),
      post(isp, 2 * i + 1, { reference: ` gc12${i} ` }),
    ])));
  for (const [i, pair] of pairs.entries()) {
    const winner = pair.findIndex((one) => one.ok);
    const [taken, refused] = winner === 0 ? pair : [pair[1], pair[0]];
    const { number } = assertOk(taken);
    assert.ok(!refused.ok && refused.code === "duplicate_reference");
    const who = String(2 * i + winner + 1).padStart(5, "0");
    assert.deepEqual(refused.values, {
      reference: winner === 0 ? `gc12${i}` : `GC 12-${i}`,
      number,
      subscriber: `Subscriber ${who}`,
      account: `A-${who}`,
      day: todayOf(isp),
      by: "Maria Santos",
    });
  }
  const all = await listAll(isp);
  assert.equal(all.length, 15);
  assert.ok(all.every((row) => !row.is_reference_shared));
  await assertBooksHold(isp);
});

Deno.test("a reference is free for another method and after a reversal; cash without one is never asked about", async () => {
  await using database = await createTestDatabase();
  const isp = await createIsp(database, { subscribers: 3 });
  const first = assertOk(await post(isp, 0, { reference: "77" }));
  assertRefused(await post(isp, 1, { reference: "77" }), "duplicate_reference");
  assertOk(await post(isp, 1, { reference: "77", method: "maya" }));
  assertOk(
    await reversePayment(isp.context, isp.tenantId, isp.actor, {
      paymentId: first.paymentId,
      reason: "Bounced",
    }),
  );
  assertOk(await post(isp, 1, { reference: "77" }));
  for (const n of [0, 1, 2]) assertOk(await post(isp, n, { method: "cash" }));
  // Nothing of it is a number: it says nothing about which payment it is.
  for (const n of [0, 1]) assertOk(await post(isp, n, { reference: "--" }));
  await assertBooksHold(isp);
});

Deno.test("a person may say that it is another payment; it is marked, and its reference stays taken", async () => {
  await using database = await createTestDatabase();
  const isp = await createIsp(database, { subscribers: 3 });
  const first = assertOk(await post(isp, 0, { reference: "RC-5", confirmDuplicateReference: true }));
  assertOk(await post(isp, 1, { reference: "rc 5", confirmDuplicateReference: true }));
  assert.deepEqual((await listAll(isp)).map((row) => row.is_reference_shared), [false, true]);
  assertOk(
    await reversePayment(isp.context, isp.tenantId, isp.actor, {
      paymentId: first.paymentId,
      reason: "Bounced",
    }),
  );
  const asked = await post(isp, 2, { reference: "RC5" });
  assert.ok(!asked.ok && asked.values.subscriber === "Subscriber 00002");
  const confirmed = await Promise.all(
    [0, 2].map((n) => post(isp, n, { reference: "RC9", confirmDuplicateReference: true })),
  );
  assert.ok(confirmed.every((one) => one.ok), "two people who both confirmed are both taken");
  await assertBooksHold(isp);
});

Deno.test("whatever writes it, the database refuses a reference that is on a live payment", async () => {
  await using database = await createTestDatabase();
  const isp = await createIsp(database, { subscribers: 2 });
  assertOk(await post(isp, 0, { reference: "GC-1" }));
  const twin = isp.run(async (trx) => {
    const now = isp.clock.now();
    await insertPayment(trx, {
      id: crypto.randomUUID(),
      subscriber_id: isp.subscriberIds[1]!,
      number: "RCPT-900000",
      method: "gcash",
      amount_centavos: 100n,
      received_on: todayOf(isp),
      recorded_at: now,
      recorded_on: todayOf(isp),
      recorded_by: "x",
      reference: "gc 1",
      status: "posted",
      idempotency_key: "twin-0001",
      request_hash: "x",
    });
  });
  await assert.rejects(twin, (error) => sqlState(error) === "23505");
});

Deno.test("twins from before the rule survive it: the first keeps the reference, the others are marked, of every tenant", async () => {
  await using database = await createTestDatabase();
  const isps = [await createIsp(database, { subscribers: 4 }), await createIsp(database, { subscribers: 4 })];
  for (const isp of isps) {
    const gone = assertOk(await post(isp, 3, { reference: "GC-1" }));
    assertOk(
      await reversePayment(isp.context, isp.tenantId, isp.actor, {
        paymentId: gone.paymentId,
        reason: "Bounced",
      }),
    );
    for (const n of [0, 1, 2]) {
      isp.clock.advance({ minutes: 1 });
      assertOk(
        await post(isp, n, { reference: `gc ${n === 1 ? "-" : ""}1`, confirmDuplicateReference: true }),
      );
    }
    assertOk(await post(isp, 0, { reference: "GC-1", method: "bank" }));
  }
  const before = await Promise.all(isps.map(listAll));
  const names = (await migrationStatus(database.ownerUrl, silentLogger)).map((one) => one.name);
  const previous = names[names.findIndex((name) => name.startsWith("0030_")) - 1]!;
  await migrate(database.ownerUrl, { to: previous }, silentLogger);
  await migrate(database.ownerUrl, {}, silentLogger);
  const after = await Promise.all(isps.map(listAll));
  assert.deepEqual(after, before);
  assert.deepEqual(after[1]!.map((row) => row.is_reference_shared), [false, false, true, true, false]);
  for (const isp of isps) {
    assertRefused(await post(isp, 3, { reference: "GC-1" }), "duplicate_reference");
    await assertBooksHold(isp);
  }
});
