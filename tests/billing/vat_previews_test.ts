import assert from "node:assert/strict";
import { uuidv7 } from "@/shared/ids.ts";
import { centavos } from "@/shared/money/mod.ts";
import { createTestDatabase } from "@/tests/support/postgres.ts";
import { withScene } from "@/tests/support/scene.ts";
import { assertOk } from "@/tests/support/expect.ts";
import { createWebApp } from "@/tests/support/web_app.ts";
import { TAX_MODES, type TaxMode } from "@/web/domain/billing/mod.ts";
import { changeMode } from "@/web/services/billing/change_mode.ts";
import { changePayer } from "@/web/services/billing/change_payer.ts";
import { previewLateFees } from "@/web/services/billing/late_fees.ts";
import { readToPrepaid } from "@/web/services/billing/mode_effect.ts";
import { readPayerEffect } from "@/web/services/billing/payer_effect.ts";
import { readOffer } from "@/web/services/billing/prepaid_offer.ts";
import { previewBills } from "@/web/services/billing/preview_bills.ts";
import { reviewEnd } from "@/web/services/billing/review_end.ts";
import { reviewOwnPrice } from "@/web/services/billing/review_own_price.ts";
import { activateSubscription } from "@/web/services/subscribers/activate_subscription.ts";
import { firstBillOf } from "@/web/services/billing/connection_billing.ts";
import { findPlan } from "@/web/store/billing/plans.ts";
import { getTenant } from "@/web/store/settings/tenants.ts";
import { lockSubscription, type SubscriptionRow } from "@/web/store/subscribers/subscriptions.ts";
import type { TenantRow } from "@/web/store/settings/tenants.ts";
import type { TenantTransaction } from "@/web/store/db/tenant_transaction.ts";
import { assertBooksHold, createIsp, type Isp, liveUntil, pay, todayOf } from "./isp.ts";
import { buy, createPrepaidIsp } from "./prepaid_isp.ts";
import { setTax, switchFeesOn } from "./tax_isp.ts";
import { endConnection } from "./ends.ts";

const day = Temporal.PlainDate.from;

/** What the newest bill of a subscriber asks for. */
async function newest(isp: Isp, n: number): Promise<bigint> {
  const row = await isp.run((trx) =>
    trx.selectFrom("bills").select("total_centavos").where("tenant_id", "=", isp.tenantId)
      .where("subscriber_id", "=", isp.subscriberIds[n]!).orderBy("number", "desc")
      .limit(1).executeTakeFirstOrThrow()
  );
  return row.total_centavos;
}

interface Seen {
  trx: TenantTransaction;
  tenant: TenantRow;
  today: Temporal.PlainDate;
  connection: SubscriptionRow;
}

/** Reads a preview of a connection. */
function see<Value>(isp: Isp, n: number, read: (seen: Seen) => Promise<Value>): Promise<Value> {
  return isp.run(async (trx) => {
    const connection = (await lockSubscription(trx, isp.subscriptionIds[n]!))!;
    return await read({ trx, tenant: await getTenant(trx), today: todayOf(isp), connection });
  });
}

/** Bills after the month, VAT on top, half a month used: late ones and coming back cost something. */
async function onTop(subscribers: number, database: Parameters<typeof createIsp>[0]): Promise<Isp> {
  const isp = await createIsp(database, { subscribers });
  await switchFeesOn(isp);
  await setTax(isp, "vat_exclusive");
  return isp;
}

