import assert from "node:assert/strict";
import { centavos } from "@/shared/money/mod.ts";
import { assertBooksHold, createIsp, type Isp, liveUntil, offNow, todayOf } from "@/tests/billing/isp.ts";
import { buy, createPrepaidIsp } from "@/tests/billing/prepaid_isp.ts";
import { assertOk, assertRefused } from "@/tests/support/expect.ts";
import { createTestDatabase } from "@/tests/support/postgres.ts";
import { withScene } from "@/tests/support/scene.ts";
import { switchRenewal } from "@/web/services/billing/renew_prepaid.ts";
import { includeInRun } from "@/web/services/cuts/exclude_from_run.ts";
import { takeBackOpeningCredit, takeOverBalance } from "@/web/services/payments/opening_balance.ts";
import { previewPayment } from "@/web/services/payments/preview_payment.ts";
import { recordPayment } from "@/web/services/payments/record_payment.ts";
import { listBills } from "@/web/store/billing/bills_page.ts";
import { findSubscriberBalance } from "@/web/store/billing/ledger.ts";
import { getTenant } from "@/web/store/settings/tenants.ts";

const takeOver = (isp: Isp, n: number, side: "owed" | "credit", pesos: number, asOf: string) =>
  takeOverBalance(isp.context, isp.tenantId, isp.actor, {
    subscriberId: isp.subscriberIds[n]!,
    side,
    amountCentavos: centavos(pesos * 100),
    asOf: Temporal.PlainDate.from(asOf),
  });
const balance = async (isp: Isp, n: number) => {
  const { receivableCentavos, creditCentavos } = await isp.run((trx) =>
    findSubscriberBalance(trx, isp.subscriberIds[n]!)
  );
  return [Number(receivableCentavos) / 100, Number(creditCentavos) / 100];
};

Deno.test("a debt of the old books is owed since its day, and nobody is cut for it before a person includes it", async () => {
  await using database = await createTestDatabase();
  const isp = await createIsp(database, { subscribers: 2 });
  assertOk(await takeOver(isp, 0, "owed", 500, "2025-11-30"));
  assert.deepEqual(await balance(isp, 0), [500, 0]);
  await liveUntil(isp, "2026-01-05T10:00");
  assert.deepEqual(await offNow(isp), [], "imported debt waits for the owner");
  const today = Temporal.PlainDate.from("2026-01-05");
  assertOk(
    await includeInRun(isp.context, isp.tenantId, isp.actor, {
      subscriptionId: isp.subscriptionIds[0]!,
      businessOn: today,
    }),
  );
  await liveUntil(isp, "2026-01-06T10:00");
  assert.deepEqual(await offNow(isp), [0]);
  await assertBooksHold(isp);
});

Deno.test("opening credit pays open bills at once and later ones; taken back, they are owed again", async () => {
  await using database = await createTestDatabase();
  const isp = await createIsp(database, { subscribers: 2 });
  await liveUntil(isp, "2026-02-02T10:00");
  assertOk(await takeOver(isp, 0, "credit", 1500, "2025-12-01"));
  assert.deepEqual(await balance(isp, 0), [0, 500]);
  await liveUntil(isp, "2026-03-16T10:00");
  assert.deepEqual(await balance(isp, 0), [500, 0], "the next bill took the rest");
  assert.deepEqual(await offNow(isp), [0, 1]);
  assertOk(
    await takeBackOpeningCredit(isp.context, isp.tenantId, isp.actor, {
      subscriberId: isp.subscriberIds[0]!,
    }),
  );
  assert.deepEqual(await balance(isp, 0), [2000, 0]);
  assertRefused(
    await takeBackOpeningCredit(isp.context, isp.tenantId, isp.actor, {
      subscriberId: isp.subscriberIds[0]!,
    }),
    "opening_missing",
  );
  assertOk(await takeOver(isp, 0, "credit", 2000, "2026-03-16"));
  assert.deepEqual(await offNow(isp), [1], "credit brings back like a payment");
  await assertBooksHold(isp);
});

