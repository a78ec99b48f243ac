import assert from "node:assert/strict";
import { centavos, ZERO } from "@/shared/money/mod.ts";
import { type LevelledRules, NO_OWN_RULES, policyInEffect, rulesInEffect } from "./mod.ts";

const COMPANY: LevelledRules = {
  termsDays: 7,
  graceDays: 5,
  firstBill: "prorate",
  suspendedPolicy: "charge",
  stopAfterUnpaidBills: 2,
  lateFee: { kind: "percent", rateBp: 500 },
  lateAfterDays: 5,
  reconnectionFeeCentavos: centavos(10000),
};

Deno.test("what is nearer to the connection holds, each rule by itself", () => {
  const plan = { ...NO_OWN_RULES, graceDays: 3, termsDays: 14, lateAfterDays: 10, stopAfterUnpaidBills: 5 };
  const connection = {
    ...NO_OWN_RULES,
    graceDays: 0,
    suspendedPolicy: "skip" as const,
    lateFee: { kind: "none" } as const,
    reconnectionFeeCentavos: ZERO,
  };
  assert.deepEqual(rulesInEffect(COMPANY, plan, connection), {
    termsDays: { value: 14, from: "plan" },
    // Zero days are a rule, not the lack of one.
    graceDays: { value: 0, from: "connection" },
    firstBill: { value: "prorate", from: "company" },
    suspendedPolicy: { value: "skip", from: "connection" },
    stopAfterUnpaidBills: { value: 5, from: "plan" },
    // Asking for none is a rule too.
    lateFee: { value: { kind: "none" }, from: "connection" },
    lateAfterDays: { value: 10, from: "plan" },
    reconnectionFeeCentavos: { value: 0n, from: "connection" },
  });
});

Deno.test("without rules of their own all comes from the company", () => {
  const inEffect = rulesInEffect(COMPANY, NO_OWN_RULES);
  assert.ok(Object.values(inEffect).every(({ from }) => from === "company"));
  assert.equal(inEffect.termsDays.value, 7);
});

Deno.test("a policy for days that are off holds from the day on which the nearest level said so, or said nothing more", () => {
  const day = (text: string) => Temporal.PlainDate.from(text);
  const company = { policy: "skip", since: day("2026-01-10") } as const;
  const silent = { policy: null, since: null };
  const told = (policy: "charge" | "skip" | null, on: string) => ({ policy, since: day(on) });
  const inEffect = (...nearer: Parameters<typeof policyInEffect>[1]) => {
    const { policy, since } = policyInEffect(company, nearer);
    return `${policy} ${since}`;
  };
  assert.equal(inEffect(silent, silent), "skip 2026-01-10");
  assert.equal(inEffect(told("charge", "2026-02-01"), silent), "charge 2026-02-01");
  assert.equal(inEffect(silent, told("skip", "2026-01-05")), "skip 2026-01-05");
  // Its own word was taken back in March: what it charged until then is not given back.
  assert.equal(inEffect(told(null, "2026-03-01"), silent), "skip 2026-03-01");
  assert.equal(inEffect(told(null, "2026-01-02"), silent), "skip 2026-01-10");
});
