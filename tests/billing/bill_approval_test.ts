import assert from "node:assert/strict";
import { assertOk } from "@/tests/support/expect.ts";
import { createTestDatabase } from "@/tests/support/postgres.ts";
import { withScene } from "@/tests/support/scene.ts";
import { centavos } from "@/shared/money/mod.ts";
import { approveBillRun } from "@/web/services/billing/bill_approval.ts";
import { runDueDays } from "@/web/services/billing/run_due_days.ts";
import { setBillApproval } from "@/web/services/billing/set_bill_approval.ts";
import { findScheduledRun, type RunRow } from "@/web/store/billing/runs.ts";
import { assertBooksHold, createIsp, type Isp, liveUntil } from "./isp.ts";

const day = Temporal.PlainDate.from;

async function runOf(isp: Isp, on: string): Promise<RunRow | null> {
  return await isp.run((trx) => findScheduledRun(trx, "bill", day(on)));
}

Deno.test("a bill run that waits is issued once it is approved; later ones wait behind it, cuts do not", async () => {
  await using database = await createTestDatabase();
  const isp = await createIsp(database, { subscribers: 3 });
  const call = [isp.context, isp.tenantId, isp.actor] as const;
  await liveUntil(isp, "2026-02-02T10:00");
  assertOk(await setBillApproval(...call, { approval: "always", over: 5 }));
  // Another one is due on the second.
  await isp.run((trx) =>
    trx.updateTable("subscriptions").set({ next_bill_on: day("2026-03-02") })
      .where("id", "=", isp.subscriptionIds[2]!).execute()
  );
  await liveUntil(isp, "2026-03-03T10:00");
  const first = await runOf(isp, "2026-03-01");
  assert.deepEqual([first?.status, first?.changed], ["awaiting_approval", 0]);
  assert.match(first?.brake_reason ?? "", /bills_always_asked/);
  assert.equal(await runOf(isp, "2026-03-02"), null, "it would issue what waits");
  const cut = await isp.run((trx) => findScheduledRun(trx, "cut", day("2026-03-03")));
  assert.equal(cut?.status, "done");
  const approved = await Promise.all([
    approveBillRun(...call, { runId: first!.id }),
    approveBillRun(...call, { runId: first!.id }),
  ]);
  assert.deepEqual(approved.map((one) => one.ok).sort(), [false, true], "once");
  await Promise.all([runDueDays(...call), runDueDays(...call)]);
  const [one, two] = [await runOf(isp, "2026-03-01"), await runOf(isp, "2026-03-02")];
  assert.deepEqual([one?.status, one?.changed, one?.approved_by], ["done", 2, "Maria Santos"]);
  assert.equal(two?.status, "awaiting_approval");
  assertOk(await setBillApproval(...call, { approval: "off", over: 5 }));
  await runDueDays(...call);
  const last = await runOf(isp, "2026-03-02");
  assert.deepEqual([last?.status, last?.changed], ["done", 1], "nothing waits any more");
  await assertBooksHold(isp);
});

Deno.test("the page says what is approved, Today names it, and the setting is kept", async () => {
  await withScene("2026-02-16T10:00", async ({ isp, app, owner: before }) => {
    const saved = await before.post("/admin/runs/approval", { approval: "unusual", over: "0" });
    assert.match(saved.location, /\/admin\/runs\/next\?done=approval_set/);
    assert.equal(
      (await before.post("/admin/runs/approval", { approval: "unusual", over: "many" })).status,
      422,
    );
    await isp.run((trx) =>
      trx.updateTable("plans").set({ price_centavos: 0n }).where("id", "=", isp.planId).execute()
    );
    await liveUntil(isp, "2026-03-01T08:00");
    const owner = await app.signIn(isp.tenantId, "Owner");
    const run = (await runOf(isp, "2026-03-01"))!;
    assert.equal(run.status, "awaiting_approval");
    assert.match((await owner.get("/admin")).text, /The bills of Sun, 1 Mar 2026 wait for an approval/);
    const page = await owner.get(`/admin/runs/${run.id}`);
    assert.match(page.html, new RegExp(`/admin/runs/${run.id}/approve`));
    const question = await owner.get(`/admin/runs/${run.id}/approve`);
    assert.match(question.text, /Issue 12 bills\?/);
    assert.match(question.text, /12 bills are unusual, more than 0/);
    const done = await owner.post(`/admin/runs/${run.id}/approve`, {});
    assert.equal(done.location.split("?")[0], `/admin/runs/${run.id}`);
    assertOk(await runDueDays(isp.context, isp.tenantId, isp.actor));
    assert.equal((await runOf(isp, "2026-03-01"))?.amount_centavos, centavos(0));
    assert.match((await owner.get(`/admin/runs/${run.id}/approve`)).text, /These bills do not wait/);
  });
});
