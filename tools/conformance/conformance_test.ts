import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { firstDifference } from "./difference.ts";
import { type ConformanceTotals, runConformance } from "./run.ts";
import { SUITES } from "./suites.ts";

const HEAD = {
  version: 1,
  defaults: {
    timezone: "Asia/Manila",
    first_bill: "prorate",
    proration: "actual",
    merge_stub_lt_days: 0,
    lead_days: 0,
    min_notice_days: 3,
    run_dates: "every day from activation to `through`",
  },
};

const ROUNDING = {
  id: "X-1",
  kind: "rounding",
  given: { amount: "3", num: 1, den: 2 },
  expect: { result: 2 },
};
const BILL = {
  id: "X-2",
  kind: "bill",
  given: {
    timing: "advance",
    anchor_day: 5,
    price: "3100",
    activation: "2026-01-04",
    through: "2026-01-05",
    terms_days: 0,
  },
  expect: {
    invoices: [
      { period_start: "2026-01-04", days: 1, period_days: 31, total: 100, due_date: "2026-01-04" },
      { period_start: "2026-01-05", days: 31, period_days: 31, total: 3100, due_date: "2026-01-05" },
    ],
  },
};

/** One day, so that it takes no time. */
const HISTORY = {
  id: "X-3",
  kind: "history",
  given: { plans: { Fiber: "1000.00" }, start: "2026-01-01", plan: "Fiber" },
  steps: [{ at: "2026-01-01T00:00", do: "pay", amount: "5.00" }],
  until: "2026-01-01T00:01",
  expect: { live_bills: [], balance: "0.00", service: "on" },
};

const SCHEMA = { version: "7.18", paths: { "/ip/ssh": { "regenerate-host-key": [] } } };

