import assert from "node:assert/strict";
import { centavos } from "@/shared/money/mod.ts";
import { assertOk, assertRefused } from "@/tests/support/expect.ts";
import { createTestDatabase } from "@/tests/support/postgres.ts";
import { withScene } from "@/tests/support/scene.ts";
import { NO_OWN_RULES } from "@/web/domain/billing/mod.ts";
import { agreeRules } from "@/web/services/billing/agree_rules.ts";
import { changeMode } from "@/web/services/billing/change_mode.ts";
import { type EndInput, reviewEnd } from "@/web/services/billing/review_end.ts";
import { voidBill } from "@/web/services/billing/void_bill.ts";
import { resumeSubscription, suspendSubscription } from "@/web/services/cuts/suspend_subscription.ts";
import { findSubscriberBalance } from "@/web/store/billing/ledger.ts";
import { getTenant } from "@/web/store/settings/tenants.ts";
import { lockSubscription } from "@/web/store/subscribers/subscriptions.ts";
import { assertBooksHold, createIsp, type Isp, liveUntil, pay, todayOf } from "./isp.ts";
import { endConnection } from "./ends.ts";

const day = Temporal.PlainDate.from;

function review(isp: Isp, n: number, input: EndInput) {
  return isp.run(async (trx) => {
    const connection = (await lockSubscription(trx, isp.subscriptionIds[n]!))!;
    return await reviewEnd(trx, { tenant: await getTenant(trx), today: todayOf(isp) }, connection, input);
  });
}

async function end(isp: Isp, n: number, lastDay: string, unused: EndInput["unused"] = "credit") {
  const input = { lastDay: day(lastDay), unused };
  const { netCentavos } = assertOk(await review(isp, n, input));
  return await endConnection(isp.context, isp.tenantId, isp.actor, {
    ...input,
    subscriptionId: isp.subscriptionIds[n]!,
    netCentavos,
  });
}

async function balanceOf(isp: Isp, n: number): Promise<bigint> {
  const books = await isp.run((trx) => findSubscriberBalance(trx, isp.subscriberIds[n]!));
  return books.receivableCentavos - books.creditCentavos;
}

Deno.test("in arrears the last bill is for the days that were used; then nothing is billed and the line is off (TM-01)", async () => {
  await using database = await createTestDatabase();
  const options = { subscribers: 3, start: "2026-06-01T00:00:00+08:00", priceCentavos: 129900 };
  const isp = await createIsp(database, options);
  await liveUntil(isp, "2026-06-12T10:00");
  assertRefused(await review(isp, 0, { lastDay: day("2027-06-14"), unused: "credit" }), "end_day_too_far");
  assertRefused(
    await review(isp, 0, { lastDay: day("2026-05-31"), unused: "credit" }),
    "end_day_before_service",
  );
  const moved = { lastDay: day("2026-06-12"), unused: "credit" as const, netCentavos: centavos(1) };
  const subscriptionId = isp.subscriptionIds[0]!;
  const { context, tenantId, actor } = isp;
  assertRefused(await endConnection(context, tenantId, actor, { ...moved, subscriptionId }), "end_moved");
  const toCome = { ...moved, subscriptionId, lastDay: day("2026-06-13") };
  assertRefused(await endConnection(context, tenantId, actor, toCome), "end_day_to_come");
  assertOk(await end(isp, 0, "2026-06-12"));
  assert.equal(await balanceOf(isp, 0), 51960n);
  // A vacation is not charged: 12 days less the 5 from the 8th on.
  const call = [context, tenantId, actor] as const;
  await liveUntil(isp, "2026-06-14T10:00");
  const hold = { subscriptionId: isp.subscriptionIds[1]!, reason: "vacation" as const, note: "Away" };
  assertOk(await suspendSubscription(...call, hold));
  await liveUntil(isp, "2026-06-20T10:00");
  assertOk(await end(isp, 1, "2026-06-20"));
  assert.equal(await balanceOf(isp, 1), 56290n, "13 of 30 days");
  await assertBooksHold(isp);
  await liveUntil(isp, "2026-08-02T10:00");
  assert.equal(await balanceOf(isp, 0), 51960n);
  const off = await isp.run((trx) =>
    trx.selectFrom("desired_secrets").select("is_disabled").where("tenant_id", "=", tenantId)
      .where("subscription_id", "=", subscriptionId).executeTakeFirstOrThrow()
  );
  assert.equal(off.is_disabled, true);
  await assertBooksHold(isp);
});

