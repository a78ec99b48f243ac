import assert from "node:assert/strict";
import { assertBooksHold, createIsp, type Isp, liveUntil, offNow, pay } from "@/tests/billing/isp.ts";
import { UNITS } from "@/tests/billing/prepaid_isp.ts";
import { assertOk, assertRefused } from "@/tests/support/expect.ts";
import { createTestDatabase } from "@/tests/support/postgres.ts";
import { createWebApp } from "@/tests/support/web_app.ts";
import { changeMode } from "@/web/services/billing/change_mode.ts";
import { cancelModeChange } from "@/web/services/billing/mode_days.ts";
import { switchRenewal } from "@/web/services/billing/renew_prepaid.ts";
import { replacePrepaidUnits } from "@/web/store/billing/prepaid.ts";

const plan = (isp: Isp, n: number) =>
  changeMode(isp.context, isp.tenantId, isp.actor, {
    subscriptionId: isp.subscriptionIds[n]!,
    to: "prepaid",
    when: "next_boundary",
  });
const renews = (isp: Isp, n: number, renewsItself = true) =>
  switchRenewal(isp.context, isp.tenantId, isp.actor, {
    subscriptionId: isp.subscriptionIds[n]!,
    renewsItself,
  });

/** Days of a connection from the day of the change on. */
const days = (isp: Isp, n: number) =>
  isp.run(async (trx) =>
    (await trx.selectFrom("charged_periods").select(["period_start", "period_end", "state"])
      .where("subscription_id", "=", isp.subscriptionIds[n]!).orderBy("period_start").execute())
      .filter((row) => row.period_end.toString() > "2026-02-01")
      .map((row) => `${row.period_start} ${row.period_end} ${row.state}`)
  );

const flag = (isp: Isp, n: number) =>
  isp.run(async (trx) =>
    (await trx.selectFrom("subscriptions").select("renews_itself").where("id", "=", isp.subscriptionIds[n]!)
      .executeTakeFirstOrThrow()).renews_itself
  );

Deno.test("on the day of a planned change to prepaid credit buys a month where it renews itself, as at a lapse, and nothing else does", async () => {
  await using database = await createTestDatabase();
  const isp = await createIsp(database, { start: "2026-01-28T08:00:00+08:00", subscribers: 3 });
  await isp.run((trx) => replacePrepaidUnits(trx, isp.planId, UNITS));
  assertRefused(await renews(isp, 0), "prepaid_not_up_front");
  for (const n of [0, 1, 2]) assertOk(await plan(isp, n));
  // The first has enough for its last bill and two months, the second not for one, the third does not renew itself.
  for (const n of [0, 1]) assertOk(await renews(isp, n));
  await pay(isp, 0, 2129.03);
  await pay(isp, 1, 629.03);
  await pay(isp, 2, 2129.03);
  await liveUntil(isp, "2026-02-01T10:00");
  assert.deepEqual(await days(isp, 0), ["2026-02-01 2026-03-01 billed"]);
  assert.deepEqual([await days(isp, 1), await days(isp, 2)], [[], []]);
  assert.deepEqual(await offNow(isp), [1, 2]);
  await liveUntil(isp, "2026-03-01T10:00");
  assert.deepEqual(await days(isp, 0), ["2026-02-01 2026-03-01 billed", "2026-03-01 2026-04-01 billed"]);
  assert.deepEqual(await offNow(isp), [1, 2]);
  await assertBooksHold(isp);
});

Deno.test("the card offers it beside the planned change; cancelled, nothing renews itself", async () => {
  await using database = await createTestDatabase();
  const isp = await createIsp(database, { start: "2026-01-28T08:00:00+08:00", subscribers: 1 });
  assertOk(await plan(isp, 0));
  const app = await createWebApp(isp.context);
  const owner = await app.signIn(isp.tenantId, "Owner");
  const person = `/admin/subscribers/${isp.subscriberIds[0]}`;
  const connection = isp.subscriptionIds[0]!;
  assert.match((await owner.get(person)).text, /Prepaid from.*Renews itself\s*No/);
  assert.equal((await owner.post(`${person}/renewal`, { connection, renews: "yes" })).status, 303);
  assert.match((await owner.get(person)).text, /Renews itself\s*From credit, when it ends/);
  assertOk(await cancelModeChange(isp.context, isp.tenantId, isp.actor, { subscriptionId: connection }));
  assert.equal(await flag(isp, 0), false);
});
