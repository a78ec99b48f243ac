import assert from "node:assert/strict";
import { type CutHour, cutsGoOnOn, momentOfCut } from "./planned_outage.ts";

const hour: CutHour = {
  today: Temporal.PlainDate.from("2026-05-10"),
  cutTime: Temporal.PlainTime.from("09:00"),
  zone: "Asia/Manila",
};
const manila = (text: string) => Temporal.Instant.from(`${text}+08:00`);

Deno.test("a cut is made at its hour, or now where that is later", () => {
  assert.ok(momentOfCut(hour, manila("2026-05-10T08:59:59")).equals(manila("2026-05-10T09:00")));
  assert.ok(momentOfCut(hour, manila("2026-05-10T09:00")).equals(manila("2026-05-10T09:00")));
  assert.ok(momentOfCut(hour, manila("2026-05-10T11:30")).equals(manila("2026-05-10T11:30")));
});

Deno.test("cuts go on at the first hour of cuts that comes when the planned outage is over, not before tomorrow", () => {
  const on = (until: string) => cutsGoOnOn(manila(until), hour).toString();
  assert.equal(on("2026-05-10T12:00"), "2026-05-11");
  assert.equal(on("2026-05-10T08:00"), "2026-05-11", "today's hour has its own run");
  assert.equal(on("2026-05-11T08:59"), "2026-05-11");
  assert.equal(on("2026-05-11T09:00"), "2026-05-11");
  assert.equal(on("2026-05-11T09:00:01"), "2026-05-12");
  assert.equal(on("2026-05-13T08:00"), "2026-05-13");
  assert.equal(on("2026-05-13T10:00"), "2026-05-14");
});
