import assert from "node:assert/strict";
import { assertOk } from "@/tests/support/expect.ts";
import { createTestDatabase } from "@/tests/support/postgres.ts";
import { advanceBusinessTime } from "@/web/services/demo/advance_business_time.ts";
import { assertBooksHold, createIsp, offNow } from "../billing/isp.ts";

Deno.test("the time machine runs each day's bills and cuts at their hours while real time stands still", async () => {
  await using database = await createTestDatabase();
  const isp = await createIsp(database, { subscribers: 3, start: "2026-01-31T22:00:00+08:00" });
  await isp.run((trx) =>
    trx.updateTable("subscriptions").set({ activated_on: Temporal.PlainDate.from("2026-01-01") })
      .where("tenant_id", "=", isp.tenantId).execute()
  );
  const real = isp.clock.now();
  const go = async (to: "day" | "bill_run" | "cut_run") =>
    assertOk(await advanceBusinessTime(isp.context, isp.tenantId, isp.actor, { to }));
  const billed = await go("bill_run");
  assert.equal(billed.to.toPlainDateTime().toString(), "2026-02-01T00:05:00");
  assert.equal(billed.days.at(-1)?.bill?.issued, 3);
  for (let i = 0; i < 12; i++) await go("day");
  assert.deepEqual(await offNow(isp), [], "13 Feb 00:05 is still grace");
  await go("cut_run");
  await go("cut_run");
  assert.equal((await offNow(isp)).length, 3);
  assert.ok(isp.clock.now().equals(real));
  await assertBooksHold(isp);
});
