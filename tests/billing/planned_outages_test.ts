import assert from "node:assert/strict";
import { parseCoded } from "@/shared/codes/mod.ts";
import { assertOk, assertRefused } from "@/tests/support/expect.ts";
import { createTestDatabase } from "@/tests/support/postgres.ts";
import {
  correctOutage,
  endOutage,
  type OutageInput,
  recordOutage,
  takeOutageBack,
} from "@/web/services/billing/record_outage.ts";
import { listOutageHistory, listOutageReport, sumOutageReport } from "@/web/store/billing/outage_report.ts";
import { previewCut } from "@/web/store/cuts/tonight.ts";
import { getTenant } from "@/web/store/settings/tenants.ts";
import { assertBooksHold, createIsp, type Isp, liveUntil, offNow } from "./isp.ts";
import { credits, local, out, set } from "./outage_isp.ts";

const call = (isp: Isp) => [isp.context, isp.tenantId, isp.actor] as const;

function planned(from: string, to: string | null, more: Partial<OutageInput> = {}) {
  return {
    id: crypto.randomUUID(),
    from: local(from),
    to: to === null ? null : local(to),
    cause: "New batteries in the tower",
    kind: "scheduled" as const,
    scope: "company" as const,
    siteId: null,
    routerId: null,
    pppNames: [],
    ...more,
  };
}

Deno.test("a planned outage is announced ahead with the notice that was given, and moved with what is left of it", async () => {
  await using database = await createTestDatabase();
  const isp = await createIsp(database, { subscribers: 2 });
  await liveUntil(isp, "2026-02-05T12:00");
  const plan = planned("2026-02-08T13:00", "2026-02-08T17:00");
  assert.equal(assertOk(await recordOutage(...call(isp), plan)).noticeDays, 3);
  assert.equal(assertOk(await recordOutage(...call(isp), plan)).noticeDays, 3, "the same form sent twice");
  const past = planned("2026-02-05T09:00", "2026-02-05T11:00");
  assert.equal(assertOk(await recordOutage(...call(isp), past)).noticeDays, null, "it was not announced");
  const later = { ...plan, from: local("2026-02-20T13:00"), to: local("2026-02-20T17:00") };
  assertOk(await correctOutage(...call(isp), later));
  assertOk(await takeOutageBack(...call(isp), { id: plan.id, reason: "The batteries are late" }));
  const history = await isp.run((trx) => listOutageHistory(trx, plan.id));
  assert.deepEqual(
    history.map(({ summary, details }) => `${parseCoded(summary)?.code} ${details.from}`),
    [
      "audit_outage_announced 2026-02-08T05:00:00Z",
      "audit_outage_corrected 2026-02-20T05:00:00Z",
      "audit_outage_taken_back 2026-02-20T05:00:00Z",
    ],
    "every correction is a line more",
  );
  for (
    const [change, code] of [
      [{ kind: "fault" }, "outage_to_come"],
      [{ kind: "force_majeure" }, "outage_to_come"],
      [{ to: null }, "outage_plan_without_end"],
      [{ to: local("2026-02-08T12:00") }, "outage_ends_before"],
      [{ to: local("2026-02-15T13:01") }, "outage_plan_too_long"],
      [{ from: local("2027-02-08T13:00"), to: local("2027-02-08T17:00") }, "outage_plan_too_far"],
    ] as const
  ) {
    assertRefused(await recordOutage(...call(isp), { ...plan, id: crypto.randomUUID(), ...change }), code);
  }
});

Deno.test("nobody is cut while a planned outage has them down; the next day's run cuts them", async () => {
  await using database = await createTestDatabase();
  const isp = await createIsp(database, { subscribers: 4 });
  await liveUntil(isp, "2026-02-13T12:00");
  // The first router's: connections 0 and 2. The hour of cuts is 09:00.
  const site = { scope: "router" as const, routerId: isp.routerIds[0]! };
  assertOk(await recordOutage(...call(isp), planned("2026-02-14T08:00", "2026-02-14T12:00", site)));
  // Another ends before the hour of cuts, and one was called off.
  assertOk(await recordOutage(...call(isp), planned("2026-02-14T05:00", "2026-02-14T08:59")));
  const off = planned("2026-02-14T08:00", "2026-02-14T12:00");
  assertOk(await recordOutage(...call(isp), off));
  assertOk(await takeOutageBack(...call(isp), { id: off.id, reason: "Next month" }));
  const tonight = await isp.run(async (trx) =>
    await previewCut(trx, await getTenant(trx), Temporal.PlainDate.from("2026-02-14"), isp.clock.now())
  );
  assert.deepEqual([tonight.counts.cut, tonight.counts.not_due], [2, 2]);
  const [kept] = tonight.rows.filter((row) => row.decision === "not_due");
  assert.equal(parseCoded(kept!.reason)?.code, "row_outage");
  assert.equal(String(kept!.cutOn), "2026-02-15");
  await liveUntil(isp, "2026-02-14T12:00");
  assert.deepEqual(await offNow(isp), [1, 3]);
  await liveUntil(isp, "2026-02-15T12:00");
  assert.deepEqual(await offNow(isp), [0, 1, 2, 3]);
  await assertBooksHold(isp);
});