/** A small but complete folder; `files` replaces or, with null, removes one. */
async function runFolder(files: Record<string, unknown>): Promise<ConformanceTotals & { lines: string[] }> {
  const folder = await Deno.makeTempDir();
  const all: Record<string, unknown> = {
    "billing/cases.json": { schema: HEAD, cases: [ROUNDING, BILL] },
    "billing/histories.json": { cases: [HISTORY] },
    "routeros/vectors.json": { length_prefix: [{ length: 200, hex: "80c8" }] },
    "routeros/schema/7.18.json": SCHEMA,
    "routeros/captures.json": { enums: { "/ppp/secret service": { values: ["any", "pppoe"] } } },
    "routeros/version_differences.json": [{ since: "7.21", area: "ip ssh", change: "reset" }],
    "airos/expected.json": { expected: { "a.json": {} } },
    "paymongo/scenarios.json": { scenarios: [{ id: "one" }] },
    "paymongo/signature_vectors.json": { vectors: [{ id: "one" }] },
    ...files,
  };
  try {
    for (const [path, content] of Object.entries(all)) {
      if (content === null) continue;
      await Deno.mkdir(`${folder}/${path.slice(0, path.lastIndexOf("/"))}`, { recursive: true });
      await Deno.writeTextFile(
        `${folder}/${path}`,
        typeof content === "string" ? content : JSON.stringify(content),
      );
    }
    const lines: string[] = [];
    return { ...await runConformance(folder, SUITES, (line) => lines.push(line)), lines };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

function withCases(...cases: unknown[]): Record<string, unknown> {
  return { "billing/cases.json": { schema: HEAD, cases } };
}

Deno.test("another folder of the same shape passes, and what is not built is said", async () => {
  const { lines, passed, failed } = await runFolder({});
  assert.deepEqual({ passed, failed }, { passed: 7, failed: 0 });
  assert.ok(lines.includes("billing/bill: 1 passed, 0 failed"));
  assert.ok(lines.includes("airos/expected: not built (1 cases)"));
  assert.ok(lines.includes("paymongo/scenarios: not built (1 cases)"));
  assert.ok(lines.some((line) => line.startsWith("billing: no cases of period_bounds, dunning")));
  assert.equal(lines.at(-1), "7 passed, 0 failed");
});

Deno.test("a changed expectation fails with the first difference", async () => {
  const [first, second] = BILL.expect.invoices;
  const changed = { ...BILL, expect: { invoices: [first, { ...second, total: 3101 }] } };
  const { lines, failed } = await runFolder(withCases(ROUNDING, changed));
  assert.equal(failed, 1);
  assert.ok(lines.includes("billing/bill: 0 passed, 1 failed"));
  assert.ok(lines.includes("  X-2 invoices[1].total: expected 3101, got 3100"));
  assert.equal(lines.at(-1), "6 passed, 1 failed");
});

Deno.test("at most three differences of a kind are shown", async () => {
  const wrong = [1, 2, 3, 4, 5].map((n) => ({ ...ROUNDING, id: `X-${n}`, expect: { result: 9 } }));
  const { lines, failed } = await runFolder(withCases(...wrong));
  assert.equal(failed, 5);
  assert.equal(lines.filter((line) => line.startsWith("  ")).length, 3);
});

Deno.test("an unknown kind fails every case of it", async () => {
  const { lines, failed } = await runFolder(withCases(ROUNDING, { ...ROUNDING, kind: "toString" }));
  assert.equal(failed, 1);
  assert.ok(lines.includes("billing/toString: failed: unknown kind (1 cases)"));
  const routeros = await runFolder({ "routeros/vectors.json": { telepathy: [{ a: 1 }, { a: 2 }] } });
  assert.equal(routeros.failed, 2);
});

Deno.test("a suite without its file, or with a broken one, fails", async () => {
  for (
    const file of [
      "billing/cases.json",
      "billing/histories.json",
      "routeros/vectors.json",
      "routeros/schema/7.18.json",
      "routeros/captures.json",
      "routeros/version_differences.json",
      "airos/expected.json",
      "paymongo/scenarios.json",
    ]
  ) {
    const { lines, failed } = await runFolder({ [file]: null });
    assert.equal(failed, 1, file);
    const said = file.replace("schema/7.18.json", "schema/*.json");
    assert.ok(lines.some((line) => line.endsWith(`: failed: ${said} is missing`)), file);
  }
  assert.equal((await runFolder({ "billing/cases.json": "{" })).failed, 1);
  assert.equal((await runFolder({ "billing/cases.json": { cases: 3 } })).failed, 1);
});

Deno.test("a history that ends otherwise fails, and a step that nobody knows is not passed over", async () => {
  const wrong = { ...HISTORY, expect: { balance: "1.00", service: "on" } };
  const { lines } = await runFolder({ "billing/histories.json": { cases: [wrong] } });
  assert.ok(lines.includes(`  X-3 balance: expected "1.00", got "0.00"`), lines.join("\n"));
  const strange = { ...HISTORY, steps: [{ at: "2026-01-01T00:00", do: "dance" }] };
  assert.equal((await runFolder({ "billing/histories.json": { cases: [strange] } })).failed, 1);
});

Deno.test("zero cases fail", async () => {
  assert.equal((await runFolder(withCases())).failed, 1);
  assert.equal((await runFolder({ "routeros/vectors.json": {} })).failed, 1);
  const emptied = { length_prefix: [{ length: 1, hex: "01" }], sentences: [] };
  assert.equal((await runFolder({ "routeros/vectors.json": emptied })).failed, 1);
  assert.equal((await runFolder({ "airos/expected.json": { expected: {} } })).failed, 1);
});

Deno.test("a case that is malformed or expects nothing fails instead of passing", async () => {
  const { failed } = await runFolder(withCases(
    { ...ROUNDING, given: { amount: 1.5, num: 1, den: 2 } },
    { ...ROUNDING, given: {} },
    { ...ROUNDING, expect: {} },
    { ...ROUNDING, given: { amount: 1, num: 1, den: 0 } },
  ));
  assert.equal(failed, 4);
});

Deno.test("wrong wire vectors fail", async () => {
  const { failed, passed } = await runFolder({
    "routeros/vectors.json": {
      length_prefix: [{ length: 200, hex: "80c9" }, { length: 127, hex: "807f" }],
      length_prefix_reject: [{ hex: "7f" }],
      sentences: [{ words: ["/login"], hex: "062f6c6f67696e" }, { words: ["/quit"], hex: "052f7175697400" }],
      challenge_login: [{ password: "a", challenge_hex: "00", response: "00" }],
      conversations: [{ client: [["/x", ".tag=1"]], router: [["!trap", ".tag=1"]] }, { router: [["!odd"]] }],
      value_casting: [{ note: "only words are cases" }, { word: "=key=0123" }],
    },
  });
  assert.deepEqual({ passed, failed }, { passed: 8, failed: 7 });
});

Deno.test("a version table with an argument too many or too few fails", async () => {
  const table = (paths: unknown) => ({ "routeros/schema/7.18.json": { version: "7.18", paths } });
  const more = await runFolder(
    table({ "/user/group": { set: ["name", "numbers", "policy", "skin", "comment", "colour"] } }),
  );
  assert.equal(more.failed, 1);
  const less = await runFolder({
    ...table({ "/ip/service": { unset: ["numbers", "value-name"] } }),
    "routeros/schema/7.10.json": {
      version: "7.10",
      paths: { "/ip/service": { unset: ["numbers", "value-name"] } },
    },
  });
  assert.ok(
    less.lines.some((line) => line.includes("7.18 /ip/service/unset exists: expected true, got false")),
  );
  const text = { "/ip/pool": { required: ["ranges"], message: "failure: no ranges (/ip/pool/add; line 1)" } };
  const required = await runFolder({ "routeros/schema/required-args.json": { versions: { "7.18": text } } });
  assert.equal(required.failed, 1);
});

Deno.test("a wrong capture, text or difference fails, and so does one that nobody can check", async () => {
  const row = { ".id": "*1", name: "juan", profile: "default", colour: "red" };
  const captures = await runFolder({
    "routeros/captures.json": {
      captures: [{ path: "/ppp/secret/print", routeros: "7.9", transport: "API", rows: [row] }],
      enums: { "/ppp/secret service": { values: ["any", "telepathy"] } },
      error_texts: [{ text: "no such luck", when: "always" }, { text: "no such item", when: "unknown id" }],
    },
  });
  assert.equal(captures.failed, 3, captures.lines.join("\n"));
  const differences = await runFolder({
    "routeros/version_differences.json": [
      { since: "7.22", area: "print", change: "order-by" },
      { since: "7.22", area: "print", change: "a word of its own" },
      { since: "7.24", area: "print", change: "order-by" },
    ],
  });
  assert.equal(differences.failed, 2, differences.lines.join("\n"));
});

Deno.test("wire vectors and conversations written otherwise are judged by what they mean", async () => {
  const bytes = { hex: "3d6e3d7eff" };
  const conversations = [
    { client: [["/a/listen", ".tag=1"]], router: [["!re", ".tag=1", "=.id=*1", "=.dead=yes"]] },
    { client: [["/a/print", ".tag=1"]], router: [["!re", ".tag=1", bytes], ["<EOF>"]] },
    { client: [["/a/print"]], router: [["!fatal", "=message=out of memory"]] },
    { client: [["/a/print"]], router: [["!empty"], ["!empty"], ["!done"]] },
    { client: [["/system/reboot"]], router: [] },
  ];
  const vectors = {
    length_prefix: [{ length: 200, hex: "80C8" }],
    sentences: [{ words: ["!re", bytes], hex: "03217265053D6E3D7EFF00" }],
    conversations,
  };
  const { lines } = await runFolder({ "routeros/vectors.json": vectors });
  assert.ok(lines.includes("routeros/length_prefix: 1 passed, 0 failed"));
  assert.ok(lines.includes("routeros/sentences: 1 passed, 0 failed"));
  assert.ok(lines.includes("routeros/conversations: 5 passed, 0 failed"), lines.join("\n"));
  const unanswered = { client: [["/a/print", ".tag=1"]], router: [["!re", ".tag=1", "=a=b"]] };
  const short = await runFolder({ "routeros/vectors.json": { conversations: [unanswered] } });
  assert.ok(short.lines.includes("routeros/conversations: 0 passed, 1 failed"));
});

Deno.test("captures of rows that come without a command, and texts that nobody prepared, are judged", async () => {
  const capture = (path: string, routeros: string, ...rows: Record<string, string>[]) => ({
    path,
    routeros,
    transport: "API",
    rows,
  });
  const captures = {
    captures: [
      capture("/ppp/active/print", "v7.16", { ".id": "*80000001", name: "juan", service: "l2tp" }),
      capture("/user/active/print", "7.16", {
        ".id": "*1",
        when: "2026-11-30 12:00:00",
        name: "ana",
        via: "api",
      }),
      capture("/log/print", "6.49.10", {
        ".id": "*1",
        time: "nov/30/2026 12:00:00",
        topics: "system",
        message: "x",
      }),
      capture("/interface/print", "7.16", { name: "<sstp-juan>", type: "sstp-in", dynamic: "true" }),
      capture("/ppp/secret/listen", "6.49", { ".id": "*A", ".dead": "yes" }),
      capture("/interface/wifi/print", "7.16", { ".id": "*1" }),
    ],
    error_texts: [
      { text: "failure: profile with the same name already exists", when: "a duplicate" },
      { text: "input does not match any value of service", when: "an unknown one" },
      { text: "unknown parameter colour", when: "an argument of nowhere" },
    ],
  };
  const { lines } = await runFolder({ "routeros/captures.json": captures });
  assert.ok(lines.includes("routeros_captures/rows: 5 passed, 0 failed"), lines.join("\n"));
  assert.ok(lines.includes("routeros_captures/error_texts: 3 passed, 0 failed"), lines.join("\n"));
  assert.ok(lines.includes(
    "routeros_captures: left out: captures of a console or of other menus: /interface/wifi/print",
  ));
  const unheard = { error_texts: [{ text: "the cat sat on it", when: "never" }] };
  const wrong = await runFolder({ "routeros/captures.json": unheard });
  assert.ok(wrong.lines.some((line) => line.includes("no menu said it, and nobody has said how")));
});

Deno.test("a difference since no release at all is said to be so", async () => {
  const rows = [
    { since: "later", area: "ip ssh", change: "reset" },
    { since: "7.4", area: "container", change: "it appears" },
  ];
  const { lines } = await runFolder({ "routeros/version_differences.json": rows });
  assert.ok(lines.some((line) => line.includes('Cannot tell since which release: "later" names none')));
  assert.ok(lines.includes(
    "routeros_versions: left out: 1 differences of what the simulator does not have: container",
  ));
});

Deno.test("firstDifference compares amounts as integers and everything else exactly", () => {
  assert.equal(firstDifference({ a: "9007199254740993" }, { a: 9007199254740993n }), null);
  assert.equal(firstDifference({ a: 1 }, { a: 1n, more: true }), null);
  assert.equal(firstDifference({ a: { b: 1 } }, { a: { b: 1, c: 2 } }), "a.c: expected nothing, got 2");
  assert.equal(firstDifference({ a: [1] }, { a: [1, 2] }), "a[1]: expected nothing, got 2");
  assert.equal(firstDifference({ a: null }, {}), "a: expected null, got nothing");
  assert.equal(firstDifference({ a: "1" }, { a: 1 }), 'a: expected "1", got 1');
  assert.equal(firstDifference({ d: "2026-01-01" }, { d: Temporal.PlainDate.from("2026-01-01") }), null);
});

async function runMain(...args: string[]): Promise<{ code: number; out: string; errors: string }> {
  const command = new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--allow-read",
      "--allow-env=INIT_CWD",
      fileURLToPath(new URL("main.ts", import.meta.url)),
      ...args,
    ],
    env: { NO_COLOR: "1" },
  });
  const { code, stdout, stderr } = await command.output();
  const text = new TextDecoder();
  return { code, out: text.decode(stdout), errors: text.decode(stderr) };
}

Deno.test("a folder that does not exist is said in one line, with exit code 1", async () => {
  const { code, errors } = await runMain("/no/such/folder");
  assert.equal(code, 1);
  assert.equal(errors.trim(), "Cannot run conformance: the folder /no/such/folder does not exist");
});

Deno.test("a folder without its files exits with code 1 and totals", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const { code, out } = await runMain(folder);
    assert.equal(code, 1);
    assert.equal(out.trim().split("\n").at(-1), "0 passed, 8 failed");
  } finally {
    await Deno.remove(folder);
  }
});
