import assert from "node:assert/strict";
import { centavos, ZERO } from "@/shared/money/mod.ts";
import { type LevelledRules, NO_OWN_RULES, rulesInEffect } from "./mod.ts";

const COMPANY: LevelledRules = {
  termsDays: 7,
  graceDays: 5,
  firstBill: "prorate",
  lateFee: { kind: "percent", rateBp: 500 },
  lateAfterDays: 5,
  reconnectionFeeCentavos: centavos(10000),
};

Deno.test("what is nearer to the connection holds, each rule by itself", () => {
  const plan = { ...NO_OWN_RULES, graceDays: 3, termsDays: 14, lateAfterDays: 10 };
  const connection = {
    ...NO_OWN_RULES,
    graceDays: 0,
    lateFee: { kind: "none" } as const,
    reconnectionFeeCentavos: ZERO,
  };
  assert.deepEqual(rulesInEffect(COMPANY, plan, connection), {
    termsDays: { value: 14, from: "plan" },
    // Zero days are a rule, not the lack of one.
    graceDays: { value: 0, from: "connection" },
    firstBill: { value: "prorate", from: "company" },
    // Asking for none is a rule too.
    lateFee: { value: { kind: "none" }, from: "connection" },
    lateAfterDays: { value: 10, from: "plan" },
    reconnectionFeeCentavos: { value: 0n, from: "connection" },
  });
});

Deno.test("without rules of their own all comes from the company", () => {
  const inEffect = rulesInEffect(COMPANY, NO_OWN_RULES);
  assert.deepEqual(Object.values(inEffect).map(({ from }) => from), Array(6).fill("company"));
  assert.equal(inEffect.termsDays.value, 7);
});
