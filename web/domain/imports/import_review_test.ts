import assert from "node:assert/strict";
import { storedText } from "@/web/messages/coded_text.ts";
import { ENGLISH_WORDS } from "@/web/messages/mod.ts";
import fc from "fast-check";
import { nextBillOn, planBills } from "@/web/domain/billing/mod.ts";
import { centavos } from "@/shared/money/mod.ts";
import {
  findIssues,
  firstBillProblem,
  forecastMoney,
  importedBilling,
  isBlocked,
  issuesOf,
  parseComment,
  suggestFirstBill,
  suggestPlan,
} from "./mod.ts";

const day = Temporal.PlainDate.from;

Deno.test.each([
  ["Maria Santos / 0917-123-4567 / 1499", "Maria Santos", "09171234567", null],
  ["0917 123 4567 Maria Santos", "Maria Santos", "09171234567", null],
  ["Dela Cruz, Juan | +63 917 123 4567", "Dela Cruz, Juan", "+639171234567", null],
  ["Juan Dela Cruz, Purok 3, Brgy Ilaya", "Juan Dela Cruz", null, "Purok 3, Brgy Ilaya"],
  ["Peña - 15 Mbps - 2024-01-31", "Peña", null, null],
  ["1499", null, null, null],
  ["", null, null, null],
  ["line\r\nbreak", "line", null, "break"],
  ["emoji 👩‍👩‍👧‍👦 family", "emoji 👩‍👩‍👧‍👦 family", null, null],
  ["Ana\u200b Cruz\u202e", "Ana Cruz", null, null],
])("parseComment reads %s", (comment, name, phone, address) => {
  assert.deepEqual(parseComment(comment), { name, phone, address });
});

Deno.test("parseComment takes any text and gives short, printable facts", () => {
  fc.assert(fc.property(fc.string({ unit: "binary", maxLength: 400 }), (text) => {
    const { name, address } = parseComment(text);
    assert.ok(name === null || (name.length >= 1 && name.length <= 160));
    assert.ok(address === null || address.length <= 300);
    assert.doesNotMatch(name ?? "", /\p{Cc}/u);
  }));
});

Deno.test("suggestPlan never suggests a plan that would change the router's profile", () => {
  const plan = (id: string, name: string, pppProfile: string | null) => ({
    id,
    name,
    pppProfile,
    speed: null,
  });
  assert.equal(suggestPlan({ name: "50M", rateLimit: null }, [plan("a", "Fiber 50", "50M")]), "a");
  assert.equal(suggestPlan({ name: "50M", rateLimit: null }, [plan("a", "50M", "other")]), null);
  assert.equal(suggestPlan({ name: "home", rateLimit: "50M/50M" }, [plan("a", "Fiber 50", null)]), "a");
  const twins = [plan("a", "Fiber 50", null), plan("b", "Biz 50", null)];
  assert.equal(suggestPlan({ name: "home", rateLimit: "50M/50M" }, twins), null);
});

Deno.test("findIssues skips what is known or cannot be told apart, and names the rest", () => {
  const secret = (name: string, over = {}) => ({
    name,
    profile: "p",
    disabled: false,
    comment: "x",
    callerId: null,
    ...over,
  });
  const rows = findIssues(
    [
      secret("ana"),
      secret("ben"),
      secret("ben"),
      secret("cat", { callerId: "AA" }),
      secret("dan", { callerId: "AA", disabled: true, comment: null }),
      secret("eve"),
    ],
    { onThisRouter: new Set(["ana"]), elsewhere: new Map([["eve", "Hill"]]) },
  );
  assert.deepEqual(
    rows.map((
      row,
    ) => [row.name, row.decision, row.issue === null ? null : storedText(ENGLISH_WORDS, row.issue)]),
    [
      ["ana", "skip", "Already a subscriber"],
      ["ben", "skip", "The router has this name more than once"],
      ["cat", "import", "Same device as dan"],
      ["dan", "import", "Same device as cat; Disabled on the router; No comment: the PPP name is used"],
      ["eve", "import", "Same name on Hill"],
    ],
  );
});

Deno.test("the first bill of an import is issued on the date that was asked for, and covers at most one cycle", () => {
  const anyDay = fc.integer({ min: -31, max: 92 });
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 800 }),
      anyDay,
      fc.integer({ min: 1, max: 31 }),
      (from, ahead, cycleDay) => {
        const importedOn = day("2026-01-01").add({ days: from });
        const firstBillOn = importedOn.add({ days: ahead });
        const billing = importedBilling({ firstBillOn, importedOn, cycleDay });
        assert.equal(firstBillProblem(firstBillOn, importedOn), null);
        const next = nextBillOn({
          planName: "P",
          timing: "arrears",
          anchorDay: billing.anchorDay,
          priceCentavos: centavos(100_000n),
          activatedOn: billing.activatedOn,
          billedThrough: billing.billedThroughOn,
          termsDays: 7,
        });
        assert.equal(`${next}`, `${firstBillOn}`);
        assert.ok(billing.billedThroughOn.until(firstBillOn, { largestUnit: "day" }).days <= 31);
      },
    ),
  );
});

