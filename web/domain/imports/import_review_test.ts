import assert from "node:assert/strict";
import { storedText } from "@/web/messages/coded_text.ts";
import { ENGLISH_WORDS } from "@/web/messages/mod.ts";
import fc from "fast-check";
import { nextBillOn, planBills } from "@/web/domain/billing/mod.ts";
import { centavos } from "@/shared/money/mod.ts";
import {
  findIssues,
  firstBillProblem,
  importedBilling,
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
