import assert from "node:assert/strict";
import { centavos, ZERO } from "@/shared/money/mod.ts";
import {
  type BillingSettings,
  brandColour,
  changedSettings,
  checklist,
  contrast,
  describeEffects,
  describeSettings,
  exampleFirstBill,
  findImpossible,
  nextSetupStep,
  parseColour,
  PRESET_NAMES,
  presetOf,
  readLogo,
  type SettingsFacts,
  settingsTimeline,
  setupStates,
  withPreset,
} from "./mod.ts";

const day = Temporal.PlainDate.from;
const TODAY = day("2026-11-23");

/** The defaults of a new tenant. */
const SETTINGS: BillingSettings = {
  cycleAnchor: "fixed",
  cycleDay: 1,
  timing: "arrears",
  leadDays: 0,
  termsDays: 7,
  graceDays: 5,
  minNoticeDays: 3,
  lateTermsDays: 0,
  cutTime: "09:00",
  blackoutWeekdays: [],
  blackoutDates: [],
  minBalanceCentavos: centavos(100),
  disputeDays: 30,
  brakePercent: 20,
  brakeMultiple: 3,
  endCredit: "credit",
  suspendedPolicy: "charge",
  stopAfterUnpaidBills: 2,
  firstBill: "prorate",
  mergeStubLtDays: 0,
  proration: "actual",
  lateFeeKind: "none",
  lateFeeCentavos: ZERO,
  lateFeeBp: 0,
  lateAfterDays: 5,
  reconnectionFeeCentavos: ZERO,
};

const FACTS: SettingsFacts = {
  connections: 312,
  anchors: [{ day: 5, connections: 300 }, { day: 17, connections: 12 }],
  timings: { arrears: 312, advance: 0 },
  unbilled: 8,
  openBills: 45,
  cutDays: [{ on: day("2026-11-29"), bills: 40 }, { on: day("2026-11-30"), bills: 5 }],
  lateFeeBills: 9,
  unpaid: [{ bills: 1, connections: 30 }, { bills: 2, connections: 4 }, { bills: 3, connections: 1 }],
  tonight: {
    on: TODAY,
    isToday: true,
    cutsBefore: 17,
    cutsAfter: 17,
    added: 0,
    removed: 0,
    active: 312,
    brakeBefore: { trips: false, reason: "" },
    brakeAfter: { trips: false, reason: "" },
    time: Temporal.PlainTime.from("08:00"),
    listed: 17,
  },
};

function effectsOf(change: Partial<BillingSettings>, facts: Partial<SettingsFacts> = {}) {
  return describeEffects(SETTINGS, { ...SETTINGS, ...change }, { ...FACTS, ...facts })
    .map(({ key, values, tone }) => ({ key: key.replace("settings.effect_", ""), tone, ...values }));
}

Deno.test("the first preset is what its name says: made on the 1st, due on the 15th, 5 days of grace", () => {
  const line = settingsTimeline(withPreset(SETTINGS, "monthly"), TODAY);
  assert.ok(line !== null);
  assert.deepEqual(
    [line.periodStart, line.issueOn, line.dueOn, line.graceEndsOn, line.cutOn].map(String),
    ["2026-11-01", "2026-12-01", "2026-12-15", "2026-12-20", "2026-12-21"],
  );
});

Deno.test("paying in advance is billed before its month and due when it begins; the cut never comes before it", () => {
  const line = settingsTimeline(withPreset(SETTINGS, "advance"), TODAY);
  assert.ok(line !== null);
  assert.deepEqual(
    [line.issueOn, line.periodStart, line.dueOn, line.cutOn].map(String),
    ["2026-12-10", "2026-12-17", "2026-12-17", "2026-12-18"],
  );
});

Deno.test("a cut that falls on blackout days waits for the next day that is free, and the picture says how long", () => {
  // 2026-12-14 is a Monday: due 8 Dec, grace through 13 Dec.
  const line = settingsTimeline({
    ...SETTINGS,
    blackoutWeekdays: [1],
    blackoutDates: [day("2026-12-15")],
  }, TODAY);
  assert.equal(line?.cutOn.toString(), "2026-12-16");
  assert.equal(line?.movedDays, 2);
});

