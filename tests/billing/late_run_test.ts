import { ENGLISH_WORDS } from "@/web/messages/mod.ts";
import { storedText } from "@/web/messages/coded_text.ts";
import assert from "node:assert/strict";
import { assertOk, assertRefused } from "@/tests/support/expect.ts";
import { createTestDatabase } from "@/tests/support/postgres.ts";
import { approveCutRun, runCutNow } from "@/web/services/cuts/approve_cut_run.ts";
import { excludeFromRun } from "@/web/services/cuts/exclude_from_run.ts";
import { executeCutRun } from "@/web/services/cuts/execute_cut_run.ts";
import { runDueDays } from "@/web/services/billing/run_due_days.ts";
import { listBills } from "@/web/store/billing/bills_page.ts";
import { findScheduledRun, listRuns } from "@/web/store/billing/runs.ts";
import { listOpenBills } from "@/web/store/billing/bills.ts";
import { comparePaidFirst } from "@/web/domain/payments/mod.ts";
import { toOpenBalance } from "@/web/services/payments/apply_credit.ts";
import { assertBooksHold, createIsp, liveUntil, offNow, pay } from "./isp.ts";

const day = Temporal.PlainDate.from;

Deno.test("a server that comes back after days cuts nobody before a list was shown and its hour has come", async () => {
  await using database = await createTestDatabase();
  const isp = await createIsp(database, { subscribers: 3 });
  await liveUntil(isp, "2026-02-13T10:00");
  isp.clock.set("2026-02-16T08:00:00+08:00");
  assertOk(await runDueDays(isp.context, isp.tenantId, isp.actor));
  assert.deepEqual(await offNow(isp), [], "at eight nobody has seen a list yet");
  const today = await isp.run((trx) => findScheduledRun(trx, "cut", day("2026-02-16")));
  assert.deepEqual([today?.status, today?.total], ["planned", 3]);
  const missed = await isp.run((trx) => listRuns(trx, { kind: "cut", status: "failed" }, 9));
  assert.deepEqual(missed.map((run) => String(run.business_on)), ["2026-02-15", "2026-02-14"]);
  assert.match(storedText(ENGLISH_WORDS, missed[0]?.error_message ?? ""), /not running at 09:00/);
  await liveUntil(isp, "2026-02-16T09:00");
  assert.deepEqual(await offNow(isp), [0, 1, 2]);
});

Deno.test("bills of missed days are issued on return, each period once, with notice enough to pay", async () => {
  await using database = await createTestDatabase();
  const isp = await createIsp(database, { subscribers: 2 });
  await liveUntil(isp, "2026-01-20T10:00");
  isp.clock.set("2026-03-09T11:00:00+08:00");
  assertOk(await runDueDays(isp.context, isp.tenantId, isp.actor));
  assertOk(await runDueDays(isp.context, isp.tenantId, isp.actor));
  const { rows } = await isp.run((trx) => listBills(trx, {}, { limit: 50 }));
  assert.deepEqual(
    rows.map((bill) => `${bill.period_start} ${bill.issued_on} ${bill.due_on}`).sort(),
    [
      "2026-01-01 2026-03-09 2026-03-12",
      "2026-01-01 2026-03-09 2026-03-12",
      "2026-02-01 2026-03-09 2026-03-12",
      "2026-02-01 2026-03-09 2026-03-12",
    ],
  );
  assert.deepEqual(await offNow(isp), []);
  await assertBooksHold(isp);
});

Deno.test("of bills that one late run made, with one due date, the oldest period is paid first; the same on a repeated run", async () => {
  await using database = await createTestDatabase();
  const again = await createIsp(database, { subscribers: 12 });
  for (const isp of [await createIsp(database, { subscribers: 12 }), again]) {
    isp.clock.set("2026-04-05T00:10:00+08:00");
    assertOk(await runDueDays(isp.context, isp.tenantId, isp.actor));
    for (let n = 0; n < 12; n++) await pay(isp, n, 1500);
    const { rows } = await isp.run((trx) => listBills(trx, {}, { limit: 50 }));
    assert.equal(new Set(rows.map((bill) => String(bill.due_on))).size, 1);
    assert.deepEqual(
      [...new Set(rows.map((bill) => `${bill.period_start} ${bill.paid_centavos}`))].sort(),
      ["2026-01-01 100000", "2026-02-01 50000", "2026-03-01 0"],
    );
    const open = await isp.run((trx) => listOpenBills(trx, isp.subscriberIds));
    for (const own of Map.groupBy(open, (bill) => bill.subscriber_id).values()) {
      assert.deepEqual(own.map(toOpenBalance).toSorted(comparePaidFirst), own.map(toOpenBalance));
    }
    await assertBooksHold(isp);
  }
});

Deno.test("a list cannot be begun after its day, so that an exclusion from it always counts", async () => {
  await using database = await createTestDatabase();
  const isp = await createIsp(database, { subscribers: 3, brakePercent: 20 });
  await liveUntil(isp, "2026-02-14T10:00");
  const run = await isp.run((trx) => findScheduledRun(trx, "cut", day("2026-02-14")));
  assertOk(
    await excludeFromRun(isp.context, isp.tenantId, isp.actor, {
      subscriptionId: isp.subscriptionIds[0]!,
      businessOn: day("2026-02-14"),
      reason: "Tower was down",
    }),
  );
  isp.clock.set("2026-02-15T00:02:00+08:00");
  assertOk(await approveCutRun(isp.context, isp.tenantId, isp.actor, { runId: run!.id }));
  assertRefused(
    await runCutNow(isp.context, isp.tenantId, isp.actor, { runId: run!.id }),
    "run_superseded",
  );
  assert.deepEqual(await offNow(isp), []);
});

Deno.test("a run that crosses midnight goes on by the rules of its own day", async () => {
  await using database = await createTestDatabase();
  const isp = await createIsp(database, { subscribers: 3 });
  await liveUntil(isp, "2026-02-14T08:00");
  const run = await isp.run((trx) => findScheduledRun(trx, "cut", day("2026-02-14")));
  assertOk(
    await excludeFromRun(isp.context, isp.tenantId, isp.actor, {
      subscriptionId: isp.subscriptionIds[2]!,
      businessOn: day("2026-02-14"),
      reason: "Tower was down",
    }),
  );
  isp.clock.set("2026-02-14T23:59:59+08:00");
  const context = {
    ...isp.context,
    notifyRouters: () => isp.clock.set("2026-02-15T00:00:30+08:00"),
  };
  const input = { runId: run!.id, chunkSize: 1 };
  const done = assertOk(await executeCutRun(context, isp.tenantId, isp.actor, input));
  assert.deepEqual([done.cut, done.kept], [2, 1]);
  assert.deepEqual(await offNow(isp), [0, 1], "excluded from this run");
});