Deno.test("a debt of the old books that nobody has included keeps nobody off who has paid what cut", async () => {
  await using database = await createTestDatabase();
  const isp = await createIsp(database, { subscribers: 1 });
  await liveUntil(isp, "2026-02-14T10:00");
  assert.deepEqual(await offNow(isp), [0]);
  assertOk(await takeOver(isp, 0, "owed", 5000, "2025-11-30"));
  const amountCentavos = centavos(100_000);
  const [subscriberId, subscriptionId] = [isp.subscriberIds[0]!, isp.subscriptionIds[0]!];
  const { rows: bills } = await isp.run((trx) => listBills(trx, {}, { limit: 9 }));
  const targetBillId = bills.find((bill) => bill.kind === "recurring")!.id;
  const preview = await isp.run(async (trx) =>
    await previewPayment(trx, await getTenant(trx), todayOf(isp), {
      subscriberId,
      amountCentavos,
      targetBillId,
    })
  );
  assert.deepEqual(preview.restores, [subscriptionId]);
  const paid = assertOk(
    await recordPayment(isp.context, isp.tenantId, isp.actor, {
      subscriberId,
      amountCentavos,
      targetBillId,
      method: "cash",
      receivedOn: todayOf(isp),
      idempotencyKey: "aimed-at-the-bill",
    }),
  );
  assert.deepEqual(paid.restored, [subscriptionId]);
  assert.deepEqual(await offNow(isp), []);
  await assertBooksHold(isp);
});

Deno.test("opening credit renews a prepaid line that has run out", async () => {
  await using database = await createTestDatabase();
  const isp = await createPrepaidIsp(database);
  assertOk(await buy(isp, 0, { count: 7, pesos: 199 }));
  const [subscriptionId] = isp.subscriptionIds;
  assertOk(
    await switchRenewal(isp.context, isp.tenantId, isp.actor, {
      subscriptionId: subscriptionId!,
      renewsItself: true,
    }),
  );
  await liveUntil(isp, "2026-01-09T10:00");
  assert.deepEqual(await offNow(isp), [0]);
  assertOk(await takeOver(isp, 0, "credit", 200, "2025-12-01"));
  assert.deepEqual(await balance(isp, 0), [0, 1]);
  assert.deepEqual(await offNow(isp), []);
  await assertBooksHold(isp);
});

Deno.test("once for each subscriber, also for two forms at one moment; days and amounts have bounds", async () => {
  await using database = await createTestDatabase();
  const isp = await createIsp(database, { subscribers: 1 });
  const both = await Promise.all([
    takeOver(isp, 0, "owed", 10, "2025-12-01"),
    takeOver(isp, 0, "credit", 10, "2025-12-01"),
  ]);
  assert.deepEqual(both.map((one) => one.ok).sort(), [false, true]);
  assertRefused(both.find((one) => !one.ok)!, "opening_exists");
  const refused = async (pesos: number, asOf: string) => await takeOver(isp, 0, "owed", pesos, asOf);
  assertRefused(await refused(0, "2025-12-01"), "payment_amount_not_positive");
  assertRefused(await refused(1, "2026-01-02"), "opening_in_future");
  assertRefused(await refused(1, "2015-12-31"), "opening_too_old");
  await assertBooksHold(isp);
});

Deno.test("the page takes a balance over once, then says where it is and takes credit back", async () => {
  await withScene("2026-02-02T10:00", async ({ isp, owner }) => {
    const path = `/admin/subscribers/${isp.subscriberIds[0]}/opening-balance`;
    assert.match((await owner.get(path)).text, /Opening balance/);
    const bad = await owner.post(path, { side: "credit", amount: "0", asOf: "2026-01-01" });
    assert.equal(bad.status, 422);
    assert.match(bad.text, /Enter an amount above ₱0.00/);
    const done = await owner.post(path, { side: "credit", amount: "1,200.50", asOf: "2026-01-01" });
    assert.equal(done.status, 303);
    const there = await owner.get(path);
    assert.match(there.text, /₱1,200\.50 of credit since Thu, 1 Jan 2026 was taken over as OB-000001/);
    const back = await owner.post(`${path}/take-back`, {});
    assert.equal(back.location, `/admin/subscribers/${isp.subscriberIds[0]}?done=opening_taken_back`);
    assert.match((await owner.get(back.location)).text, /The opening credit is taken back/);
    await assertBooksHold(isp);
  });
});