Deno.test("settings that leave no day to cut on have no picture, and cannot be saved", () => {
  const never = { ...SETTINGS, blackoutWeekdays: [1, 2, 3, 4, 5, 6, 7] };
  assert.equal(settingsTimeline(never, TODAY), null);
  assert.deepEqual(findImpossible(never).map(({ setting }) => setting), ["blackoutWeekdays"]);
});

Deno.test("the first bill of the example is the one that the bill run would make", () => {
  const bill = exampleFirstBill(SETTINGS, TODAY);
  assert.equal(bill.activatedOn.toString(), "2026-11-12");
  assert.equal(bill.totalCentavos, 63333n);
  assert.equal(bill.issueOn.toString(), "2026-12-01");
  assert.equal(exampleFirstBill({ ...SETTINGS, firstBill: "full" }, TODAY).totalCentavos, 100000n);
  assert.equal(exampleFirstBill({ ...SETTINGS, firstBill: "free" }, TODAY).issueOn.toString(), "2027-01-01");
});

Deno.test("each preset is recognised again, can be saved, and leaves the settings that it does not name", () => {
  const own = { ...SETTINGS, cutTime: "10:00", brakePercent: 33 };
  for (const name of PRESET_NAMES) {
    const settings = withPreset(own, name);
    assert.equal(presetOf(settings), name);
    assert.deepEqual(findImpossible(settings), []);
    assert.equal(settings.cutTime, "10:00");
    assert.equal(settings.brakePercent, 33);
  }
  assert.equal(presetOf({ ...own, graceDays: 4 }), null);
});

Deno.test("what cannot be is refused beside its setting", () => {
  const cases: [Partial<BillingSettings>, keyof BillingSettings][] = [
    [{ cycleDay: 0 }, "cycleDay"],
    [{ cycleDay: NaN }, "cycleDay"],
    [{ termsDays: 91 }, "termsDays"],
    [{ graceDays: 1.5 }, "graceDays"],
    [{ brakePercent: 0 }, "brakePercent"],
    [{ brakeMultiple: 1 }, "brakeMultiple"],
    [{ cutTime: "00:05" }, "cutTime"],
    [{ cutTime: "24:00" }, "cutTime"],
    [{ cutTime: "9:00" }, "cutTime"],
    [{ minBalanceCentavos: centavos(0) }, "minBalanceCentavos"],
    [{ lateFeeKind: "flat" }, "lateFeeCentavos"],
    [{ lateFeeKind: "flat", lateFeeCentavos: centavos(1_000_001) }, "lateFeeCentavos"],
    [{ lateFeeKind: "percent" }, "lateFeeBp"],
    [{ lateFeeKind: "percent", lateFeeBp: 10_001 }, "lateFeeBp"],
    [{ lateAfterDays: 91 }, "lateAfterDays"],
    [{ reconnectionFeeCentavos: centavos(-1) }, "reconnectionFeeCentavos"],
    [{ leadDays: 3 }, "leadDays"],
    [{ timing: "advance", leadDays: 20 }, "leadDays"],
    [{ firstBill: "stub_plus_full" }, "firstBill"],
    [{ firstBill: "merge_stub_lt" }, "mergeStubLtDays"],
    [{ timing: "advance", firstBill: "merge_stub_lt", mergeStubLtDays: 5 }, "firstBill"],
    [{ blackoutDates: Array.from({ length: 61 }, (_, i) => TODAY.add({ days: i })) }, "blackoutDates"],
  ];
  for (const [change, setting] of cases) {
    assert.deepEqual(
      findImpossible({ ...SETTINGS, ...change }).map((problem) => problem.setting),
      [setting],
      Object.keys(change).join(),
    );
  }
  assert.deepEqual(findImpossible(SETTINGS), []);
});

