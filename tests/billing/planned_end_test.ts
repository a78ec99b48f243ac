import assert from "node:assert/strict";
import { centavos } from "@/shared/money/mod.ts";
import { assertOk, assertRefused } from "@/tests/support/expect.ts";
import { createTestDatabase } from "@/tests/support/postgres.ts";
import { changePlan } from "@/web/services/billing/change_plan.ts";
import { listRunsToCome, previewBills } from "@/web/services/billing/preview_bills.ts";
import { switchRenewal } from "@/web/services/billing/renew_prepaid.ts";
import { runDueDays } from "@/web/services/billing/run_due_days.ts";
import { createPlan } from "@/web/services/billing/save_plan.ts";
import { voidBill } from "@/web/services/billing/void_bill.ts";
import { resumeSubscription, suspendSubscription } from "@/web/services/cuts/suspend_subscription.ts";
import { takeBackEnd } from "@/web/services/subscribers/take_back_end.ts";
import { findSubscriberBalance } from "@/web/store/billing/ledger.ts";
import { getTenant } from "@/web/store/settings/tenants.ts";
import { assertBooksHold, createIsp, type Isp, liveUntil, offNow, pay, todayOf } from "./isp.ts";
import { buy, createPrepaidIsp } from "./prepaid_isp.ts";
import { planEnd } from "./ends.ts";

const day = Temporal.PlainDate.from;

function plan(isp: Isp, n: number, lastDay: string, unused: "credit" | "no_credit" = "credit") {
  const request = { subscriptionId: isp.subscriptionIds[n]!, lastDay: day(lastDay), unused };
  return planEnd(isp.context, isp.tenantId, isp.actor, request);
}

async function balanceOf(isp: Isp, n: number): Promise<bigint> {
  const books = await isp.run((trx) => findSubscriberBalance(trx, isp.subscriberIds[n]!));
  return books.receivableCentavos - books.creditCentavos;
}

/** Days and kind of every live bill line of a connection. */
async function linesOf(isp: Isp, n: number): Promise<string[]> {
  const rows = await isp.run((trx) =>
    trx.selectFrom("bill_lines as l").innerJoin("bills as b", "b.id", "l.bill_id")
      .select(["b.kind", "l.period_start", "l.period_end"]).where("l.tenant_id", "=", isp.tenantId)
      .where("b.tenant_id", "=", isp.tenantId).where("b.status", "=", "issued")
      .where("l.subscription_id", "=", isp.subscriptionIds[n]!).orderBy("l.period_start").execute()
  );
  return rows.map((row) => `${row.kind} ${row.period_start} ${row.period_end}`);
}

function inAdvance(isp: Isp, from: string): Promise<unknown> {
  return isp.run((trx) =>
    trx.updateTable("subscriptions").set({ bill_timing: "advance", next_bill_on: day(from) })
      .where("tenant_id", "=", isp.tenantId).execute()
  );
}

Deno.test("a planned end: on until the last day is over, one last bill up to it, off, and nothing after", async () => {
  await using database = await createTestDatabase();
  const isp = await createIsp(database, { subscribers: 2, start: "2026-06-01T00:00:00+08:00" });
  await liveUntil(isp, "2026-06-12T10:00");
  assertOk(await plan(isp, 0, "2026-07-20"));
  assertRefused(await plan(isp, 0, "2026-07-21"), "end_is_planned");
  await liveUntil(isp, "2026-07-20T23:59");
  await pay(isp, 0, 1000);
  await pay(isp, 1, 1000);
  assert.deepEqual(await offNow(isp), []);
  assert.deepEqual(await linesOf(isp, 0), ["recurring 2026-06-01 2026-07-01"]);
  await liveUntil(isp, "2026-07-21T00:06");
  assert.deepEqual(await offNow(isp), [0]);
  assert.deepEqual(await linesOf(isp, 0), [
    "recurring 2026-06-01 2026-07-01",
    "final 2026-07-01 2026-07-21",
  ]);
  assert.equal(await balanceOf(isp, 0), 64516n, "20 of 31 days");
  const [authorisation] = await isp.run((trx) =>
    trx.selectFrom("disable_authorisations").select(["kind", "approved_by"]).where(
      "tenant_id",
      "=",
      isp.tenantId,
    )
      .orderBy("id", "desc").limit(1).execute()
  );
  assert.deepEqual(authorisation, { kind: "manual", approved_by: "Maria Santos" });
  await liveUntil(isp, "2026-10-02T10:00");
  assert.equal((await linesOf(isp, 0)).length, 2);
  await assertBooksHold(isp);
});