Deno.test("in advance unused days are credited or given up, a last day in the past too, and leaving early costs its fee (TM-02, TM-04)", async () => {
  await using database = await createTestDatabase();
  const options = { subscribers: 3, start: "2026-06-01T00:00:00+08:00", priceCentavos: 129900 };
  const isp = await createIsp(database, options);
  await isp.run((trx) =>
    trx.updateTable("subscriptions").set({ bill_timing: "advance", next_bill_on: day("2026-06-01") })
      .where("tenant_id", "=", isp.tenantId).execute()
  );
  const lockIn = { until: day("2026-09-01"), kind: "per_month" as const, amountCentavos: centavos(50000) };
  const agreed = { subscriptionId: isp.subscriptionIds[2]!, rules: NO_OWN_RULES, lockIn };
  assertOk(await agreeRules(isp.context, isp.tenantId, isp.actor, agreed));
  await liveUntil(isp, "2026-06-12T10:00");
  for (const n of [0, 1, 2]) await pay(isp, n, 1299);
  await liveUntil(isp, "2026-06-15T10:00");
  const ended = assertOk(await end(isp, 0, "2026-06-12"));
  assert.deepEqual([ended.billNumber, ended.refundableCentavos], [null, 77940n]);
  assert.equal(await balanceOf(isp, 0), -77940n);
  assertOk(await end(isp, 1, "2026-06-12", "no_credit"));
  assert.equal(await balanceOf(isp, 1), 0n);
  // Boundaries left: 1 Jul, 1 Aug, 1 Sep.
  const left = assertOk(await end(isp, 2, "2026-06-12"));
  assert.notEqual(left.billNumber, null);
  assert.equal(await balanceOf(isp, 2), 150000n - 77940n);
  await assertBooksHold(isp);
});

Deno.test("days that were paid in advance and suspended are given back at the end, also where unused ones are given up", async () => {
  await using database = await createTestDatabase();
  const isp = await createIsp(database, { subscribers: 3, start: "2026-06-01T00:00:00+08:00" });
  await isp.run((trx) =>
    trx.updateTable("subscriptions").set({ bill_timing: "advance", next_bill_on: day("2026-06-01") })
      .where("tenant_id", "=", isp.tenantId).execute()
  );
  await liveUntil(isp, "2026-06-11T08:00");
  for (const subscriptionId of isp.subscriptionIds) {
    const hold = { subscriptionId, reason: "vacation" as const, note: "Away" };
    assertOk(await suspendSubscription(isp.context, isp.tenantId, isp.actor, hold));
  }
  for (const n of [0, 1, 2]) await pay(isp, n, 1000);
  await liveUntil(isp, "2026-06-20T20:00");
  assertOk(await end(isp, 0, "2026-06-20"));
  assert.equal(await balanceOf(isp, 0), -66666n, "10 days away, 10 unused");
  assertOk(await end(isp, 1, "2026-06-20", "no_credit"));
  assert.equal(await balanceOf(isp, 1), -33333n);
  await liveUntil(isp, "2026-06-21T08:00");
  const subscriptionId = isp.subscriptionIds[2]!;
  const mode = { subscriptionId, to: "prepaid" as const, when: "today" as const };
  assertOk(await changeMode(isp.context, isp.tenantId, isp.actor, mode));
  assert.equal(await balanceOf(isp, 2), -33333n, "made prepaid");
  assertOk(await changeMode(isp.context, isp.tenantId, isp.actor, { ...mode, to: "postpaid" }));
  assertOk(await end(isp, 2, "2026-06-21", "no_credit"));
  assert.equal(await balanceOf(isp, 2), -33333n, "once");
  await assertBooksHold(isp);
});

Deno.test("whose bills had stopped is not billed for the days since, and ends with what is owed", async () => {
  await using database = await createTestDatabase();
  const isp = await createIsp(database, { subscribers: 1 });
  await liveUntil(isp, "2026-04-10T10:00");
  const owed = await balanceOf(isp, 0);
  assert.equal(owed, 200000n);
  assertOk(await end(isp, 0, "2026-04-10"));
  assert.equal(await balanceOf(isp, 0), owed);
  await assertBooksHold(isp);
});