Deno.test("every setting is said: changing one changes a sentence", () => {
  const said = (settings: BillingSettings) => JSON.stringify(describeSettings(settings));
  const changes: Partial<BillingSettings>[] = [
    { cycleAnchor: "anniversary" },
    { cycleDay: 31 },
    { timing: "advance" },
    { termsDays: 8 },
    { graceDays: 0 },
    { minNoticeDays: 4 },
    { lateTermsDays: 10 },
    { disputeDays: 14 },
    { cutTime: "10:00" },
    { blackoutWeekdays: [7] },
    { blackoutDates: [TODAY] },
    { minBalanceCentavos: centavos(101) },
    { brakePercent: 21 },
    { brakeMultiple: 4 },
    { endCredit: "no_credit" },
    { suspendedPolicy: "skip" },
    { stopAfterUnpaidBills: 0 },
    { firstBill: "full" },
    { proration: "days30" },
    { reconnectionFeeCentavos: centavos(10000) },
  ];
  for (const change of changes) {
    assert.notEqual(said({ ...SETTINGS, ...change }), said(SETTINGS), Object.keys(change).join());
    assert.deepEqual(changedSettings(SETTINGS, { ...SETTINGS, ...change }), Object.keys(change));
  }
  const advance: BillingSettings = { ...SETTINGS, timing: "advance" };
  assert.notEqual(said({ ...advance, leadDays: 3 }), said(advance));
  const flat: BillingSettings = { ...SETTINGS, lateFeeKind: "flat", lateFeeCentavos: centavos(5000) };
  const percent: BillingSettings = { ...SETTINGS, lateFeeKind: "percent", lateFeeBp: 500 };
  const all = [SETTINGS, flat, percent, { ...flat, lateAfterDays: 6 }, { ...percent, lateFeeBp: 550 }];
  assert.equal(new Set(all.map(said)).size, all.length);
});

Deno.test("a new cut hour says whom it is for; one that has passed says that it cuts at once", () => {
  assert.deepEqual(effectsOf({ cutTime: "10:00" }), [
    { key: "cut_hour", tone: "info", before: "09:00", after: "10:00", count: 17 },
  ]);
  const late = { ...FACTS.tonight, time: Temporal.PlainTime.from("08:30") };
  assert.deepEqual(effectsOf({ cutTime: "08:00" }, { tonight: late }).map(({ key, tone }) => [key, tone]), [
    ["cut_hour_now", "warn"],
  ]);
  const over = { ...FACTS.tonight, isToday: false };
  assert.deepEqual(effectsOf({ cutTime: "08:00" }, { tonight: over }).map(({ key }) => key), [
    "cut_hour_done",
  ]);
});

Deno.test("a new cycle day is for new connections; each group of the others keeps its own", () => {
  assert.deepEqual(effectsOf({ cycleDay: 15 }), [
    { key: "cycle_new", tone: "info" },
    { key: "cycle_keep", tone: "info", count: 300, day: 5 },
    { key: "cycle_keep", tone: "info", count: 12, day: 17 },
  ]);
});

Deno.test("blackout days say how many cut dates of open bills they move", () => {
  const [moved] = effectsOf({ blackoutWeekdays: [7] });
  assert.deepEqual(moved, { key: "moved", tone: "info", count: 40, from: "29 Nov", to: "30 Nov" });
});

Deno.test("grace and terms never touch bills that are out", () => {
  assert.deepEqual(effectsOf({ graceDays: 9, termsDays: 14 }), [
    { key: "terms", tone: "info", count: 312, bills: 45 },
    { key: "grace", tone: "info", bills: 45, days: 5 },
  ]);
});

Deno.test("stopping bills says how many connections have that many unpaid ones", () => {
  assert.deepEqual(effectsOf({ stopAfterUnpaidBills: 3 }), [{
    key: "stop",
    tone: "info",
    count: 1,
    bills: 3,
  }]);
});

Deno.test("settings that are the same have no effect", () => {
  assert.deepEqual(effectsOf({}), []);
});

Deno.test("text on a brand colour is white or ink, whichever reads better; some colours have neither", () => {
  assert.equal(contrast("#ffffff", "#000000").toFixed(1), "21.0");
  assert.deepEqual(
    [brandColour("#0b3d2e").onColour, brandColour("#ffd200").onColour],
    ["#ffffff", "#15202b"],
  );
  const grey = brandColour("#818181");
  assert.equal(grey.isReadable, grey.contrast >= 4.5);
  assert.equal(brandColour("#7f7f7f").isReadable, false);
  assert.equal(parseColour(" 0E8A6B "), "#0e8a6b");
  for (const bad of ["", "red", "#12345", "#1234567", "#12345g", "url(x)", "#fff"]) {
    assert.equal(parseColour(bad), null, bad);
  }
});

