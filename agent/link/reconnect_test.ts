import assert from "node:assert/strict";
import { CLOSE } from "@/shared/protocol/mod.ts";
import { planReconnect } from "./reconnect.ts";

const half = () => 0.5;

function ended(code: number, livedMs: number, drainAfterMs: number | null = null) {
  return { kind: "link", end: { code, reason: "", livedMs, problem: null, drainAfterMs } } as const;
}

Deno.test("planReconnect backs off while the web is away and starts over only after a stable minute", () => {
  const away = { kind: "dial", outcome: { kind: "unreachable", message: "" } } as const;
  assert.deepEqual(planReconnect(away, 0, half), { delayMs: 500, attempt: 1 });
  assert.deepEqual(planReconnect(away, 20, half), { delayMs: 30_000, attempt: 21 });
  assert.equal(planReconnect(ended(1006, 59_000), 5, half).attempt, 6);
  assert.equal(planReconnect(ended(1006, 61_000), 5, half).attempt, 1);
});

Deno.test("planReconnect waits long after a refusal, a minute when replaced, and as asked when the web drains", () => {
  const refused = { kind: "dial", outcome: { kind: "refused", status: 401, code: "", message: "" } } as const;
  assert.equal(planReconnect(refused, 3, half).delayMs, 15 * 60_000);
  assert.equal(planReconnect(ended(CLOSE.revoked, 1), 3, half).delayMs, 15 * 60_000);
  assert.equal(planReconnect(ended(CLOSE.replaced, 1), 3, half).delayMs, 67_500);
  assert.equal(planReconnect(ended(CLOSE.restart, 1, 12_000), 3, half).delayMs, 12_000);
});
