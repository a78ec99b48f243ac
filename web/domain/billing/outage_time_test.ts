import assert from "node:assert/strict";
import { noticeDays, type OutageTime, refuseOutageTime } from "./outage_time.ts";
import { OUTAGE_DAYS_AHEAD_MAX, OUTAGE_DAYS_BACK_MAX, OUTAGE_PLANNED_HOURS_MAX } from "./limits.ts";

const now = Temporal.Instant.from("2026-05-10T04:00:00Z");
const at = (hours: number) => now.add({ milliseconds: Math.round(hours * 3_600_000) });
const moment = 1 / 3_600_000;

/** Why an outage is refused that begins and ends so many hours from now. */
function refused(kind: OutageTime["kind"], from: number, to: number | null): string | null {
  return refuseOutageTime({ kind, from: at(from), to: to === null ? null : at(to), now })?.code ?? null;
}

Deno.test("a fault has been or lasts: it neither begins now or later, nor ends later", () => {
  for (const kind of ["fault", "force_majeure"] as const) {
    assert.equal(refused(kind, -3, -1), null);
    assert.equal(refused(kind, -3, null), null, "it lasts");
    assert.equal(refused(kind, -3, 0), null, "it is over this moment");
    for (const [from, to] of [[0, null], [1, null], [1, 2], [-3, moment]] as const) {
      assert.equal(refused(kind, from, to), "outage_to_come", `${kind} ${from} to ${to}`);
    }
  }
});

Deno.test("what is planned may be to come, and then says when it ends", () => {
  assert.equal(refused("scheduled", 5, 8), null);
  assert.equal(refused("scheduled", -5, -2), null);
  assert.equal(refused("scheduled", -5, null), null, "it has begun");
  assert.equal(refused("scheduled", 0, null), null);
  assert.equal(refused("scheduled", moment, null), "outage_plan_without_end");
});

Deno.test("it ends behind its beginning", () => {
  assert.equal(refused("fault", -3, -3), "outage_ends_before");
  assert.equal(refused("fault", -3, -4), "outage_ends_before");
  assert.equal(refused("scheduled", 5, 5), "outage_ends_before");
  assert.equal(refused("fault", -3, -3 + moment), null);
});

Deno.test("neither too long ago, nor too far ahead, nor planned for too long", () => {
  const [back, ahead] = [24 * OUTAGE_DAYS_BACK_MAX, 24 * OUTAGE_DAYS_AHEAD_MAX];
  assert.equal(refused("fault", -back, -back + 1), null);
  assert.equal(refused("fault", -back - moment, -back + 1), "outage_too_old");
  assert.deepEqual(refuseOutageTime({ kind: "fault", from: at(-back - 1), to: null, now }), {
    code: "outage_too_old",
    first: at(-back),
  });
  assert.equal(refused("scheduled", ahead, ahead + 1), null);
  assert.equal(refused("scheduled", ahead + moment, ahead + 1), "outage_plan_too_far");
  assert.equal(refused("scheduled", 1, 1 + OUTAGE_PLANNED_HOURS_MAX), null);
  assert.equal(refused("scheduled", 1, 1 + OUTAGE_PLANNED_HOURS_MAX + moment), "outage_plan_too_long");
  const long = OUTAGE_PLANNED_HOURS_MAX + 1;
  assert.equal(refused("scheduled", -long - 1, -1), null, "it is over, however long it was");
  assert.equal(refused("scheduled", -long, 0), null);
  assert.equal(refused("scheduled", -long, moment), "outage_plan_too_long", "it goes on");
});

Deno.test("whole days of notice; none where nothing was announced", () => {
  const notice = (hours: number) => noticeDays({ from_at: now, announced_at: at(-hours) });
  assert.deepEqual([notice(24), notice(47.9), notice(48), notice(23.9), notice(240)], [1, 1, 2, 0, 10]);
  assert.equal(noticeDays({ from_at: now, announced_at: null }), null);
});
