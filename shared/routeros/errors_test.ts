import assert from "node:assert/strict";
import { type Trap, TrapError } from "./errors.ts";

function said(...messages: string[]): TrapError {
  return new TrapError("/ppp/secret/set", messages.map((message): Trap => ({ category: null, message })));
}

Deno.test("of several refusals the one that nobody may pass over counts", () => {
  const cases: [string[], string][] = [
    [["no such item"], "NoSuchItem"],
    [["no such item", "no such item"], "NoSuchItem"],
    [["no such item", "not enough permissions (9)"], "Permission"],
    [["not enough permissions (9)", "no such item"], "Permission"],
    [["no such item", "failure: out of space"], "Other"],
    [["failure: already have such entry", "invalid value for argument address"], "BadValue"],
    [["interrupted", "no such item"], "Other"],
    [["no such command or directory (routerboard)", "no such command prefix"], "NoSuchCommand"],
    [[], "Other"],
  ];
  for (const [messages, kind] of cases) assert.equal(said(...messages).kind, kind, messages.join("; "));
});

Deno.test("a router that repeats itself or says very much is quoted in a few words", () => {
  const repeated = said(...Array.from({ length: 1_000 }, () => "no such item"));
  assert.equal(repeated.message, 'Cannot run /ppp/secret/set: the router said "no such item"');
  assert.equal(repeated.traps.length, 1_000);
  const many = said(...Array.from({ length: 1_000 }, (_, i) => `reason ${i} ${"x".repeat(60_000)}`));
  assert.ok(many.message.length < 2_000, String(many.message.length));
  assert.ok(many.message.endsWith('and 995 more"'));
});
