import assert from "node:assert/strict";
import { cutWindowEnd, whenToCut } from "./mod.ts";

const at = (text: string) => Temporal.PlainTime.from(text);

Deno.test.each(
  [
    ["with its run", 0.01, true, "09:00", "now"],
    ["approved in the evening", 0.5, true, "20:30", "now"],
    ["the router is back two hours later", 2, true, "11:00", "now"],
    ["the router is back in the evening", 11, true, "20:00", "wait"],
    ["in the night after", 15, false, "00:05", "wait"],
    ["an hour ago by the watch, but the day is another one", 1, false, "00:05", "wait"],
    ["the next morning, before the hour", 23.9, false, "08:59", "wait"],
    ["the next morning", 24, false, "09:00", "again"],
    ["the next noon", 26.9, false, "11:59", "again"],
    ["the next afternoon", 27, false, "12:00", "wait"],
    ["weeks later, at the hour", 500, false, "10:00", "again"],
  ] as const,
)("a cut that waits for its router: %s", (_name, ageHours, isOfToday, time, when) => {
  assert.equal(whenToCut({ ageHours, isOfToday, time: at(time), cutTime: at("09:00") }), when);
});

Deno.test("a window that begins late in the day ends with it", () => {
  const cutTime = at("23:00");
  assert.equal(cutWindowEnd(cutTime).toString(), "00:00:00");
  assert.equal(cutWindowEnd(at("09:00")).toString(), "12:00:00");
  assert.equal(whenToCut({ ageHours: 30, isOfToday: false, time: at("23:59"), cutTime }), "again");
  assert.equal(whenToCut({ ageHours: 30, isOfToday: false, time: at("00:30"), cutTime }), "wait");
});
