import assert from "node:assert/strict";
import { NO_OWN_RULES, rulesInEffect } from "./mod.ts";

const COMPANY = { termsDays: 7, graceDays: 5, firstBill: "prorate" } as const;

Deno.test("what is nearer to the connection holds, each rule by itself", () => {
  const plan = { ...NO_OWN_RULES, graceDays: 3, termsDays: 14 };
  const connection = { ...NO_OWN_RULES, graceDays: 0 };
  assert.deepEqual(rulesInEffect(COMPANY, plan, connection), {
    termsDays: { value: 14, from: "plan" },
    // Zero days are a rule, not the lack of one.
    graceDays: { value: 0, from: "connection" },
    firstBill: { value: "prorate", from: "company" },
  });
});

Deno.test("without rules of their own all comes from the company", () => {
  const inEffect = rulesInEffect(COMPANY, NO_OWN_RULES);
  assert.deepEqual(Object.values(inEffect).map(({ from }) => from), ["company", "company", "company"]);
  assert.equal(inEffect.termsDays.value, 7);
});
