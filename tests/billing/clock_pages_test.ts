import assert from "node:assert/strict";
import { createTestDatabase } from "@/tests/support/postgres.ts";
import { createWebApp } from "@/tests/support/web_app.ts";
import { assertOk } from "@/tests/support/expect.ts";
import { runDueDays } from "@/web/services/billing/run_due_days.ts";
import { watchClock } from "@/web/services/billing/watch_clock.ts";
import { createIsp, liveUntil, offNow } from "./isp.ts";

Deno.test("Today says what the clock says and what it said; a person confirms it; what it made is taken back", async () => {
  await using database = await createTestDatabase();
  const isp = await createIsp(database, { subscribers: 3 });
  await liveUntil(isp, "2026-01-20T10:00");
  let seconds = 0;
  const context = { ...isp.context, machine: { bootId: "one", uptimeSeconds: () => ++seconds } };
  await watchClock(context, isp.tenantId);
  const app = await createWebApp(context);
  isp.clock.set("2026-03-06T10:00:00+08:00");
  await watchClock(context, isp.tenantId);
  const [owner, cashier] = [
    await app.signIn(isp.tenantId, "Owner"),
    await app.signIn(isp.tenantId, "Cashier"),
  ];
  const jumped = /clock says Fri, 6 Mar 2026, 10:00; it should say Tue, 20 Jan 2026, 10:00/;
  assert.match((await owner.get("/admin")).text, jumped);
  assert.match((await cashier.get("/admin")).text, jumped, "everybody is told");
  assert.match((await owner.get("/admin/tonight")).text, /clock has jumped: nobody is cut/);
  const page = await owner.get("/admin/clock");
  assert.match(page.text, /Is it Fri, 6 Mar 2026, 10:00 now\?/);
  const asked = await cashier.get("/admin/clock");
  assert.doesNotMatch(asked.html, /<form[^>]*action="\/admin\/clock"/);
  assert.match(asked.text, /Your role cannot answer this/);
  const said = /name="said" value="([^"]+)"/.exec(page.html)?.[1] ?? "";
  assert.equal((await cashier.post("/admin/clock", { said })).status, 404);
  assert.equal((await owner.post("/admin/clock", { said: "2026-01-20T02:00:00Z" })).status, 422);
  assert.equal((await owner.post("/admin/clock", { said })).location, "/admin/clock?done=confirmed");
  assertOk(await runDueDays(context, isp.tenantId, isp.actor));
  for (let date = 7; date <= 20; date++) {
    isp.clock.advance({ hours: 14 });
    seconds += 14 * 3600;
    await watchClock(context, isp.tenantId);
    await liveUntil(isp, `2026-03-${String(date).padStart(2, "0")}T10:00`);
    seconds += 10 * 3600;
  }
  assert.deepEqual(await offNow(isp), [0, 1, 2]);

  isp.clock.set("2026-01-20T10:01:00+08:00");
  await watchClock(context, isp.tenantId);
  const back = await app.signIn(isp.tenantId, "Owner");
  const home = await back.get("/admin");
  assert.match(home.text, /clock says Tue, 20 Jan 2026/);
  const again = /name="said" value="([^"]+)"/.exec((await back.get("/admin/clock")).html)?.[1] ?? "";
  await back.post("/admin/clock", { said: again });
  assert.match(
    (await back.get("/admin")).text,
    /count as run before their time, up to Fri, 20 Mar 2026, with 6 bills/,
  );
  assert.match((await back.get("/admin/clock")).text, /Take back 6 bills/);
  const done = await back.post("/admin/clock/take-back", {});
  assert.match(
    (await back.get(done.location)).text,
    /6 bills are taken back, 3 connections are being enabled again on their routers/,
  );
  assert.doesNotMatch((await back.get("/admin")).text, /clock/);
  assert.deepEqual(await offNow(isp), []);
  const runs = await back.get("/admin/runs?days=all");
  assert.match(runs.text, /Taken back/);
});
