import assert from "node:assert/strict";
import type { Actor } from "@/web/services/context.ts";
import { assertOk, assertRefused } from "@/tests/support/expect.ts";
import { createTestDatabase } from "@/tests/support/postgres.ts";
import { approveCutRun } from "@/web/services/cuts/approve_cut_run.ts";
import { findBrokenAuditEntry } from "@/web/services/audit.ts";
import { excludeFromRun } from "@/web/services/cuts/exclude_from_run.ts";
import { executeCutRun } from "@/web/services/cuts/execute_cut_run.ts";
import { endHold, holdSubscription } from "@/web/services/cuts/hold_subscription.ts";
import { reversePayment } from "@/web/services/payments/reverse_payment.ts";
import { voidBill } from "@/web/services/billing/void_bill.ts";
import { listBills } from "@/web/store/billing/bills_page.ts";
import { findScheduledRun } from "@/web/store/billing/runs.ts";
import { listRunRows } from "@/web/store/billing/runs_page.ts";
import { countSubscribers, listSubscribers } from "@/web/store/subscribers/subscribers_page.ts";
import { getTenant } from "@/web/store/settings/tenants.ts";
import { listTimeline } from "@/web/store/subscribers/timeline.ts";
import { readToday } from "@/web/store/live/today.ts";
import { CONNECTION_FIGURES } from "@/web/store/live/today_connections.ts";
import { previewCut } from "@/web/store/cuts/tonight.ts";
import { listAccountLines } from "@/web/store/billing/account_lines.ts";
import { assertBooksHold, createIsp, liveUntil, offNow, pay, todayOf } from "./isp.ts";

const day = Temporal.PlainDate.from;

Deno.test("a month of a small provider: billed on the 1st, due on the 8th, cut on the 14th, back when paid", async () => {
  await using database = await createTestDatabase();
  const isp = await createIsp(database, { subscribers: 6 });
  await liveUntil(isp, "2026-02-01T00:10");
  const bills = await isp.run((trx) => listBills(trx, {}, { limit: 50 }));
  assert.equal(bills.rows.length, 6);
  assert.deepEqual(
    bills.rows.map((bill) => bill.number).sort(),
    [1, 2, 3, 4, 5, 6].map((n) => `SOA-00000${n}`),
  );
  assert.ok(
    bills.rows.every((bill) => bill.total_centavos === 100_000n && bill.due_on?.equals(day("2026-02-08"))),
  );

  await pay(isp, 0, 1000);
  await pay(isp, 1, 400);
  await liveUntil(isp, "2026-02-14T08:59");
  assert.deepEqual(await offNow(isp), [], "grace ends on the 13th and the hour has not come");

  assertOk(
    await holdSubscription(isp.context, isp.tenantId, isp.actor, {
      subscriptionId: isp.subscriptionIds[2]!,
      untilOn: day("2026-02-16"),
      reason: "Pays on Monday",
    }),
  );
  assertOk(
    await excludeFromRun(isp.context, isp.tenantId, isp.actor, {
      subscriptionId: isp.subscriptionIds[3]!,
      businessOn: day("2026-02-14"),
      reason: "Tower was down",
    }),
  );
  const tenant = await isp.run(getTenant);
  const shown = await isp.run((trx) => previewCut(trx, tenant, day("2026-02-14"), isp.clock.now()));
  assert.deepEqual(
    shown.rows.map((row) => [isp.subscriptionIds.indexOf(row.subscriptionId), row.decision]),
    [[1, "cut"], [2, "held"], [3, "excluded"], [4, "cut"], [5, "cut"]],
  );
  isp.notified.length = 0;
  await liveUntil(isp, "2026-02-14T09:00");
  assert.deepEqual(await offNow(isp), [1, 4, 5], "those that were shown, and no other");
  assert.deepEqual([...new Set(isp.notified)].sort(), [...isp.routerIds].sort());
  await assertBooksHold(isp);

  const back = await pay(isp, 4, 1000);
  assert.deepEqual(back.restored, [isp.subscriptionIds[4]]);
  assert.deepEqual(await offNow(isp), [1, 5]);
  const part = await pay(isp, 5, 500);
  assert.deepEqual(part.restored, [], "a part that leaves the minimum owed past grace does not restore");
  await liveUntil(isp, "2026-02-15T09:00");
  assert.deepEqual(await offNow(isp), [1, 3, 5], "an exclusion is for one day");
  await liveUntil(isp, "2026-02-17T09:00");
  assert.deepEqual(await offNow(isp), [1, 2, 3, 5], "a hold ends itself after its day");
  await assertBooksHold(isp);

  const run = await isp.run((trx) => findScheduledRun(trx, "cut", day("2026-02-14")));
  const evidence = await isp.run((trx) => listRunRows(trx, run!.id, {}, { limit: 50 }));
  assert.deepEqual(evidence.rows.map((row) => row.outcome), ["cut", "held", "excluded", "cut", "cut"]);
  const timeline = await isp.run((trx) => listTimeline(trx, isp.subscriberIds[4]!, { limit: 50 }));
  assert.deepEqual(timeline.rows.map((event) => event.kind).sort(), ["bill", "cut", "payment", "restored"]);
  const statement = await isp.run((trx) =>
    listAccountLines(trx, { subscriberId: isp.subscriberIds[5]! }, { limit: 50 })
  );
  assert.deepEqual(statement.rows.map((row) => row.balance_centavos), [50_000n, 100_000n]);
  assert.equal(await isp.run(findBrokenAuditEntry), null);
});