Deno.test("one that is announced after the list was made keeps whoever is on it; ended before its time, cuts go on", async () => {
  await using database = await createTestDatabase();
  const isp = await createIsp(database, { subscribers: 2 });
  await liveUntil(isp, "2026-02-14T08:30");
  const plan = planned("2026-02-14T08:45", "2026-02-15T10:00");
  assert.equal(assertOk(await recordOutage(...call(isp), plan)).noticeDays, 0);
  await liveUntil(isp, "2026-02-14T12:00");
  assert.deepEqual(await offNow(isp), []);
  assertOk(await endOutage(...call(isp), { id: plan.id, to: local("2026-02-14T11:00") }));
  assertRefused(
    await endOutage(...call(isp), { id: plan.id, to: local("2026-02-14T11:30") }),
    "outage_is_over",
  );
  await liveUntil(isp, "2026-02-15T12:00");
  assert.deepEqual(await offNow(isp), [0, 1]);
});

Deno.test("planned minutes are credited only where the company says so, and only those that were", async () => {
  await using database = await createTestDatabase();
  const isp = await createIsp(database, { subscribers: 1, start: "2026-04-01T00:00:00+08:00" });
  await set(isp, { outage_credit: "automatic" });
  await liveUntil(isp, "2026-04-05T12:00");
  const plan = planned("2026-04-10T06:00", "2026-04-12T06:00");
  assertOk(await recordOutage(...call(isp), plan));
  await liveUntil(isp, "2026-04-11T18:00");
  assertOk(await endOutage(...call(isp), { id: plan.id, to: local("2026-04-11T12:00") }));
  await liveUntil(isp, "2026-05-02T12:00");
  assert.deepEqual(await credits(isp, 0), []);
  await isp.run((trx) =>
    trx.updateTable("tenants").set({ credits_planned_outages: true }).where("id", "=", isp.tenantId).execute()
  );
  await liveUntil(isp, "2026-05-03T12:00");
  assert.deepEqual(await credits(isp, 0), ["04-01 part 1: 1800 min 4167"]);
  await assertBooksHold(isp);
});

Deno.test("a report has each connection's minutes: of one outage, and of days with what overlaps counted once", async () => {
  await using database = await createTestDatabase();
  const isp = await createIsp(database, { subscribers: 4 });
  await liveUntil(isp, "2026-02-12T12:00");
  const tower = { scope: "router" as const, routerId: isp.routerIds[0]! };
  const fault = await out(isp, "2026-02-10T08:10", "2026-02-10T15:40", tower);
  await out(isp, "2026-02-10T15:00", "2026-02-10T16:00", { kind: "scheduled" });
  await out(isp, "2026-02-11T10:00", null);
  const gone = await out(isp, "2026-02-09T10:00", "2026-02-09T20:00");
  assertOk(await takeOutageBack(...call(isp), { id: gone, reason: "Was elsewhere" }));
  assertOk(await recordOutage(...call(isp), planned("2026-02-20T13:00", "2026-02-20T17:00")));
  const read = async (filter: { outageId?: string; from?: string; to?: string }, limit = 50) => {
    const { from = "2026-02-10T00:00", to = "2026-02-11T00:00", outageId } = filter;
    const asked = { outageId, from: local(from), to: local(to) };
    const page = await isp.run((trx) => listOutageReport(trx, asked, { limit }));
    const totals = await isp.run((trx) => sumOutageReport(trx, asked));
    const lines = page.rows.map((row) =>
      `${
        isp.subscriptionIds.indexOf(row.subscription_id)
      }: ${row.outages}, ${row.minutes} = ${row.fault_minutes} + ${row.planned_minutes}`
    ).sort();
    return { lines, totals: `${totals.outages} ${totals.connections} ${totals.minutes}`, next: page.next };
  };
  const one = await read({ outageId: fault });
  assert.deepEqual(one.lines, ["0: 1, 450 = 450 + 0", "2: 1, 450 = 450 + 0"]);
  assert.equal(one.totals, "1 2 900");
  const day = await read({});
  assert.deepEqual(day.lines, [
    "0: 2, 470 = 450 + 60",
    "1: 1, 60 = 0 + 60",
    "2: 2, 470 = 450 + 60",
    "3: 1, 60 = 0 + 60",
  ]);
  assert.equal(day.totals, "2 4 1060");
  assert.ok((await read({}, 3)).next !== null, "page by page");
  // From ten in the morning, and what lasts up to the end that is asked for.
  assert.equal((await read({ from: "2026-02-10T15:50", to: "2026-02-11T12:00" })).totals, "2 4 520");
  assert.deepEqual((await read({ from: "2026-02-11T00:00", to: "2026-02-10T00:00" })).lines, []);
});
