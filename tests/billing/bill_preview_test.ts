import assert from "node:assert/strict";
import { centavos } from "@/shared/money/mod.ts";
import { assertOk } from "@/tests/support/expect.ts";
import { playedIsp } from "@/tests/support/played.ts";
import { createTestDatabase } from "@/tests/support/postgres.ts";
import { withScene } from "@/tests/support/scene.ts";
import { planVersion, updatePlan } from "@/web/services/billing/save_plan.ts";
import { type BillPreview, listRunsToCome, previewBills } from "@/web/services/billing/preview_bills.ts";
import { issueBills } from "@/web/services/billing/issue_bills.ts";
import { voidBill } from "@/web/services/billing/void_bill.ts";
import { suspendSubscription } from "@/web/services/cuts/suspend_subscription.ts";
import { listBills } from "@/web/store/billing/bills_page.ts";
import { findPlan } from "@/web/store/billing/plans.ts";
import { getTenant } from "@/web/store/settings/tenants.ts";
import { createIsp, type Isp, liveUntil, pay, todayOf } from "./isp.ts";

const day = Temporal.PlainDate.from;

async function preview(isp: Isp, on: string): Promise<BillPreview> {
  return await isp.run(async (trx) =>
    await previewBills(trx, await getTenant(trx), {
      businessOn: day(on),
      today: todayOf(isp),
      at: isp.clock.now(),
    })
  );
}

/** Bills of a run as `user1 2026-01-01 100000`. */
async function issued(isp: Isp, runId: string): Promise<string[]> {
  const rows = await isp.run((trx) =>
    trx.selectFrom("bills as b").innerJoin("subscriptions as c", "c.id", "b.subscription_id")
      .select(["c.ppp_name", "b.period_start", "b.due_on", "b.total_centavos"])
      .where("b.tenant_id", "=", isp.tenantId).where("b.run_id", "=", runId).execute()
  );
  return rows.map((row) => `${row.ppp_name} ${row.period_start} ${row.due_on} ${row.total_centavos}`).sort();
}

function foreseen({ rows }: BillPreview): string[] {
  return rows.filter((row) => row.period !== null)
    .map((row) => `${row.pppName} ${row.period?.start} ${row.dueOn} ${row.totalCentavos}`).sort();
}

/** Everything that a run could write, counted. */
async function written(isp: Isp): Promise<unknown> {
  return await isp.run(async (trx) => ({
    bills: await trx.selectFrom("bills").select(({ fn }) => fn.countAll().as("n")).execute(),
    runs: await trx.selectFrom("runs").selectAll().orderBy("id").execute(),
    lines: await trx.selectFrom("subscriptions").selectAll().orderBy("id").execute(),
  }));
}

Deno.test("a preview is what the run then issues, with a void month, a vacation, a stop and a first bill, and writes nothing", async () => {
  await using past = await playedIsp({ subscribers: 12 }, "2026-03-15T10:00");
  const { isp } = past;
  const call = [isp.context, isp.tenantId, isp.actor] as const;
  const { rows } = await isp.run((trx) =>
    listBills(trx, { subscriberId: isp.subscriberIds[0]! }, { limit: 9 })
  );
  assertOk(await voidBill(...call, { billId: rows.at(-1)!.id, reason: "Wrong plan" }));
  // Of those who do not pay bills stop in April.
  for (const n of [0, 1, 2, 3, 4]) await pay(isp, n, 9_000);
  assertOk(
    await suspendSubscription(...call, {
      subscriptionId: isp.subscriptionIds[1]!,
      reason: "vacation",
      note: "Abroad",
    }),
  );
  await isp.run((trx) =>
    trx.updateTable("subscriptions").set({
      activated_on: day("2026-03-05"),
      billed_through_on: null,
      next_bill_on: day("2026-04-01"),
    }).where("id", "=", isp.subscriptionIds[2]!).execute()
  );
  await isp.run((trx) =>
    trx.deleteFrom("charged_periods").where("subscription_id", "=", isp.subscriptionIds[2]!).execute()
  );
  const before = await written(isp);
  const days = await isp.run((trx) => listRunsToCome(trx, todayOf(isp), 5));
  assert.deepEqual(days.map((one) => `${one.day} ${one.connections}`), ["2026-03-16 1", "2026-04-01 11"]);
  const [next, later] = [await preview(isp, "2026-03-16"), await preview(isp, "2026-04-01")];
  assert.deepEqual(await written(isp), before);
  assert.equal(next.bills, 1, "the void month is billed by the next run");
  assert.equal(later.counts.first, 1);
  for (const foretold of [next, later]) {
    isp.clock.set(`${foretold.businessOn}T00:05:00+08:00`);
    const run = assertOk(
      await issueBills(...call, { businessOn: foretold.businessOn, trigger: "scheduled" }),
    );
    assert.deepEqual(await issued(isp, run.runId), foreseen(foretold));
    assert.deepEqual(
      [run.issued, run.amountCentavos, run.failed],
      [foretold.bills, foretold.amountCentavos, 0],
    );
  }
});

