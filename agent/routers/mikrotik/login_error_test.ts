import assert from "node:assert/strict";
import { ClosedError, FatalError, LoginError, TrapError } from "@/shared/routeros/mod.ts";
import { loginErrorOf } from "./login_error.ts";

const TEXTS: [string, string, string][] = [
  ["invalid user name or password (6)", "bad_credentials", "router_login_refused"],
  ["cannot log in", "bad_credentials", "router_login_refused"],
  ["not enough permissions (9)", "api_not_allowed", "router_api_not_allowed"],
  ["user linya is not allowed via api", "api_not_allowed", "router_api_not_allowed"],
  ["too many active sessions", "sessions_full", "router_sessions_full"],
  ["max-sessions limit of connections", "sessions_full", "router_sessions_full"],
  ["session limit reached", "sessions_full", "router_sessions_full"],
  ["too many commands before login", "said", "router_login_said"],
  ["std failure: timeout", "said", "router_login_said"],
];

for (const [text, reason, code] of TEXTS) {
  Deno.test(`a login refused with "${text}" is ${reason}, with the router's own text`, () => {
    for (
      const error of [
        new TrapError("/login", [{ category: null, message: text }]),
        new FatalError(text, true),
      ]
    ) {
      const told = loginErrorOf(error);
      assert.ok(told instanceof LoginError);
      assert.equal(told.reason, reason);
      assert.equal(told.code, code);
      assert.ok(told.message.includes(`the router said "${text}"`));
    }
  });
}

Deno.test("a login refused in very many words is told in a few", () => {
  const text = "x".repeat(60_000);
  for (
    const error of [new TrapError("/login", [{ category: null, message: text }]), new FatalError(text, true)]
  ) {
    const told = loginErrorOf(error);
    assert.ok(told instanceof LoginError && told.message.length < 500);
  }
  assert.ok(new FatalError(text, true).message.length < 500);
});

Deno.test("a login that ends without a word names what to check; other errors pass as they are", () => {
  const told = loginErrorOf(new ClosedError("gone", true));
  assert.ok(told instanceof LoginError && told.code === "router_login_not_allowed");
  const other = new TypeError("x");
  assert.equal(loginErrorOf(other), other);
});
