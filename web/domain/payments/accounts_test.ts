import assert from "node:assert/strict";
import { centavos } from "@/shared/money/mod.ts";
import { ACCOUNTS, assertBalanced } from "./mod.ts";

Deno.test("what a subscriber owes and has names the subscriber, cash and revenue name nobody", () => {
  const bySubscriber = Object.entries(ACCOUNTS).filter(([, { isBySubscriber }]) => isBySubscriber);
  assert.deepEqual(bySubscriber.map(([code]) => code), ["receivable", "subscriber_credit"]);
  const amount = { amountCentavos: centavos(5) };
  const owed = { account: "receivable", subscriberId: "A", ...amount } as const;
  const earned = { account: "revenue:recurring", subscriberId: null, amountCentavos: centavos(-5) } as const;
  assertBalanced([owed, earned]);
  assert.throws(() => assertBalanced([owed, { ...earned, subscriberId: "A" }]), /not kept by subscriber/);
  assert.throws(() => assertBalanced([{ ...owed, subscriberId: null }, earned]), /it is kept by subscriber/);
  assert.throws(() => assertBalanced([owed]), /sum to 5 centavos/);
});
