import assert from "node:assert/strict";
import { uuidv7 } from "@/shared/ids.ts";
import { centavos } from "@/shared/money/mod.ts";
import { assertOk, assertRefused } from "@/tests/support/expect.ts";
import { createTestDatabase } from "@/tests/support/postgres.ts";
import { agreeOwnPrice, endOwnPrice } from "@/web/services/billing/agree_own_price.ts";
import { changePlan } from "@/web/services/billing/change_plan.ts";
import type { OwnPriceInput } from "@/web/services/billing/review_own_price.ts";
import { updatePlan } from "@/web/services/billing/save_plan.ts";
import { takeBackPlanPrice } from "@/web/services/billing/take_back_plan_price.ts";
import { listOwnPriceHistory } from "@/web/store/billing/own_prices.ts";
import { assertBooksHold, createIsp, type Isp, liveUntil, pay } from "./isp.ts";
import { voidPaid } from "./void_paid.ts";

const day = Temporal.PlainDate.from;

function agree(isp: Isp, n: number, given: Partial<OwnPriceInput>) {
  return agreeOwnPrice(isp.context, isp.tenantId, isp.actor, {
    subscriptionId: isp.subscriptionIds[n]!,
    kind: "price",
    amountCentavos: centavos(0),
    basisPoints: 0,
    startOn: null,
    lastOn: null,
    periods: null,
    reason: "Promised by Maria",
    ...given,
  });
}

async function pricesOf(isp: Isp, n: number) {
  return await isp.run((trx) => listOwnPriceHistory(trx, isp.subscriptionIds[n]!));
}

/** `start total` of each live bill. */
async function billsOf(isp: Isp, n: number): Promise<string[]> {
  const rows = await isp.run((trx) =>
    trx.selectFrom("bills").select(["id", "period_start", "total_centavos"]).where(
      "tenant_id",
      "=",
      isp.tenantId,
    )
      .where("subscription_id", "=", isp.subscriptionIds[n]!).where("status", "=", "issued")
      .orderBy("period_start").execute()
  );
  return rows.map((row) => `${row.period_start} ${row.total_centavos}`);
}

async function addPlan(isp: Isp): Promise<string> {
  const id = uuidv7(1);
  await isp.run((trx) =>
    trx.insertInto("plans").values({
      tenant_id: isp.tenantId,
      id,
      name: "Fiber 100",
      price_centavos: 150_000n,
      ppp_profile: "100M",
    }).execute()
  );
  return id;
}

Deno.test("own price, discount and promo are billed by their days, kept with the period, and the same after a void", async () => {
  await using database = await createTestDatabase();
  const isp = await createIsp(database, { subscribers: 4 });
  await liveUntil(isp, "2026-01-10T10:00");
  for (const n of [0, 1, 2, 3]) await pay(isp, n, 9000);
  assert.equal(
    assertOk(await agree(isp, 0, { amountCentavos: centavos(89900), periods: 2 })).fromOn.toString(),
    "2026-02-01",
  );
  assertOk(await agree(isp, 1, { kind: "percent_off", basisPoints: 1250 }));
  assertOk(
    await agree(isp, 2, {
      kind: "amount_off",
      amountCentavos: centavos(31000),
      startOn: day("2026-01-11"),
      lastOn: day("2026-01-20"),
    }),
  );
  await liveUntil(isp, "2026-03-01T10:00");
  const void1 = await isp.run((trx) =>
    trx.selectFrom("bills").select("id").where("tenant_id", "=", isp.tenantId)
      .where("subscription_id", "=", isp.subscriptionIds[1]!).where("period_start", "=", day("2026-02-01"))
      .executeTakeFirstOrThrow()
  );
  const [promo] = await pricesOf(isp, 1);
  const input = { subscriptionId: isp.subscriptionIds[1]!, priceId: promo!.id };
  assert.deepEqual(assertOk(await endOwnPrice(isp.context, isp.tenantId, isp.actor, input)), {
    isTakenBack: false,
    lastOn: day("2026-03-31"),
  });
  assertRefused(await endOwnPrice(isp.context, isp.tenantId, isp.actor, input), "own_price_ends_anyway");
  await voidPaid(isp, { billId: void1.id, reason: "Test" });
  await liveUntil(isp, "2026-05-01T10:00");
  assert.deepEqual(await billsOf(isp, 0), [
    "2026-01-01 100000",
    "2026-02-01 89900",
    "2026-03-01 89900",
    "2026-04-01 100000",
  ]);
  assert.deepEqual(await billsOf(isp, 1), [
    "2026-01-01 100000",
    "2026-02-01 87500",
    "2026-03-01 87500",
    "2026-04-01 100000",
  ]);
  // 10 of 31 days at 1,000.00, 10 at 690.00, 11 at 1,000.00.
  assert.deepEqual((await billsOf(isp, 2))[0], "2026-01-01 90000");
  assert.deepEqual(await billsOf(isp, 3), [
    "2026-01-01 100000",
    "2026-02-01 100000",
    "2026-03-01 100000",
    "2026-04-01 100000",
  ]);
  const period = await isp.run((trx) =>
    trx.selectFrom("charged_periods").selectAll().where("tenant_id", "=", isp.tenantId)
      .where("subscription_id", "=", isp.subscriptionIds[1]!).where("period_start", "=", day("2026-02-01"))
      .executeTakeFirstOrThrow()
  );
  assert.deepEqual(
    [period.price_centavos, period.list_price_centavos, period.own_kind, period.own_basis_points],
    [87500n, 100000n, "percent_off", 1250],
  );
  await assertBooksHold(isp);
});