Deno.test("a last bill is asked for as it was shown: at an end, at a new payer, before prepaid, with a fee that waits", async () => {
  await using database = await createTestDatabase();
  const isp = await onTop(4, database);
  const call = [isp.context, isp.tenantId, isp.actor] as const;
  await liveUntil(isp, "2026-02-15T12:00");
  for (const n of [0, 1, 2]) await pay(isp, n, 1200);
  // 14 days of 28 and the fee, with 12 % on both: 560 + 112; today's day goes to whoever comes next.
  const lastDay = todayOf(isp);
  const end = { lastDay, unused: "credit" as const };
  const ended = assertOk(
    await see(isp, 0, ({ trx, connection, ...moment }) => reviewEnd(trx, moment, connection, end)),
  );
  assertOk(
    await endConnection(...call, {
      ...end,
      subscriptionId: isp.subscriptionIds[0]!,
      netCentavos: ended.netCentavos,
    }),
  );
  assert.equal(ended.billCentavos, 71_200n);
  assert.equal(await newest(isp, 0), ended.billCentavos);
  const moved = await see(
    isp,
    1,
    ({ trx, tenant, today, connection }) =>
      readPayerEffect(trx, tenant, connection, { today, when: "today", unused: "keep" }),
  );
  assertOk(
    await changePayer(...call, {
      subscriptionId: isp.subscriptionIds[1]!,
      fromSubscriberId: isp.subscriberIds[1]!,
      to: { subscriberId: isp.subscriberIds[3]! },
      when: "today",
      unused: "keep",
      shownOn: todayOf(isp),
      once: crypto.randomUUID(),
    }),
  );
  assert.equal(moved.billCentavos, 67_200n);
  assert.equal(await newest(isp, 1), moved.billCentavos);
  const prepaid = await see(
    isp,
    2,
    ({ trx, tenant, today, connection }) =>
      readToPrepaid(trx, tenant, connection, { today, when: "today", unused: "credit" }),
  );
  assertOk(
    await changeMode(...call, {
      subscriptionId: isp.subscriptionIds[2]!,
      to: "prepaid",
      when: "today",
      unused: "credit",
    }),
  );
  assert.equal(prepaid.billCentavos, 67_200n);
  assert.equal(await newest(isp, 2), prepaid.billCentavos);
  await assertBooksHold(isp);
});

Deno.test("bills and late fees to come are shown as the night makes them, and so is an own price", async () => {
  await using database = await createTestDatabase();
  const isp = await onTop(2, database);
  await liveUntil(isp, "2026-01-31T12:00");
  const bills = await isp.run(async (trx) =>
    await previewBills(trx, await getTenant(trx), {
      businessOn: day("2026-02-01"),
      today: todayOf(isp),
      at: isp.clock.now(),
    })
  );
  const own = assertOk(
    await see(isp, 1, ({ trx, connection, ...moment }) =>
      reviewOwnPrice(trx, moment, connection, {
        kind: "price",
        amountCentavos: centavos(80_000),
        basisPoints: 0,
        startOn: null,
        lastOn: null,
        periods: null,
        reason: "Agreed",
      })),
  );
  const firstBefore = own.bills.find((bill) => bill.issueOn.equals(day("2026-02-01")));
  await liveUntil(isp, "2026-02-11T12:00");
  assert.equal(bills.amountCentavos, 2n * 112_000n);
  assert.equal(firstBefore?.beforeCentavos, await newest(isp, 0));
  assert.equal(await newest(isp, 0), 112_000n);
  const fees = await isp.run(async (trx) =>
    await previewLateFees(trx, await getTenant(trx), day("2026-02-12"))
  );
  await liveUntil(isp, "2026-02-12T12:00");
  assert.deepEqual(fees, { count: 2, amountCentavos: centavos(2n * await newest(isp, 0)) });
  await assertBooksHold(isp);
});

Deno.test("a first bill and a purchase are shown with the VAT that they ask for", async () => {
  await using database = await createTestDatabase();
  const isp = await createIsp(database, { subscribers: 1, start: "2026-01-11T00:00:00+08:00" });
  await setTax(isp, "vat_exclusive");
  await isp.run((trx) =>
    trx.updateTable("subscriptions").set({ status: "pending", activated_on: null, next_bill_on: null })
      .where("tenant_id", "=", isp.tenantId).execute()
  );
  const first = await isp.run(async (trx) =>
    firstBillOf(await getTenant(trx), {
      plan: (await findPlan(trx, isp.planId))!,
      timing: "arrears",
      anchorDay: 1,
      activatedOn: todayOf(isp),
    })
  );
  const [subscriptionId] = isp.subscriptionIds;
  assertOk(
    await activateSubscription(isp.context, isp.tenantId, isp.actor, { subscriptionId: subscriptionId! }),
  );
  await liveUntil(isp, "2026-02-01T12:00");
  assert.equal(first.totalCentavos, 75_871n, "21 of 31 days and their VAT");
  assert.equal(await newest(isp, 0), first.totalCentavos);
  const up = await createPrepaidIsp(database);
  await setTax(up, "vat_exclusive");
  const total = await see(up, 0, async ({ trx, tenant, connection, today }) => {
    const offer = await readOffer(trx, tenant, connection, today);
    return offer.total(offer.units.find(({ unit, count }) => unit === "days" && count === 30)!, 1);
  });
  assertOk(await buy(up, 0, { pesos: Number(total.totalCentavos) / 100 }));
  assert.equal(await newest(up, 0), total.totalCentavos);
  assert.equal(total.vatCentavos, 6000n);
});

