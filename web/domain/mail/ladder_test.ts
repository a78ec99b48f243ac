import assert from "node:assert/strict";
import fc from "fast-check";
import { DEFAULT_REMINDERS, ladderOf, noticeDates, quietUntil, remindersOn } from "./ladder.ts";

const day = Temporal.PlainDate.from;
const compare = Temporal.PlainDate.compare;

const BILL = { issueOn: day("2026-02-20"), dueOn: day("2026-03-01"), cutOn: day("2026-03-07") };

Deno.test("one bill, from three days before it is due to the day on which the service is back", () => {
  const steps = ladderOf(DEFAULT_REMINDERS, BILL);
  assert.deepEqual(steps.map(({ occasion, on, days }) => [occasion, on?.toString() ?? null, days]), [
    ["reminder", "2026-02-26", 3],
    ["reminder", "2026-03-01", 0],
    ["cut_notice", "2026-03-06", 1],
    ["cut", "2026-03-07", 0],
    ["restored", null, 0],
  ]);
  const silent = { ...DEFAULT_REMINDERS, silentOccasions: ["reminder", "restored"] as const };
  const left = ladderOf(silent, BILL);
  assert.deepEqual(left.map(({ occasion }) => occasion), ["cut_notice", "cut"]);
});

Deno.test("a bill that was mailed today is not reminded of today", () => {
  const steps = ladderOf(DEFAULT_REMINDERS, { ...BILL, issueOn: day("2026-02-26") });
  assert.deepEqual(steps.filter(({ occasion }) => occasion === "reminder").map(({ days }) => days), [0]);
});

const anyDay = fc.integer({ min: 0, max: 1500 }).map((days) => day("2024-01-01").add({ days }));
const anyDays = (min: number, max: number) => fc.array(fc.integer({ min, max }), { maxLength: 5 });

Deno.test("nothing reminds after the due date, and each due date is reminded of once a step (mail-14, mail-17)", () => {
  fc.assert(fc.property(anyDays(0, 30), anyDay, (beforeDueDays, dueOn) => {
    const seen: number[] = [];
    for (let today = dueOn.subtract({ days: 40 }); compare(today, dueOn.add({ days: 40 })) < 0;) {
      const own = remindersOn({ beforeDueDays }, today).filter((one) => one.dueOn.equals(dueOn));
      for (const { days } of own) {
        assert.ok(compare(today, dueOn) <= 0);
        assert.ok(today.add({ days }).equals(dueOn));
        seen.push(days);
      }
      today = today.add({ days: 1 });
    }
    assert.deepEqual(seen, [...new Set(beforeDueDays)].sort((a, b) => b - a));
  }));
});

Deno.test("notice of a cut is given before it, not before its debt is due, and on no day twice", () => {
  const anyGrace = fc.integer({ min: 0, max: 20 });
  fc.assert(fc.property(anyDays(1, 7), anyDay, anyGrace, (beforeCutDays, dueOn, grace) => {
    const cutOn = dueOn.add({ days: grace + 1 });
    const dates = noticeDates({ beforeCutDays }, { cutOn, dueOn });
    assert.equal(new Set(dates.map(String)).size, dates.length);
    assert.equal(dates.length > 0, beforeCutDays.length > 0, "whoever is to be told is told");
    for (const date of dates) assert.ok(compare(date, cutOn) < 0 && compare(date, dueOn) >= 0);
  }));
});

Deno.test("days that were paid up front are told of before they end", () => {
  const dates = noticeDates({ beforeCutDays: [3, 1] }, { cutOn: day("2026-03-02"), dueOn: null });
  assert.deepEqual(dates.map(String), ["2026-02-27", "2026-03-01"]);
});

Deno.test.each(
  [
    ["19:59", null],
    ["20:00", "2026-03-02T00:00:00Z"],
    ["23:59", "2026-03-02T00:00:00Z"],
    ["00:05", "2026-03-01T00:00:00Z"],
    ["07:59", "2026-03-01T00:00:00Z"],
    ["08:00", null],
  ] as const,
)("quiet from 20:00 to 08:00: at %s", (text, until) => {
  assert.equal(quietUntil(DEFAULT_REMINDERS.quiet, moment(text))?.toString() ?? null, until);
});

Deno.test("quiet hours may lie within a day, be none, or end in an hour that the clock skips", () => {
  const noon = { from: Temporal.PlainTime.from("12:00"), until: Temporal.PlainTime.from("14:00") };
  assert.equal(quietUntil(noon, moment("13:00"))?.toString(), "2026-03-01T06:00:00Z");
  assert.equal(quietUntil(noon, moment("14:00")), null);
  assert.equal(quietUntil(null, moment("03:00")), null);
  const skipped = { from: Temporal.PlainTime.from("22:00"), until: Temporal.PlainTime.from("02:30") };
  const night = Temporal.ZonedDateTime.from("2026-03-28T23:00[Europe/Berlin]");
  assert.equal(
    quietUntil(skipped, {
      instant: night.toInstant(),
      today: night.toPlainDate(),
      time: night.toPlainTime(),
      zone: night.timeZoneId,
    })?.toString(),
    "2026-03-29T01:30:00Z",
  );
});

function moment(text: string) {
  const local = Temporal.ZonedDateTime.from(`2026-03-01T${text}[Asia/Manila]`);
  return {
    instant: local.toInstant(),
    today: local.toPlainDate(),
    time: local.toPlainTime(),
    zone: local.timeZoneId,
  };
}
