import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { billingSuite } from "./billing.ts";
import { runConformance } from "./run.ts";
import type { ConformanceCase } from "./types.ts";

type Fields = Record<string, unknown>;
type Sample = [kind: string, given: Fields, expect: Fields];

/** The head of a file, with defaults that only some kinds know. */
const DEFAULTS = { timezone: "Asia/Manila", lapse: "restart", auto_renew: false, vat_rate_bp: 1200 };

/** One case of each kind with other values and other fields than the project's own file. */
const SAMPLES: Sample[] = [
  [
    "prepaid",
    { unit: "days", count: 3, price: "9900", payments: [{ date: "2028-02-28", amount: 10000, qty: 1 }] },
    { coverage: [["2028-02-28", "2028-03-02"]], credit: 100, active: {} },
  ],
  [
    "prepaid",
    {
      unit: "months",
      count: 1,
      price: 100,
      lapse: "backdate",
      auto_renew: true,
      as_of: "2026-04-30",
      payments: [{ date: "2026-01-30", amount: 250 }, { date: "2026-03-31", amount: 60, qty: 2 }],
      check: ["2026-04-29", "2026-04-30"],
    },
    {
      coverage: [["2026-01-30", "2026-02-28"], ["2026-02-28", "2026-03-30"], ["2026-03-30", "2026-04-30"]],
      credit: 10,
      active: { "2026-04-29": true, "2026-04-30": false },
    },
  ],
  [
    "plan_change",
    {
      timing: "advance",
      policy: "immediate",
      period_start: "2026-02-28",
      period_end: "2026-03-31",
      old: 150000,
      new: 100000,
      change: "2026-03-30",
    },
    { lines: [-4839, 3226], net_now: -1613, next_bill: 100000 },
  ],
  [
    "plan_change",
    {
      timing: "advance",
      period_start: "2026-02-28",
      period_end: "2026-03-31",
      old: 150000,
      new: 100000,
      change: "2026-03-02",
    },
    { lines: [150000], net_now: 0, next_bill: 100000 },
  ],
  [
    "terminate",
    {
      timing: "advance",
      price: 31000,
      period_start: "2026-01-31",
      period_end: "2026-02-28",
      last_day: "2026-02-13",
      on_terminate: "no_credit",
      lockin_end: "2026-04-30",
      lockin_fee: { kind: "flat", amount: "200000" },
    },
    { final_charge: 0, credit: 0, pretermination: 200000 },
  ],
  ["tax", { mode: "non_vat", lines: [100, "-1"] }, { vat: 0, total: 99 }],
  ["tax", { mode: "vat_exclusive", lines: [1000], vat_rate_bp: 1000 }, {
    vatable: 1000,
    vat: 100,
    total: 1100,
  }],
  ["withholding", { gross: 100000, vat: "none", rate_bp: 500 }, {
    base: 100000,
    withheld: 5000,
    cash_due: 95000,
  }],
  [
    "late_fee",
    {
      principal: 100,
      due_date: "2026-12-31",
      late_after_days: 0,
      fee: { kind: "flat", value: 7 },
      as_of: "2027-01-01",
    },
    { fee: 7 },
  ],
  ["outage_credit", { price: 2800, period_days: 28, outages: [{ minutes: 1440 }] }, { credit: 100 }],
  ["convenience_fee", { base: 98, rate_bp: 200, fixed: 1 }, { charge: 102, fee: 4 }],
  ["soa", { opening: 0, charges: [5], payments: [9], credits: [] }, {
    closing: -4,
    amount_due: 0,
    credit_balance: 4,
  }],
  ["suspended_days", { price: 2800, period_days: 28, suspended_days: 3, policy: "charge" }, { charge: 2800 }],
  ["period_bounds", { anchor_day: 30, start: "2026-01-30", count: 1 }, { boundaries: ["2026-02-28"] }],
  ["local_date", { utc: "2026-01-31T16:00:00Z" }, { local_date: "2026-02-01" }],
  ["rounding", { amount: "9007199254740993", num: 1, den: 2 }, { result: "4503599627370497" }],
  ["numbering", { prefix: "R-", pad: 2, ops: [["issue", "x"]] }, { numbers: { x: "R-01" }, void: [] }],
  [
    "numbering",
    { prefix: "R-", pad: 2, ops: [["issue", "x"], ["issue_rollback", "y"], ["issue", "z"], ["issue", "y"]] },
    { numbers: { x: "R-01", z: "R-02", y: "R-03" }, void: [] },
  ],
];