Deno.test("a new own price takes the place of the one before; what has begun ends the day before", async () => {
  await using database = await createTestDatabase();
  const isp = await createIsp(database, { subscribers: 1 });
  await liveUntil(isp, "2026-01-10T10:00");
  await pay(isp, 0, 9000);
  assertOk(await agree(isp, 0, { amountCentavos: centavos(90000) }));
  assertOk(await agree(isp, 0, { amountCentavos: centavos(80000), periods: 1 }));
  await liveUntil(isp, "2026-02-10T10:00");
  assertOk(await agree(isp, 0, { amountCentavos: centavos(70000), startOn: day("2026-02-15") }));
  await liveUntil(isp, "2026-04-01T10:00");
  const history = (await pricesOf(isp, 0)).map((row) =>
    `${row.from_on} ${row.last_on} ${row.amount_centavos}${row.taken_back_at === null ? "" : " taken back"}`
  );
  // Two were agreed in the same moment of the test's clock.
  assert.deepEqual(history.sort(), [
    "2026-02-01 2026-02-14 80000",
    "2026-02-01 null 90000 taken back",
    "2026-02-15 null 70000",
  ]);
  assert.deepEqual(await billsOf(isp, 0), [
    "2026-01-01 100000",
    "2026-02-01 75000",
    "2026-03-01 70000",
  ]);
  await assertBooksHold(isp);
});

Deno.test("an own price ends with its plan unless it is kept, and does not come back with the plan", async () => {
  await using database = await createTestDatabase();
  const isp = await createIsp(database, { subscribers: 2 });
  const faster = await addPlan(isp);
  await liveUntil(isp, "2026-01-10T10:00");
  for (const n of [0, 1]) {
    await pay(isp, n, 9000);
    assertOk(await agree(isp, n, { kind: "amount_off", amountCentavos: centavos(10000) }));
  }
  await liveUntil(isp, "2026-02-10T10:00");
  const change = (n: number, planId: string, keepsOwnPrice: boolean) =>
    changePlan(isp.context, isp.tenantId, isp.actor, {
      subscriptionId: isp.subscriptionIds[n]!,
      planId,
      keepsOwnPrice,
    });
  assertOk(await change(0, faster, false));
  assertOk(await change(1, faster, true));
  await liveUntil(isp, "2026-03-10T10:00");
  for (const n of [0, 1]) assertOk(await change(n, isp.planId, true));
  await liveUntil(isp, "2026-05-01T10:00");
  assert.deepEqual(await billsOf(isp, 0), [
    "2026-01-01 100000",
    "2026-02-01 90000",
    "2026-03-01 150000",
    "2026-04-01 100000",
  ]);
  assert.deepEqual(await billsOf(isp, 1), [
    "2026-01-01 100000",
    "2026-02-01 90000",
    "2026-03-01 140000",
    "2026-04-01 90000",
  ]);
  assert.equal((await pricesOf(isp, 0))[0]?.last_on?.toString(), "2026-02-28");
  await assertBooksHold(isp);
});

Deno.test("before service begins a promo is so many periods from its first day; it is taken back as long as it has not begun", async () => {
  await using database = await createTestDatabase();
  const isp = await createIsp(database, { subscribers: 2 });
  await isp.run((trx) =>
    trx.updateTable("subscriptions").set({ status: "pending", activated_on: null, next_bill_on: null })
      .where("tenant_id", "=", isp.tenantId).execute()
  );
  for (const n of [0, 1]) {
    assertOk(await agree(isp, n, { kind: "percent_off", basisPoints: 5000, periods: 2 }));
  }
  const [second] = await pricesOf(isp, 1);
  const input = { subscriptionId: isp.subscriptionIds[1]!, priceId: second!.id };
  assert.equal(assertOk(await endOwnPrice(isp.context, isp.tenantId, isp.actor, input)).isTakenBack, true);
  assertRefused(await endOwnPrice(isp.context, isp.tenantId, isp.actor, input), "own_price_not_found");
  await isp.run((trx) =>
    trx.updateTable("subscriptions")
      .set({ status: "active", activated_on: day("2026-01-11"), next_bill_on: day("2026-02-01") })
      .where("tenant_id", "=", isp.tenantId).execute()
  );
  for (const n of [0, 1]) await pay(isp, n, 9000);
  await liveUntil(isp, "2026-05-01T10:00");
  assert.deepEqual(await billsOf(isp, 0), [
    "2026-01-11 33871",
    "2026-02-01 50000",
    "2026-03-01 50000",
    "2026-04-01 100000",
  ]);
  assert.equal((await billsOf(isp, 1))[1], "2026-02-01 100000");
});

