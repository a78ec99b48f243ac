import { ENGLISH_WORDS } from "@/web/messages/mod.ts";
import { storedText } from "@/web/messages/coded_text.ts";
import assert from "node:assert/strict";
import fc from "fast-check";
import { centavos } from "@/shared/money/mod.ts";
import { type CutRowInput, decideBrake, decideCut, decideRow, isRestored, pastGraceCentavos } from "./mod.ts";

const day = Temporal.PlainDate.from;

function bill(pesos: number, dueOn = "2026-03-08", graceDays = 5) {
  return { balanceCentavos: centavos(pesos * 100), dueOn: day(dueOn), graceDays };
}

const BASE: CutRowInput = {
  bills: [bill(1499)],
  holdUntil: null,
  isExcludedToday: false,
  isExempt: false,
  isImportedUndecided: false,
  minBalanceCentavos: centavos(100),
  blackout: { weekdays: [], dates: [] },
  today: day("2026-03-14"),
};

function decided(changes: Partial<CutRowInput>): [string, string | null, string] {
  const { decision, cutOn, reason } = decideRow({ ...BASE, ...changes });
  return [decision, cutOn?.toString() ?? null, storedText(ENGLISH_WORDS, reason)];
}

const DEBT = "₱1,499.00 due 8 Mar, grace ended 13 Mar";

Deno.test("decideRow cuts on the day after grace and not on the last day of grace", () => {
  assert.deepEqual(decided({}), ["cut", "2026-03-14", DEBT]);
  assert.deepEqual(decided({ today: day("2026-03-13") }), [
    "not_due",
    "2026-03-14",
    "₱1,499.00 due 8 Mar, grace ends 13 Mar",
  ]);
});

Deno.test("decideRow says what grace is for who reads the list of the day after: it ends today, not yet ended", () => {
  assert.equal(decided({ readOn: day("2026-03-13") })[2], "₱1,499.00 due 8 Mar, grace ends today");
  assert.equal(decided({ readOn: day("2026-03-12") })[2], "₱1,499.00 due 8 Mar, grace ends 13 Mar");
  assert.equal(decided({ readOn: day("2026-03-14") })[2], DEBT);
  const runDay = { today: day("2026-03-13"), readOn: day("2026-03-13") };
  assert.equal(decided(runDay)[2], "₱1,499.00 due 8 Mar, grace ends today");
});

Deno.test("decideRow still cuts after a missed run, at the next one", () => {
  assert.deepEqual(decided({ today: day("2026-03-20") }).slice(0, 2), ["cut", "2026-03-20"]);
});

Deno.test("decideRow never cuts who owes nothing", () => {
  assert.deepEqual(decided({ bills: [] }), ["paid", null, "Nothing is owed"]);
  assert.equal(decided({ bills: [bill(0)] })[0], "paid");
});

Deno.test("decideRow lets a person and the calendar stand before the cut", () => {
  assert.deepEqual(decided({ holdUntil: day("2026-03-20") }), [
    "held",
    "2026-03-21",
    `${DEBT}; held until 20 Mar`,
  ]);
  assert.deepEqual(decided({ holdUntil: day("2026-03-14") }).slice(0, 2), ["held", "2026-03-15"]);
  assert.equal(decided({ holdUntil: day("2026-03-13") })[0], "cut");
  assert.deepEqual(decided({ isExcludedToday: true }), ["excluded", "2026-03-15", `${DEBT}; excluded today`]);
  assert.deepEqual(decided({ isExempt: true }), ["exempt", null, `${DEBT}; never cut for non-payment`]);
  assert.deepEqual(decided({ isImportedUndecided: true }), [
    "excluded",
    null,
    `${DEBT}; imported debt that nobody has included yet`,
  ]);
});

Deno.test("decideRow moves over blackout weekdays and dates", () => {
  const blackout = { weekdays: [6, 7], dates: [day("2026-03-16")] };
  assert.deepEqual(decided({ blackout }), ["not_due", "2026-03-17", `${DEBT}; no cuts on 14 Mar`]);
  assert.equal(decided({ blackout, today: day("2026-03-17") })[0], "cut");
  const never = { weekdays: [1, 2, 3, 4, 5, 6, 7], dates: [] };
  assert.deepEqual(decided({ blackout: never }).slice(0, 2), ["not_due", null]);
});