Deno.test("an import of an ISP that bills in advance makes its first bill on the chosen day, for the cycle after it", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 400 }),
      fc.integer({ min: 0, max: 60 }),
      fc.integer({ min: 1, max: 31 }),
      fc.integer({ min: 0, max: 28 }),
      fc.constantFrom("fixed" as const, "anniversary" as const),
      (from, ahead, cycleDay, leadDays, cycleAnchor) => {
        const importedOn = day("2026-01-01").add({ days: from });
        const firstBillOn = importedOn.add({ days: ahead });
        const rules = { cycleDay, cycleAnchor, timing: "advance" as const, leadDays };
        const billing = importedBilling({ ...rules, firstBillOn, importedOn });
        const bill = {
          planName: "P",
          timing: billing.timing,
          anchorDay: billing.anchorDay,
          leadDays,
          priceCentavos: centavos(100_000n),
          activatedOn: billing.activatedOn,
          billedThrough: billing.billedThroughOn,
          termsDays: 7,
        };
        assert.equal(`${nextBillOn(bill)}`, `${firstBillOn}`);
        const [first] = planBills({ ...bill, asOf: firstBillOn });
        assert.equal(`${first?.periodEnd}`, `${billing.firstPeriodEnd}`);
        assert.equal(first?.totalCentavos, 100_000n);
      },
    ),
  );
});

Deno.test("the first bill that is offered follows the company's rules", () => {
  const today = day("2026-11-23");
  assert.equal(`${suggestFirstBill({ cycleDay: 1 }, today)}`, "2026-12-01");
  assert.equal(`${suggestFirstBill({ cycleDay: 1, timing: "advance", leadDays: 5 }, today)}`, "2026-11-26");
  assert.equal(`${suggestFirstBill({ cycleDay: 1, timing: "advance", leadDays: 8 }, today)}`, "2026-12-24");
});

Deno.test("a name is shortened between words and letters, and the review says so", () => {
  const long = `${"Maria ".repeat(40)}Santos`;
  assert.equal(long.length, 246);
  const { name } = parseComment(long);
  assert.equal(name, "Maria ".repeat(26).trim());
  const family = "👩‍👩‍👧‍👦";
  const emoji = parseComment(`a${family.repeat(30)}`).name ?? "";
  assert.equal(emoji, `a${family.repeat(14)}`);
  const read = (comment: string, over = {}) =>
    findIssues([{ name: "ana", profile: "p", disabled: false, comment, callerId: null, ...over }], {
      onThisRouter: new Set(),
      elsewhere: new Map(),
    })[0]!;
  assert.deepEqual(issuesOf(read(long).issue), [{ code: "name_shortened", values: { max: 160 } }]);
  assert.equal(read(long).decision, "import");
  assert.equal(read("n".repeat(160)).issue, null);
  // A PPP user that no agent could be told of stays where it is.
  const tooLong = read("Ana", { name: "a".repeat(129) });
  assert.equal(tooLong.decision, "skip");
  assert.ok(isBlocked(tooLong.issue));
});

Deno.test("secrets for another service than PPPoE are not ticked and say why; a person may include them", () => {
  const read = (service: string | null) =>
    findIssues([{ name: "ana", profile: "p", disabled: false, comment: "x", callerId: null, service }], {
      onThisRouter: new Set(),
      elsewhere: new Map(),
    })[0]!;
  for (const service of ["pppoe", "any", "", null]) {
    assert.equal(read(service).decision, "import", String(service));
    assert.equal(read(service).issue, null);
  }
  for (const service of ["l2tp", "pptp", "sstp", "ovpn", "async"]) {
    const row = read(service);
    assert.equal(row.decision, "skip", service);
    assert.deepEqual(issuesOf(row.issue), [{ code: "other_service", values: { service } }]);
    assert.ok(!isBlocked(row.issue), service);
  }
});

Deno.test("a name stands in an import once for each service, and one that Linya cannot manage is left out", () => {
  const read = (service: string) => ({
    name: "ana",
    profile: "p",
    disabled: false,
    comment: "x",
    callerId: null,
    service,
  });
  const rows = findIssues([read("l2tp"), read("pppoe"), read("wireguard"), read("sstp"), read("sstp")], {
    onThisRouter: new Set(["l2tp//ana"]),
    elsewhere: new Map(),
  });
  assert.deepEqual(
    rows.map((row) => [row.service, row.decision, isBlocked(row.issue), issuesOf(row.issue)[0]?.code]),
    [
      ["l2tp", "skip", true, "already_subscriber"],
      ["pppoe", "import", false, undefined],
      ["wireguard", "skip", true, "service_unknown"],
      ["sstp", "skip", true, "twice_on_router"],
    ],
  );
  const [any] = findIssues([read("any"), read("pppoe")], { onThisRouter: new Set(), elsewhere: new Map() });
  assert.ok(isBlocked(any?.issue ?? null), "both let PPPoE in: they are one account");
});

Deno.test("the money of an import is what is billed before and after it", () => {
  const billed = [
    { planId: "a", priceCentavos: 100_000n, connections: 3 },
    { planId: "b", priceCentavos: 50_000n, connections: 1 },
  ];
  const money = forecastMoney(billed, [
    { planId: "a", name: "A", priceCentavos: 100_000n, added: 2 },
    { planId: null, name: "N", priceCentavos: 70_000n, added: 4 },
  ]);
  assert.deepEqual(money.plans.map(({ before, after, afterCentavos }) => [before, after, afterCentavos]), [
    [3, 5, 500_000n],
    [0, 4, 280_000n],
  ]);
  assert.deepEqual(money.total, {
    before: 4,
    after: 10,
    beforeCentavos: 350_000n,
    afterCentavos: 830_000n,
  });
});