Deno.test("bills in advance stop at a planned end, and go on from there when it is taken back", async () => {
  await using database = await createTestDatabase();
  const isp = await createIsp(database, { subscribers: 3, start: "2026-06-01T00:00:00+08:00" });
  await inAdvance(isp, "2026-06-01");
  await liveUntil(isp, "2026-06-12T10:00");
  for (const n of [0, 1, 2]) await pay(isp, n, 1000);
  for (const n of [0, 1]) assertOk(await plan(isp, n, "2026-07-10"));
  // Inside what is billed: the rest is given back on the day after.
  assertOk(await plan(isp, 2, "2026-06-20"));
  await liveUntil(isp, "2026-07-02T10:00");
  assert.equal(await balanceOf(isp, 2), -33333n, "10 of 30 days");
  const june = "recurring 2026-06-01 2026-07-01";
  assert.deepEqual(await linesOf(isp, 0), [june, "recurring 2026-07-01 2026-07-11"]);
  assert.equal(await balanceOf(isp, 0), 32258n, "10 of 31 days");
  for (const n of [0, 1]) await pay(isp, n, 322.58);
  const { context, tenantId, actor } = isp;
  assertOk(await takeBackEnd(context, tenantId, actor, { subscriptionId: isp.subscriptionIds[1]! }));
  assertRefused(
    await takeBackEnd(context, tenantId, actor, { subscriptionId: isp.subscriptionIds[1]! }),
    "end_not_waiting",
  );
  await liveUntil(isp, "2026-07-12T10:00");
  assert.deepEqual(await offNow(isp), [0, 2]);
  assert.equal(await balanceOf(isp, 0), 0n);
  assert.deepEqual(await linesOf(isp, 1), [
    june,
    "recurring 2026-07-01 2026-07-11",
    "recurring 2026-07-11 2026-08-01",
  ]);
  assert.equal(await balanceOf(isp, 1), 67742n);
  await assertBooksHold(isp);
});

Deno.test("a planned end goes with what else is planned: the price and plan of then, suspended days, a bill made again", async () => {
  await using database = await createTestDatabase();
  const isp = await createIsp(database, { subscribers: 4, start: "2026-06-01T00:00:00+08:00" });
  await liveUntil(isp, "2026-06-12T10:00");
  const call = [isp.context, isp.tenantId, isp.actor] as const;
  const dearer = assertOk(
    await createPlan(...call, {
      name: "Fiber 100",
      priceCentavos: centavos(150000),
      pppProfile: "100M",
      speed: null,
    }),
  );
  const [planned, behind, away, again] = isp.subscriptionIds;
  const change = { planId: dearer.planId };
  assertOk(await changePlan(...call, { ...change, subscriptionId: planned! }));
  for (const n of [0, 2, 3]) assertOk(await plan(isp, n, "2026-07-10"));
  assertOk(await plan(isp, 1, "2026-06-25"));
  assertRefused(await changePlan(...call, { ...change, subscriptionId: behind! }), "behind_planned_end");
  const hold = { reason: "vacation" as const, note: "Away" };
  await liveUntil(isp, "2026-07-04T10:00");
  assertOk(await suspendSubscription(...call, { ...hold, subscriptionId: away! }));
  await liveUntil(isp, "2026-07-08T10:00");
  assertOk(await resumeSubscription(...call, { ...hold, subscriptionId: away! }));
  for (const n of [0, 1, 2]) await pay(isp, n, n === 1 ? 833.33 : 1000);
  await liveUntil(isp, "2026-07-10T22:00");
  const [june] = await isp.run((trx) =>
    trx.selectFrom("bills").select("id").where("tenant_id", "=", isp.tenantId)
      .where("subscription_id", "=", again!).where("status", "=", "issued").execute()
  );
  assertOk(await voidBill(...call, { billId: june!.id, reason: "Wrong address" }));
  await liveUntil(isp, "2026-07-11T10:00");
  assert.equal(await balanceOf(isp, 0), 48387n, "10 of 31 days at 1,500");
  assert.equal(await balanceOf(isp, 1), 0n);
  assert.equal(await balanceOf(isp, 2), 19355n, "6 of 31 days");
  assert.equal(await balanceOf(isp, 3), 100000n + 32258n, "June again, and 10 days");
  assert.deepEqual(await offNow(isp), [0, 1, 2, 3]);
  await assertBooksHold(isp);
});