Deno.test("decideRow counts only what is past grace against the minimum", () => {
  const bills = [bill(0.6), bill(1499, "2026-04-08")];
  assert.deepEqual(decided({ bills }), [
    "below_minimum",
    "2026-04-14",
    "₱0.60 due 8 Mar, grace ended 13 Mar, less than the minimum of ₱1.00",
  ]);
  assert.equal(decided({ bills: [bill(0.6), bill(0.4)] })[0], "cut");
  assert.deepEqual(decided({ bills: [bill(0.99)] }).slice(0, 2), ["below_minimum", null]);
});

Deno.test("decideRow names several bills by their sum and their oldest date", () => {
  const bills = [bill(1499), bill(1499, "2026-02-08"), bill(1499, "2026-04-08")];
  assert.equal(decided({ bills })[2], "₱2,998.00 on 2 bills, oldest due 8 Feb, grace ended 13 Feb");
  const old = decided({ bills: [bill(1499, "2025-12-08")] });
  assert.equal(old[2], "₱1,499.00 due 8 Dec 2025, grace ended 13 Dec 2025");
});

const anyBill = fc.record({
  balanceCentavos: fc.integer({ min: 0, max: 400 }).map(centavos),
  dueOn: fc.integer({ min: 0, max: 40 }).map((days) => day("2026-03-01").add({ days })),
  graceDays: fc.integer({ min: 0, max: 9 }),
});

Deno.test("a row is cut exactly when a posting would not restore it", () => {
  fc.assert(
    fc.property(fc.array(anyBill, { maxLength: 4 }), fc.integer({ min: 0, max: 60 }), (bills, later) => {
      const today = day("2026-03-01").add({ days: later });
      const isCut = decideRow({ ...BASE, bills, today }).decision === "cut";
      assert.equal(isCut, !isRestored({ bills, minBalanceCentavos: BASE.minBalanceCentavos, today }));
    }),
  );
});

Deno.test("the cut date that a row shows is the day on which it is cut", () => {
  const blackout = { weekdays: [7], dates: [day("2026-03-16"), day("2026-03-17")] };
  const anyHold = fc.option(fc.integer({ min: 0, max: 40 }).map((n) => day("2026-03-01").add({ days: n })));
  fc.assert(fc.property(fc.array(anyBill, { maxLength: 4 }), anyHold, (bills, holdUntil) => {
    const input = { ...BASE, bills, holdUntil, blackout, today: day("2026-03-01") };
    const { cutOn } = decideRow(input);
    if (cutOn === null) return;
    assert.equal(decideRow({ ...input, today: cutOn }).decision, "cut");
    for (let d = input.today; Temporal.PlainDate.compare(d, cutOn) < 0; d = d.add({ days: 1 })) {
      assert.notEqual(decideRow({ ...input, today: d }).decision, "cut", `${d} before ${cutOn}`);
    }
  }));
});

Deno.test("pastGraceCentavos counts a bill from the day after its grace", () => {
  assert.equal(pastGraceCentavos([bill(10)], day("2026-03-13")), 0n);
  assert.equal(pastGraceCentavos([bill(10), bill(5, "2026-03-09")], day("2026-03-14")), 1000n);
});

Deno.test("decideCut follows the clock of the tenant", () => {
  function at(nowUtc: string, changes: Partial<Parameters<typeof decideCut>[0]> = {}) {
    const decision = decideCut({
      dueOn: day("2026-03-08"),
      graceDays: 5,
      balanceCentavos: centavos(100000),
      minBalanceCentavos: centavos(100),
      runTime: Temporal.PlainTime.from("09:00"),
      now: Temporal.Instant.from(nowUtc),
      timeZone: "Asia/Manila",
      blackout: { weekdays: [], dates: [] },
      holdUntil: null,
      isExempt: false,
      ...changes,
    });
    return [decision.isOverdue, decision.disconnectOn?.toString() ?? null, decision.isEligible];
  }
  assert.deepEqual(at("2026-03-13T15:59:59Z"), [true, "2026-03-14", false]);
  assert.deepEqual(at("2026-03-14T00:59:59Z"), [true, "2026-03-14", false]);
  assert.deepEqual(at("2026-03-14T01:00:00Z"), [true, "2026-03-14", true]);
  assert.deepEqual(at("2026-03-20T05:00:00Z", { balanceCentavos: centavos(0) }), [false, null, false]);
  assert.deepEqual(at("2026-03-20T05:00:00Z", { balanceCentavos: centavos(99) }), [true, null, false]);
  assert.deepEqual(at("2026-03-20T05:00:00Z", { isExempt: true }), [true, null, false]);
  assert.deepEqual(at("2026-03-20T05:00:00Z", { holdUntil: day("2026-03-20") }), [true, "2026-03-21", false]);
});