Deno.test("what is billed stays: refused are days of the past, an end before the beginning, amounts and percentages beyond reason", async () => {
  await using database = await createTestDatabase();
  const isp = await createIsp(database, { subscribers: 1 });
  const other = await createIsp(database, { subscribers: 1 });
  await liveUntil(isp, "2026-02-10T10:00");
  const fixed = { amountCentavos: centavos(90000) };
  assertRefused(await agree(isp, 0, { ...fixed, startOn: day("2026-01-31") }), "price_day_billed");
  assertRefused(await agree(isp, 0, { ...fixed, startOn: day("2040-01-31") }), "price_day_too_far");
  assertRefused(await agree(isp, 0, { ...fixed, lastOn: day("2026-02-27") }), "price_ends_before");
  assertRefused(await agree(isp, 0, { ...fixed, periods: 0 }), "periods_out_of_range");
  assertRefused(await agree(isp, 0, { ...fixed, periods: 1.5 }), "periods_out_of_range");
  assertRefused(await agree(isp, 0, { amountCentavos: centavos(-1) }), "price_out_of_range");
  assertRefused(await agree(isp, 0, { kind: "amount_off" }), "own_price_free_of_nothing");
  assertRefused(await agree(isp, 0, { kind: "percent_off", basisPoints: 10001 }), "percent_out_of_range");
  assertRefused(await agree(isp, 0, { ...fixed, reason: " " }), "reason_required");
  const theirs = { ...other, context: isp.context, tenantId: isp.tenantId } as Isp;
  assertRefused(await agree(theirs, 0, fixed), "subscription_not_found");
  await assert.rejects(
    isp.run((trx) =>
      trx.updateTable("subscription_prices").set({ amount_centavos: 1n })
        .where("tenant_id", "=", isp.tenantId).execute()
    ),
    /permission denied/,
  );
});

Deno.test("a discount follows a price of the plan that counts from a day; two people at once agree one price", async () => {
  await using database = await createTestDatabase();
  const isp = await createIsp(database, { subscribers: 1 });
  await liveUntil(isp, "2026-01-10T10:00");
  await pay(isp, 0, 9000);
  const both = await Promise.all(
    [1000, 2000].map((basisPoints) => agree(isp, 0, { kind: "percent_off", basisPoints })),
  );
  for (const one of both) assertOk(one);
  const standing = (await pricesOf(isp, 0)).filter((row) => row.taken_back_at === null);
  assert.equal(standing.length, 1);
  const share = 10000n - BigInt(standing[0]!.basis_points);
  assertOk(
    await updatePlan(isp.context, isp.tenantId, isp.actor, {
      planId: isp.planId,
      name: "Fiber 50",
      priceCentavos: centavos(120000),
      pppProfile: "50M",
      speed: null,
      priceFromOn: day("2026-03-01"),
    }),
  );
  await liveUntil(isp, "2026-04-01T10:00");
  assert.deepEqual(await billsOf(isp, 0), [
    "2026-01-01 100000",
    `2026-02-01 ${10n * share}`,
    `2026-03-01 ${12n * share}`,
  ]);
  await assertBooksHold(isp);
});

Deno.test("a plan's price of a day to come is taken back until its day, and then it counts", async () => {
  await using database = await createTestDatabase();
  const isp = await createIsp(database, { subscribers: 1 });
  await liveUntil(isp, "2026-01-10T10:00");
  await pay(isp, 0, 9000);
  const change = (pesos: number, on: string) =>
    updatePlan(isp.context, isp.tenantId, isp.actor, {
      planId: isp.planId,
      name: "Fiber 50",
      priceCentavos: centavos(pesos * 100),
      pppProfile: "50M",
      speed: null,
      priceFromOn: day(on),
    });
  assertRefused(await change(1200, "2026-01-09"), "price_day_in_past");
  assertRefused(await change(1200, "2036-01-09"), "price_day_too_far");
  assertOk(await change(1200, "2026-02-01"));
  assertOk(await change(1300, "2026-03-01"));
  const takeBack = async (pesos: number) => {
    const price = await isp.run((trx) =>
      trx.selectFrom("plan_prices").select("id").where("tenant_id", "=", isp.tenantId)
        .where("price_centavos", "=", BigInt(pesos * 100)).executeTakeFirstOrThrow()
    );
    const input = { planId: isp.planId, priceId: price.id };
    return await takeBackPlanPrice(isp.context, isp.tenantId, isp.actor, input);
  };
  assertOk(await takeBack(1300));
  assertRefused(await takeBack(1300), "plan_price_not_found");
  await liveUntil(isp, "2026-02-01T10:00");
  assertRefused(await takeBack(1200), "price_day_not_to_come");
  await liveUntil(isp, "2026-04-01T10:00");
  assert.deepEqual(await billsOf(isp, 0), ["2026-01-01 100000", "2026-02-01 120000", "2026-03-01 120000"]);
});