async function failures(cases: unknown[], defaults: Fields = DEFAULTS): Promise<string[]> {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.mkdir(`${folder}/billing`);
    const file = JSON.stringify({ schema: { defaults }, cases });
    await Deno.writeTextFile(`${folder}/billing/cases.json`, file);
    const lines: string[] = [];
    const { failed } = await runConformance(folder, [billingSuite], (line) => lines.push(line));
    const shown = lines.filter((line) => line.startsWith("  ") || line.includes("unknown kind"));
    assert.equal(failed > 0, shown.length > 0, lines.join("\n"));
    return shown;
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

function caseOf([kind, given, expect]: Sample, id = "S-1") {
  return { id, kind, given, expect };
}

Deno.test("other values and other fields of the same kinds pass", async () => {
  assert.deepEqual(await failures(SAMPLES.map((sample, i) => caseOf(sample, `S-${i}`))), []);
});

Deno.test("a field that a kind does not know fails the case, inside lists and objects too", async () => {
  for (const [kind, given, expect] of SAMPLES) {
    assert.equal((await failures([caseOf([kind, { ...given, surcharge: 5 }, expect])])).length, 1, kind);
  }
  const nested: [number, Fields][] = [
    [0, { payments: [{ date: "2028-02-28", amount: 10000, qty: 1, free: true }] }],
    [4, { lockin_fee: { kind: "flat", amount: 200000, cap: 1 } }],
    [8, { fee: { kind: "flat", value: 7, per: "day" } }],
    [9, { outages: [{ minutes: 1440, weight: 2 }] }],
  ];
  for (const [index, over] of nested) {
    const [kind = "", given, expect = {}] = SAMPLES[index] ?? [];
    assert.equal((await failures([caseOf([kind, { ...given, ...over }, expect])])).length, 1, kind);
  }
});

Deno.test("a word, a fraction or a date that a kind does not know fails the case", async () => {
  for (const [kind, given, expect] of SAMPLES) {
    for (const [field, value] of Object.entries(given)) {
      const bad = typeof value === "string" ? "banana" : typeof value === "number" ? value + 0.5 : "banana";
      if (field === "prefix" || field === "utc") continue;
      const shown = await failures([caseOf([kind, { ...given, [field]: bad }, expect])]);
      assert.equal(shown.length, 1, `${kind}.${field} = ${bad}`);
    }
  }
});

Deno.test("a default of the file is read where a kind knows it, and the case wins over it", async () => {
  const halved = { ...DEFAULTS, vat_rate_bp: 600 };
  const exclusive: Sample = ["tax", { mode: "vat_exclusive", lines: [1000] }, {
    vatable: 1000,
    vat: 60,
    total: 1060,
  }];
  assert.deepEqual(await failures([caseOf(exclusive)], halved), []);
  assert.equal((await failures([caseOf(exclusive)])).length, 1);
  const backdated: Sample = [
    "prepaid",
    {
      unit: "days",
      count: 1,
      price: 1,
      payments: [{ date: "2026-01-01", amount: 1 }, { date: "2026-01-09", amount: 1 }],
    },
    { coverage: [["2026-01-01", "2026-01-02"], ["2026-01-02", "2026-01-03"]] },
  ];
  assert.deepEqual(await failures([caseOf(backdated)], { ...DEFAULTS, lapse: "backdate" }), []);
  assert.equal((await failures([caseOf(backdated)])).length, 1);
});

Deno.test("a policy that nobody knows fails, and so does a change outside its period", async () => {
  const [kind = "", given, expect = {}] = SAMPLES[2] ?? [];
  for (const over of [{ policy: "yesterday" }, { change: "2026-04-01" }, { change: "2026-02-27" }]) {
    assert.equal((await failures([caseOf([kind, { ...given, ...over }, expect])])).length, 1);
  }
});

const FIXTURE = new URL("../../../shared/fixtures/billing/cases.json", import.meta.url);
const file = await Deno.readTextFile(FIXTURE).then(JSON.parse, () => null);

/** Every number, word and truth of an expectation, changed one at a time. */
function changed(value: unknown): unknown[] {
  if (typeof value === "number") return [value + 1];
  if (typeof value === "boolean") return [!value];
  if (typeof value === "string") return [`${value}x`];
  if (Array.isArray(value)) {
    const inner = value.flatMap((one, i) => changed(one).map((other) => value.with(i, other)));
    return [...inner, [...value, 1], ...(value.length > 0 ? [value.slice(1)] : [])];
  }
  if (typeof value !== "object" || value === null) return [0];
  return Object.entries(value).flatMap(([key, one]) =>
    changed(one).map((other) => ({ ...value, [key]: other }))
  );
}

Deno.test({
  name: file === null
    ? `every figure of the project's cases counts (skipped: ${fileURLToPath(FIXTURE)} is not there)`
    : "every figure of the project's cases counts: changed by one, the case fails",
  ignore: file === null,
  fn: async () => {
    const cases: (ConformanceCase & { expect: unknown })[] = file.cases;
    const wrong = cases.flatMap((one) =>
      changed(one.expect).map((expect, i) => ({ ...one, id: `${one.id}.${i}`, expect }))
    );
    const folder = await Deno.makeTempDir();
    try {
      await Deno.mkdir(`${folder}/billing`);
      await Deno.writeTextFile(`${folder}/billing/cases.json`, JSON.stringify({ ...file, cases: wrong }));
      const { passed, failed } = await runConformance(folder, [billingSuite], () => {});
      assert.deepEqual({ passed, failed }, { passed: 0, failed: wrong.length });
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
});
