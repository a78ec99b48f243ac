import assert from "node:assert/strict";
import { centavos } from "@/shared/money/mod.ts";
import { createIsp, type Isp, liveUntil, pay, todayOf } from "@/tests/billing/isp.ts";
import { assertOk, assertRefused } from "@/tests/support/expect.ts";
import { createTestDatabase } from "@/tests/support/postgres.ts";
import { accessOf, type RoleLimit } from "@/web/domain/access/mod.ts";
import { agreeOwnPrice } from "@/web/services/billing/agree_own_price.ts";
import { voidBill } from "@/web/services/billing/void_bill.ts";
import type { StaffActor } from "@/web/services/context.ts";
import { bulkHold } from "@/web/services/cuts/bulk_holds.ts";
import { extendHold, holdSubscription } from "@/web/services/cuts/hold_subscription.ts";
import { issueMemo } from "@/web/services/payments/issue_memo.ts";
import { recordPayment } from "@/web/services/payments/record_payment.ts";
import { digestOf } from "@/web/services/subscribers/bulk.ts";
import { refundCredit } from "@/web/services/payments/refund_credit.ts";
import { reversePayment } from "@/web/services/payments/reverse_payment.ts";

/** Somebody whose roles let one act come to so much. */
function limited(limits: Partial<Record<RoleLimit, bigint>>): StaffActor {
  const access = accessOf([{
    permissions: [
      "memo:post",
      "bill:void",
      "payment:reverse",
      "payment:post",
      "refund:post",
      "hold:write",
      "plan:write",
    ],
    siteIds: null,
    limits,
  }]);
  return { kind: "staff", label: "Ana Reyes", staffUserId: null, limitOf: (limit) => access.limitOf(limit) };
}

async function withIsp(work: (isp: Isp) => Promise<void>): Promise<void> {
  await using database = await createTestDatabase();
  const isp = await createIsp(database, { subscribers: 3 });
  await liveUntil(isp, "2026-02-05T10:00");
  await work(isp);
}

const firstBill = (isp: Isp, n: number) =>
  isp.run((trx) =>
    trx.selectFrom("bills").select(["id", "total_centavos"]).where(
      "subscriber_id",
      "=",
      isp.subscriberIds[n]!,
    )
      .executeTakeFirstOrThrow()
  );

Deno.test("an amount up to the limit of one's roles is done, one centavo more is refused with the limit", async () => {
  await withIsp(async (isp) => {
    const { context, tenantId } = isp;
    const memo = (actor: StaffActor, amount: number, key: string) =>
      issueMemo(context, tenantId, actor, {
        subscriberId: isp.subscriberIds[0]!,
        billId: null,
        kind: "goodwill",
        amountCentavos: centavos(amount),
        reason: "Slow for a week",
        idempotencyKey: key,
      });
    const some = limited({ credit_centavos: 5_000n });
    assert.match(assertRefused(await memo(some, 5_001, "memo-key-1"), "above_your_limit"), /₱50\.00/);
    assertOk(await memo(some, 5_000, "memo-key-2"));
    assertOk(await memo(limited({}), 90_000, "memo-key-3"));

    const bill = await firstBill(isp, 1);
    const voids = (most: bigint) =>
      voidBill(context, tenantId, limited({ void_centavos: most }), {
        billId: bill.id,
        reason: "Wrong plan",
      });
    assertRefused(await voids(bill.total_centavos - 1n), "above_your_limit");
    assertOk(await voids(bill.total_centavos));

    const { paymentId } = await pay(isp, 2, 1_500);
    const refunds = (most: bigint, key: string) =>
      refundCredit(context, tenantId, limited({ refund_centavos: most }), {
        subscriberId: isp.subscriberIds[2]!,
        amountCentavos: centavos(10_000),
        method: "cash",
        reference: "",
        reason: "Paid too much",
        idempotencyKey: key,
      });
    assertRefused(await refunds(9_999n, "refund-key-1"), "above_your_limit");
    const reverses = (most: bigint) =>
      reversePayment(context, tenantId, limited({ reverse_centavos: most }), {
        paymentId,
        reason: "Bounced",
      });
    assertRefused(await reverses(149_999n), "above_your_limit");
    assertOk(await reverses(150_000n));
  });
});

Deno.test("a discount is measured by what a whole month costs less than by the list", async () => {
  await withIsp(async (isp) => {
    const agree = (most: bigint, basisPoints: number) =>
      agreeOwnPrice(isp.context, isp.tenantId, limited({ discount_centavos: most }), {
        subscriptionId: isp.subscriptionIds[0]!,
        kind: "percent_off",
        amountCentavos: centavos(0),
        basisPoints,
        startOn: null,
        lastOn: null,
        periods: null,
        reason: "Neighbour",
      });
    assertRefused(await agree(9_999n, 1_000), "above_your_limit");
    assertOk(await agree(10_000n, 1_000));
  });
});

Deno.test("days of a hold and of a payment of before are counted from today", async () => {
  await withIsp(async (isp) => {
    const { context, tenantId } = isp;
    const [first, second, third] = isp.subscriptionIds;
    const today = todayOf(isp);
    const three = limited({ hold_days: 3n });
    const hold = (days: number, id: string) =>
      holdSubscription(context, tenantId, three, {
        subscriptionId: id,
        untilOn: today.add({ days }),
        reason: "Pays on Friday",
      });
    assert.match(assertRefused(await hold(4, first!), "days_above_your_limit"), /3 days/);
    assertOk(await hold(3, first!));
    assertRefused(
      await extendHold(context, tenantId, three, { subscriptionId: first!, days: 1 }),
      "days_above_your_limit",
    );
    assertRefused(
      await bulkHold(context, tenantId, three, {
        key: crypto.randomUUID(),
        read: () => Promise.resolve([second!, third!]),
        seen: await digestOf([second!, third!]),
        untilOn: today.add({ days: 4 }),
        reason: "Storm",
      }),
      "days_above_your_limit",
    );
    const payOn = (days: number) =>
      recordPayment(context, tenantId, limited({ backdating_days: 2n }), {
        subscriberId: isp.subscriberIds[0]!,
        amountCentavos: centavos(10_000),
        method: "cash",
        receivedOn: today.subtract({ days }),
        idempotencyKey: `limit-key-${days}`,
      });
    assertRefused(await payOn(3), "days_above_your_limit");
    assertOk(await payOn(2));
  });
});
