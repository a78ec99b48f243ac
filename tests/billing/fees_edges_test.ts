import assert from "node:assert/strict";
import { centavos } from "@/shared/money/mod.ts";
import { assertOk } from "@/tests/support/expect.ts";
import { createTestDatabase } from "@/tests/support/postgres.ts";
import { takeBackFuture } from "@/web/services/billing/take_back_future.ts";
import { includeInRun } from "@/web/services/cuts/exclude_from_run.ts";
import { takeOverBalance } from "@/web/services/payments/opening_balance.ts";
import { assertBooksHold, createIsp, type Isp, liveUntil, pay } from "./isp.ts";
import { believeWrongly, comeBack, createWatched, jumpTo, livesUntil, minute } from "./watched_isp.ts";

/** Bills of ₱1,000 of the 1st, due on the 8th; from the 12th a late one costs 5 %. */
async function lateFrom(isp: Isp): Promise<void> {
  await isp.run((trx) =>
    trx.updateTable("tenants").set({
      late_after_days: 3,
      late_fee_kind: "percent",
      late_fee_bp: 500,
    })
      .where("id", "=", isp.tenantId).execute()
  );
}

/** `issued on, pesos, status` of each fee of a subscriber. */
async function feesOf(isp: Isp, n: number): Promise<string[]> {
  const rows = await isp.run((trx) =>
    trx.selectFrom("bills").select(["issued_on", "total_centavos", "status"])
      .where("tenant_id", "=", isp.tenantId)
      .where("kind", "=", "late_fee").where(
        "subscriber_id",
        "=",
        isp.subscriberIds[n]!,
      ).orderBy("number")
      .execute()
  );
  return rows.map((row) => `${row.issued_on} ${Number(row.total_centavos) / 100} ${row.status}`);
}

Deno.test("late fees of a wrong clock are taken back with it, and charged once when their day comes", async () => {
  await using database = await createTestDatabase();
  const isp = await createWatched(database, { subscribers: 3 });
  await lateFrom(isp);
  await livesUntil(isp, "2026-02-05T10:00");
  await minute(isp);
  // Seven weeks ahead: a fee for the bill of either month.
  jumpTo(isp, "2026-03-20T07:00");
  await believeWrongly(isp, "2026-03-28T10:00");
  assert.equal((await feesOf(isp, 0)).length, 2);
  await pay(isp, 1, 1050);
  await comeBack(isp, "2026-02-05T12:00");
  assertOk(await takeBackFuture(isp.context, isp.tenantId, isp.actor));
  for (const n of [0, 1, 2]) {
    assert.ok(
      (await feesOf(isp, n)).every((fee) => fee.endsWith("void")),
      `subscriber ${n}`,
    );
  }
  await assertBooksHold(isp);
  await livesUntil(isp, "2026-02-11T10:00");
  await pay(isp, 2, 1000);
  await livesUntil(isp, "2026-02-12T10:00");
  assert.deepEqual((await feesOf(isp, 0)).slice(2), ["2026-02-12 50 issued"]);
  assert.deepEqual(
    (await feesOf(isp, 2)).slice(2),
    [],
    "paid in time after all",
  );
  await livesUntil(isp, "2026-02-20T10:00");
  assert.deepEqual(
    (await feesOf(isp, 0)).slice(2),
    ["2026-02-12 50 issued"],
    "once",
  );
  await assertBooksHold(isp);
});

Deno.test("a debt of the books from before costs no late fee until a person includes it, and then as if it were due on that day", async () => {
  await using database = await createTestDatabase();
  const isp = await createIsp(database, { subscribers: 2 });
  await lateFrom(isp);
  for (const n of [0, 1]) {
    assertOk(
      await takeOverBalance(isp.context, isp.tenantId, isp.actor, {
        subscriberId: isp.subscriberIds[n]!,
        side: "owed",
        amountCentavos: centavos(50_000),
        asOf: Temporal.PlainDate.from("2025-11-30"),
      }),
    );
  }
  await liveUntil(isp, "2026-01-20T10:00");
  assert.deepEqual(await feesOf(isp, 0), [], "imported, seven weeks late");
  assertOk(
    await includeInRun(isp.context, isp.tenantId, isp.actor, {
      subscriptionId: isp.subscriptionIds[0]!,
      businessOn: Temporal.PlainDate.from("2026-01-20"),
    }),
  );
  await liveUntil(isp, "2026-01-23T10:00");
  assert.deepEqual(await feesOf(isp, 0), []);
  await liveUntil(isp, "2026-01-24T10:00");
  assert.deepEqual(await feesOf(isp, 0), ["2026-01-24 25 issued"]);
  await liveUntil(isp, "2026-01-31T10:00");
  assert.deepEqual(await feesOf(isp, 0), ["2026-01-24 25 issued"], "once");
  assert.deepEqual(await feesOf(isp, 1), [], "nobody included it");
  await assertBooksHold(isp);
});
