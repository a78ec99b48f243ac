import assert from "node:assert/strict";
import fc from "fast-check";
import { assertOk, assertRefused } from "@/tests/support/expect.ts";
import {
  boundariesAfter,
  boundaryOf,
  earlier,
  formatDate,
  formatDateShort,
  formatDayMonth,
  formatPeriod,
  formatWeekday,
  isBefore,
  later,
  localDate,
  localTime,
  nextBoundaryAfter,
  parseDate,
  periodContaining,
} from "./mod.ts";

const day = Temporal.PlainDate.from;
const anyAnchor = fc.integer({ min: 1, max: 31 });
const anyDate = fc.integer({ min: 0, max: 365 * 60 }).map((days) => day("2000-01-01").add({ days }));

Deno.test("boundariesAfter returns to the anchor after short months", () => {
  const table: [string, number, string[]][] = [
    ["2026-01-31", 31, ["2026-02-28", "2026-03-31", "2026-04-30", "2026-05-31"]],
    ["2027-12-30", 30, ["2028-01-30", "2028-02-29", "2028-03-30"]],
    ["2026-11-20", 15, ["2026-12-15", "2027-01-15"]],
    ["2026-02-28", 31, ["2026-03-31"]],
    ["2026-02-28", 29, ["2026-03-29"]],
    ["2026-02-27", 29, ["2026-02-28"]],
  ];
  for (const [start, anchor, expected] of table) {
    assert.deepEqual(boundariesAfter(day(start), anchor, expected.length).map(String), expected);
  }
  assert.deepEqual(boundariesAfter(day("2026-01-01"), 1, 0), []);
});

Deno.test("boundaryOf refuses an anchor or a month that no calendar has", () => {
  for (const anchor of [0, 32, 1.5, NaN]) {
    assert.throws(() => boundaryOf(2026, 1, anchor), /Cannot compute boundary/);
  }
  assert.throws(() => boundaryOf(2026, 13, 1), RangeError);
});

Deno.test("every day lies in exactly one period, which ends at the next boundary", () => {
  fc.assert(fc.property(anyDate, anyAnchor, (date, anchor) => {
    const { start, end } = periodContaining(date, anchor);
    assert.ok(Temporal.PlainDate.compare(start, date) <= 0 && Temporal.PlainDate.compare(date, end) < 0);
    assert.ok(nextBoundaryAfter(start, anchor).equals(end));
    const length = start.until(end).days;
    assert.ok(length >= 28 && length <= 31, `${start} to ${end}`);
  }));
});

Deno.test("localDate turns at midnight of the tenant, not of UTC", () => {
  assert.equal(
    localDate(Temporal.Instant.from("2026-02-28T16:00:00Z"), "Asia/Manila").toString(),
    "2026-03-01",
  );
  assert.equal(
    localDate(Temporal.Instant.from("2026-02-28T15:59:59Z"), "Asia/Manila").toString(),
    "2026-02-28",
  );
  assert.equal(
    localTime(Temporal.Instant.from("2026-03-14T01:00:00Z"), "Asia/Manila").toString(),
    "09:00:00",
  );
});

Deno.test("dates are written the same way everywhere", () => {
  assert.equal(formatDate(day("2026-11-26")), "Thu, 26 Nov 2026");
  assert.equal(formatDate(day("2026-03-01")), "Sun, 1 Mar 2026");
  assert.equal(formatDateShort(day("2026-11-26")), "26 Nov 2026");
  assert.equal(formatDayMonth(day("2026-03-08")), "8 Mar");
});

Deno.test("a Filipino page has the names of Intl in our order", () => {
  assert.equal(formatDate(day("2026-11-26"), "fil"), "Huw, 26 Nob 2026");
  assert.equal(formatPeriod(day("2026-12-15"), day("2027-01-15"), "fil"), "15 Dis 2026 – 14 Ene 2027");
  const part = (options: Intl.DateTimeFormatOptions, date: Temporal.PlainDate) =>
    new Intl.DateTimeFormat("fil", { ...options, timeZone: "UTC" }).format(new Date(`${date}T12:00:00Z`));
  for (let add = 0; add < 366; add += 5) {
    const date = day("2026-01-01").add({ days: add });
    assert.equal(formatWeekday(date, "fil"), part({ weekday: "short" }, date));
    assert.equal(formatDayMonth(date, "fil"), `${date.day} ${part({ month: "short" }, date)}`);
  }
});

Deno.test("formatPeriod names the first and the last day of a half-open period", () => {
  const table: [string, string, string][] = [
    ["2026-11-01", "2026-12-01", "1–30 Nov 2026"],
    ["2026-11-15", "2026-12-15", "15 Nov – 14 Dec 2026"],
    ["2026-12-15", "2027-01-15", "15 Dec 2026 – 14 Jan 2027"],
    ["2026-12-31", "2027-01-01", "31 Dec 2026"],
  ];
  for (const [start, end, text] of table) assert.equal(formatPeriod(day(start), day(end)), text);
});

Deno.test("parseDate refuses a day that the month does not have", () => {
  assert.match(assertRefused(parseDate("2026-02-31"), "date_does_not_exist"), /Feb 2026 has 28 days/);
  assertRefused(parseDate("2026-13-01"), "month_does_not_exist");
  assertRefused(parseDate("2026-00-10"), "month_does_not_exist");
  assertRefused(parseDate("2026-04-00"), "date_does_not_exist");
  assertRefused(parseDate("31/02/2026"), "date_not_understood");
  assertRefused(parseDate(" "), "date_missing");
});

Deno.test("parseDate reads back every date that is sent to a form", () => {
  fc.assert(fc.property(anyDate, (date) => assert.ok(assertOk(parseDate(date.toString())).equals(date))));
});

Deno.test("of two days one is before the other, or they are the same", () => {
  const [first, last] = [Temporal.PlainDate.from("2026-02-28"), Temporal.PlainDate.from("2026-03-01")];
  assert.deepEqual([isBefore(first, last), isBefore(last, first), isBefore(first, first)], [
    true,
    false,
    false,
  ]);
  assert.deepEqual([earlier(first, last), earlier(last, first)], [first, first]);
  assert.deepEqual([later(first, last), later(last, first)], [last, last]);
});
