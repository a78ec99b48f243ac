import assert from "node:assert/strict";
import { sql } from "kysely";
import { centavos } from "@/shared/money/mod.ts";
import { liveUntil, pay, todayOf } from "@/tests/billing/isp.ts";
import { assertOk } from "@/tests/support/expect.ts";
import { createTestDatabase } from "@/tests/support/postgres.ts";
import { voidBill } from "@/web/services/billing/void_bill.ts";
import { endHold, extendHold, holdSubscription } from "@/web/services/cuts/hold_subscription.ts";
import { bulkHold } from "@/web/services/cuts/bulk_holds.ts";
import { suspendSubscription } from "@/web/services/cuts/suspend_subscription.ts";
import { issueMemo } from "@/web/services/payments/issue_memo.ts";
import { takeOverBalance } from "@/web/services/payments/opening_balance.ts";
import { postPayment, recordPayment } from "@/web/services/payments/record_payment.ts";
import { reversePayment } from "@/web/services/payments/reverse_payment.ts";
import { voidMemo } from "@/web/services/payments/void_memo.ts";
import { digestOf } from "@/web/services/subscribers/bulk.ts";
import { useCaseIn } from "@/web/services/use_case.ts";
import { buy, createPrepaidIsp } from "@/tests/billing/prepaid_isp.ts";
import { countMails, createMailIsp, giveAddresses, mailsOf, remind, sendDue, setServer } from "./mail_isp.ts";

Deno.test("each bill of a run is mailed once, the moment it is generated, quiet hours or not", async () => {
  await using database = await createTestDatabase();
  const isp = await createMailIsp(database, { subscribers: 3 });
  await liveUntil(isp, "2026-02-01T00:06");
  const mails = await mailsOf(isp);
  assert.deepEqual(mails.map(({ who, occasion, state }) => [who, occasion, state]).sort(), [
    [0, "bill_issued", "queued"],
    [1, "bill_issued", "queued"],
    [2, "bill_issued", "queued"],
  ]);
  assert.ok(mails.every((mail) => mail.business_after_at === null));
  assert.equal((await sendDue(isp)).length, 3, "at six past midnight");
});

Deno.test("a payment is confirmed once, with what it brings back, and nothing else tells that", async () => {
  await using database = await createTestDatabase();
  const isp = await createMailIsp(database, { subscribers: 2 });
  await liveUntil(isp, "2026-02-14T09:01");
  assert.deepEqual((await mailsOf(isp, "cut")).map(({ who, state }) => [who, state]).sort(), [
    [0, "queued"],
    [1, "queued"],
  ]);
  const input = {
    subscriberId: isp.subscriberIds[0]!,
    amountCentavos: centavos(100_000),
    method: "cash" as const,
    receivedOn: todayOf(isp),
    idempotencyKey: "the-same-form-sent-twice",
  };
  assertOk(await recordPayment(isp.context, isp.tenantId, isp.actor, input));
  assertOk(await recordPayment(isp.context, isp.tenantId, isp.actor, input));
  const confirmed = await mailsOf(isp, "payment_received");
  assert.deepEqual(confirmed.map(({ who, facts }) => [who, facts]), [
    [0, { restored: [isp.subscriptionIds[0]] }],
  ]);
  assert.equal(confirmed[0]!.business_after_at, null, "an answer does not wait");
  assert.deepEqual(await mailsOf(isp, "restored"), []);
});

Deno.test("where the company confirms no payments, what comes back is told by itself", async () => {
  await using database = await createTestDatabase();
  const isp = await createMailIsp(database, { subscribers: 1 });
  await remind(isp, { silentOccasions: ["payment_received"] });
  await liveUntil(isp, "2026-02-14T09:01");
  await pay(isp, 0, 1000);
  assert.deepEqual(await mailsOf(isp, "payment_received"), []);
  assert.equal((await mailsOf(isp, "restored")).length, 1);
});

Deno.test("what is bought with money is told once: by its confirmation, or by its bill where nothing is confirmed", async () => {
  await using database = await createTestDatabase();
  for (const silentOccasions of [[], ["payment_received"]] as const) {
    const isp = await createPrepaidIsp(database);
    await giveAddresses(isp);
    await setServer(isp);
    await remind(isp, { silentOccasions });
    assertOk(await buy(isp, 0));
    const told = (await mailsOf(isp)).map(({ occasion }) => occasion);
    assert.deepEqual(told, [silentOccasions.length === 0 ? "payment_received" : "bill_issued"]);
  }
});

Deno.test("a credit that brings somebody back tells both, a write-off only that he is back", async () => {
  await using database = await createTestDatabase();
  const isp = await createMailIsp(database, { subscribers: 2 });
  await liveUntil(isp, "2026-02-14T10:00");
  const bills = await isp.run((trx) =>
    trx.selectFrom("bills").select(["id", "subscriber_id"]).where("tenant_id", "=", isp.tenantId).execute()
  );
  for (const [n, kind] of [[0, "goodwill"], [1, "write_off"]] as const) {
    const subscriberId = isp.subscriberIds[n]!;
    assertOk(
      await issueMemo(isp.context, isp.tenantId, isp.actor, {
        subscriberId,
        kind,
        reason: "A storm",
        amountCentavos: centavos(100_000),
        billId: bills.find((bill) => bill.subscriber_id === subscriberId)!.id,
        idempotencyKey: `memo-of-${n}-0123456789`,
      }),
    );
  }
  assert.deepEqual((await mailsOf(isp, "credit_given")).map(({ who }) => who), [0]);
  assert.deepEqual((await mailsOf(isp, "restored")).map(({ who }) => who).sort(), [0, 1]);
});