Deno.test("paid days beyond a planned end are credited; nothing is bought and nothing renews itself behind it", async () => {
  await using database = await createTestDatabase();
  const isp = await createPrepaidIsp(database, { subscribers: 2, start: "2026-06-01T00:00:00+08:00" });
  const call = [isp.context, isp.tenantId, isp.actor] as const;
  await liveUntil(isp, "2026-06-01T10:00");
  assertOk(await buy(isp, 0));
  assertOk(await buy(isp, 1));
  assertOk(await plan(isp, 0, "2026-06-15"));
  assertOk(await plan(isp, 1, "2026-07-05"));
  assertRefused(await buy(isp, 0), "behind_planned_end");
  assertOk(await switchRenewal(...call, { subscriptionId: isp.subscriptionIds[1]!, renewsItself: true }));
  await pay(isp, 1, 1000);
  await liveUntil(isp, "2026-06-16T10:00");
  assert.deepEqual(await offNow(isp), [0]);
  assert.equal(await balanceOf(isp, 0), -25000n, "15 of 30 days");
  // From 1 July on it renews itself once, up to the 30th; it ends on the 5th.
  await liveUntil(isp, "2026-07-06T10:00");
  assert.deepEqual(await offNow(isp), [0, 1]);
  assert.equal(await balanceOf(isp, 1), -(50000n + 41667n), "25 of 30 days, and what was left");
  await assertBooksHold(isp);
});

Deno.test("a night that was missed ends the services of all its days, each with its own last day", async () => {
  await using database = await createTestDatabase();
  const isp = await createIsp(database, { subscribers: 2, start: "2026-06-01T00:00:00+08:00" });
  await liveUntil(isp, "2026-06-12T10:00");
  assertOk(await plan(isp, 0, "2026-06-20"));
  assertOk(await plan(isp, 1, "2026-07-05"));
  isp.clock.set("2026-07-25T10:00:00+08:00");
  // Two processes at once.
  const run = () => runDueDays(isp.context, isp.tenantId, isp.actor);
  for (const done of await Promise.all([run(), run()])) assertOk(done);
  assert.deepEqual(await offNow(isp), [0, 1]);
  assert.deepEqual(await linesOf(isp, 0), ["final 2026-06-01 2026-06-21"]);
  // The late run of 1 July bills what has come due by today, and stops at the end.
  const june = "recurring 2026-06-01 2026-07-01";
  assert.deepEqual(await linesOf(isp, 1), [june, "recurring 2026-07-01 2026-07-06"]);
  await assertBooksHold(isp);
});

Deno.test("the preview shows the last bills of planned ends, as the night then makes them", async () => {
  await using database = await createTestDatabase();
  const isp = await createIsp(database, { subscribers: 3, start: "2026-06-01T00:00:00+08:00" });
  await liveUntil(isp, "2026-06-12T10:00");
  assertOk(await plan(isp, 0, "2026-06-20"));
  assertOk(await plan(isp, 1, "2026-07-10"));
  const days = await isp.run((trx) => listRunsToCome(trx, todayOf(isp), 5));
  assert.deepEqual(days.map((one) => `${one.day} ${one.connections}`), ["2026-06-21 1", "2026-07-01 2"]);
  const foreseen = async (on: string) => {
    const preview = await isp.run(async (trx) =>
      await previewBills(trx, await getTenant(trx), {
        businessOn: day(on),
        today: todayOf(isp),
        at: isp.clock.now(),
      })
    );
    return preview.rows.map((row) =>
      `${row.pppName} ${row.period?.start} ${row.period?.end} ${row.dueOn} ${row.totalCentavos} ${row.anomalies}`
    ).sort();
  };
  const seen = {
    ...Object.fromEntries(
      await Promise.all(
        ["2026-06-21", "2026-07-01", "2026-07-11", "2026-08-01"].map(async (on) =>
          [on, await foreseen(on)] as const
        ),
      ),
    ),
  };
  assert.deepEqual(seen["2026-06-21"]?.map((row) => row.split(" ").at(-1)), ["final"]);
  for (const on of ["06-21", "07-01", "07-11", "08-01"]) await liveUntil(isp, `2026-${on}T10:00`);
  const made = await isp.run((trx) =>
    trx.selectFrom("bills as b").innerJoin("subscriptions as c", "c.id", "b.subscription_id")
      .select([
        "c.ppp_name",
        "b.kind",
        "b.issued_on",
        "b.period_start",
        "b.period_end",
        "b.due_on",
        "b.total_centavos",
      ])
      .where("b.tenant_id", "=", isp.tenantId).execute()
  );
  for (const [on, rows] of Object.entries(seen)) {
    const of = made.filter((row) => String(row.issued_on) === on);
    assert.deepEqual(
      rows.map((row) => row.replace(/ first$| final$| $/, "")),
      of.map((row) =>
        `${row.ppp_name} ${row.period_start} ${row.period_end} ${row.due_on} ${row.total_centavos}`
      )
        .sort(),
      on,
    );
  }
});
