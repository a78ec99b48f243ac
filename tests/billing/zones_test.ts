import assert from "node:assert/strict";
import { assertOk } from "@/tests/support/expect.ts";
import { playedIsp } from "@/tests/support/played.ts";
import { createTestDatabase } from "@/tests/support/postgres.ts";
import { runDueDays } from "@/web/services/billing/run_due_days.ts";
import { assertBooksHold, createIsp, type Isp, offNow } from "./isp.ts";

async function setTenant(isp: Isp, fields: { time_zone: string; cut_time?: string }): Promise<void> {
  await isp.run((trx) => trx.updateTable("tenants").set(fields).where("id", "=", isp.tenantId).execute());
}

/** Runs what is due at each of these moments. */
async function runAt(isp: Isp, ...moments: string[]): Promise<void> {
  for (const moment of moments) {
    isp.clock.set(moment);
    assertOk(await runDueDays(isp.context, isp.tenantId, isp.actor));
  }
}

/** The periods that are billed, with how many bills each has, and the scheduled runs of a day. */
async function look(isp: Isp, day: string) {
  return await isp.run(async (trx) => ({
    bills: (await trx.selectFrom("bills").select(({ fn }) => ["period_start", fn.countAll<bigint>().as("n")])
      .where("tenant_id", "=", isp.tenantId).where("status", "=", "issued").groupBy("period_start")
      .orderBy("period_start").execute()).map((row) => `${row.period_start} ${row.n}`),
    runs: (await trx.selectFrom("runs").select(["kind", "status"]).where("tenant_id", "=", isp.tenantId)
      .where("business_on", "=", Temporal.PlainDate.from(day)).where("trigger", "=", "scheduled")
      .orderBy("kind").execute()).map((row) => `${row.kind} ${row.status}`),
  }));
}

Deno.test("a tenant that changes its time zone back and forth bills no day twice, leaves none out and cuts once", async () => {
  await using past = await playedIsp({ subscribers: 5 }, "2026-02-05T10:00");
  const { isp } = past;
  // Thursday the 5th in Manila is Wednesday the 4th again in Honolulu.
  await setTenant(isp, { time_zone: "Pacific/Honolulu" });
  const noon = (day: number) => `2026-02-${String(day).padStart(2, "0")}T12:00:00-10:00`;
  await runAt(isp, "2026-02-04T17:00:00-10:00", ...Array.from({ length: 10 }, (_, i) => noon(5 + i)));
  assert.deepEqual(await look(isp, "2026-02-05"), {
    bills: ["2026-01-01 5"],
    runs: ["bill done", "cut done"],
  });
  assert.deepEqual(await offNow(isp), [0, 1, 2, 3, 4], "cut on the 14th of Honolulu");
  // The 14th in Honolulu is the 15th on Kiritimati: a day is passed over, and its runs are made up for.
  await setTenant(isp, { time_zone: "Pacific/Kiritimati" });
  await runAt(isp, "2026-02-16T00:30:00+14:00", "2026-02-16T12:00:00+14:00");
  assert.deepEqual((await look(isp, "2026-02-15")).runs.filter((run) => run.startsWith("bill")), [
    "bill done",
  ]);
  assert.deepEqual((await look(isp, "2026-02-16")).bills, ["2026-01-01 5"]);
  await assertBooksHold(isp);
});

Deno.test("in a zone with daylight saving an hour of cuts that does not exist comes right after it", async () => {
  await using database = await createTestDatabase();
  const isp = await createIsp(database, { subscribers: 2, start: "2026-02-27T08:00:00-05:00" });
  await setTenant(isp, { time_zone: "America/New_York", cut_time: "02:30" });
  await runAt(
    isp,
    ...["02-28", "03-01", "03-02", "03-03", "03-04", "03-05", "03-06", "03-07"]
      .map((day) => `2026-${day}T12:00:00-05:00`),
  );
  assert.deepEqual((await look(isp, "2026-03-01")).runs, ["bill done", "cut done"]);
  // 8 March: 01:59 is followed by 03:00.
  await runAt(isp, "2026-03-08T01:59:00-05:00");
  assert.equal((await look(isp, "2026-03-08")).runs.includes("cut done"), false);
  await runAt(isp, "2026-03-08T03:31:00-04:00");
  assert.deepEqual((await look(isp, "2026-03-08")).runs, ["bill done", "cut done"]);
  await assertBooksHold(isp);
});

Deno.test("an hour of cuts that comes twice, on the day on which daylight saving ends, cuts once", async () => {
  await using database = await createTestDatabase();
  const isp = await createIsp(database, { subscribers: 2, start: "2026-10-15T08:00:00-04:00" });
  await setTenant(isp, { time_zone: "America/New_York", cut_time: "01:30" });
  // 1 November: 01:59 is followed by 01:00, at another distance from UTC.
  await runAt(
    isp,
    "2026-11-01T01:10:00-04:00",
    "2026-11-01T01:40:00-04:00",
    "2026-11-01T01:10:00-05:00",
    "2026-11-01T01:40:00-05:00",
  );
  assert.deepEqual(await look(isp, "2026-11-01"), {
    bills: ["2026-10-15 2"],
    runs: ["bill done", "cut done"],
  });
  await assertBooksHold(isp);
});
