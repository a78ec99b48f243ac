import assert from "node:assert/strict";
import { centavos } from "@/shared/money/mod.ts";
import {
  formatBalance,
  formatCount,
  formatDuration,
  formatInitials,
  formatInstant,
  formatPlural,
  formatRelative,
  formatRelativeDay,
} from "./format.ts";

const day = (text: string) => Temporal.PlainDate.from(text);
const at = (text: string) => Temporal.Instant.from(text);

Deno.test.each([
  [149900, "₱1,499.00"],
  [0, "₱0.00"],
  [-20000, "₱200.00 credit"],
])("formatBalance reads %s centavos as people say it", (amount, expected) => {
  assert.equal(formatBalance(centavos(amount as number)), expected);
});

Deno.test.each([[0, "0"], [999, "999"], [1024, "1,024"], [1234567, "1,234,567"], [-1024, "-1,024"]])(
  "formatCount groups %s by thousands",
  (count, expected) => {
    assert.equal(formatCount(count as number), expected);
  },
);

Deno.test("formatPlural uses the singular for one only", () => {
  assert.equal(formatPlural(1, "bill"), "1 bill");
  assert.equal(formatPlural(0, "bill"), "0 bills");
  assert.equal(formatPlural(1024n, "person", "people"), "1,024 people");
});

Deno.test.each([
  ["2026-11-23", "today"],
  ["2026-11-24", "tomorrow"],
  ["2026-11-22", "yesterday"],
  ["2026-11-26", "in 3 days"],
  ["2026-10-23", "31 days ago"],
])("formatRelativeDay of %s", (date, expected) => {
  assert.equal(formatRelativeDay(day(date as string), day("2026-11-23")), expected);
});

Deno.test.each([
  [0, "0 s"],
  [75_000, "75 s"],
  [180_000, "3 min"],
  [3_599_999, "1 h"],
  [7_500_000, "2 h 5 min"],
  [4 * 86_400_000, "4 days"],
])("formatDuration of %s ms", (milliseconds, expected) => {
  assert.equal(formatDuration(milliseconds as number), expected);
});

Deno.test("formatRelative speaks of past, present and future", () => {
  const now = at("2026-11-23T06:02:00Z");
  assert.equal(formatRelative(now.subtract({ seconds: 3 }), now), "just now");
  assert.equal(formatRelative(now.subtract({ minutes: 3 }), now), "3 min ago");
  assert.equal(formatRelative(now.add({ hours: 2 }), now), "in 2 h");
});

Deno.test("formatInstant uses the tenant's zone across midnight", () => {
  assert.equal(formatInstant(at("2026-11-25T18:30:00Z"), "Asia/Manila"), "Thu, 26 Nov 2026, 02:30");
});

Deno.test("formatInitials takes the first and the last name", () => {
  assert.equal(formatInitials("Ma. Theresa Villanueva"), "MV");
  assert.equal(formatInitials("liza"), "L");
  assert.equal(formatInitials("  "), "?");
});