Deno.test("a message that is not true any more when it is reached is skipped", async () => {
  await using database = await createTestDatabase();
  const isp = await createMailIsp(database, { subscribers: 5 });
  await liveUntil(isp, "2026-02-03T12:00");
  const call = [isp.context, isp.tenantId, isp.actor] as const;
  const bill = async (n: number) =>
    (await isp.run((trx) =>
      trx.selectFrom("bills").select("id").where("subscriber_id", "=", isp.subscriberIds[n]!)
        .executeTakeFirstOrThrow()
    )).id;
  assertOk(await voidBill(...call, { billId: await bill(0), reason: "Wrong plan" }));
  await isp.run(async (trx) =>
    sql`update bills set disputed_centavos = 1 where id = ${await bill(1)}`.execute(trx)
  );
  const { paymentId } = await pay(isp, 2, 400);
  assertOk(await reversePayment(...call, { paymentId, reason: "Wrong person" }));
  const untilOn = todayOf(isp).add({ days: 3 });
  const subscriptionId = isp.subscriptionIds[3]!;
  assertOk(await holdSubscription(...call, { subscriptionId, untilOn, reason: "Pays on Friday" }));
  assertOk(await extendHold(...call, { subscriptionId, days: 2 }));
  const memo = assertOk(
    await issueMemo(...call, {
      subscriberId: isp.subscriberIds[4]!,
      kind: "goodwill",
      reason: "A storm",
      amountCentavos: centavos(5_000),
      billId: null,
      idempotencyKey: "memo-of-four-0123456789",
    }),
  );
  assertOk(await voidMemo(...call, { memoId: memo.memoId, reason: "Not him" }));
  await sendDue(isp);
  const said = (await mailsOf(isp)).map(({ occasion, who, state, reason, facts }) =>
    [occasion, who, reason ?? state, facts.untilOn ?? ""].join(" ").trim()
  );
  assert.deepEqual(said.sort(), [
    "bill_issued 0 bill_void",
    "bill_issued 1 bill_disputed",
    "bill_issued 2 sent",
    "bill_issued 3 sent",
    "bill_issued 4 sent",
    "credit_given 4 no_longer_true",
    "hold_granted 3 no_longer_true 2026-02-06",
    "hold_granted 3 sent 2026-02-08",
    "payment_received 2 no_longer_true",
  ]);
  assertOk(await endHold(...call, { subscriptionId }));
});

Deno.test("holds of many tell each one that got one; a suspension by hand and an opening balance tell nothing", async () => {
  await using database = await createTestDatabase();
  const isp = await createMailIsp(database, { subscribers: 3, start: "2026-01-10T12:00:00+08:00" });
  const call = [isp.context, isp.tenantId, isp.actor] as const;
  const untilOn = todayOf(isp).add({ days: 3 });
  assertOk(
    await holdSubscription(...call, {
      subscriptionId: isp.subscriptionIds[0]!,
      untilOn,
      reason: "Asked for it",
    }),
  );
  assertOk(
    await bulkHold(...call, {
      key: crypto.randomUUID(),
      read: () => Promise.resolve(isp.subscriptionIds),
      seen: await digestOf(isp.subscriptionIds),
      untilOn,
      reason: "Typhoon",
    }),
  );
  assert.deepEqual((await mailsOf(isp, "hold_granted")).map(({ who }) => who).sort(), [0, 1, 2]);
  assertOk(
    await suspendSubscription(...call, {
      subscriptionId: isp.subscriptionIds[1]!,
      reason: "abuse",
      note: "Sends spam",
    }),
  );
  assertOk(
    await takeOverBalance(...call, {
      subscriberId: isp.subscriberIds[2]!,
      side: "owed",
      amountCentavos: centavos(30_000),
      asOf: todayOf(isp).subtract({ days: 20 }),
    }),
  );
  assert.deepEqual(await countMails(isp), { hold_granted: 3 });
});

Deno.test("a message is there exactly when what it tells is: rolled back with it", async () => {
  await using database = await createTestDatabase();
  const isp = await createMailIsp(database, { subscribers: 1 });
  await liveUntil(isp, "2026-02-03T12:00");
  const before = await countMails(isp);
  await assert.rejects(
    isp.run(async (trx) => {
      const useCase = await useCaseIn(trx, isp.context, { actor: isp.actor, touched: new Set() });
      const input = {
        subscriberId: isp.subscriberIds[0]!,
        amountCentavos: centavos(100),
        method: "cash" as const,
        receivedOn: todayOf(isp),
        idempotencyKey: "rolled-back-0123456789",
      };
      assertOk(await postPayment(useCase, input, "hash"));
      throw new Error("stopped");
    }),
    /stopped/,
  );
  assert.deepEqual(await countMails(isp), before);
});
