import assert from "node:assert/strict";
import { checkPassword } from "./check_password.ts";

Deno.test.each([
  { password: "kape sa umaga", code: null },
  { password: "Tubig-at-liwanag", code: null },
  { password: "short", code: "password_too_short" },
  { password: "x".repeat(201), code: "password_too_long" },
  { password: "Password123", code: "password_common" },
  { password: "aaaaaaaaaa", code: "password_common" },
  { password: "12345678", code: "password_common" },
  { password: "maria.santos99", code: "password_common" },
])("checkPassword judges $password", ({ password, code }) => {
  const result = checkPassword(password, "Maria.Santos@example.com");
  assert.equal(result.ok ? null : result.code, code);
});