Deno.test("a logo is what its bytes say: PNG and JPEG up to a size, never SVG or HTML", () => {
  const code = (bytes: Uint8Array<ArrayBuffer>) => {
    const result = readLogo(bytes);
    return result.ok ? result.value.type : result.code;
  };
  const text = (value: string) => new TextEncoder().encode(value);
  assert.equal(code(png(600, 200)), "png");
  assert.equal(code(jpeg(600, 200)), "jpeg");
  assert.equal(code(png(5000, 200)), "logo_dimensions");
  assert.equal(code(png(0, 200)), "logo_dimensions");
  assert.equal(code(jpeg(600, 5000)), "logo_dimensions");
  assert.equal(code(text('<svg xmlns="http://www.w3.org/2000/svg"><script>1</script></svg>')), "logo_is_svg");
  assert.equal(code(text('<?xml version="1.0"?><svg/>')), "logo_is_svg");
  assert.equal(code(text("<!doctype html><script>alert(1)</script>")), "logo_not_picture");
  assert.equal(code(new Uint8Array([0xff, 0xd8, 0xff])), "logo_not_picture");
  assert.equal(code(new Uint8Array(131_073)), "logo_too_large");
});

Deno.test("a step is done by its work wherever it was done, skipped by a person, else to do", () => {
  const facts = {
    isCompanySaved: true,
    isBillingSaved: false,
    sites: 1,
    agents: 1,
    routers: 0,
    subscribers: 0,
    hasBill: false,
    hasMailServer: false,
  };
  const states = setupStates({ billing: "skipped" }, facts);
  assert.deepEqual(states, { company: "done", billing: "skipped", router: "todo", import: "todo" });
  assert.equal(nextSetupStep(states), "router");
  const all = {
    ...facts,
    isBillingSaved: true,
    routers: 1,
    subscribers: 1,
    hasBill: true,
    hasMailServer: true,
  };
  assert.equal(nextSetupStep(setupStates({}, all)), null);
  assert.ok(checklist(all).every((line) => line.isDone));
  // Skipped is not done: the checklist still offers it.
  assert.equal(checklist(facts).find((line) => line.item === "billing")?.isDone, false);
});

function png(width: number, height: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(64);
  bytes.set([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13, 0x49, 0x48, 0x44, 0x52]);
  const view = new DataView(bytes.buffer);
  view.setUint32(16, width);
  view.setUint32(20, height);
  return bytes;
}

function jpeg(width: number, height: number): Uint8Array<ArrayBuffer> {
  const word = (value: number) => [value >> 8, value & 255];
  const comment = [0xff, 0xfe, 0, 4, 1, 2];
  return new Uint8Array([
    ...[0xff, 0xd8],
    ...comment,
    ...[0xff, 0xc0, 0, 17, 8],
    ...word(height),
    ...word(width),
    ...new Array(20).fill(0),
  ]);
}

Deno.test("the example says from which day and by how much an unpaid bill costs more", () => {
  const feeOf = (change: Partial<BillingSettings>) => {
    const line = settingsTimeline({ ...SETTINGS, ...change }, TODAY);
    return line?.lateFee && `${line.dueOn} ${line.lateFee.costsFromOn} ${line.lateFee.amountCentavos}`;
  };
  assert.equal(feeOf({}), null);
  assert.equal(feeOf({ lateFeeKind: "percent", lateFeeBp: 500 }), "2026-12-08 2026-12-14 5000");
  const flat = { lateFeeKind: "flat", lateFeeCentavos: centavos(7500), lateAfterDays: 0 } as const;
  assert.equal(feeOf(flat), "2026-12-08 2026-12-09 7500");
});

Deno.test("a change of fees says what becomes of the bills that are out", () => {
  const on = { lateFeeKind: "flat", lateFeeCentavos: centavos(5000) } as const;
  assert.deepEqual(effectsOf(on), [{ key: "late_fee", tone: "info", count: 312, bills: 9 }]);
  const off = describeEffects({ ...SETTINGS, ...on }, SETTINGS, FACTS).map(({ key }) => key);
  assert.deepEqual(off, ["settings.effect_late_fee_off"]);
  const fee = { reconnectionFeeCentavos: centavos(10000) };
  assert.deepEqual(effectsOf(fee), [{ key: "reconnection_fee", tone: "info", amount: "₱100.00" }]);
});