Deno.test("each figure of Today equals the list that it links to", async () => {
  await using database = await createTestDatabase();
  const isp = await createIsp(database, { subscribers: 5 });
  await liveUntil(isp, "2026-02-12T10:00");
  await pay(isp, 0, 1000);
  await pay(isp, 1, 250);
  const moment = { today: todayOf(isp), now: isp.clock.now() };
  await isp.run(async (trx) => {
    const figures = await readToday(trx, await getTenant(trx), moment);
    for (const [name, figure] of Object.entries(figures.connections)) {
      const filter = CONNECTION_FIGURES[name as keyof typeof CONNECTION_FIGURES];
      assert.deepEqual(await countSubscribers(trx, filter, moment), figure, name);
    }
    assert.deepEqual(figures.connections.late, { count: 4, balanceCentavos: 375_000n });
    assert.equal(figures.connections.unknown.count, 5, "no agent is connected: unknown, not offline");
    assert.deepEqual(figures.collectedToday, [{ method: "cash", count: 2, amountCentavos: 125_000n }]);
    assert.deepEqual(figures.cycle.billedCentavos, 500_000n);
    assert.deepEqual(figures.cycle.paidCentavos, 125_000n);
    assert.ok(figures.needsYou.some((need) => need.kind === "agent_offline"));
  });
});

Deno.test("subscribers are found by any word and paged both ways", async () => {
  await using database = await createTestDatabase();
  const isp = await createIsp(database, { subscribers: 25 });
  const moment = { today: todayOf(isp), now: isp.clock.now() };
  await isp.run(async (trx) => {
    const first = await listSubscribers(trx, {}, moment, { limit: 10 });
    const second = await listSubscribers(trx, {}, moment, { limit: 10, after: first.next! });
    const third = await listSubscribers(trx, {}, moment, { limit: 10, after: second.next! });
    assert.deepEqual([first.rows.length, second.rows.length, third.rows.length], [10, 10, 5]);
    assert.deepEqual([first.previous, third.next], [null, null]);
    const again = await listSubscribers(trx, {}, moment, { limit: 10, before: second.previous! });
    assert.deepEqual(again.rows, first.rows);
    const found = await listSubscribers(trx, { q: "user17" }, moment, { limit: 10 });
    assert.deepEqual(found.rows.map((row) => row.pppName), ["user17"]);
    const mangled = await listSubscribers(trx, {}, moment, { limit: 10, after: "%%%" });
    assert.deepEqual(mangled.rows, first.rows);
  });
});

Deno.test("a reversal opens the bill again and cuts nobody until the next day's run", async () => {
  await using database = await createTestDatabase();
  const isp = await createIsp(database, { subscribers: 2 });
  await liveUntil(isp, "2026-02-13T10:00");
  const paid = await pay(isp, 0, 1000);
  await pay(isp, 1, 1000);
  await liveUntil(isp, "2026-02-20T08:00");
  const reversed = assertOk(
    await reversePayment(isp.context, isp.tenantId, isp.actor, {
      paymentId: paid.paymentId,
      reason: "Bounced",
    }),
  );
  assert.equal(reversed.reopenedBillIds.length, 1);
  await assertBooksHold(isp);
  const shown = await isp.run(async (trx) =>
    await previewCut(trx, await getTenant(trx), todayOf(isp), isp.clock.now())
  );
  assert.deepEqual(shown.rows.map((row) => row.decision), ["not_due"], "the page says what the run will do");
  await liveUntil(isp, "2026-02-20T09:30");
  assert.deepEqual(await offNow(isp), [], "not on the list that was shown today");
  await liveUntil(isp, "2026-02-21T09:00");
  assert.deepEqual(await offNow(isp), [0]);
  const input = { paymentId: paid.paymentId, reason: "Bounced" };
  assertRefused(await reversePayment(isp.context, isp.tenantId, isp.actor, input), "already_reversed");
});