Deno.test("decideCut stays eligible after its hour, while decideRow keeps a late run off blackout days", () => {
  const blackout = { weekdays: [7], dates: [] };
  const decision = decideCut({
    dueOn: day("2026-03-08"),
    graceDays: 0,
    balanceCentavos: centavos(100000),
    minBalanceCentavos: centavos(100),
    runTime: Temporal.PlainTime.from("09:00"),
    now: Temporal.Instant.from("2026-03-15T03:00:00Z"),
    timeZone: "Asia/Manila",
    blackout,
    holdUntil: null,
    isExempt: false,
  });
  assert.deepEqual([decision.disconnectOn?.toString(), decision.isEligible], ["2026-03-09", true]);
  const late = { bills: [bill(1000, "2026-03-08", 0)], blackout, today: day("2026-03-15") };
  assert.deepEqual(decided(late).slice(0, 2), ["not_due", "2026-03-16"]);
});

Deno.test("decideCut and decideRow name the same cut date for one bill", () => {
  const hold = fc.option(fc.integer({ min: 0, max: 40 }).map((n) => day("2026-03-01").add({ days: n })));
  const blackout = { weekdays: [6, 7], dates: [day("2026-03-16")] };
  fc.assert(fc.property(anyBill, hold, fc.boolean(), (owed, holdUntil, isExempt) => {
    const shared = { holdUntil, isExempt, blackout, minBalanceCentavos: BASE.minBalanceCentavos };
    const { disconnectOn } = decideCut({
      ...shared,
      dueOn: owed.dueOn,
      graceDays: owed.graceDays,
      balanceCentavos: owed.balanceCentavos,
      runTime: Temporal.PlainTime.from("09:00"),
      now: Temporal.Instant.from("2026-03-01T00:00:00Z"),
      timeZone: "Asia/Manila",
    });
    const { cutOn } = decideRow({ ...BASE, ...shared, bills: [owed], today: owed.dueOn });
    assert.equal(disconnectOn?.toString(), cutOn?.toString());
  }));
});

/** The decision with its reason in English. */
function braked(input: Parameters<typeof decideBrake>[0]) {
  const decision = decideBrake(input);
  return { ...decision, reason: storedText(ENGLISH_WORDS, decision.reason) };
}

Deno.test("decideBrake trips above a fifth of the active, not at it", () => {
  assert.deepEqual(braked({ toCut: 20, active: 100, recentRunCounts: [] }), {
    trips: false,
    reason: "",
  });
  assert.deepEqual(braked({ toCut: 21, active: 100, recentRunCounts: [] }), {
    trips: true,
    reason: "21 cuts are more than 20 % of 100 active connections",
  });
  assert.equal(decideBrake({ toCut: 0, active: 0, recentRunCounts: [] }).trips, false);
  assert.equal(decideBrake({ toCut: 1, active: 0, recentRunCounts: [] }).trips, true);
});

Deno.test("decideBrake trips above three times the usual once there is a usual", () => {
  const big = { active: 1000, toCut: 31 };
  assert.equal(decideBrake({ ...big, recentRunCounts: [10, 10] }).trips, false);
  assert.equal(decideBrake({ ...big, recentRunCounts: [10, 0, 10, 0] }).trips, false);
  assert.deepEqual(braked({ ...big, recentRunCounts: [10, 0, 10, 10] }), {
    trips: true,
    reason: "31 cuts are more than 3 times the usual 10",
  });
  assert.equal(decideBrake({ ...big, toCut: 30, recentRunCounts: [10, 10, 10] }).trips, false);
  const eleventhIgnored = [...Array(10).fill(10), 9999];
  assert.equal(decideBrake({ ...big, recentRunCounts: eleventhIgnored }).trips, true);
});

Deno.test("decideRow keeps whom only a dispute keeps from the cut, and names what is disputed", () => {
  const disputed = (pesos: number, of: number) => ({
    ...bill(of),
    disputedCentavos: centavos(Math.round(pesos * 100)),
  });
  assert.deepEqual(decided({ bills: [disputed(1499, 1499)] }), [
    "disputed",
    null,
    `${DEBT}; ₱1,499.00 of it is disputed`,
  ]);
  assert.deepEqual(decided({ bills: [disputed(300, 300), bill(200, "2026-03-20")] }), [
    "disputed",
    "2026-03-26",
    "₱300.00 due 8 Mar, grace ended 13 Mar; ₱300.00 of it is disputed",
  ], "what is not disputed has its own grace");
  assert.deepEqual(decided({ bills: [disputed(300, 300), disputed(0.5, 1)] }), [
    "disputed",
    null,
    "₱301.00 on 2 bills, oldest due 8 Mar, grace ended 13 Mar; ₱300.50 of it is disputed",
  ]);
  assert.deepEqual(decided({ bills: [disputed(1000, 1499)] }), [
    "cut",
    "2026-03-14",
    "₱499.00 due 8 Mar, grace ended 13 Mar",
  ], "what is not disputed is enough for the cut");
  assert.deepEqual(decided({ bills: [disputed(1499, 1499)], today: day("2026-03-10") }), [
    "disputed",
    null,
    "₱1,499.00 due 8 Mar, grace ends 13 Mar; ₱1,499.00 of it is disputed",
  ], "before its grace ends it is no debt below the minimum");
});

