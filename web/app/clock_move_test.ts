import assert from "node:assert/strict";
import { readMove, withMove, withoutMove } from "./clock_move.ts";

const DAY = Temporal.PlainDate.from("2026-11-24");

Deno.test("the figures of a clock move travel in the address as numbers and leave it again", () => {
  const run = { runId: "r", listed: 5, state: "awaiting_approval" as const, cut: 3, kept: 0 };
  const bill = { runId: "b", issued: 12, amountCentavos: 0n, skipped: 0, failed: 0 };
  const back = withMove("/admin/tonight?view=held", [{ businessOn: DAY, bill, cut: run }] as never);
  const url = new URL(back, "http://own");
  assert.deepEqual(readMove(url), { billsIssued: 12, cut: 3, isWaiting: true });
  assert.equal(withoutMove(url), "/admin/tonight?view=held");
});

Deno.test("words in the address are no move", () => {
  assert.equal(readMove(new URL("http://own/admin?moved=<b>free</b>")), null);
  assert.equal(readMove(new URL("http://own/admin")), null);
});
