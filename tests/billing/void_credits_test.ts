import assert from "node:assert/strict";
import { uuidv7 } from "@/shared/ids.ts";
import { assertBooksHold, createIsp, type Isp, liveUntil, pay, todayOf } from "@/tests/billing/isp.ts";
import { assertOk } from "@/tests/support/expect.ts";
import { createTestDatabase } from "@/tests/support/postgres.ts";
import { changeMode } from "@/web/services/billing/change_mode.ts";
import { changePayer } from "@/web/services/billing/change_payer.ts";
import { readVoidCredits } from "@/web/services/billing/void_credits.ts";
import { voidBill } from "@/web/services/billing/void_bill.ts";
import { resumeSubscription, suspendSubscription } from "@/web/services/cuts/suspend_subscription.ts";
import { reviewEnd } from "@/web/services/billing/review_end.ts";
import { findBill } from "@/web/store/billing/bills.ts";
import { findSubscriberBalance } from "@/web/store/billing/ledger.ts";
import { getTenant } from "@/web/store/settings/tenants.ts";
import { lockSubscription } from "@/web/store/subscribers/subscriptions.ts";
import { endConnection } from "./ends.ts";

/** Bills of ₱1,000 in advance. January was paid, 10 of its 31 days were a vacation, and the bill of February took them off. */
async function afterVacation() {
  const database = await createTestDatabase();
  const isp = await createIsp(database, { subscribers: 2 });
  await isp.run((trx) =>
    trx.updateTable("subscriptions").set({ bill_timing: "advance", next_bill_on: todayOf(isp) })
      .where("tenant_id", "=", isp.tenantId).execute()
  );
  await liveUntil(isp, "2026-01-06T08:00");
  for (const n of [0, 1]) await pay(isp, n, 1000);
  const vacation = { subscriptionId: isp.subscriptionIds[0]!, reason: "vacation" as const };
  const call = [isp.context, isp.tenantId, isp.actor] as const;
  assertOk(await suspendSubscription(...call, { ...vacation, note: "Away" }));
  await liveUntil(isp, "2026-01-16T08:00");
  assertOk(await resumeSubscription(...call, vacation));
  await liveUntil(isp, "2026-02-02T08:00");
  assert.deepEqual(await bills(isp), ["1000", "677.42"]);
  return { isp, call, [Symbol.asyncDispose]: () => database[Symbol.asyncDispose]() };
}

const rows = (isp: Isp) =>
  isp.run((trx) =>
    trx.selectFrom("bills").select(["id", "status", "total_centavos"]).where("tenant_id", "=", isp.tenantId)
      .where("subscription_id", "=", isp.subscriptionIds[0]!).orderBy("number").execute()
  );

const bills = async (isp: Isp) =>
  (await rows(isp)).map((row) =>
    `${row.status === "void" ? "void " : ""}${Number(row.total_centavos) / 100}`
  );

/** Owed less credit, in pesos. */
const owed = (isp: Isp, n = 0) =>
  isp.run(async (trx) => {
    const { receivableCentavos, creditCentavos } = await findSubscriberBalance(trx, isp.subscriberIds[n]!);
    return Number(receivableCentavos - creditCentavos) / 100;
  });

/** Voids the second bill, and says what the page had said comes back beside it. */
async function voidFebruary(isp: Isp, periods: "bill_again" | "never" = "bill_again") {
  const [, february] = await rows(isp);
  const back = await isp.run(async (trx) => await readVoidCredits(trx, (await findBill(trx, february!.id))!));
  assertOk(
    await voidBill(isp.context, isp.tenantId, isp.actor, { billId: february!.id, reason: "Wrong", periods }),
  );
  await assertBooksHold(isp);
  return back.map((line) => Number(line.amountCentavos) / 100);
}

Deno.test("a void bill of who pays still: the bill that is made again takes the vacation off, and nothing comes back beside it", async () => {
  await using world = await afterVacation();
  const { isp } = world;
  assert.deepEqual(await voidFebruary(isp), []);
  assert.equal(await owed(isp), 0);
  await liveUntil(isp, "2026-02-03T08:00");
  assert.deepEqual(await bills(isp), ["1000", "void 677.42", "677.42"]);
  await assertBooksHold(isp);
});

Deno.test("a void bill of who paid before: what it had taken off is his, as a memo of the bill that charged those days", async () => {
  await using world = await afterVacation();
  const { isp, call } = world;
  assertOk(
    await changePayer(...call, {
      subscriptionId: isp.subscriptionIds[0]!,
      fromSubscriberId: isp.subscriberIds[0]!,
      to: { subscriberId: isp.subscriberIds[1]! },
      when: "today",
      unused: "keep",
      shownOn: todayOf(isp),
      once: uuidv7(1),
    }),
  );
  assert.deepEqual(await voidFebruary(isp), [-322.58]);
  assert.equal(await owed(isp), -322.58);
  await liveUntil(isp, "2026-02-03T08:00");
  assert.deepEqual(await bills(isp), ["1000", "void 677.42", "1000"]);
  assert.deepEqual([await owed(isp), await owed(isp, 1)], [677.42, 1000]);
  await assertBooksHold(isp);
});

Deno.test("a void bill from before a connection paid up front: what it had taken off comes back", async () => {
  await using world = await afterVacation();
  const { isp, call } = world;
  const [subscriptionId] = isp.subscriptionIds;
  assertOk(
    await changeMode(...call, {
      subscriptionId: subscriptionId!,
      to: "prepaid",
      when: "next_boundary",
    }),
  );
  await liveUntil(isp, "2026-03-02T08:00");
  assert.deepEqual(await voidFebruary(isp), [-322.58]);
  await liveUntil(isp, "2026-03-03T08:00");
  assert.deepEqual(await bills(isp), ["1000", "void 677.42", "1000"]);
  assert.equal(await owed(isp), 677.42);
  await assertBooksHold(isp);
});

Deno.test("a void bill of a service that has ended: what it had taken off comes back, and its days stay free", async () => {
  await using world = await afterVacation();
  const { isp, call } = world;
  const [subscriptionId] = isp.subscriptionIds;
  await liveUntil(isp, "2026-02-28T08:00");
  const end = { subscriptionId: subscriptionId!, lastDay: todayOf(isp), unused: "credit" as const };
  const { netCentavos } = await isp.run(async (trx) => {
    const moment = { tenant: await getTenant(trx), today: todayOf(isp) };
    return assertOk(await reviewEnd(trx, moment, (await lockSubscription(trx, end.subscriptionId))!, end));
  });
  assertOk(await endConnection(...call, { ...end, netCentavos }));
  assert.equal(await owed(isp), 677.42);
  assert.deepEqual(await voidFebruary(isp, "never"), [-322.58]);
  assert.equal(await owed(isp), -322.58);
});