Deno.test("the page shows the last bill before the service ends, and the rules page takes the lock-in", async () => {
  await withScene("2026-02-10T10:00", async ({ isp, owner }) => {
    const connection = isp.subscriptionIds[1]!;
    const path = `/admin/subscribers/${isp.subscriberIds[1]}`;
    const lockIn = { connection, lockUntil: "2026-05-01", lockKind: "flat", lockAmount: "500" };
    assert.equal((await owner.post(`${path}/rules`, { ...lockIn, lockAmount: "" })).status, 422);
    assert.equal((await owner.post(`${path}/rules`, lockIn)).status, 303);
    const shown = await owner.get(`${path}/end?connection=${connection}&last=2026-02-10&unused=credit`);
    assert.match(shown.text, /Fiber 50, 1–10 Feb 2026 \(10 of 28 days\)/);
    assert.match(shown.text, /Fee for leaving early/);
    const sent = { connection, last: "2026-02-10", unused: "credit", net: "85714" };
    const done = await owner.post(`${path}/end`, sent);
    assert.equal(done.status, 303);
    assert.match((await owner.get(done.location!)).text, /The service has ended/);
    assert.equal((await owner.post(`${path}/end`, sent)).status, 404);
  });
});

Deno.test("a day to come plans the end, and where ends wait for an approval who may not approve asks", async () => {
  await withScene("2026-02-10T10:00", async ({ isp, app, owner }) => {
    const clerk = await app.signIn(isp.tenantId, "Billing");
    const path = (n: number) => `/admin/subscribers/${isp.subscriberIds[n]}`;
    const asked = (n: number) => `connection=${isp.subscriptionIds[n]}&last=2026-02-20&unused=credit`;
    const sent = (n: number) => ({
      connection: isp.subscriptionIds[n]!,
      last: "2026-02-20",
      unused: "credit",
      net: "0",
    });
    const plan = await clerk.get(`${path(1)}/end?${asked(1)}`);
    assert.match(plan.text, /Plan that the service of user2 ends with Fri, 20 Feb 2026/);
    assert.match(plan.text, /1–20 Feb 2026 \(20 of 28 days\)/);
    const planned = await clerk.post(`${path(1)}/end`, sent(1));
    assert.match((await owner.get(planned.location!)).text, /Service ends after/);
    assert.match((await owner.get("/admin/subscribers?ends=planned")).text, /Ends after (?:Fri,? )?20 Feb/);
    assert.match((await owner.get(`${path(1)}/end`)).text, /planned by/);
    const back = await clerk.post(`${path(1)}/end/take-back`, { connection: isp.subscriptionIds[1]! });
    assert.match((await owner.get(back.location!)).text, /the service goes on/);

    // Days that are billed and not used: what nobody chose is the company's way.
    const chosen = async () =>
      /name="unused" value="(\w+)"[^>]*checked/.exec((await owner.get(`${path(3)}/end`)).html)?.[1];
    assert.equal(await chosen(), "credit");
    await isp.run((trx) =>
      trx.updateTable("tenants").set({ end_credit: "no_credit" }).where("id", "=", isp.tenantId).execute()
    );
    assert.equal(await chosen(), "no_credit");
    const { unused: _none, ...bare } = sent(3);
    assert.equal((await owner.post(`${path(3)}/end`, bare)).status, 303);
    const kept = await isp.run((trx) =>
      trx.selectFrom("service_ends").select("unused").where("tenant_id", "=", isp.tenantId)
        .where("subscription_id", "=", isp.subscriptionIds[3]!).executeTakeFirstOrThrow()
    );
    assert.equal(kept.unused, "no_credit");

    const policy = { mode: "always", from: "", binds: "others", days: "7" };
    assert.equal((await owner.post("/admin/settings/approvals/service_end", policy)).status, 303);
    assert.match((await clerk.get(`${path(2)}/end?${asked(2)}`)).text, /Ask for approval/);
    assert.equal((await clerk.post(`${path(2)}/end`, sent(2))).status, 422, "it needs a reason");
    const reason = { reason: "Moves to Cebu", why: "moved" };
    const waits = await clerk.post(`${path(2)}/end`, { ...sent(2), ...reason });
    assert.match((await clerk.get(waits.location!)).text, /Nothing changes before somebody approves/);
    assert.match((await clerk.get(path(2))).text, /Waits for an approval.*Moves to Cebu/s);
    assert.match((await owner.get("/admin")).text, /One request waits for your approval: End of a service/);
    const list = await owner.get("/admin/approvals");
    const request = /\/admin\/approvals\/([0-9a-f-]{36})/.exec(list.html)?.[0] ?? "";
    const hiddenOf = (html: string) => ({
      revision: /name="revision" value="(\d+)"/.exec(html)?.[1] ?? "",
      seen: /name="seen" value="([\w-]+)"/.exec(html)?.[1] ?? "",
    });
    const shown = await owner.get(request);
    assert.match(shown.text, /They leave because they move/);
    assert.match(shown.text, /stays on until the end of 20 Feb 2026/);
    const answer = hiddenOf(shown.html);
    // Whoever asked sees no button, and is refused with a form made by hand.
    const own = await clerk.get(request);
    assert.doesNotMatch(own.html, /value="approve"/);
    const byHand = await clerk.post(request, { ...answer, decision: "approve", note: "" });
    assert.equal(byHand.status, 422);
    assert.match(byHand.text, /This is your own request/);
    assert.equal((await owner.post(request, { ...answer, decision: "decline", note: "" })).status, 422);
    const stale = { ...answer, seen: "another" };
    const moved = await owner.post(request, { ...stale, decision: "approve", note: "" });
    assert.match(moved.text, /has changed since you looked/);
    const approved = await owner.post(request, { ...answer, decision: "approve", note: "Bye" });
    assert.match((await owner.get(approved.location!)).text, /Approved and done/);
    assert.match((await owner.get(path(2))).text, /Service ends after/);
    const again = await owner.post(request, { ...answer, decision: "approve", note: "" });
    assert.equal(again.status, 422);
    assert.match(again.text, /approved it on 10 Feb 2026/);
  });
});