Deno.test("what is odd is named: parked with its reason, zero, more than twice, several at once, far more than usual", async () => {
  await using database = await createTestDatabase();
  const isp = await createIsp(database, { subscribers: 8 });
  const call = [isp.context, isp.tenantId, isp.actor] as const;
  await isp.run((trx) =>
    trx.updateTable("tenants").set({ stop_after_unpaid_bills: 0 }).where("id", "=", isp.tenantId).execute()
  );
  await liveUntil(isp, "2026-03-02T10:00");
  const usual = await preview(isp, "2026-04-01");
  assert.deepEqual([usual.bills, usual.usual, usual.isFarMore, usual.unusual], [8, 8, false, 0]);
  const set = (n: number, fields: { billed_through_on?: Temporal.PlainDate; activated_on?: null }) =>
    isp.run((trx) =>
      trx.updateTable("subscriptions").set({ ...fields, next_bill_on: day("2026-04-01") })
        .where("id", "=", isp.subscriptionIds[n]!).execute()
    );
  await set(0, { activated_on: null });
  await set(1, { billed_through_on: day("2026-01-01") });
  const forget = (n: number) =>
    isp.run((trx) =>
      trx.deleteFrom("charged_periods").where("subscription_id", "=", isp.subscriptionIds[n]!).execute()
    );
  await forget(2);
  await set(2, { billed_through_on: day("2025-09-01") });
  const plan = await isp.run(async (trx) => (await findPlan(trx, isp.planId))!);
  assertOk(
    await updatePlan(...call, {
      planId: plan.id,
      seen: await planVersion(plan),
      name: plan.name,
      priceCentavos: centavos(250_000),
      pppProfile: plan.ppp_profile,
      speed: plan.speed,
    }),
  );
  const april = await preview(isp, "2026-04-01");
  assert.deepEqual(april.counts, { parked: 2, zero: 0, more_than_twice: 0, several: 7, first: 0, final: 0 });
  assert.deepEqual(april.rows.filter((row) => row.why !== null).map((row) => row.why?.code).sort(), [
    "parked_ahead",
    "parked_not_activated",
  ]);
  await liveUntil(isp, "2026-04-02T10:00");
  const dearer = await preview(isp, "2026-05-01");
  assert.equal(dearer.counts.more_than_twice, 6, "₱2,500.00 after ₱1,000.00");
  assert.equal(dearer.isFarMore, false);
});

Deno.test("the page shows the next run in figures, leads to the subscriber, and gives a file", async () => {
  await withScene("2026-02-16T10:00", async ({ isp, owner }) => {
    await isp.run((trx) =>
      trx.updateTable("subscriptions").set({ activated_on: null }).where("id", "=", isp.subscriptionIds[3]!)
        .execute()
    );
    const page = await owner.get("/admin/runs/next");
    assert.equal(page.status, 200);
    assert.match(page.text, /1 Mar, 00:05: 11 bills/);
    assert.match(page.text, /It has no activation date/);
    const odd = await owner.get("/admin/runs/next?show=unusual");
    assert.match(odd.html, new RegExp(`/admin/subscribers/${isp.subscriberIds[3]}"`));
    assert.doesNotMatch(odd.html, new RegExp(`/admin/subscribers/${isp.subscriberIds[4]}"`));
    const file = await owner.get("/admin/runs/next.csv?show=parked");
    assert.match(file.text, /Cannot be billed","It has no activation date/);
    assert.match((await owner.get("/admin/runs")).html, /href="\/admin\/runs\/next"/);
    assert.match((await owner.get("/admin")).html, /href="\/admin\/runs\/next"/);
  });
});