Deno.test("decideRow takes a centavo for a debt and nothing for none, where the minimum is nothing", () => {
  const owes = (pesos: number, minimum: number) =>
    decided({ bills: [bill(pesos)], minBalanceCentavos: centavos(minimum) }).slice(0, 2);
  assert.deepEqual(owes(0.01, 0), ["cut", "2026-03-14"]);
  assert.deepEqual(owes(0.01, 1), ["cut", "2026-03-14"]);
  assert.deepEqual(owes(0.01, 2), ["below_minimum", null]);
  assert.deepEqual(owes(0, 0), ["paid", null]);
});

Deno.test("a posting restores whoever owes less than the minimum, and whoever owes nothing where there is none", () => {
  const isBack = (pesos: number, minimum: number) =>
    isRestored({ bills: [bill(pesos)], minBalanceCentavos: centavos(minimum), today: day("2026-03-14") });
  assert.equal(isBack(1, 100), false);
  assert.equal(isBack(0.99, 100), true);
  assert.equal(isBack(0, 0), true);
  assert.equal(isBack(0.01, 0), false);
});

const NOTICE = { told: [], lack: "none", goesOnUnreachable: false } as const;

Deno.test("decideRow keeps whose notice was not sent; a day after it is sent they may be cut", () => {
  assert.deepEqual(decided({ notice: NOTICE }), [
    "no_notice",
    "2026-03-15",
    `${DEBT}; kept, its notice was not sent: it goes out first`,
  ]);
  const told = (debt: string, cutOn: string) =>
    decided({ notice: { ...NOTICE, told: [{ debt, cutOn: day(cutOn) }] } })[0];
  assert.equal(told("due:2026-03-08", "2026-03-14"), "cut");
  assert.equal(told("due:2026-02-08", "2026-03-14"), "no_notice", "an earlier debt");
  assert.equal(told("due:2026-03-08", "2026-03-13"), "no_notice", "a day that is still grace by now");
});

Deno.test("decideRow keeps or cuts whom no notice can reach, as the company chose; a server that is away keeps", () => {
  const lacks = ["no_server", "no_address", "refused_address", "not_wanted"] as const;
  for (const lack of lacks) {
    const notice = { ...NOTICE, lack };
    assert.deepEqual(decided({ notice }).slice(0, 2), ["no_notice", null]);
    assert.equal(decided({ notice: { ...notice, goesOnUnreachable: true } })[0], "cut");
  }
  const notTaken = {
    ...NOTICE,
    lack: "not_taken",
    notTaken: "due:2026-03-08",
    goesOnUnreachable: true,
  } as const;
  assert.equal(decided({ notice: notTaken })[0], "cut");
  assert.deepEqual(decided({ notice: { ...notTaken, goesOnUnreachable: false } }).slice(1), [
    null,
    `${DEBT}; kept, its notice was not sent: the address took neither of the last two`,
  ]);
  const paid = decided({ notice: { ...notTaken, notTaken: "due:2026-02-08" } });
  assert.deepEqual(
    paid.slice(0, 2),
    ["no_notice", "2026-03-15"],
    "those of an earlier debt say nothing of this one",
  );
  for (const lack of ["queued", "failed", "later", "overtaken", "none"] as const) {
    assert.equal(decided({ notice: { ...NOTICE, lack, goesOnUnreachable: true } })[0], "no_notice");
  }
});

Deno.test("decideRow says what keeps a row on first: a hold, an exclusion and a free day before a notice", () => {
  assert.equal(decided({ notice: NOTICE, holdUntil: day("2026-03-20") })[0], "held");
  assert.equal(decided({ notice: NOTICE, isExcludedToday: true })[0], "excluded");
  assert.equal(decided({ notice: NOTICE, blackout: { weekdays: [6], dates: [] } })[0], "not_due");
  assert.equal(decided({ notice: NOTICE, today: day("2026-03-13") })[0], "not_due");
});