Deno.test("a bill of a service that has ended is not billed again by a void: its days are free, or were given back", async () => {
  await using database = await createTestDatabase();
  const isp = await createIsp(database, { subscribers: 2, start: "2026-02-01T00:00:00+08:00" });
  const call = [isp.context, isp.tenantId, isp.actor] as const;
  await isp.run((trx) =>
    trx.updateTable("subscriptions").set({ bill_timing: "advance", next_bill_on: todayOf(isp) })
      .where("tenant_id", "=", isp.tenantId).where("id", "=", isp.subscriptionIds[1]!).execute()
  );
  await liveUntil(isp, "2026-02-05T10:00");
  const vacation = { subscriptionId: isp.subscriptionIds[1]!, reason: "vacation" } as const;
  assertOk(await suspendSubscription(...call, { ...vacation, note: "Away" }));
  await liveUntil(isp, "2026-02-09T10:00");
  assertOk(await resumeSubscription(...call, vacation));
  for (const n of [0, 1]) assertOk(await end(isp, n, "2026-02-09", "no_credit"));
  const bill = (n: number) =>
    isp.run((trx) =>
      trx.selectFrom("bills").select(["id", "paid_centavos"]).where("tenant_id", "=", isp.tenantId)
        .where("subscription_id", "=", isp.subscriptionIds[n]!).executeTakeFirstOrThrow()
    );
  const { id: billId } = await bill(0);
  const reason = "Promised for nothing";
  assertRefused(await voidBill(...call, { billId, reason, periods: "bill_again" }), "void_service_ended");
  assertOk(await voidBill(...call, { billId, reason }));
  assert.equal(await balanceOf(isp, 0), 0n);
  const given = await bill(1);
  assert.equal(given.paid_centavos, 14286n, "4 of 28 days, by a memo to the bill that charged them");
  assertRefused(await voidBill(...call, { billId: given.id, reason }), "bill_has_money");
  await liveUntil(isp, "2026-03-02T10:00");
  assert.deepEqual([await balanceOf(isp, 0), await balanceOf(isp, 1)], [0n, 85714n]);
  await assertBooksHold(isp);
});
