import assert from "node:assert/strict";
import { readOccasionFacts } from "./facts.ts";

const ID = "01912d68-783e-7a8f-a5b1-2f3c4d5e6f70";

Deno.test("a reminder names all of its bills; the ladder's has a due date, a person's own has none", () => {
  const ofLadder = { dueOn: "2027-01-08", days: 3, billIds: [ID] };
  assert.deepEqual(readOccasionFacts("reminder", ofLadder), ofLadder);
  assert.deepEqual(readOccasionFacts("reminder", { billIds: [ID] }), { billIds: [ID] });
});

Deno.test("rows of another shape have no facts, and throw nothing", () => {
  assert.equal(readOccasionFacts("reminder", {}), null);
  assert.equal(readOccasionFacts("reminder", { step: "before_due", days: 3 }), null);
  assert.equal(readOccasionFacts("cut_notice", { cutOn: "soon", cutTime: "09:00" }), null);
  assert.equal(readOccasionFacts("payment_received", null), null);
});
