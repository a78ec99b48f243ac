import assert from "node:assert/strict";
import fc from "fast-check";
import { centavos } from "@/shared/money/mod.ts";
import { type BillingSettings, brandColour, contrast, findImpossible, settingsTimeline } from "./mod.ts";

const date = fc.integer({ min: 0, max: 2000 }).map((days) =>
  Temporal.PlainDate.from("2026-01-01").add({ days })
);
const whole = (min: number, max: number) => fc.integer({ min, max });

const anySettings: fc.Arbitrary<BillingSettings> = fc.record({
  cycleAnchor: fc.constantFrom("fixed", "anniversary"),
  cycleDay: whole(1, 31),
  timing: fc.constantFrom("arrears", "advance"),
  leadDays: whole(0, 28),
  termsDays: whole(0, 90),
  graceDays: whole(0, 90),
  minNoticeDays: whole(0, 30),
  lateTermsDays: fc.constantFrom(0, 10, 20),
  cutTime: fc.constantFrom("00:30", "09:00", "23:59"),
  blackoutWeekdays: fc.uniqueArray(whole(1, 7), { maxLength: 7 }),
  blackoutDates: fc.array(date, { maxLength: 10 }),
  minBalanceCentavos: whole(1, 100_000).map(centavos),
  disputeDays: whole(1, 180),
  brakePercent: whole(1, 100),
  brakeMultiple: whole(2, 100),
  endCredit: fc.constantFrom("credit", "no_credit"),
  suspendedPolicy: fc.constantFrom("charge", "skip"),
  stopAfterUnpaidBills: whole(0, 24),
  firstBill: fc.constantFrom("prorate", "full", "free", "merge_stub_lt", "stub_plus_full"),
  mergeStubLtDays: whole(0, 28),
  proration: fc.constantFrom("actual", "days30"),
  lateFeeKind: fc.constantFrom("none", "flat", "percent"),
  lateFeeCentavos: whole(0, 100_000).map(centavos),
  lateFeeBp: whole(0, 10_000),
  lateAfterDays: whole(0, 90),
  reconnectionFeeCentavos: whole(0, 100_000).map(centavos),
});

Deno.test("whatever can be saved has a picture whose steps keep their order and their numbers apart, inside it", () => {
  fc.assert(fc.property(anySettings, date, (settings, today) => {
    const line = settingsTimeline(settings, today);
    if (findImpossible(settings).length > 0) return;
    assert.ok(line !== null);
    const { compare } = Temporal.PlainDate;
    assert.ok(compare(line.periodStart, line.periodEnd) < 0);
    assert.ok(compare(line.issueOn, line.dueOn) <= 0);
    assert.ok(compare(line.dueOn, line.graceEndsOn) <= 0);
    assert.ok(compare(line.graceEndsOn, line.cutOn) < 0);
    assert.ok(settings.timing === "advance" || compare(line.issueOn, line.periodEnd) === 0);
    // Nobody loses a period that has not begun.
    assert.ok(compare(line.cutOn, line.periodStart) > 0);
    assert.ok(!settings.blackoutWeekdays.includes(line.cutOn.dayOfWeek));
    assert.ok(!settings.blackoutDates.some((blackout) => blackout.equals(line.cutOn)));
    const labels = line.points.map((point) => point.label).sort((a, b) => a - b);
    for (const [at, label] of labels.entries()) {
      assert.ok(label >= 4 && label <= 96, `${label}`);
      assert.ok(at === 0 || label - (labels[at - 1] ?? 0) >= 8.9, `${labels}`);
    }
    for (const place of line.points.map((point) => point.at)) assert.ok(place >= 0 && place <= 100);
  }));
});

Deno.test("text on a readable brand colour has the contrast that the page promises", () => {
  fc.assert(fc.property(fc.integer({ min: 0, max: 0xffffff }), (value) => {
    const colour = `#${value.toString(16).padStart(6, "0")}`;
    const brand = brandColour(colour);
    assert.equal(brand.isReadable, contrast(colour, brand.onColour) >= 4.5);
    assert.ok(brand.contrast >= 1 && brand.contrast <= 21.01);
  }));
});