/** What stands under the form of a charge of ₱500, and what its bill then asks for. */
const CHARGES: Record<TaxMode, [hint: RegExp, sum: RegExp, total: bigint]> = {
  non_vat: [/₱ Due Tue/, /The bill asks for ₱500\.00/, 50_000n],
  vat_inclusive: [
    /VAT of 12 % is in the amount\./,
    /Sales without VAT ₱446\.43 VAT 12 % ₱53\.57 The bill asks for ₱500\.00/,
    50_000n,
  ],
  vat_exclusive: [
    /VAT of 12 % comes on top of the amount\./,
    /Sales without VAT ₱500\.00 VAT 12 % ₱60\.00 The bill asks for ₱560\.00/,
    56_000n,
  ],
};

Deno.test("a charge says before it is made what of it is VAT and what it comes to, in each mode", async () => {
  await withScene("2026-02-03T10:00", async ({ isp, owner }) => {
    const path = `/admin/subscribers/${isp.subscriberIds[2]}/charge`;
    for (const mode of TAX_MODES) {
      if (mode !== "non_vat") await setTax(isp, mode);
      const [hint, sum, total] = CHARGES[mode];
      const form = await owner.get(path);
      assert.match(form.text, hint);
      assert.doesNotMatch(form.text, /The bill asks for/);
      const fields = {
        key: /name="key" value="([^"]+)"/.exec(form.html)?.[1] ?? "",
        kind: "one_time",
        what: `Router ${mode}`,
        amount: "500",
        connection: "",
      };
      assert.match((await owner.post(path, { ...fields, intent: "preview" })).text, sum);
      assert.equal((await owner.post(path, { ...fields, intent: "post" })).status, 303);
      assert.equal(await newest(isp, 2), total);
    }
  });
});

Deno.test("a change of plan from today shows the VAT of what is settled and of the next bill", async () => {
  await using database = await createTestDatabase();
  const isp = await createIsp(database, { subscribers: 1, start: "2026-06-01T00:00:00+08:00" });
  const plans = [uuidv7(1), uuidv7(2)] as const;
  await isp.run(async (trx) => {
    await trx.updateTable("subscriptions").set({ bill_timing: "advance", next_bill_on: day("2026-06-01") })
      .where("tenant_id", "=", isp.tenantId).execute();
    await trx.insertInto("plans").values([50_000n, 200_000n].map((price, i) => ({
      tenant_id: isp.tenantId,
      id: plans[i]!,
      name: `Fiber ${i}`,
      price_centavos: price,
    }))).execute();
  });
  await setTax(isp, "vat_exclusive");
  await liveUntil(isp, "2026-06-16T10:00");
  const owner = await (await createWebApp(isp.context)).signIn(isp.tenantId, "Owner");
  const path = `/admin/subscribers/${isp.subscriberIds[0]}/plan`;
  const look = async (plan: string) =>
    (await owner.get(`${path}?connection=${isp.subscriptionIds[0]}&plan=${plan}&when=today`)).text;
  const cheaper = await look(plans[0]);
  assert.match(cheaper, /VAT that comes back with them −?-?₱30\.00 A credit memo of ₱280\.00/);
  assert.match(cheaper, /₱560\.00 .*Sales without VAT ₱500\.00 VAT 12 % ₱60\.00/);
  const dearer = await look(plans[1]);
  assert.match(dearer, /Sales without VAT ₱500\.00 VAT 12 % ₱60\.00 A bill of ₱560\.00 is made now/);
  assert.match(dearer, /₱2,240\.00 .*Sales without VAT ₱2,000\.00 VAT 12 % ₱240\.00/);
});
