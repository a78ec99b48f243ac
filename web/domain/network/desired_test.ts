import assert from "node:assert/strict";
import fc from "fast-check";
import { type BlockReason, decideDesired, subscriptionState } from "./mod.ts";

const day = Temporal.PlainDate.from;
const today = day("2026-03-14");

const anyStatus = fc.constantFrom(
  "pending" as const,
  "active" as const,
  "disconnected" as const,
  "cancelled" as const,
);
const anyReasons = fc.uniqueArray(
  fc.constantFrom<BlockReason>(
    "nonpayment",
    "abuse",
    "vacation",
    "admin",
    "not_installed",
    "imported_disabled",
  ),
);

Deno.test("decideDesired turns service on exactly when no reason stands against it", () => {
  const on = { status: "active" as const, blockReasons: [], profile: "50M" };
  assert.deepEqual(decideDesired(on), { isDisabled: false, profile: "50M" });
  assert.equal(decideDesired({ ...on, status: "disconnected" }).isDisabled, false);
  assert.equal(decideDesired({ ...on, blockReasons: ["abuse"] }).isDisabled, true);
  assert.equal(decideDesired({ ...on, status: "pending" }).isDisabled, true);
  assert.equal(decideDesired({ ...on, status: "cancelled" }).isDisabled, true);
});

Deno.test("subscriptionState names what a person sees", () => {
  const base = { status: "active" as const, blockReasons: [] as BlockReason[], holdUntil: null, today };
  assert.equal(subscriptionState(base), "active");
  assert.equal(subscriptionState({ ...base, holdUntil: today }), "held");
  assert.equal(subscriptionState({ ...base, holdUntil: day("2026-03-13") }), "active");
  assert.equal(subscriptionState({ ...base, holdUntil: today, blockReasons: ["abuse"] }), "disconnected");
  assert.equal(subscriptionState({ ...base, blockReasons: ["not_installed"] }), "pending_install");
  assert.equal(subscriptionState({ ...base, status: "cancelled" }), "cancelled");
});

Deno.test("the state and the router never disagree about whether service is on", () => {
  fc.assert(fc.property(anyStatus, anyReasons, (status, blockReasons) => {
    const state = subscriptionState({ status, blockReasons, holdUntil: null, today });
    const { isDisabled } = decideDesired({ status, blockReasons, profile: null });
    assert.equal(isDisabled, state !== "active");
  }));
});
