import assert from "node:assert/strict";
import { assertOk } from "@/tests/support/expect.ts";
import { createTestDatabase } from "@/tests/support/postgres.ts";
import { issueBills } from "@/web/services/billing/issue_bills.ts";
import { resumeSubscription, suspendSubscription } from "@/web/services/cuts/suspend_subscription.ts";
import { assertBooksHold, createIsp, todayOf } from "./isp.ts";

Deno.test("days paid in advance and not served come off however long the connection was off", async () => {
  await using database = await createTestDatabase();
  const isp = await createIsp(database, { subscribers: 1 });
  const call = [isp.context, isp.tenantId, isp.actor] as const;
  const subscriptionId = isp.subscriptionIds[0]!;
  await isp.run(async (trx) => {
    await trx.updateTable("tenants").set({ suspended_policy: "skip" }).where("id", "=", isp.tenantId)
      .execute();
    await trx.updateTable("subscriptions").set({ bill_timing: "advance", next_bill_on: todayOf(isp) })
      .where("tenant_id", "=", isp.tenantId).execute();
  });
  const bill = async () =>
    assertOk(await issueBills(...call, { businessOn: todayOf(isp), trigger: "scheduled" })).issued;
  isp.clock.set("2026-01-01T00:05:00+08:00");
  assert.equal(await bill(), 1);
  isp.clock.set("2026-01-11T10:00:00+08:00");
  assertOk(await suspendSubscription(...call, { subscriptionId, reason: "admin", note: "Moved away" }));
  isp.clock.set("2027-03-20T10:00:00+08:00");
  assertOk(await resumeSubscription(...call, { subscriptionId, reason: "admin" }));
  isp.clock.set("2027-04-01T00:05:00+08:00");
  assert.ok(await bill() > 0);
  const off = await isp.run((trx) =>
    trx.selectFrom("bill_lines").select(["amount_centavos", "period_start"])
      .where("tenant_id", "=", isp.tenantId).where("amount_centavos", "<", 0n).execute()
  );
  assert.deepEqual(
    off.map((line) => [line.period_start?.toString(), line.amount_centavos]),
    [["2026-01-01", -38_710n], ["2026-01-01", -29_032n]],
    "21 of 31 days, as far as the first bill bears it and the rest from the next",
  );
  await assertBooksHold(isp);
});