Deno.test("a paid bill is not voided; an unpaid one keeps its number and is billed again by the next run", async () => {
  await using database = await createTestDatabase();
  const isp = await createIsp(database, { subscribers: 1 });
  await liveUntil(isp, "2026-03-01T10:00");
  const before = await isp.run((trx) => listBills(trx, {}, { limit: 9 }));
  assert.equal(before.rows.length, 2);
  await pay(isp, 0, 1000);
  const january = before.rows.find((bill) => bill.period_start.equals(day("2026-01-01")))!;
  const february = before.rows.find((bill) => bill.period_start.equals(day("2026-02-01")))!;
  const take = (billId: string, reason: string) =>
    voidBill(isp.context, isp.tenantId, isp.actor, { billId, reason });
  assertRefused(await take(january.id, "Wrong plan"), "bill_has_money");
  assertOk(await take(february.id, "Wrong plan"));
  await assertBooksHold(isp);
  assertRefused(await take(february.id, "Again"), "already_void");
  await liveUntil(isp, "2026-03-02T10:00");
  const after = await isp.run((trx) => listBills(trx, {}, { limit: 9 }));
  const live = after.rows.filter((bill) => bill.status === "issued");
  assert.deepEqual(live.map((bill) => String(bill.period_start)).sort(), ["2026-01-01", "2026-02-01"]);
  assert.deepEqual(after.rows.map((bill) => bill.number).sort(), ["SOA-000001", "SOA-000002", "SOA-000003"]);
  assert.deepEqual(live.map((bill) => bill.paid_centavos).sort(), [0n, 100_000n]);
  await assertBooksHold(isp);
});

Deno.test("the brake stops a run, and nothing is cut before a person approves it", async () => {
  await using database = await createTestDatabase();
  const isp = await createIsp(database, { subscribers: 10, brakePercent: 20 });
  await liveUntil(isp, "2026-02-14T09:00");
  assert.deepEqual(await offNow(isp), []);
  const run = await isp.run((trx) => findScheduledRun(trx, "cut", day("2026-02-14")));
  assert.equal(run?.status, "awaiting_approval");
  const context = isp.context;
  assertRefused(
    await executeCutRun(context, isp.tenantId, isp.actor, { runId: run.id }),
    "awaiting_approval",
  );
  const approver: Actor = { kind: "staff", label: "Ana Reyes", staffUserId: null };
  assertOk(await approveCutRun(context, isp.tenantId, approver, { runId: run.id }));
  await liveUntil(isp, "2026-02-14T09:01");
  assert.equal((await offNow(isp)).length, 10);
  const rows = await isp.run((trx) => trx.selectFrom("disable_authorisations").selectAll().execute());
  assert.deepEqual(rows.map((row) => [row.kind, row.run_id, row.approved_by, row.names.length]), [
    ["run", run.id, "Ana Reyes", 5],
    ["run", run.id, "Ana Reyes", 5],
  ]);
});

Deno.test("a list that waited overnight is replaced by the next day's and can no longer be executed", async () => {
  await using database = await createTestDatabase();
  const isp = await createIsp(database, { subscribers: 3, brakePercent: 20 });
  await liveUntil(isp, "2026-02-15T00:10");
  const old = await isp.run((trx) => findScheduledRun(trx, "cut", day("2026-02-14")));
  const approval = await approveCutRun(isp.context, isp.tenantId, isp.actor, { runId: old!.id });
  assertRefused(approval, "not_awaiting_approval");
  assertRefused(
    await executeCutRun(isp.context, isp.tenantId, isp.actor, { runId: old!.id }),
    "run_superseded",
  );
  assert.deepEqual(await offNow(isp), []);
});

Deno.test("a hold that is ended while the list still waits puts the subscription on it", async () => {
  await using database = await createTestDatabase();
  const isp = await createIsp(database, { subscribers: 2 });
  await liveUntil(isp, "2026-02-13T10:00");
  const subscriptionId = isp.subscriptionIds[0]!;
  const hold = { subscriptionId, untilOn: day("2026-02-20"), reason: "Promised" };
  assertOk(await holdSubscription(isp.context, isp.tenantId, isp.actor, hold));
  assertRefused(await holdSubscription(isp.context, isp.tenantId, isp.actor, hold), "already_held");
  await liveUntil(isp, "2026-02-14T08:00");
  const ended = assertOk(await endHold(isp.context, isp.tenantId, isp.actor, { subscriptionId }));
  assert.equal(ended.isListedToday, true);
  await liveUntil(isp, "2026-02-14T09:00");
  assert.deepEqual(await offNow(isp), [0, 1]);
});
