import assert from "node:assert/strict";
import { uuidv7 } from "@/shared/ids.ts";
import { centavos } from "@/shared/money/mod.ts";
import { assertOk } from "@/tests/support/expect.ts";
import { createTestDatabase } from "@/tests/support/postgres.ts";
import { issueCharge } from "@/web/services/billing/issue_charge.ts";
import { billingSettingsOf } from "@/web/store/settings/settings.ts";
import { readSettingsFacts } from "@/web/store/settings/settings_facts.ts";
import { getTenant } from "@/web/store/settings/tenants.ts";
import { assertBooksHold, createIsp, liveUntil, offNow, todayOf } from "./isp.ts";

Deno.test("bills stop after so many unpaid ones for service: a charge and a debit memo beside them are none", async () => {
  await using database = await createTestDatabase();
  const isp = await createIsp(database, { subscribers: 3 });
  for (const [n, kind] of [[0, "one_time"], [1, "debit_memo"]] as const) {
    assertOk(
      await issueCharge(isp.context, isp.tenantId, isp.actor, {
        subscriberId: isp.subscriberIds[n]!,
        kind,
        what: "Router",
        amountCentavos: centavos(50_000),
        subscriptionId: isp.subscriptionIds[n]!,
        billId: uuidv7(isp.clock.now().epochMilliseconds),
      }),
    );
  }
  await liveUntil(isp, "2026-01-14T10:00");
  assert.deepEqual(await offNow(isp), [0, 1], "cut for what was charged");
  await liveUntil(isp, "2026-05-02T10:00");
  const rows = await isp.run((trx) =>
    trx.selectFrom("bills").select(["subscriber_id", "period_start"]).where("tenant_id", "=", isp.tenantId)
      .where("kind", "=", "recurring").orderBy("period_start").execute()
  );
  const months = isp.subscriberIds.map((id) =>
    rows.filter((row) => row.subscriber_id === id).map((row) => row.period_start.month)
  );
  assert.deepEqual(months, [[1, 2], [1, 2], [1, 2]]);
  await assertBooksHold(isp);
  const facts = await isp.run(async (trx) => {
    const tenant = await getTenant(trx);
    const time = Temporal.PlainTime.from("10:00");
    const moment = { today: todayOf(isp), time, now: isp.clock.now() };
    return await readSettingsFacts(trx, tenant, billingSettingsOf(tenant), moment);
  });
  assert.deepEqual(facts.unpaid, [{ bills: 2, connections: 3 }]);
});
